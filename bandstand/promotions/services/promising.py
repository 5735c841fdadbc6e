"""Credits are promised with a sale, in its transaction, exactly as its agreement lists them."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit import services as credit
from bandstand.credit.models import Plan
from bandstand.credit.rules import read_disclosure
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.plumbing.locks import lock
from bandstand.promotions import rules
from bandstand.promotions.models import CreditRow, PromisedCredits, Promotion, PromotionUse
from bandstand.promotions.queries.offers import plan_facts
from bandstand.promotions.rules import LIABLE, CreditState, OnPayoff
from bandstand.promotions.services.books import post_promise

PLACES_LOCK: Final = "promotions:places"


@transaction.atomic
def keep_place(*, promotion_id: UUID, holder: UUID, until: datetime, now: datetime) -> bool:
    """
    Keep a place in a promotion for a checkout; return whether there was one.

    Lock: one for the places of all limited promotions, so that the last goes once and baskets
    with several of them cannot wait in a circle.
    """
    promotion = Promotion.objects.filter(pk=promotion_id).first()
    if promotion is None:
        return False
    if promotion.uses_max is None:
        return True
    lock(PLACES_LOCK)
    PromotionUse.objects.filter(promotion=promotion, until_at__lte=now).delete()
    taken = promotion.promises.count() + promotion.uses.count()
    if taken >= promotion.uses_max:
        return False
    PromotionUse.objects.create(promotion=promotion, holder=holder, until_at=until)
    return True


@transaction.atomic
def free_places(*, holder: UUID) -> None:
    """Give back the places kept for a checkout."""
    PromotionUse.objects.filter(holder=holder).delete()


@transaction.atomic
def promise(
    *, promotion_id: UUID, order_line_id: UUID, plan_id: UUID, holder: UUID, now: datetime
) -> UUID:
    """
    Promise a promotion's credits with a sale, once; return the promise.

    A promotion that ended since the buyer agreed is promised all the same.
    Raises: NotFoundError; CreditsDoNotFitError.
    Lock: the plan is the caller's, made in the same transaction.
    """
    found = PromisedCredits.objects.filter(order_line_id=order_line_id).first()
    if found is not None:
        return found.id
    promotion = Promotion.objects.filter(pk=promotion_id).first()
    plan = Plan.objects.select_related("disclosure").filter(pk=plan_id).first()
    if promotion is None or plan is None:
        raise NotFoundError("There is no such promotion, or no such plan.")
    _give_up_place(promotion, holder=holder)
    made = PromisedCredits.objects.create(
        promotion=promotion,
        order_line_id=order_line_id,
        plan=plan,
        funder_id=promotion.funder_id,
        words=promotion.words,
        conditions=promotion.conditions,
        on_payoff=promotion.on_payoff,
        amount_minor=promotion.amount_minor,
        currency=promotion.currency,
        promised_at=now,
    )
    _write_rows(made, credits_count=promotion.credits_count, plan=plan)
    post_promise(made, now=now)
    tell_plan(made)
    return made.id


def tell_plan(promise: PromisedCredits) -> None:
    """Tell the plan which credit it waits for, and what a payoff would bring forward."""
    left = list(
        promise.rows.filter(state__in=[one.value for one in LIABLE]).order_by("due_on", "number")
    )
    kept = sum(row.amount_minor for row in left) if promise.on_payoff == OnPayoff.KEEP else 0
    credit.expect_credits(
        plan_id=promise.plan_id,
        next_on=left[0].due_on if left else None,
        kept=Money(kept, promise.currency),
    )


def _give_up_place(promotion: Promotion, *, holder: UUID) -> None:
    place = PromotionUse.objects.filter(promotion=promotion, holder=holder).first()
    if place is not None:
        place.delete()


def _write_rows(made: PromisedCredits, *, credits_count: int, plan: Plan) -> None:
    dues = rules.promised_credits(
        Money(made.amount_minor, made.currency),
        credits_count=credits_count,
        plan=plan_facts(read_disclosure(plan.disclosure.body)),
    )
    CreditRow.objects.bulk_create(
        CreditRow(
            promise=made,
            number=due.number,
            due_on=due.due_on,
            amount_minor=due.amount.minor,
            state=CreditState.OPEN.value,
        )
        for due in dues
    )
