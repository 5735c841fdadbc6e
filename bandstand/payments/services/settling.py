"""
Settlement: importing what a provider says moved, posting its fees and payouts, matching the rest.

A row is known by the provider's id for it: imported twice, it is one row and one posting. Charges,
refunds and disputes are posted when they happen; the report is their proof, not their reason.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, Entry, TransferOrder, credit, debit
from bandstand.money import Money, sum_of
from bandstand.payments import gateways, rules
from bandstand.payments.models import SettlementFile, SettlementRow, SettlementUnmatch
from bandstand.payments.queries.moves import open_moves, report_row
from bandstand.payments.rules import Match, ReportRow, RowKind
from bandstand.plumbing import audit
from bandstand.plumbing.ids import new_id
from bandstand.plumbing.locks import lock

BY_RULE: Final = "system:settlement"
REASON_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class SettlementPreview:
    """What importing a report does, or did."""

    rows: int
    new: int
    matched: int
    theirs_only: int
    kinds: tuple[tuple[str, int], ...]
    fees: tuple[Money, ...]
    paid_out: tuple[Money, ...]


def preview_settlement(*, gateway_name: str, text: str) -> SettlementPreview:
    """
    Return what importing a report would do; nothing is written.

    Raises: SettlementFileError; SettlementChangedError; UnknownGatewayError.
    """
    gateways.gateway(gateway_name)
    rows = rules.read_report(rules.itemised(text))
    new = new_rows(gateway_name, rows)
    waiting = [row for row in new if row.kind not in rules.BOOKED]
    matches = rules.match_rows(waiting, open_moves(gateway=gateway_name))
    return _preview(rows, new, matched=len(matches), waiting=len(waiting))


@transaction.atomic
def import_settlement(
    *, gateway_name: str, text: str, name: str, actor: str, now: datetime
) -> SettlementPreview:
    """
    Take in a report: keep its new rows, post fees and payouts, match what is ours.

    Raises: SettlementFileError; SettlementChangedError; UnknownGatewayError.
    Lock: one import of a gateway at a time.
    """
    gateways.gateway(gateway_name)
    lock(f"settlement:{gateway_name}")
    plain = rules.itemised(text)
    rows = rules.read_report(plain)
    new = new_rows(gateway_name, rows)
    digest = sha256_hex({"text": plain})
    if not SettlementFile.objects.filter(gateway=gateway_name, sha256=digest).exists():
        file = SettlementFile.objects.create(
            gateway=gateway_name,
            name=name[:200],
            sha256=digest,
            row_count=len(rows),
            new_count=len(new),
            imported_at=now,
            imported_by=actor[:200],
        )
        keep_rows(file, new, now=now)
        audit.record(
            actor=actor, action="settlement.import", subject=f"settlement:{file.id}", now=now,
            rows=len(rows), new=len(new),
        )  # fmt: skip
    waiting = [row for row in new if row.kind not in rules.BOOKED]
    matched = match_waiting(gateway_name=gateway_name, now=now)
    return _preview(rows, new, matched=matched, waiting=len(waiting))


@transaction.atomic
def match_waiting(*, gateway_name: str, now: datetime) -> int:
    """
    Match every row that waits with a movement of ours; return how many were matched.

    Lock: one matching of a gateway at a time.
    """
    lock(f"settlement:{gateway_name}")
    booked = [kind.value for kind in rules.BOOKED]
    waiting = SettlementRow.objects.filter(gateway=gateway_name, move_id=None).exclude(
        kind__in=booked
    )
    rows = {row.row_id: row for row in waiting}
    if not rows:
        return 0
    matches = rules.match_rows(
        [report_row(row) for row in rows.values()],
        open_moves(gateway=gateway_name),
        apart=_apart(rows.values()),
    )
    for match in matches:
        _note(rows[match.row_id], match, actor=BY_RULE, reason=match.how, now=now)
    return len(matches)


@transaction.atomic
def match_by_hand(*, row_id: UUID, move_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Match a row with a movement of ours of the same amount, for a reason a person gives.

    Raises: NotFoundError if either is not there or no longer open; MatchRefusedError if the amounts
        differ; BadInputError without a reason; CardNumberRefusedError.
    Lock: one matching of a gateway at a time.
    """
    rules.require_no_card_number(where="reason", text=reason)
    if not reason.strip():
        raise BadInputError("Say why these two are the same movement.")
    row = SettlementRow.objects.filter(pk=row_id, move_id=None).first()
    if row is None:
        raise NotFoundError("There is no open row by that id; it may be matched already.")
    lock(f"settlement:{row.gateway}")
    row.refresh_from_db()
    move = next((one for one in open_moves(gateway=row.gateway) if one.id == move_id), None)
    if move is None or row.move_id is not None:
        raise NotFoundError("There is no open movement by that id; it may be matched already.")
    rules.require_matchable(report_row(row), move)
    _note(row, Match(row.row_id, move, reason), actor=actor, reason=reason.strip(), now=now)
    audit.record(
        actor=actor,
        action="settlement.match",
        subject=f"settlement-row:{row.row_id}",
        now=now,
        move=str(move_id),
        reason=reason.strip()[:REASON_MAX],
    )


