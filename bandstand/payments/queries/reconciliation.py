"""Reconciliation: what agrees, what only we know of, what only the provider knows of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Sum

from bandstand.kernel.errors import NotFoundError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money, sum_of
from bandstand.payments.models import (
    Dispute,
    MoneyCommand,
    Payment,
    SettlementFile,
    SettlementRow,
    SettlementUnmatch,
    SettlementUpload,
)
from bandstand.payments.queries.moves import open_moves, report_row
from bandstand.payments.rules import (
    BOOKED,
    OurMove,
    ReportForm,
    UploadState,
    is_late_ours,
    is_late_theirs,
)

BOOKED_WORDS = [kind.value for kind in BOOKED]
MATCHED_SHOWN = 5000


class Bucket(StrEnum):
    """Where a movement of money stands."""

    OURS_ONLY = "ours"
    THEIRS_ONLY = "theirs"
    MATCHED = "matched"


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement of money at a provider; ``is_late`` says that a person must look."""

    id: UUID
    bucket: Bucket
    gateway: str
    kind: str
    ref: str
    amount: Money
    at: datetime
    words: str
    is_late: bool
    payment_id: UUID | None = None
    matched_by: str = ""

    def age_days(self, *, now: datetime) -> int:
        """Return for how many whole days it has stood there."""
        return max((now - self.at).days, 0)


@dataclass(frozen=True, slots=True)
class ClearingProof:
    """
    What a provider owes us by our books and by its own, and what explains the difference.

    ``unexplained`` is zero when clearing less the provider's balance is exactly what only one side
    knows of.
    """

    gateway: str
    clearing: Money
    provider: Money
    ours_only: Money
    theirs_only: Money

    @property
    def unexplained(self) -> Money:
        return self.clearing - self.provider - self.ours_only + self.theirs_only


@dataclass(frozen=True, slots=True)
class FileRow:
    """An imported report."""

    name: str
    gateway: str
    rows: int
    new: int
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A report that somebody sent in, and how far it has come."""

    id: UUID
    name: str
    gateway: str
    form: ReportForm
    state: UploadState
    rows: int
    done: int
    uploaded_at: datetime
    uploaded_by: str
    fault: str


@dataclass(frozen=True, slots=True)
class UnmatchRow:
    """A match that was taken apart."""

    matched_by: str
    because: str
    unmatched_at: datetime
    unmatched_by: str
    reason: str


def unmatched(*, now: datetime) -> tuple[MovementRow, ...]:
    """Return what only one side knows of, oldest first."""
    ours = [(gateway, move) for gateway in gateways() for move in _open(gateway)]
    payments = _payments_of(move for _, move in ours)
    rows = [
        *(
            _ours(gateway, move, payment_id=payments.get(move.id), now=now)
            for gateway, move in ours
        ),
        *(_theirs(row, now=now) for row in _waiting()),
    ]
    return tuple(sorted(rows, key=lambda one: (one.at, str(one.id))))


def matched(*, limit: int = MATCHED_SHOWN) -> tuple[MovementRow, ...]:
    """Return what both sides agree on, newest first."""
    rows = SettlementRow.objects.filter(move_id__isnull=False).order_by("-occurred_at", "-id")
    return tuple(_matched(row) for row in rows[:limit])


def matched_count() -> int:
    """Return on how many movements both sides agree."""
    return SettlementRow.objects.filter(move_id__isnull=False).count()


def late_count(*, now: datetime) -> int:
    """Return how many movements wait for a person."""
    return sum(row.is_late for row in unmatched(now=now))


def gateways() -> tuple[str, ...]:
    """Return every gateway that ever moved money of ours."""
    used = set(Payment.objects.filter(captured_minor__gt=0).values_list("gateway", flat=True))
    told = set(SettlementFile.objects.values_list("gateway", flat=True))
    return tuple(sorted(used | told))


def proofs() -> tuple[ClearingProof, ...]:
    """Return, for every gateway and currency, whether both books explain each other."""
    return tuple(
        proof(gateway=gateway, currency=currency)
        for gateway in gateways()
        for currency in _currencies(gateway)
    )


def proof(*, gateway: str, currency: str) -> ClearingProof:
    """Return whether our clearing and a provider's balance explain each other."""
    rows = SettlementRow.objects.filter(gateway=gateway, currency=currency)
    sums = rows.aggregate(gross=Sum("gross_minor"), fee=Sum("fee_minor"))
    waiting = rows.filter(move_id=None).exclude(kind__in=BOOKED_WORDS)
    ours = (one.amount for one in _open(gateway) if one.amount.currency == currency)
    return ClearingProof(
        gateway=gateway,
        clearing=ledger.balance(code=AccountCode.PSP_CLEARING, currency=currency, key=gateway),
        provider=Money(int(sums["gross"] or 0) - int(sums["fee"] or 0), currency),
        ours_only=sum_of(ours, currency=currency),
        theirs_only=Money(int(waiting.aggregate(total=Sum("gross_minor"))["total"] or 0), currency),
    )


