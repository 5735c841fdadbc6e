"""What an event means for a unit: which step it is, who acts, and in which order steps count."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.custody.facts import EventFact, StepKind
from bandstand.provenance.rules.vocabulary import Action, EventType

BOXING: Final = frozenset({EventType.AGGREGATION, EventType.ASSOCIATION})
BY_STEP: Final = {
    "commissioning": StepKind.MADE,
    "shipping": StepKind.SHIPPED,
    "void_shipping": StepKind.CALLED_OFF,
    "receiving": StepKind.RECEIVED,
    "accepting": StepKind.RECEIVED,
    "retail_selling": StepKind.SOLD,
    "decommissioning": StepKind.ENDED,
    "destroying": StepKind.ENDED,
}
BY_DISPOSITION: Final = {
    "retail_sold": StepKind.SOLD,
    "destroyed": StepKind.ENDED,
    "disposed": StepKind.ENDED,
}
BARE: Final = {Action.ADD: StepKind.MADE, Action.DELETE: StepKind.ENDED}
RANK: Final = {
    kind: rank
    for rank, kind in enumerate(
        (
            StepKind.MADE,
            StepKind.UNPACKED,
            StepKind.PACKED,
            StepKind.SHIPPED,
            StepKind.CALLED_OFF,
            StepKind.RECEIVED,
            StepKind.SEEN,
            StepKind.SOLD,
            StepKind.ENDED,
        )
    )
}
"""At one instant, what must come first for the other to make sense."""


def kind_of(event: EventFact) -> StepKind:
    """Return which step an event is."""
    if event.type in BOXING:
        return StepKind.UNPACKED if event.action is Action.DELETE else StepKind.PACKED
    if event.type is EventType.TRANSFORMATION:
        is_made = any(role is Role.OUTPUT for role, _ in event.named)
        return StepKind.MADE if is_made else StepKind.ENDED
    if event.step in BY_STEP:
        return BY_STEP[event.step]
    if event.disposition in BY_DISPOSITION:
        return BY_DISPOSITION[event.disposition]
    is_bare = event.type is EventType.OBJECT and not event.step and event.action in BARE
    return BARE[event.action] if is_bare and event.action else StepKind.SEEN


def giver_of(event: EventFact) -> str:
    """Return who hands a unit over, by what the event says of the holder before the owner."""
    return event.source_holder or event.source_owner or event.place_party or event.sender


def taker_of(event: EventFact) -> str:
    """Return to whom an event hands a unit; empty if it does not say."""
    return event.new_holder or event.new_owner


def receiver_of(event: EventFact) -> str:
    """Return who takes a unit in."""
    return taker_of(event) or event.place_party or event.sender


def maker_of(event: EventFact) -> str:
    """Return who brings a unit into the world."""
    return taker_of(event) or giver_of(event)


def in_order(events: Sequence[EventFact], *, skew: timedelta) -> list[EventFact]:
    """
    Return events in the order in which they count, whatever the order they were captured in.

    Clocks differ: a shipment that seems to follow its receipt by less than the skew goes first.
    """
    waiting = sorted(events, key=lambda one: (one.at, RANK[kind_of(one)], one.id))
    ordered: list[EventFact] = []
    pulled: set[int] = set()
    open_to: Counter[str] = Counter()
    for at, event in enumerate(waiting):
        if at in pulled:
            continue
        kind = kind_of(event)
        if kind is StepKind.RECEIVED and not open_to[receiver_of(event)]:
            late = _late_shipment(waiting, at, skew=skew, pulled=pulled)
            if late is not None:
                pulled.add(late)
                ordered.append(waiting[late])
                open_to[receiver_of(event)] += 1
        if kind is StepKind.SHIPPED:
            open_to[taker_of(event)] += 1
        elif kind is StepKind.RECEIVED and open_to[receiver_of(event)]:
            open_to[receiver_of(event)] -= 1
        ordered.append(event)
    return ordered


def _late_shipment(
    waiting: Sequence[EventFact], at: int, *, skew: timedelta, pulled: set[int]
) -> int | None:
    receipt = waiting[at]
    for later in range(at + 1, len(waiting)):
        other = waiting[later]
        if other.at - receipt.at > skew:
            return None
        is_shipment = kind_of(other) is StepKind.SHIPPED and later not in pulled
        if is_shipment and taker_of(other) == receiver_of(receipt):
            return later
    return None
