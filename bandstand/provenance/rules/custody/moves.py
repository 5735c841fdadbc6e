"""
The moves of a unit, each checked against where it stands.

The rules: a chain begins with a party that has the brand's right; every receipt answers a shipment
to that party; a unit is in one place; nothing happens to it after its end; it is sold once, unless
it came back. Owner and holder are two things: a forwarder holds what it does not own.
"""

from collections.abc import Callable, Mapping
from typing import Final

from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.custody.facts import EventFact, StepKind
from bandstand.provenance.rules.custody.reading import (
    giver_of,
    maker_of,
    receiver_of,
    taker_of,
)
from bandstand.provenance.rules.custody.walk import Shipment, Voice, Walk
from bandstand.provenance.rules.vocabulary import Action

Move = Callable[[Walk, EventFact], None]


def make(walk: Walk, event: EventFact) -> None:
    """Bring a unit into the world."""
    maker = maker_of(event)
    voice = walk.voice(event, doer=maker)
    if voice is Voice.STRANGER and walk.is_begun:
        walk.step(StepKind.TOLD, event, taker=maker)
        return
    if walk.is_begun and not walk.is_ended:
        walk.conflict(event, f"{walk.name(maker)} says it made a phone that was there already.")
    _begin(walk, event, by=maker, voice=voice)
    walk.owner = walk.holder = maker
    walk.under_way, walk.is_ended, walk.is_sold = None, "", ""
    walk.step(StepKind.MADE, event, taker=maker)


def ship(walk: Walk, event: EventFact) -> None:
    """Send a unit to somebody."""
    giver, taker = giver_of(event), taker_of(event)
    voice = walk.voice(event, doer=giver, other=taker)
    if voice is Voice.STRANGER and walk.is_begun:
        walk.step(StepKind.TOLD, event, giver=giver, taker=taker)
        return
    if not walk.is_begun:
        _begin(walk, event, by=giver, voice=voice)
        walk.owner = event.source_owner or giver
    else:
        _expect(walk, event, by=giver)
        _own_word(walk, event, doer=giver, voice=voice)
    if event.source_owner and walk.owner and event.source_owner != walk.owner:
        walk.gap(
            event,
            f"{walk.name(event.source_owner)} passes on a phone that {walk.name(walk.owner)} owns.",
            cure=f"Add the record by which {walk.name(event.source_owner)} came to own it.",
        )
    if not taker:
        walk.gap(
            event,
            f"{walk.name(giver)} shipped it and does not say to whom.",
            cure="Add the receiver as a destination of the shipping event.",
        )
    walk.holder = giver
    walk.parties |= {giver, taker} - {""}
    walk.under_way = Shipment(giver, taker, event.new_owner, event.id)
    walk.step(StepKind.SHIPPED, event, giver=giver, taker=taker)


def call_off(walk: Walk, event: EventFact) -> None:
    """Undo a shipment that did not leave."""
    giver = giver_of(event)
    if walk.voice(event, doer=giver) is not Voice.OWN:
        walk.step(StepKind.TOLD, event, giver=giver)
        return
    shipment = walk.under_way
    if shipment is None or shipment.giver != giver:
        walk.conflict(
            event,
            f"{walk.name(giver)} calls off a shipment that is not under way.",
            cure="Declare the wrong event an error, or add the shipment it is about.",
        )
    else:
        walk.under_way = None
    walk.step(StepKind.CALLED_OFF, event, giver=giver)


def receive(walk: Walk, event: EventFact) -> None:
    """Take a unit in."""
    taker = receiver_of(event)
    shipment = walk.under_way
    giver = event.source_holder or event.source_owner or (shipment.giver if shipment else "")
    voice = walk.voice(event, doer=taker, other=giver)
    if voice is Voice.STRANGER and walk.is_begun:
        walk.step(StepKind.TOLD, event, giver=giver, taker=taker)
        return
    is_return = bool(walk.is_sold)
    _require_life(walk, event)
    if walk.is_begun:
        _own_word(walk, event, doer=taker, voice=voice)
    if shipment is not None:
        _match(walk, event, shipment=shipment)
    elif not is_return:
        _unmatched(walk, event, taker=taker, voice=voice)
    owner = event.new_owner or (shipment.new_owner if shipment else "")
    _pass_title(walk, event, to=owner or (taker if is_return else ""), taker=taker)
    walk.holder, walk.under_way, walk.is_sold = taker, None, ""
    walk.parties.add(taker)
    kind = StepKind.RETURNED if is_return or event.disposition == "returned" else StepKind.RECEIVED
    walk.step(kind, event, giver=giver, taker=taker)


