"""Asking a gateway for what a seller owes us out of a payout that the seller still has there."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Sum

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.payouts import gateways
from bandstand.payouts.models import Payout, PayoutCommand
from bandstand.payouts.rules import CommandKind, CommandState, PayoutState
from bandstand.plumbing import jobs

SEND: Final = "bandstand.payouts.tasks.send_command"
LOOKS_BACK: Final = 5
"""Of how many payouts something is asked back; older ones are spent long ago."""


def claim_reversals(
    *, seller_id: UUID, line_id: UUID, owed: Money, now: datetime
) -> tuple[UUID, ...]:
    """
    Write the calls that take a debt out of what was paid before; return their ids.

    The debt stands in the books already: where the gateway refuses, the next sales pay it.
    Lock: the caller holds the seller's money.
    """
    left, made = owed, []
    for payout in _reversible(seller_id, currency=owed.currency):
        part = min(left, _not_reversed(payout))
        if not part.is_positive:
            continue
        command, is_new = PayoutCommand.objects.get_or_create(
            key=f"payout_reversal:{print_id(IdKind.LINE, line_id)}:{payout.id}",
            defaults={
                "payout": payout,
                "kind": CommandKind.REVERSE.value,
                "state": CommandState.WRITTEN.value,
                "amount_minor": part.minor,
                "written_at": now,
            },
        )
        if is_new:
            jobs.defer(SEND, command_id=str(command.id))
            made.append(command.id)
            left -= part
    return tuple(made)


def _reversible(seller_id: UUID, *, currency: str) -> list[Payout]:
    able = [one.name for one in gateways.gateways() if one.can_reverse]
    paid = Payout.objects.filter(
        seller=seller_id, currency=currency, state=PayoutState.PAID.value, gateway__in=able
    )
    return list(paid.order_by("-sent_at", "-id")[:LOOKS_BACK])


def _not_reversed(payout: Payout) -> Money:
    asked = payout.commands.filter(kind=CommandKind.REVERSE.value)
    live = asked.exclude(state=CommandState.FAILED.value)
    taken = live.aggregate(total=Sum("amount_minor"))["total"] or 0
    return Money(payout.amount_minor - int(taken), payout.currency)
