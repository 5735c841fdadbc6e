"""The journal: every transfer with its legs, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger.models import Posting, Transfer
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of a transfer: debit positive, credit negative."""

    code: AccountCode
    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One transfer with its legs."""

    transfer_id: UUID
    public_id: str
    kind: str
    memo: str
    idempotency_key: str
    effective_at: datetime
    recorded_at: datetime
    reverses_id: UUID | None
    legs: tuple[LegRow, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of the journal, newest first."""

    rows: tuple[JournalRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class JournalAsk:
    """Which transfers are asked for; everything that is left out does not narrow."""

    kind: str = ""
    code: AccountCode | None = None
    key: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING: Final = JournalAsk()


def journal(
    *, page: int = 1, page_size: int = 50, kind: str = "", ask: JournalAsk = EVERYTHING
) -> JournalPage:
    """Return a page of transfers with their legs, newest first."""
    transfers = _asked(replace(ask, kind=kind or ask.kind))
    total = transfers.count()
    pages = max(1, -(-total // page_size))
    at = min(max(page, 1), pages)
    shown = transfers.order_by("-recorded_at", "-id")[(at - 1) * page_size : at * page_size]
    rows = tuple(_journal_row(transfer) for transfer in shown.prefetch_related("postings__account"))
    return JournalPage(rows=rows, total=total, page=at, pages=pages)


def journal_rows(*, ask: JournalAsk = EVERYTHING) -> Iterator[JournalRow]:
    """Return every transfer asked for one by one, oldest first, for exports."""
    rows = _asked(ask).order_by("recorded_at", "id").prefetch_related("postings__account")
    for transfer in rows.iterator(chunk_size=1_000):
        yield _journal_row(transfer)


def kinds() -> tuple[str, ...]:
    """Return the kinds of transfer that were ever posted."""
    return tuple(Transfer.objects.order_by("kind").values_list("kind", flat=True).distinct())


def transfer(transfer_id: UUID) -> JournalRow | None:
    """Return one transfer with its legs."""
    found = Transfer.objects.filter(pk=transfer_id).prefetch_related("postings__account").first()
    return None if found is None else _journal_row(found)


def transfer_by_key(idempotency_key: str) -> JournalRow | None:
    """Return the transfer that a key stands for, if it was posted."""
    rows = Transfer.objects.filter(idempotency_key=idempotency_key)
    found = rows.prefetch_related("postings__account").first()
    return None if found is None else _journal_row(found)


def _asked(ask: JournalAsk) -> QuerySet[Transfer]:
    wanted = Q()
    if ask.kind:
        wanted &= Q(kind=ask.kind)
    if ask.text:
        wanted &= Q(memo__icontains=ask.text) | Q(idempotency_key__icontains=ask.text)
    if ask.since is not None:
        wanted &= Q(effective_at__gte=ask.since)
    if ask.until is not None:
        wanted &= Q(effective_at__lt=ask.until)
    if ask.code is not None or ask.key:
        legs = Posting.objects.filter(transfer=OuterRef("pk"))
        legs = legs.filter(account__code=ask.code.value) if ask.code else legs
        wanted &= Q(Exists(legs.filter(account__key=ask.key) if ask.key else legs))
    return Transfer.objects.filter(wanted)


def _journal_row(transfer: Transfer) -> JournalRow:
    legs = sorted(transfer.postings.all(), key=lambda leg: leg.number)
    return JournalRow(
        transfer_id=transfer.id,
        public_id=print_id(IdKind.TRANSFER, transfer.id),
        kind=transfer.kind,
        memo=transfer.memo,
        idempotency_key=transfer.idempotency_key,
        effective_at=transfer.effective_at,
        recorded_at=transfer.recorded_at,
        reverses_id=transfer.reverses_id,
        legs=tuple(
            LegRow(
                code=AccountCode(leg.account.code),
                key=leg.account.key,
                amount=Money(leg.amount_minor, leg.currency),
            )
            for leg in legs
        ),
    )
