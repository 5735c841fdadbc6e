"""
A plan is credit: before anything is kept, its buyer's application is decided.

Decisions are written in a transaction of their own, so that a no stands although nothing is sold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress

from bandstand.credit.queries.applications import DecisionRow, decisions_of
from bandstand.credit.rules import TermsRow
from bandstand.credit.rules.eligibility import ApplicationOutcome
from bandstand.credit.services.applications import Applicant, PlanAsked, apply_for_plans
from bandstand.kernel.canonical import sha256_hex
from bandstand.orders.models import Basket
from bandstand.orders.queries.words import BasketLineRow
from bandstand.orders.rules import BasketRefusedError, PlansNotApprovedError
from bandstand.orders.services.baskets import step_up
from bandstand.orders.services.buyers import Buyer
from bandstand.orders.services.checking import (
    CheckedSale,
    SaleAsked,
    check_sale,
    settled_checkout,
)

NO_PLANS: Final[Mapping[UUID, UUID]] = MappingProxyType({})
ADDRESS_PARTS: Final = ("country_code", "postal_code", "city", "street_address")


def apply_for_basket(asked: SaleAsked, *, now: datetime) -> Mapping[UUID, UUID]:
    """
    Return the approval of every plan in a basket, by its line; decisions are kept in any case.

    A basket without plans, or one that was bought, asks nothing.
    Raises: PlansNotApprovedError with every decision, and what ``check_sale`` refuses.
    """
    basket = Basket.objects.filter(pk=asked.basket_id).first()
    if basket is None or not basket.lines.exclude(terms=None).exists():
        return NO_PLANS
    if settled_checkout(basket) is not None:
        return NO_PLANS
    checked = check_sale(basket, asked=asked, now=now)
    plans = tuple(_plans(checked))
    decided = apply_for_plans(
        applicant=_applicant(basket, asked=asked, buyer=checked.buyer),
        plans=plans,
        group_id=basket.id,
        now=now,
    )
    rows = decisions_of(decided)
    if any(row.outcome is not ApplicationOutcome.APPROVED for row in rows):
        raise PlansNotApprovedError(decided)
    return {plan.subject_id: row.id for plan, row in zip(plans, rows, strict=True)}


def accept_counter_offer(*, basket_id: UUID, decision_id: UUID, now: datetime) -> None:
    """
    Put a counter-offer's down payment on its line, as its buyer accepts it.

    The plan is disclosed anew with it, and asked for anew at the checkout.
    Raises: BasketRefusedError for an offer that stands no more; BasketNotFoundError.
    """
    offer = _standing_offer(decision_id, now=now)
    assert offer.counter is not None  # noqa: S101 -- a counter-offer has one
    step_up(
        basket_id=basket_id,
        line_id=offer.subject_id,
        terms_id=offer.counter.terms_id,
        down_payment=offer.counter.down_payment,
    )


def _standing_offer(decision_id: UUID, *, now: datetime) -> DecisionRow:
    found = decisions_of([decision_id])
    if not found or found[0].outcome is not ApplicationOutcome.COUNTER_OFFER:
        raise BasketRefusedError("There is no such offer. Look at the plan again.")
    if found[0].valid_until <= now:
        raise BasketRefusedError("This offer has run out. Ask for the plan again.")
    return found[0]


def _plans(checked: CheckedSale) -> Iterator[PlanAsked]:
    for line in checked.page.lines:
        if line.disclosure is not None:
            yield PlanAsked(
                subject_id=line.id,
                title=line.offer.title,
                terms=_terms(line),
                told=line.disclosure,
            )


def _terms(line: BasketLineRow) -> TermsRow:
    """Return the terms of a line as disclosed: with the stepped-up down payment, if it has one."""
    assert line.disclosure is not None  # noqa: S101 -- only lines on a plan come here
    chosen = next(one for one in line.plans if one.terms.id == line.terms_id)
    down = line.disclosure.down_payment
    if down == chosen.disclosure.down_payment:
        return chosen.terms
    return replace(chosen.terms, down_payment_minor=down.minor)


def _applicant(basket: Basket, *, asked: SaleAsked, buyer: Buyer) -> Applicant:
    where = buyer.address
    return Applicant(
        email=buyer.email,
        name=buyer.name,
        address_sha256=sha256_hex([where.get(part, "").casefold() for part in ADDRESS_PARTS]),
        place="-".join(
            part for part in (where["country_code"], where.get("country_area", "")) if part
        ),
        is_verified=_is_verified(basket, email=buyer.email),
        income_minor=None if asked.income is None else asked.income.minor,
    )


def _is_verified(basket: Basket, *, email: str) -> bool:
    confirmed = EmailAddress.objects.filter(
        user_id=basket.person_id, email__iexact=email, verified=True
    )
    return basket.person_id is not None and confirmed.exists()
