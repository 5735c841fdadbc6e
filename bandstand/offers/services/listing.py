"""An offer goes to the shelf, to review, or back: each step asks the gate and leaves a record."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.gate import services as gate
from bandstand.gate.guard import guarded
from bandstand.gate.rules import Activity, DecisionRow, Outcome
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers import rules
from bandstand.offers.models import Offer, OfferMoveRecord
from bandstand.offers.rules import OfferMove, OfferState
from bandstand.offers.services.freezing import freeze_fits
from bandstand.plumbing import audit

REASON_LENGTH_MAX: Final = 500
APPROVED_FOR: Final = timedelta(days=180)
"""How long a person's yes stands before somebody looks again."""


@transaction.atomic
def publish(*, offer_id: UUID, actor: str, now: datetime) -> DecisionRow:
    """
    Ask the gate whether an offer may be shown, and put it where the answer says.

    Allowed goes on the shelf, review goes to the operator's queue, refused stays with its reasons.
    Asking again when facts have changed is how a refusal is cured. An offer that may be shown keeps
    the fits that it is listed with; asking again keeps today's, beside those from before.
    Lock: the offer's row.
    Raises: OfferNotFoundError; OfferMoveRefusedError.
    """
    offer = locked_offer(offer_id)
    decision = ask_about(offer, actor=actor, now=now)
    move = rules.move_of_outcome(OfferState(offer.state), decision.result)
    note_decision(offer, decision)
    if move is not None:
        move_offer(offer, move, actor=actor, now=now, reason=reasons_text(decision))
    if decision.result is Outcome.ALLOW:
        freeze_fits(offer, now=now)
    return decision


@transaction.atomic
def approve_review(*, offer_id: UUID, reason: str, actor: str, now: datetime) -> DecisionRow:
    """
    List an offer that waits for review, on a person's word.

    The reasons that asked for review are waived for half a year under that person's name; the gate
    then answers again, here and at every order. What it refuses outright cannot be approved.
    Lock: the offer's row.
    Raises: OfferMoveRefusedError if the offer does not wait for review or the gate refuses it;
        BadInputError without a reason.
    """
    offer = locked_offer(offer_id)
    if offer.state != OfferState.IN_REVIEW.value:
        raise rules.OfferMoveRefusedError(
            f"An offer that is {offer.state} does not wait for review.", state=offer.state
        )
    decision = ask_about(offer, actor=actor, now=now)
    if decision.result is Outcome.REVIEW:
        _waive_review(offer, decision, reason=reason, actor=actor, now=now)
        decision = ask_about(offer, actor=actor, now=now)
    if decision.result is not Outcome.ALLOW:
        raise rules.OfferMoveRefusedError(
            f"The gate does not let this offer be listed: {reasons_text(decision)}",
            state=offer.state,
        )
    note_decision(offer, decision)
    move_offer(offer, OfferMove.LIST, actor=actor, now=now, reason=reason)
    freeze_fits(offer, now=now)
    return decision


@transaction.atomic
def refuse_review(*, offer_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Refuse an offer with a reason that its seller reads.

    Lock: the offer's row.
    Raises: MalformedOfferError without a reason; OfferMoveRefusedError.
    """
    if not reason.strip():
        raise rules.MalformedOfferError("Say why; the seller reads it.", field="reason")
    move_offer(locked_offer(offer_id), OfferMove.REFUSE, actor=actor, now=now, reason=reason)


@transaction.atomic
def withdraw(*, offer_id: UUID, reason: str = "", actor: str, now: datetime) -> None:
    """
    Take an offer off the shelf on its seller's wish.

    Lock: the offer's row.
    Raises: OfferNotFoundError; OfferMoveRefusedError.
    """
    move_offer(locked_offer(offer_id), OfferMove.WITHDRAW, actor=actor, now=now, reason=reason)


def locked_offer(offer_id: UUID) -> Offer:
    """
    Return an offer under the lock of its row.

    Raises: OfferNotFoundError.
    """
    offer = Offer.objects.select_for_update().filter(pk=offer_id).first()
    if offer is None:
        raise rules.OfferNotFoundError(f"No offer has the key {offer_id}.", given=str(offer_id))
    return offer


def _waive_review(
    offer: Offer, decision: DecisionRow, *, reason: str, actor: str, now: datetime
) -> None:
    gate.waive(
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        codes=frozenset(
            one.code for one in decision.reasons if one.outcome == Outcome.REVIEW.value
        ),
        reason=reason,
        until_at=now + APPROVED_FOR,
        actor=actor,
        now=now,
    )


def ask_about(offer: Offer, *, actor: str, now: datetime) -> DecisionRow:
    """Ask the gate whether an offer may be shown."""
    return gate.may(
        action=Activity.OFFER_PUBLISH,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        offer_id=offer.id,
        actor=actor,
        now=now,
    )


def note_decision(offer: Offer, decision: DecisionRow) -> None:
    """Keep which decision an offer rests on."""
    offer.last_decision_id = decision.id
    offer.save(update_fields=["last_decision_id"])


def move_offer(offer: Offer, move: OfferMove, *, actor: str, now: datetime, reason: str) -> None:
    """
    Move an offer and leave a record of it.

    Raises: OfferMoveRefusedError; HeldError.
    """
    before = OfferState(offer.state)
    after = rules.next_offer_state(before, move)
    offer.state = after.value
    offer.published_at = now if after is OfferState.LISTED else offer.published_at
    with guarded():  # a hold may have come since the gate was asked
        offer.save(update_fields=["state", "published_at"])
    OfferMoveRecord.objects.create(
        offer=offer,
        move=move.value,
        from_state=before.value,
        to_state=after.value,
        moved_at=now,
        actor=actor,
        reason=reason[:REASON_LENGTH_MAX],
    )
    audit.record(
        actor=actor,
        action=f"offer.{move.value}",
        subject=print_id(IdKind.OFFER, offer.id),
        now=now,
        reason=reason[:REASON_LENGTH_MAX],
    )


def reasons_text(decision: DecisionRow) -> str:
    """Return every reason of a decision as one text."""
    return " ".join(reason.text for reason in decision.reasons)
