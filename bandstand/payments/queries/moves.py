"""What of ours moved money at a provider and is not matched yet; rows as the rules take them."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.db.models import Exists, OuterRef

from bandstand.ledger.models import Posting
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments.models import Dispute, MoneyCommand, Refund, SettlementRow
from bandstand.payments.rules import (
    TAKEN,
    CommandKind,
    CommandState,
    DisputeState,
    MoveKind,
    OurMove,
    ReportRow,
    RowKind,
)

PAYOUT_KINDS = (
    "payout left",
    "reversal of payout left",
    "payout taken back",
    "reversal of payout taken back",
)
MOVES = {CommandKind.CAPTURE: MoveKind.CAPTURE, CommandKind.REFUND: MoveKind.REFUND}


def open_moves(*, gateway: str) -> tuple[OurMove, ...]:
    """Return every movement of ours that no row of a report is matched with, oldest first."""
    found = [
        *_commands(gateway),
        *_returned(gateway),
        *_disputes(gateway),
        *_transfers(gateway),
    ]
    return tuple(sorted(found, key=lambda one: (one.moved_at, str(one.id), one.kind.value)))


def report_row(row: SettlementRow) -> ReportRow:
    """Return a kept row as the rules take it."""
    return ReportRow(
        id=row.row_id,
        kind=RowKind(row.kind),
        gross=Money(row.gross_minor, row.currency),
        fee=Money(row.fee_minor, row.currency),
        occurred_at=row.occurred_at,
        source_ref=row.source_ref,
        payment_ref=row.payment_ref,
        payout_ref=row.payout_ref,
        description=row.description,
    )


def move_of(command: MoneyCommand) -> OurMove:
    """Return a capture or refund that succeeded as a movement."""
    kind = MOVES[CommandKind(command.kind)]
    amount = Money(command.amount_minor, command.payment.currency)
    is_capture = kind is MoveKind.CAPTURE
    refs = {command.provider_ref, command.payment.provider_ref if is_capture else ""}
    return OurMove(
        id=command.id,
        kind=kind,
        amount=amount if is_capture else -amount,
        moved_at=command.settled_at or command.written_at,
        refs=frozenset(refs - {""}),
        key=command.key,
    )


def _commands(gateway: str) -> Iterator[OurMove]:
    matched = SettlementRow.objects.filter(move_id=OuterRef("pk"))
    commands = (
        MoneyCommand.objects.filter(
            payment__gateway=gateway,
            kind__in=[kind.value for kind in MOVES],
            state=CommandState.SUCCEEDED.value,
        )
        .filter(~Exists(matched))
        .select_related("payment")
    )
    return (move_of(command) for command in commands)


def _returned(gateway: str) -> Iterator[OurMove]:
    """Yield both ways of refunds that had gone through and came back."""
    refunds = list(
        Refund.objects.filter(payment__gateway=gateway, came_back_at__isnull=False).select_related(
            "command__payment"
        )
    )
    done = _matched_legs([refund.command_id for refund in refunds])
    for refund in refunds:
        out = move_of(refund.command)
        back = replace(
            out,
            kind=MoveKind.REFUND_RETURNED,
            amount=-out.amount,
            moved_at=refund.came_back_at or out.moved_at,
        )
        for move in (out, back):
            if (move.id, move.kind) not in done:
                yield move


def _disputes(gateway: str) -> Iterator[OurMove]:
    taken = [state.value for state in TAKEN]
    disputes = list(
        Dispute.objects.filter(gateway=gateway, state__in=taken).select_related("payment")
    )
    done = _matched_legs([dispute.pk for dispute in disputes])
    for dispute in disputes:
        for move in legs_of(dispute):
            if (move.id, move.kind) not in done:
                yield move


def _transfers(gateway: str) -> Iterator[OurMove]:
    """
    Yield what went from our balance at a provider to sellers, and what came back.

    Payouts are a room above this one; what moved the clearing stands in the ledger.
    """
    legs = Posting.objects.filter(
        account__code=AccountCode.PSP_CLEARING.value,
        account__key=gateway,
        transfer__kind__in=PAYOUT_KINDS,
    ).select_related("transfer")
    matched = SettlementRow.objects.filter(move_id=OuterRef("transfer_id"))
    for leg in legs.filter(~Exists(matched)).order_by("transfer__effective_at", "transfer_id"):
        is_out = leg.amount_minor < 0
        yield OurMove(
            id=leg.transfer_id,
            kind=MoveKind.TRANSFER if is_out else MoveKind.TRANSFER_REVERSAL,
            amount=Money(leg.amount_minor, leg.currency),
            moved_at=leg.transfer.effective_at,
            refs=frozenset({leg.transfer.memo} - {""}),
            key=leg.transfer.idempotency_key,
        )


def legs_of(dispute: Dispute) -> tuple[OurMove, ...]:
    """Return the movements that a dispute has made so far."""
    amount = Money(dispute.amount_minor, dispute.payment.currency)
    refs = frozenset({dispute.provider_ref})
    taken = OurMove(dispute.id, MoveKind.DISPUTE_TAKEN, -amount, dispute.opened_at, refs)
    if dispute.state != DisputeState.WON.value:
        return (taken,)
    decided_at = dispute.decided_at or dispute.opened_at
    return (taken, OurMove(dispute.id, MoveKind.DISPUTE_RETURNED, amount, decided_at, refs))


def _matched_legs(ids: list[UUID]) -> set[tuple[UUID, MoveKind]]:
    rows = SettlementRow.objects.filter(move_id__in=ids).values_list("move_id", "move_kind")
    return {(move_id, MoveKind(kind)) for move_id, kind in rows if move_id is not None}
