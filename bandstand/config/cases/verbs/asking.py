"""Steps that ask the gate: a question, a listing, a decision that is kept for later."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bandstand.config.cases.answers import Observed, of_decision, of_decisions
from bandstand.config.cases.fields import Part
from bandstand.config.cases.play import Play
from bandstand.config.cases.questions import Question, ask, listing_of, question_of
from bandstand.config.cases.shelves import NO_UNIT, stock_in
from bandstand.config.cases.stock import Stock, draft, stock_of
from bandstand.config.cases.world import ACTOR
from bandstand.gate.rules import Activity
from bandstand.offers import services as offers
from bandstand.offers.models import Offer


def put_question(play: Play, step: Part) -> Observed:
    """Ask the gate, about a listing that the step names if it does."""
    question = question_of(play.world, step, custody=play.custody, action=Activity.ORDER_COMMIT)
    name = step.maybe("listing") if not isinstance(step.raw("listing"), dict) else None
    offer_id = _offer_of(play, name, question=question) if name else None
    written = step.part("listing") if isinstance(step.raw("listing"), dict) else None
    decisions = ask(
        play.world,
        question,
        listing=listing_of(written) if written else None,
        offer_id=offer_id,
    )
    for kept in (step.maybe("as"), step.maybe("id"), step.maybe("decision")):
        if kept is not None:
            play.decisions[kept] = decisions[0]
    return of_decisions(decisions, world=play.world)


def create_listing(play: Play, step: Part) -> Observed:
    """Draft an offer, receive a unit of it, and publish it if the gate lets it."""
    stock = stock_in(play, step)
    kept = stock_of(play.world, stock)
    decision = offers.publish(offer_id=kept.offer_id, actor=ACTOR, now=play.at)
    state = Offer.objects.values_list("state", flat=True).get(pk=kept.offer_id)
    return of_decision(decision, world=play.world).note(
        listing_state=state, listed=state == "listed", offer_state=state
    )


def withdraw_listing(play: Play, step: Part) -> Observed:
    """Take a listing off the shelf."""
    offer_id = draft(play.world, stock_in(play, step))
    offers.withdraw(offer_id=offer_id, actor=ACTOR, now=play.at)
    return Observed({"listed": False})


def _offer_of(play: Play, name: str, *, question: Question) -> UUID:
    """Return the offer of a named listing, drafted now if this question is the first to name it."""
    if name not in play.world.listings:
        play.world.listings[name] = draft(
            play.world,
            Stock(
                variant=question.variants[0],
                seller_id=question.seller_id,
                market=question.market,
                condition=question.condition,
                custody=question.custody,
                unit=NO_UNIT,
                at=play.at,
                listing=name,
            ),
        )
    return play.world.listings[name]


VERBS: Final[Mapping[str, Any]] = {
    "ask": put_question,
    "decide": put_question,
    "gate.ask": put_question,
    "gate.may": put_question,
    "listing.create": create_listing,
    "listing.publish": create_listing,
    "listing.relist": create_listing,
    "offer.publish": create_listing,
    "offer.create": create_listing,
    "listing.withdraw": withdraw_listing,
    "listing.delete": withdraw_listing,
}