def unmatch_rows(row_id: UUID) -> tuple[UnmatchRow, ...]:
    """Return the matches of a provider's movement that were taken apart, oldest first."""
    found = SettlementUnmatch.objects.filter(row=row_id).order_by("unmatched_at", "id")
    return tuple(
        UnmatchRow(one.matched_by, one.match_reason, one.unmatched_at, one.unmatched_by, one.reason)
        for one in found
    )


def upload(upload_id: UUID) -> UploadRow:
    """
    Return a report that somebody sent in.

    Raises: NotFoundError.
    """
    found = SettlementUpload.objects.filter(pk=upload_id).first()
    if found is None:
        raise NotFoundError("There is no such report. Send it in again.")
    return UploadRow(
        id=found.id,
        name=found.name,
        gateway=found.gateway,
        form=ReportForm(found.form),
        state=UploadState(found.state),
        rows=found.row_count,
        done=found.done_count,
        uploaded_at=found.uploaded_at,
        uploaded_by=found.uploaded_by,
        fault=found.fault,
    )


def settlement_row(row_id: UUID) -> MovementRow:
    """
    Return one movement of a provider's.

    Raises: NotFoundError.
    """
    row = SettlementRow.objects.filter(pk=row_id).first()
    if row is None:
        raise NotFoundError("There is no movement by that id. Check the address.")
    return _matched(row) if row.move_id else _theirs(row, now=row.occurred_at)


def candidates(row_id: UUID) -> tuple[MovementRow, ...]:
    """Return the movements of ours that a row may be: of the same amount and not matched yet."""
    row = SettlementRow.objects.filter(pk=row_id, move_id=None).first()
    if row is None:
        return ()
    gross = report_row(row).gross
    found = (one for one in _open(row.gateway) if one.amount == gross)
    return tuple(_ours(row.gateway, move, payment_id=None, now=move.moved_at) for move in found)


def settlement_files(*, limit: int = 20) -> tuple[FileRow, ...]:
    """Return the reports that were imported, newest first."""
    return tuple(
        FileRow(
            file.name,
            file.gateway,
            file.row_count,
            file.new_count,
            file.imported_at,
            file.imported_by,
        )
        for file in SettlementFile.objects.order_by("-imported_at", "-id")[:limit]
    )


def _open(gateway: str) -> tuple[OurMove, ...]:
    return open_moves(gateway=gateway)


def _waiting() -> tuple[SettlementRow, ...]:
    waiting = SettlementRow.objects.filter(move_id=None).exclude(kind__in=BOOKED_WORDS)
    return tuple(waiting.order_by("occurred_at", "id"))


def _currencies(gateway: str) -> tuple[str, ...]:
    used = set(Payment.objects.filter(gateway=gateway).values_list("currency", flat=True))
    told = set(SettlementRow.objects.filter(gateway=gateway).values_list("currency", flat=True))
    return tuple(sorted(used | told))


def _ours(gateway: str, move: OurMove, *, payment_id: UUID | None, now: datetime) -> MovementRow:
    return MovementRow(
        id=move.id,
        bucket=Bucket.OURS_ONLY,
        gateway=gateway,
        kind=move.kind.value,
        ref=min(move.refs, default=""),
        amount=move.amount,
        at=move.moved_at,
        words=move.key or "dispute",
        is_late=is_late_ours(move.moved_at, now=now),
        payment_id=payment_id,
    )


def _payments_of(moves: Iterable[OurMove]) -> dict[UUID, UUID]:
    """Return the payment of each capture, refund and dispute."""
    ids = [move.id for move in moves]
    commands = MoneyCommand.objects.filter(pk__in=ids).values_list("pk", "payment_id")
    contested = Dispute.objects.filter(pk__in=ids).values_list("pk", "payment_id")
    return dict([*commands, *contested])


def _theirs(row: SettlementRow, *, now: datetime) -> MovementRow:
    found = report_row(row)
    return MovementRow(
        id=row.id,
        bucket=Bucket.THEIRS_ONLY,
        gateway=row.gateway,
        kind=row.kind,
        ref=row.source_ref or row.row_id,
        amount=found.gross,
        at=row.occurred_at,
        words=row.description,
        is_late=is_late_theirs(row.occurred_at, now=now),
    )


def _matched(row: SettlementRow) -> MovementRow:
    return MovementRow(
        id=row.id,
        bucket=Bucket.MATCHED,
        gateway=row.gateway,
        kind=row.kind,
        ref=row.source_ref or row.row_id,
        amount=report_row(row).gross,
        at=row.occurred_at,
        words=row.match_reason,
        is_late=False,
        matched_by=row.matched_by,
    )