@transaction.atomic
def unmatch(*, row_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Take a match apart and keep what it was; only a person can match the two again.

    Raises: NotFoundError if there is no such match; BadInputError without a reason;
        CardNumberRefusedError.
    Lock: one matching of a gateway at a time.
    """
    rules.require_no_card_number(where="reason", text=reason)
    if not reason.strip():
        raise BadInputError("Say why these two are not the same movement.")
    known = SettlementRow.objects.filter(pk=row_id).first()
    if known is not None:
        lock(f"settlement:{known.gateway}")
    row = SettlementRow.objects.select_for_update().filter(pk=row_id).first()
    if row is None or row.move_id is None or row.matched_at is None:
        raise NotFoundError("There is no match by that id; it may be taken apart already.")
    SettlementUnmatch.objects.create(
        row=row,
        move_id=row.move_id,
        move_kind=row.move_kind,
        matched_at=row.matched_at,
        matched_by=row.matched_by,
        match_reason=row.match_reason,
        unmatched_at=now,
        unmatched_by=actor[:200],
        reason=reason.strip()[:REASON_MAX],
    )
    audit.record(
        actor=actor, action="settlement.unmatch", subject=f"settlement-row:{row.row_id}", now=now,
        move=str(row.move_id), reason=reason.strip()[:REASON_MAX],
    )  # fmt: skip
    row.move_id, row.move_kind, row.matched_at = None, "", None
    row.matched_by, row.match_reason = "", ""
    row.save(update_fields=["move_id", "move_kind", "matched_at", "matched_by", "match_reason"])


def new_rows(gateway_name: str, rows: Sequence[ReportRow]) -> tuple[ReportRow, ...]:
    """
    Return the rows that were never imported.

    Raises: SettlementChangedError for one that says something else now.
    """
    found = SettlementRow.objects.filter(gateway=gateway_name, row_id__in=[row.id for row in rows])
    known = {row.row_id: report_row(row) for row in found}
    changed = [row.id for row in rows if row.id in known and not _is_same(row, known[row.id])]
    if changed:
        raise rules.SettlementChangedError(
            f"{', '.join(changed[:5])} was imported before with another amount, fee or kind. Ask"
            " the provider which is right; nothing was taken from this file.",
            rows=len(changed),
        )
    return tuple(row for row in rows if row.id not in known)


def _apart(rows: Iterable[SettlementRow]) -> frozenset[tuple[str, UUID]]:
    found = SettlementUnmatch.objects.filter(row__in=[row.pk for row in rows])
    return frozenset(found.values_list("row__row_id", "move_id"))


def _is_same(row: ReportRow, known: ReportRow) -> bool:
    return (row.kind, row.gross, row.fee) == (known.kind, known.gross, known.fee)


def keep_rows(file: SettlementFile, rows: Sequence[ReportRow], *, now: datetime) -> None:
    """
    Keep new rows of a report, and post the fees and payouts among them.

    Lock: the caller holds the gateway's settlement.
    """
    ledger.post_batch(orders=_orders(file.gateway, rows), now=now)
    SettlementRow.objects.bulk_create(
        [
            SettlementRow(
                id=new_id(),
                file=file,
                gateway=file.gateway,
                row_id=row.id,
                kind=row.kind.value,
                gross_minor=row.gross.minor,
                fee_minor=row.fee.minor,
                currency=row.gross.currency,
                occurred_at=row.occurred_at,
                source_ref=row.source_ref,
                payment_ref=row.payment_ref,
                payout_ref=row.payout_ref,
                description=row.description,
            )
            for row in rows
        ],
        batch_size=1000,
    )


def _note(row: SettlementRow, match: Match, *, actor: str, reason: str, now: datetime) -> None:
    row.move_id = match.move.id
    row.move_kind = match.move.kind.value
    row.matched_at = now
    row.matched_by = actor[:200]
    row.match_reason = reason[:REASON_MAX]
    row.save(update_fields=["move_id", "move_kind", "matched_at", "matched_by", "match_reason"])


def _orders(gateway_name: str, rows: Iterable[ReportRow]) -> list[TransferOrder]:
    """Return the transfers that a report is itself the reason for: fees and payouts."""
    found: list[TransferOrder] = []
    for row in rows:
        key = f"settlement:{gateway_name}:{row.id}"
        fee = row.fee if row.kind is not RowKind.FEE else row.fee - row.gross
        if not fee.is_zero:
            entries = _moved(fee, to=AccountCode.PSP_FEE, gateway_name=gateway_name)
            found.append(_order(f"{key}:fee", row, kind="provider's fee", entries=entries))
        if row.kind in {RowKind.PAYOUT, RowKind.PAYOUT_REVERSAL} and not row.gross.is_zero:
            entries = _moved(-row.gross, to=AccountCode.BANK, gateway_name=gateway_name)
            found.append(
                _order(f"{key}:{row.kind.value}", row, kind="provider's payout", entries=entries)
            )
    return found


def _moved(amount: Money, *, to: AccountCode, gateway_name: str) -> tuple[Entry, Entry]:
    """Return the legs that take an amount out of clearing, or back into it if it is negative."""
    if amount.is_positive:
        return (
            debit(to, amount),
            credit(AccountCode.PSP_CLEARING, amount, key=gateway_name),
        )
    return (
        debit(AccountCode.PSP_CLEARING, -amount, key=gateway_name),
        credit(to, -amount),
    )


def _order(key: str, row: ReportRow, *, kind: str, entries: tuple[Entry, ...]) -> TransferOrder:
    return TransferOrder(
        idempotency_key=key,
        kind=kind,
        entries=entries,
        effective_at=row.occurred_at,
        memo=row.payout_ref or row.source_ref,
    )


def _preview(
    rows: Sequence[ReportRow], new: Sequence[ReportRow], *, matched: int, waiting: int
) -> SettlementPreview:
    currencies = sorted({row.gross.currency for row in new})
    payouts = {RowKind.PAYOUT, RowKind.PAYOUT_REVERSAL}
    return SettlementPreview(
        rows=len(rows),
        new=len(new),
        matched=matched,
        theirs_only=max(waiting - matched, 0),
        kinds=tuple(sorted(Counter(row.kind.value for row in new).items())),
        fees=tuple(
            sum_of(
                (
                    row.fee if row.kind is not RowKind.FEE else row.fee - row.gross
                    for row in new
                    if row.gross.currency == currency
                ),
                currency=currency,
            )
            for currency in currencies
        ),
        paid_out=tuple(
            sum_of(
                (
                    -row.gross
                    for row in new
                    if row.gross.currency == currency and row.kind in payouts
                ),
                currency=currency,
            )
            for currency in currencies
        ),
    )
