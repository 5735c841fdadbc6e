"""Promotions are made, agreed to by whoever pays, started and ended; each step has its record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.plumbing import audit
from bandstand.promotions import rules
from bandstand.promotions.models import Promotion, PromotionMoveRecord
from bandstand.promotions.rules import (
    OnPayoff,
    PromotionMove,
    PromotionMoveRefusedError,
    PromotionScope,
    PromotionState,
)

MADE = "make"  # the first record of a promotion; not a move, for there is no state before it


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionTerms:
    """What a promotion promises, and to whom; ``funder_id`` empty is the operator."""

    market: str
    name: str
    words: str
    amount: Money
    credits_count: int
    from_at: datetime
    scope: PromotionScope
    conditions: str = ""
    until_at: datetime | None = None
    on_payoff: OnPayoff = OnPayoff.KEEP
    funder_id: UUID | None = None
    uses_max: int | None = None


@transaction.atomic
def make_promotion(*, terms: PromotionTerms, actor: str, now: datetime) -> UUID:
    """
    Write a promotion down as a draft; the same name and start in a market is the same promotion.

    Raises: PromotionRefusedError, naming what to mend.
    """
    rules.require_makeable(
        name=terms.name,
        words=terms.words,
        amount=terms.amount,
        credits_count=terms.credits_count,
        from_at=terms.from_at,
        until_at=terms.until_at,
        uses_max=terms.uses_max,
    )
    found = Promotion.objects.filter(
        market_id=terms.market, name=terms.name, from_at=terms.from_at
    ).first()
    if found is not None:
        return found.id
    row = Promotion.objects.create(
        state=PromotionState.DRAFT.value, made_at=now, made_by=actor, **_columns(terms)
    )
    _note(row, move=MADE, before="", actor=actor, reason="", now=now)
    return row.id


@transaction.atomic
def start_promotion(*, promotion_id: UUID, actor: str, now: datetime) -> PromotionState:
    """
    Start a promotion, or ask the party that pays for it; return where it stands then.

    Raises: NotFoundError; PromotionMoveRefusedError.
    Lock: takes the promotion's row.
    """
    row = _locked(promotion_id)
    move = PromotionMove.START if row.funder_id is None else PromotionMove.ASK
    return _move(row, move, actor=actor, reason="", now=now)


@transaction.atomic
def answer_promotion(
    *,
    promotion_id: UUID,
    funder_id: UUID,
    agrees: bool,
    actor: str,
    now: datetime,
    reason: str = "",
) -> PromotionState:
    """
    Write down whether the party that was asked to pay for a promotion agrees; then it runs.

    Raises: NotFoundError for another party's promotion; PromotionMoveRefusedError.
    Lock: takes the promotion's row.
    """
    row = _locked(promotion_id)
    if row.funder_id != funder_id:
        raise NotFoundError("There is no such promotion.", given=str(promotion_id))
    move = PromotionMove.AGREE if agrees else PromotionMove.REFUSE
    return _move(row, move, actor=actor, reason=reason, now=now)


@transaction.atomic
def end_promotion(*, promotion_id: UUID, reason: str, actor: str, now: datetime) -> PromotionState:
    """
    End a promotion: no new plan gets it. What was promised stays promised.

    Raises: NotFoundError; PromotionMoveRefusedError, also without a reason.
    Lock: takes the promotion's row.
    """
    if not reason.strip():
        raise PromotionMoveRefusedError("Say why it ends; sellers and colleagues read it.")
    row = _locked(promotion_id)
    return _move(row, PromotionMove.END, actor=actor, reason=reason, now=now)


def _columns(terms: PromotionTerms) -> dict[str, object]:
    scope, least = terms.scope, terms.scope.price_minimum
    return {
        "market_id": terms.market,
        "name": terms.name.strip(),
        "words": terms.words.strip(),
        "conditions": terms.conditions.strip(),
        "amount_minor": terms.amount.minor,
        "currency": terms.amount.currency,
        "credits_count": terms.credits_count,
        "on_payoff": terms.on_payoff.value,
        "brand_id": scope.brand_id,
        "model_id": scope.model_id,
        "variant_id": scope.variant_id,
        "seller_id": scope.seller_id,
        "offer_id": scope.offer_id,
        "condition": scope.condition,
        "months": scope.months,
        "price_minimum_minor": 0 if least is None else least.minor,
        "funder_id": terms.funder_id,
        "uses_max": terms.uses_max,
        "from_at": terms.from_at,
        "until_at": terms.until_at,
    }


def _locked(promotion_id: UUID) -> Promotion:
    row = Promotion.objects.select_for_update().filter(pk=promotion_id).first()
    if row is None:
        raise NotFoundError("There is no such promotion.", given=str(promotion_id))
    return row


def _move(
    row: Promotion, move: PromotionMove, *, actor: str, reason: str, now: datetime
) -> PromotionState:
    before = PromotionState(row.state)
    after = rules.next_state(before, move)
    row.state = after.value
    row.save(update_fields=["state"])
    _note(row, move=move.value, before=before.value, actor=actor, reason=reason, now=now)
    return after


def _note(
    row: Promotion, *, move: str, before: str, actor: str, reason: str, now: datetime
) -> None:
    PromotionMoveRecord.objects.create(
        promotion=row,
        move=move,
        from_state=before,
        to_state=row.state,
        moved_at=now,
        actor=actor,
        reason=reason[:300],
    )
    audit.record(
        actor=actor,
        action=f"promotion.{move}",
        subject=print_id(IdKind.PROMOTION, row.id),
        now=now,
        reason=reason,
    )
