"""
Offers on the shelf are asked about again when their facts change, and at least once a day.

An order asks the gate anyway; this is so that the shelf does not show what could not be bought. A
hold moves no offer: it hides them while it stands, and they are back when it is lifted.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.gate.rules import DecisionRow, Outcome
from bandstand.offers import rules
from bandstand.offers.queries.due_checks import offers_to_ask_again
from bandstand.offers.rules import OfferState
from bandstand.offers.services.listing import (
    ask_about,
    locked_offer,
    move_offer,
    note_decision,
    reasons_text,
)

ACTOR: Final = "system:recheck"
BATCH: Final = 200
HOLD_CODES: Final = frozenset({"HOLD_ACTIVE", "HOLD_PROVISIONAL"})


def recheck_listed(*, now: datetime, limit: int = BATCH) -> int:
    """Ask again about offers on the shelf whose decision no longer stands; return how many."""
    due = offers_to_ask_again(now=now, limit=limit)
    for offer_id in due:
        recheck(offer_id=offer_id, now=now)
    return len(due)


@transaction.atomic
def recheck(*, offer_id: UUID, now: datetime) -> DecisionRow | None:
    """
    Ask again about one offer on the shelf, and put it where the answer says.

    Lock: the offer's row.
    """
    offer = locked_offer(offer_id)
    if offer.state != OfferState.LISTED.value:
        return None
    decision = ask_about(offer, actor=ACTOR, now=now)
    note_decision(offer, decision)
    # The fits it was listed with stay: that they have changed is for its seller to see.
    if decision.result is Outcome.ALLOW or _is_only_held(decision):
        return decision
    move = rules.move_of_outcome(OfferState.LISTED, decision.result)
    if move is not None:
        move_offer(offer, move, actor=ACTOR, now=now, reason=reasons_text(decision))
    return decision


def _is_only_held(decision: DecisionRow) -> bool:
    against = [one for one in decision.reasons if one.outcome != Outcome.ALLOW.value]
    return bool(against) and all(one.code in HOLD_CODES for one in against)