def sell(walk: Walk, event: EventFact) -> None:
    """Sell a unit to whoever uses it."""
    giver = giver_of(event)
    voice = walk.voice(event, doer=giver)
    if voice is Voice.STRANGER and walk.is_begun:
        walk.step(StepKind.TOLD, event, giver=giver)
        return
    if not walk.is_begun:
        _begin(walk, event, by=giver, voice=voice)
        walk.owner = walk.holder = giver
    elif walk.is_sold:
        walk.conflict(
            event, f"{walk.name(giver)} sold it, and it had been sold before and never came back."
        )
    else:
        _expect(walk, event, by=giver)
        _own_word(walk, event, doer=giver, voice=voice)
    _pass_title(walk, event, to=taker_of(event) or "buyer", taker=giver)
    walk.holder, walk.under_way, walk.is_sold = taker_of(event) or "buyer", None, event.id
    walk.step(StepKind.SOLD, event, giver=giver, taker=taker_of(event))


def end(walk: Walk, event: EventFact) -> None:
    """End a unit's life."""
    by = giver_of(event)
    if walk.voice(event, doer=by) is Voice.STRANGER:
        walk.step(StepKind.TOLD, event, giver=by)
        return
    if walk.is_begun:
        _expect(walk, event, by=by)
    walk.is_ended = event.id
    walk.step(StepKind.ENDED, event, giver=by)


def see(walk: Walk, event: EventFact) -> None:
    """See a unit somewhere."""
    at, shipment = event.place_party, walk.under_way
    if walk.voice(event, doer=at) is Voice.STRANGER and walk.is_begun:
        walk.step(StepKind.TOLD, event, taker=at)
        return
    homes = {walk.holder, walk.owner, shipment.taker if shipment else "", ""}
    if at and walk.is_begun and not walk.is_sold and at not in homes:
        walk.conflict(
            event,
            f"Seen at {walk.name(at)} while {walk.name(walk.holder)} has it: in two places.",
        )
    _require_life(walk, event)
    walk.step(StepKind.SEEN, event, taker=at)


def box(walk: Walk, event: EventFact) -> None:
    """Put a unit, or the box it is in, into a box; or take it out."""
    parent = next((name for role, name in event.named if role is Role.PARENT), "")
    children = [name for role, name in event.named if role is Role.CHILD]
    doer = event.place_party or event.sender
    if walk.voice(event, doer=doer) is Voice.STRANGER and walk.is_begun:
        return
    if event.sender and walk.is_begun and event.sender not in walk.parties:
        return
    inside = walk.where()
    concerns = bool(inside & {parent, *children})
    if event.action is Action.DELETE:
        _take_out(walk, parent=parent, children=children)
    else:
        for child in children:
            _put_in(walk, event, child=child, parent=parent)
    if concerns:
        is_out = event.action is Action.DELETE
        walk.step(StepKind.UNPACKED if is_out else StepKind.PACKED, event, taker=doer)


def _put_in(walk: Walk, event: EventFact, *, child: str, parent: str) -> None:
    above, seen = parent, {child}
    while above and above not in seen:
        seen.add(above)
        above = walk.boxes.get(above, "")
    if above == child:
        walk.conflict(
            event,
            "A box is said to be inside itself.",
            cure="Declare the wrong packing event an error.",
        )
        return
    walk.boxes[child] = parent


def _take_out(walk: Walk, *, parent: str, children: list[str]) -> None:
    named = children or [one for one, box in walk.boxes.items() if box == parent]
    for child in named:
        if walk.boxes.get(child) == parent:
            del walk.boxes[child]


def _begin(walk: Walk, event: EventFact, *, by: str, voice: Voice) -> None:
    """Begin the chain with somebody, and say if it does not begin where it should."""
    walk.is_begun = True
    walk.parties.add(by)
    if not walk.has_right(by, at=event.at):
        walk.gap(
            event,
            f"The record begins with {walk.name(by)}, not known as a maker of this brand's phones.",
            cure="Add the brand's own record of making it, or have the brand name this maker.",
        )
    elif voice is not Voice.OWN and not walk.has_right(event.sender, at=event.at):
        walk.gap(
            event,
            f"That it came from {walk.name(by)} is said by {walk.name(event.sender)} alone.",
            cure=f"Ask {walk.name(by)} to send its own events.",
        )


