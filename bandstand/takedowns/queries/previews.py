"""What a notice would stop, counted before it is filed."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from bandstand.gate.models import Hold
from bandstand.money import Money
from bandstand.offers.models import Offer, Unit
from bandstand.offers.rules import UnitState
from bandstand.orders.models import BasketLine
from bandstand.orders.rules import LineState
from bandstand.takedowns.queries.reach import (
    lines_under,
    listed_offers,
    live_checkouts,
    offers_under,
)
from bandstand.takedowns.rules import NoticeScope


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePreview:
    """Everything a notice would touch, as its sender is shown before sending."""

    offers: int
    sellers: int
    units: int
    """Phones in stock or kept for a checkout; sold phones are counted by their orders."""
    open_baskets: int
    open_checkouts: int
    orders_unpaid: int
    orders_paid_unshipped: int
    orders_shipped: int
    money: tuple[Money, ...]
    """What buyers of phones that have not left were charged or have set aside, per currency."""

    @property
    def touches_nothing(self) -> bool:
        return not (self.offers or self.units or self.open_checkouts or self.orders)

    @property
    def orders(self) -> int:
        return self.orders_unpaid + self.orders_paid_unshipped + self.orders_shipped

    def as_json(self) -> dict[str, object]:
        return {
            "offers": self.offers,
            "sellers": self.sellers,
            "units": self.units,
            "open_baskets": self.open_baskets,
            "open_checkouts": self.open_checkouts,
            "orders_unpaid": self.orders_unpaid,
            "orders_paid_unshipped": self.orders_paid_unshipped,
            "orders_shipped": self.orders_shipped,
            "money": [{"minor": one.minor, "currency": one.currency} for one in self.money],
        }


def notice_preview(brand_id: UUID, scope: NoticeScope) -> NoticePreview:
    """Return what a notice on a brand would stop if it were filed now."""
    return _preview_of(unsaved_hold(brand_id, scope))


def unsaved_hold(brand_id: UUID, scope: NoticeScope) -> Hold:
    """Return the hold that a notice would place, for asking what it reaches; it is never saved."""
    return Hold(
        brand_id=brand_id,
        include_sub_brands=scope.include_sub_brands,
        market_id=scope.market,
        category_id=scope.category_id,
        model_id=scope.model_id,
        seller_id=scope.seller_id,
    )


def _preview_of(hold: Hold) -> NoticePreview:
    offers = Offer.objects.filter(pk__in=listed_offers(hold).values("pk"))
    reached = offers_under(hold).values("pk")
    lines = lines_under(hold).values_list("state", "order_id", "due_today_minor", "currency")
    orders: dict[LineState, set[UUID]] = {state: set() for state in LineState}
    money: Counter[str] = Counter()
    for state, order_id, due_today_minor, currency in lines:
        orders[LineState(state)].add(order_id)
        if state in (LineState.COMMITTED, LineState.PAID):
            money[currency] += due_today_minor
    return NoticePreview(
        offers=offers.count(),
        sellers=offers.values("seller").distinct().count(),
        units=Unit.objects.filter(
            offer__in=reached, state__in=[UnitState.IN_STOCK, UnitState.RESERVED]
        ).count(),
        open_baskets=BasketLine.objects.filter(offer__in=reached, basket__closed_at=None)
        .values("basket")
        .distinct()
        .count(),
        open_checkouts=live_checkouts(hold).count(),
        orders_unpaid=len(orders[LineState.COMMITTED]),
        orders_paid_unshipped=len(orders[LineState.PAID]),
        orders_shipped=len(orders[LineState.RELEASED] | orders[LineState.DELIVERED]),
        money=tuple(Money(minor, currency) for currency, minor in sorted(money.items()) if minor),
    )
