"""
Contested charges in the sandbox: some cards' owners go to their bank three days after the capture.

A dispute follows from the capture and the card alone, so the book needs no row for it: it opens,
and is decided ten days later, whoever asks.
"""

from datetime import datetime, timedelta
from typing import Final

from bandstand.money import Money
from bandstand.payments.gateways import sandbox_cards
from bandstand.payments.gateways.sandbox_events import Told
from bandstand.payments.models import SandboxIntent
from bandstand.payments.rules import CommandKind, DisputeState, OperationState, ProviderDispute

OPENS_AFTER: Final = timedelta(days=3)
EVIDENCE_WITHIN: Final = timedelta(days=7)
DECIDED_AFTER: Final = timedelta(days=10)
DECIDED: Final = frozenset({DisputeState.WON, DisputeState.LOST})


def events_of(intent: SandboxIntent, *, taken_at: datetime) -> tuple[Told, ...]:
    """Return the events of a dispute that a capture will bring, each for its day."""
    if not sandbox_cards.card(intent.card_token).is_disputed:
        return ()
    opened_at = taken_at + OPENS_AFTER
    return tuple(
        Told(
            event_id=f"evt_{kind}_{intent.ref}",
            kind=f"dispute.{kind}",
            ref=intent.ref,
            due_at=due_at,
        )
        for kind, due_at in (("opened", opened_at), ("decided", opened_at + DECIDED_AFTER))
    )


def disputes_of(intent: SandboxIntent, *, now: datetime) -> tuple[ProviderDispute, ...]:
    """Return the disputes of a payment as they stand at an instant."""
    card = sandbox_cards.card(intent.card_token)
    if not card.is_disputed:
        return ()
    taken = intent.operations.filter(
        kind=CommandKind.CAPTURE.value, state=OperationState.SUCCEEDED.value
    ).first()
    if taken is None:
        return ()
    opened_at = taken.settles_at + OPENS_AFTER
    back_by_then = sum(
        one.amount_minor
        for one in intent.operations.filter(
            kind=CommandKind.REFUND.value,
            state=OperationState.SUCCEEDED.value,
            settles_at__lte=opened_at,
        )
    )
    left = intent.captured_minor - back_by_then
    if now < opened_at or left <= 0:
        return ()
    is_lost = sandbox_cards.card(intent.card_token).is_dispute_lost
    decided = DisputeState.LOST if is_lost else DisputeState.WON
    return (
        ProviderDispute(
            ref=f"sbd_{intent.ref.removeprefix('sbx_')}"[:40],
            amount=Money(left, intent.currency),
            state=decided if now >= opened_at + DECIDED_AFTER else DisputeState.OPEN,
            reason="product_not_received",
            opened_at=opened_at,
            due_at=opened_at + EVIDENCE_WITHIN,
        ),
    )


def holds_money(intent: SandboxIntent, *, now: datetime) -> bool:
    """Say whether a bank is still to decide over a payment, so that it is not refunded as well."""
    return any(one.state not in DECIDED for one in disputes_of(intent, now=now))


def lost_minor(intent: SandboxIntent, *, now: datetime) -> int:
    """
    Return what of a payment the buyer's bank gave back for good.

    Units: minor units.
    """
    return sum(
        one.amount.minor for one in disputes_of(intent, now=now) if one.state is DisputeState.LOST
    )