def _own_word(walk: Walk, event: EventFact, *, doer: str, voice: Voice) -> None:
    if voice is Voice.OTHER_SIDE:
        walk.gap(
            event,
            f"What {walk.name(doer)} did is said by {walk.name(event.sender)} alone.",
            cure=f"Ask {walk.name(doer)} to send its own events.",
        )


def _require_life(walk: Walk, event: EventFact) -> None:
    if walk.is_ended:
        walk.conflict(event, "Something happened to it after it was taken out of the world.")


def _expect(walk: Walk, event: EventFact, *, by: str) -> None:
    """Say if whoever acts is not who has the unit."""
    _require_life(walk, event)
    shipment = walk.under_way
    if shipment is not None and by == shipment.taker:
        walk.gap(
            event,
            f"{walk.name(by)} passed it on, and no record says it arrived there.",
            cure=f"Ask {walk.name(by)} for its receipt of the shipment.",
        )
    elif shipment is not None:
        walk.conflict(
            event,
            f"{walk.name(by)} acts on it while it is under way to {walk.name(shipment.taker)}.",
        )
    elif walk.holder != by and by in walk.left:
        walk.conflict(
            event,
            f"Both {walk.name(by)} and {walk.name(walk.holder)} say they have it: in two places.",
        )
    elif walk.holder != by:
        walk.left.add(walk.holder)
        walk.gap(
            event,
            f"Nothing says how it came from {walk.name(walk.holder)} to {walk.name(by)}.",
            cure=f"Add the shipment from {walk.name(walk.holder)} and its receipt.",
        )


def _match(walk: Walk, event: EventFact, *, shipment: Shipment) -> None:
    taker = receiver_of(event)
    if shipment.taker and taker != shipment.taker:
        walk.conflict(
            event,
            f"Shipped to {walk.name(shipment.taker)}, and received by {walk.name(taker)}.",
        )


def _unmatched(walk: Walk, event: EventFact, *, taker: str, voice: Voice) -> None:
    if not walk.is_begun:
        _begin(walk, event, by=taker, voice=voice)
        walk.owner = event.new_owner or taker
        return
    if walk.holder == taker:
        return
    if any(_is_late(one, event) for one in walk.facts.events):
        walk.conflict(
            event,
            f"{walk.name(taker)} received it before it was shipped there.",
            cure="Check the clocks of both; declare the wrong event an error.",
        )
        return
    if taker in walk.left:
        both = f"{walk.name(taker)} and {walk.name(walk.holder)}"
        walk.conflict(event, f"Both {both} say they have it: in two places.")
        return
    walk.left.add(walk.holder)
    walk.gap(
        event,
        f"{walk.name(taker)} received it, and nothing says {walk.name(walk.holder)} shipped it.",
        cure=f"Ask {walk.name(walk.holder)} for its shipment.",
    )


def _is_late(other: EventFact, receipt: EventFact) -> bool:
    is_shipment = other.step == "shipping" and other.at > receipt.at
    return is_shipment and taker_of(other) == receiver_of(receipt)


def _pass_title(walk: Walk, event: EventFact, *, to: str, taker: str) -> None:
    """Pass ownership on; the first that leaves the brand's own hands is the first sale."""
    if not to or to == walk.owner:
        return
    leaves = walk.has_right(walk.owner, at=event.at) and not walk.has_right(to, at=event.at)
    if walk.first_sale is None and leaves:
        walk.first_sale = (walk.country_of(event, taker=taker), event.at)
    walk.owner = to


MOVES: Final[Mapping[StepKind, Move]] = {
    StepKind.MADE: make,
    StepKind.SHIPPED: ship,
    StepKind.CALLED_OFF: call_off,
    StepKind.RECEIVED: receive,
    StepKind.SOLD: sell,
    StepKind.ENDED: end,
    StepKind.SEEN: see,
    StepKind.PACKED: box,
    StepKind.UNPACKED: box,
}
