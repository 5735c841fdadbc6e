"""A basket as it stands now: today's prices, what each line costs today, and what is in its way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.credit.rules import PriceDisclosure, disclose, suits
from bandstand.gate.queries import HoldRow
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, sum_of
from bandstand.offers import queries as offers
from bandstand.offers.queries import OfferRow, PlanChoice
from bandstand.orders.models import Basket, BasketLine, Checkout
from bandstand.orders.queries.words import BasketLineRow, BasketPage
from bandstand.orders.rules import LIVE_CHECKOUT, BasketNotFoundError, due_today
from bandstand.plumbing import clock
from bandstand.promotions.queries import CreditsOnOffer, credits_on

SOLD_OUT = "Sold out. Take it out, or come back later."
NOT_LISTED = "No longer offered by this seller."
TERMS_GONE = "This plan is no longer offered for this price. Choose another."


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lines of one basket are judged by, each read once."""

    offers: Mapping[UUID, OfferRow]
    holds: Mapping[UUID, HoldRow]
    plans: Mapping[UUID, tuple[PlanChoice, ...]]
    credits: CreditsOnOffer
    stepped_up: Mapping[UUID, PriceDisclosure]
    """What a line on an accepted counter-offer costs, by its key."""
    kept: Mapping[UUID, int]
    """Units of an offer that this basket's own live checkout keeps."""


def basket_page(*, basket_id: UUID, now: datetime) -> BasketPage:
    """
    Return a basket as it stands now; the number of database queries does not depend on its lines.

    Raises: BasketNotFoundError.
    """
    basket = Basket.objects.filter(pk=basket_id).first()
    if basket is None:
        raise BasketNotFoundError("There is no such basket.", given=str(basket_id))
    market = catalogue.market(basket.market_id)
    live = Checkout.objects.filter(
        basket=basket, state__in=[state.value for state in LIVE_CHECKOUT]
    ).first()
    lines = list(BasketLine.objects.filter(basket=basket).order_by("added_at", "id"))
    on = clock.day_in(market.time_zone, at=now)
    facts = _facts(lines, market=market, live=live, on=on, now=now)
    rows = tuple(_line_row(line, facts=facts) for line in lines)
    return BasketPage(
        id=basket.id,
        public_id=print_id(IdKind.BASKET, basket.id),
        market=market.code,
        currency=market.currency,
        lines=rows,
        total=sum_of((row.price for row in rows), currency=market.currency),
        due_today=sum_of((row.due_today for row in rows), currency=market.currency),
        is_closed=basket.closed_at is not None,
        live_checkout_id=None if live is None else live.id,
    )


def basket_count(basket_id: UUID) -> int:
    """Return how many things are in a basket; nothing in one that is closed or not there."""
    return BasketLine.objects.filter(basket_id=basket_id, basket__closed_at=None).count()


def _facts(
    lines: list[BasketLine],
    *,
    market: catalogue.MarketRow,
    live: Checkout | None,
    on: date,
    now: datetime,
) -> Facts:
    ids = list({line.offer_id for line in lines})
    rows = offers.offer_rows(ids) if ids else {}
    terms = offers.terms_in(market=market.code, now=now) if ids else ()
    kept: dict[UUID, int] = {}
    for offer_id in offers.kept_units(live.id).values() if live else ():
        kept[offer_id] = kept.get(offer_id, 0) + 1
    plans = {
        row.id: offers.plan_choices(
            row.price, terms=terms, on=on, market=market.code, locale=market.locale
        )
        for row in rows.values()
    }
    return Facts(
        offers=rows,
        holds=offers.holds_on(ids) if ids else {},
        plans=plans,
        stepped_up=dict(_stepped_up(lines, plans=plans, on=on, market=market)),
        credits=credits_on(
            ids, market=market.code, now=now, holder=None if live is None else live.id
        ),
        kept=kept,
    )


def _stepped_up(
    lines: list[BasketLine],
    *,
    plans: Mapping[UUID, tuple[PlanChoice, ...]],
    on: date,
    market: catalogue.MarketRow,
) -> Iterator[tuple[UUID, PriceDisclosure]]:
    """Yield the disclosures of lines that ask more down than their terms do."""
    for line in lines:
        chosen = next((one for one in plans[line.offer_id] if one.terms.id == line.terms_id), None)
        down, price = line.down_payment_minor, chosen.disclosure.price if chosen else None
        if chosen is None or price is None or down is None:
            continue
        terms = replace(chosen.terms, down_payment_minor=down)
        if down > chosen.disclosure.down_payment.minor and suits(price, terms):
            told = disclose(
                price, terms, contract_date=on, market=market.code, locale=market.locale
            )
            yield line.id, told


def _line_row(line: BasketLine, *, facts: Facts) -> BasketLineRow:
    offer = facts.offers[line.offer_id]
    plans = facts.plans[line.offer_id]
    told = facts.stepped_up.get(line.id) or next(
        (one.disclosure for one in plans if one.terms.id == line.terms_id), None
    )
    hold = facts.holds.get(line.offer_id)
    return BasketLineRow(
        id=line.id,
        offer=offer,
        terms_id=line.terms_id,
        price=offer.price,
        seen_price=Money(line.seen_price_minor, offer.price.currency),
        disclosure=told,
        plans=plans,
        due_today=due_today(offer.price, told),
        first_payment_today=told is not None and told.is_first_payment_today,
        credits=facts.credits.on(line.offer_id, told=told),
        hold=hold,
        problem=_problem(line, offer=offer, told=told, hold=hold, facts=facts),
    )


def _problem(
    line: BasketLine,
    *,
    offer: OfferRow,
    told: PriceDisclosure | None,
    hold: HoldRow | None,
    facts: Facts,
) -> str:
    if hold is not None:
        return hold.reason
    if not offer.is_listed:
        return NOT_LISTED
    if offer.stock_left + facts.kept.get(offer.id, 0) < 1:
        return SOLD_OUT
    return TERMS_GONE if line.terms_id is not None and told is None else ""
