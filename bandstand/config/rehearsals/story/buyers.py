"""Forty buyers, each left where the notice will find them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import cycle
from typing import Final
from uuid import UUID

from bandstand.config.rehearsals.story.cast import MARKET, OPERATOR, Cast
from bandstand.config.rehearsals.story.staff import Staff
from bandstand.orders import services as orders
from bandstand.orders.models import OrderLine
from bandstand.orders.queries.baskets import basket_page

XIAOMI: Final = ("Xiaomi/2014811", "Xiaomi/2013062", "Xiaomi/2014215")
MEIZU: Final = "Meizu/M571H"
ADDRESS: Final = {
    "country_code": "US",
    "street_address": "350 Fifth Avenue",
    "city": "New York",
    "country_area": "NY",
    "postal_code": "10118",
}
RETURN_URL: Final = "https://shop.example.org/back"


class Stage(StrEnum):
    """How far a buyer came before the notice."""

    BASKET = "basket"
    PREPARED = "at the checkout"
    AT_THE_BANK = "asked by their bank"
    AUTHORISED = "ordered, not charged yet"
    PAID = "paid"
    ON_A_PLAN = "on a plan"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


CROWD: Final = {
    Stage.BASKET: 4,
    Stage.PREPARED: 2,
    Stage.AT_THE_BANK: 2,
    Stage.PAID: 9,
    Stage.ON_A_PLAN: 8,
    Stage.SHIPPED: 5,
    Stage.DELIVERED: 4,
    Stage.AUTHORISED: 6,
}


@dataclass
class Crowd:
    """The forty buyers' baskets and checkouts, by how far each came."""

    baskets: list[UUID] = field(default_factory=list)
    checkouts: dict[Stage, list[UUID]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shopper:
    """Somebody who buys one phone, as the pages of the shop let them."""

    name: str
    offer: UUID
    terms: UUID | None
    card: str = "tok_ok"

    def fill_basket(self, *, now: datetime) -> UUID:
        basket = orders.open_basket(person_id=None, market=MARKET, now=now)
        orders.add_line(basket_id=basket, offer_id=self.offer, terms_id=self.terms, now=now)
        return basket

    def check_out(self, basket: UUID, *, now: datetime) -> UUID:
        return orders.prepare(
            basket_id=basket,
            email=f"{self.name.replace(' ', '.')}@example.org",
            buyer_name=self.name.title(),
            address=ADDRESS,
            expected_total=basket_page(basket_id=basket, now=now).total,
            has_agreed=self.terms is not None,
            now=now,
        ).id

    def pay(self, checkout: UUID, *, now: datetime) -> None:
        orders.pay(checkout_id=checkout, card_token=self.card, return_url=RETURN_URL, now=now)


def come_before_the_notice(cast: Cast, staff: Staff) -> Crowd:
    """Let forty people buy the brand's phones, and leave each of them at another point."""
    crowd, phones = Crowd(), cycle(XIAOMI)
    for stage in (one for one in Stage if one is not Stage.AUTHORISED):
        for number in range(CROWD[stage]):
            shopper = Shopper(
                name=f"buyer {stage.name} {number}".lower(),
                offer=cast.offers[next(phones)],
                terms=cast.terms if stage is Stage.ON_A_PLAN or number % 3 == 0 else None,
                card="tok_3ds" if stage is Stage.AT_THE_BANK else "tok_ok",
            )
            _bring(shopper, stage=stage, crowd=crowd, now=staff.now)
    staff.work_until_quiet()
    _ship(crowd, staff)
    return crowd


def order_uncharged(cast: Cast, staff: Staff, *, crowd: Crowd) -> None:
    """Let six more order in the last minute: their cards are authorised and not charged yet."""
    phones = cycle(XIAOMI[1:])
    for number in range(CROWD[Stage.AUTHORISED]):
        shopper = Shopper(
            name=f"late buyer {number}",
            offer=cast.offers[next(phones)],
            terms=cast.terms if number % 2 else None,
        )
        _bring(shopper, stage=Stage.AUTHORISED, crowd=crowd, now=staff.now)
    staff.work_until_quiet(captures=False)


def _bring(shopper: Shopper, *, stage: Stage, crowd: Crowd, now: Callable[[], datetime]) -> None:
    basket = shopper.fill_basket(now=now())
    if stage is Stage.BASKET:
        crowd.baskets.append(basket)
        return
    checkout = shopper.check_out(basket, now=now())
    crowd.checkouts.setdefault(stage, []).append(checkout)
    if stage is not Stage.PREPARED:
        shopper.pay(checkout, now=now())


def _ship(crowd: Crowd, staff: Staff) -> None:
    for stage in (Stage.SHIPPED, Stage.DELIVERED):
        lines = OrderLine.objects.filter(order__checkout__in=crowd.checkouts[stage])
        for number, line_id in enumerate(lines.order_by("id").values_list("id", flat=True)):
            orders.release_line(
                line_id=line_id,
                carrier="DHL",
                tracking=f"HK{stage.name[0]}{number:08}",
                actor=OPERATOR,
                now=staff.now(),
            )
            if stage is Stage.DELIVERED:
                orders.deliver_line(line_id=line_id, actor="carrier", now=staff.now())
    staff.work_until_quiet()
