"""Which credits an offer comes with on which plan: of promotions that run, apply and have room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from bandstand.credit.rules import PriceDisclosure
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.promotions.models import Promotion
from bandstand.promotions.queries.words import CreditOffer, PromotionRow
from bandstand.promotions.rules import (
    OfferFacts,
    OnPayoff,
    PlanFacts,
    PromotionScope,
    PromotionState,
    applies,
    best_of,
    fits_plan,
    promised_credits,
)


@dataclass(frozen=True, slots=True)
class CreditsOnOffer:
    """The promotions of a market that have room, and the offers they are asked about."""

    promotions: Sequence[PromotionRow]
    offers: Mapping[UUID, OfferFacts]

    def on(self, offer_id: UUID, *, told: PriceDisclosure | None) -> CreditOffer | None:
        """Return the credits of an offer on a plan, the best there are; none bought outright."""
        offer = self.offers.get(offer_id)
        if offer is None or told is None:
            return None
        plan = plan_facts(told)
        found = best_of(
            [
                one
                for one in self.promotions
                if applies(one.scope, offer=offer, months=told.number_of_payments)
                and fits_plan(one.amount, credits_count=one.credits_count, plan=plan)
            ]
        )
        return None if found is None else credit_offer(found, plan=plan)


def credits_on(
    offer_ids: Iterable[UUID], *, market: str, now: datetime, holder: UUID | None = None
) -> CreditsOnOffer:
    """
    Return what promotions say of offers in a market now, in two queries however many.

    ``holder`` is a checkout whose own places are not counted against it.
    """
    found = running(market=market, now=now, holder=holder)
    return CreditsOnOffer(found, offer_facts(offer_ids) if found else {})


def running(*, market: str, now: datetime, holder: UUID | None = None) -> tuple[PromotionRow, ...]:
    """Return the promotions of a market that new plans get now and that have room."""
    kept = Q(uses__until_at__gt=now)
    if holder is not None:
        kept &= ~Q(uses__holder=holder)
    rows = (
        Promotion.objects.filter(
            Q(until_at=None) | Q(until_at__gt=now),
            market_id=market,
            state=PromotionState.RUNNING.value,
            from_at__lte=now,
        )
        .annotate(
            promised=Count("promises", distinct=True),
            kept=Count("uses", filter=kept, distinct=True),
        )
        .select_related("funder")
        .order_by("id")
    )
    return tuple(
        promotion_row(row)
        for row in rows
        if row.uses_max is None or row.promised + row.kept < row.uses_max
    )


def offer_facts(offer_ids: Iterable[UUID]) -> dict[UUID, OfferFacts]:
    """Return offers as far as promotions go."""
    rows = Offer.objects.filter(pk__in=list(offer_ids)).select_related(
        "variant__model__brand__parent"
    )
    return {row.id: facts_of(row) for row in rows}


def facts_of(offer: Offer) -> OfferFacts:
    """Return an offer, read with its brand, as far as promotions go."""
    model = offer.variant.model
    brands = {model.brand_id, model.brand.parent_id}
    return OfferFacts(
        offer_id=offer.id,
        brand_ids=frozenset(one for one in brands if one is not None),
        model_id=model.id,
        variant_id=offer.variant_id,
        seller_id=offer.seller_id,
        condition=offer.condition,
        price=Money(offer.price_minor, offer.currency),
    )


def plan_facts(told: PriceDisclosure) -> PlanFacts:
    """Return a disclosed plan as far as credits go."""
    return PlanFacts(
        contract_date=told.contract_date,
        dues=tuple((row.due_on, row.total) for row in told.schedule),
    )


def credit_offer(row: PromotionRow, *, plan: PlanFacts) -> CreditOffer:
    """Return a promotion's credits on a plan they fit. Raises: CreditsDoNotFitError."""
    return CreditOffer(
        promotion_id=row.id,
        name=row.name,
        words=row.words,
        conditions=row.conditions,
        amount=row.amount,
        on_payoff=row.on_payoff,
        dues=tuple(promised_credits(row.amount, credits_count=row.credits_count, plan=plan)),
    )


def promotion_row(row: Promotion) -> PromotionRow:
    """Return the frozen row of a promotion read with its funder."""
    least = Money(row.price_minimum_minor, row.currency)
    return PromotionRow(
        id=row.id,
        public_id=print_id(IdKind.PROMOTION, row.id),
        market=row.market_id,
        name=row.name,
        words=row.words,
        conditions=row.conditions,
        amount=Money(row.amount_minor, row.currency),
        credits_count=row.credits_count,
        on_payoff=OnPayoff(row.on_payoff),
        scope=PromotionScope(
            brand_id=row.brand_id,
            model_id=row.model_id,
            variant_id=row.variant_id,
            seller_id=row.seller_id,
            offer_id=row.offer_id,
            condition=row.condition,
            months=row.months,
            price_minimum=least if least.is_positive else None,
        ),
        funder_id=row.funder_id,
        funder_name="" if row.funder is None else row.funder.trading_name,
        uses_max=row.uses_max,
        from_at=row.from_at,
        until_at=row.until_at,
        state=PromotionState(row.state),
        made_by=row.made_by,
        made_at=row.made_at,
    )
