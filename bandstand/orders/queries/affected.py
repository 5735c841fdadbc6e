"""Who is affected by a stop: order lines, checkouts and baskets that a scope covers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from bandstand.credit.models import Plan
from bandstand.gate.rules import HoldScope
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.orders import links
from bandstand.orders.models import Basket, BasketLine, Checkout, CheckoutLine, OrderLine
from bandstand.orders.queries.words import AffectedLine
from bandstand.orders.rules import LIVE_CHECKOUT, LineState
from bandstand.payments import queries as payments


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCheckout:
    """A checkout on its way to an order, with something that a scope covers."""

    checkout_id: UUID
    basket_id: UUID
    state: str
    email: str
    buyer_name: str
    due_today: Money
    prepared_at: datetime


def affected_lines(
    scope: HoldScope, *, states: Iterable[LineState] = tuple(LineState)
) -> tuple[AffectedLine, ...]:
    """
    Return every order line that a scope covers, oldest first, with what its buyer has at stake.

    The scope is compared with what the guard froze on the line when it committed, unit by unit.
    """
    lines = list(
        OrderLine.objects.filter(_line_term(scope), state__in=[one.value for one in states])
        .select_related("order", "offer__seller")
        .order_by("committed_at", "id")
    )
    ids = [line.id for line in lines]
    captured = payments.captured_by_line(ids)
    plans = dict(Plan.objects.filter(order_line_id__in=ids).values_list("order_line_id", "id"))
    return tuple(
        AffectedLine(
            line_id=line.id,
            public_id=print_id(IdKind.LINE, line.id),
            order_id=line.order_id,
            order_number=line.order.number,
            order_link=links.order_link(line.order_id),
            state=LineState(line.state),
            title=line.title,
            email=line.order.email,
            buyer_name=line.order.buyer_name,
            seller_id=line.offer.seller_id,
            seller_name=line.offer.seller.trading_name,
            price=Money(line.price_minor, line.currency),
            captured=captured.get(line.id, Money.zero(line.currency)),
            plan_id=plans.get(line.id),
            committed_at=line.committed_at,
        )
        for line in lines
    )


def affected_offers(scope: HoldScope) -> tuple[UUID, ...]:
    """
    Return every offer that a scope covers, whatever its state.

    A scope of lots, serials or stock dates covers the offers that have such units.
    """
    found = Offer.objects.filter(_offer_term(scope))
    if scope.is_about_units:
        found = found.filter(pk__in=Offer.objects.filter(_unit_term(scope)).values("pk"))
    return tuple(found.order_by("id").values_list("id", flat=True))


def open_checkouts(scope: HoldScope) -> tuple[OpenCheckout, ...]:
    """Return the live checkouts that keep something a scope covers, oldest first."""
    lines = CheckoutLine.objects.filter(offer_id__in=affected_offers(scope))
    live = Checkout.objects.filter(
        pk__in=lines.values("checkout_id"), state__in=[one.value for one in LIVE_CHECKOUT]
    ).order_by("prepared_at", "id")
    return tuple(
        OpenCheckout(
            checkout_id=one.id,
            basket_id=one.basket_id,
            state=one.state,
            email=one.email,
            buyer_name=one.buyer_name,
            due_today=Money(one.due_today_minor, one.currency),
            prepared_at=one.prepared_at,
        )
        for one in live
    )


def open_baskets(scope: HoldScope) -> tuple[UUID, ...]:
    """Return the baskets, not yet bought, that hold something a scope covers."""
    lines = BasketLine.objects.filter(offer_id__in=affected_offers(scope))
    found = Basket.objects.filter(pk__in=lines.values("basket_id"), closed_at=None)
    return tuple(found.order_by("id").values_list("id", flat=True))


def _line_term(scope: HoldScope) -> Q:
    term = Q(
        **{
            name: value
            for name, value in {
                "category_path__contains": None
                if scope.category_id is None
                else [scope.category_id],
                "device_model_id": scope.model_id,
                "variant_id": scope.variant_id,
                "seller_id": scope.seller_id,
                "offer_id": scope.offer_id,
                "market_code": scope.market,
                "condition": scope.condition,
                "lot": scope.lot,
                "serials__overlap": None if scope.serials is None else list(scope.serials),
            }.items()
            if value is not None
        }
    )
    if scope.brand_id is not None:
        field = "brand_path__contains" if scope.include_sub_brands else "brand_path__0"
        term &= Q(**{field: [scope.brand_id] if scope.include_sub_brands else scope.brand_id})
    if scope.stock_before is not None:
        term &= Q(stocked_at=None) | Q(stocked_at__lt=scope.stock_before)
    return term


def _offer_term(scope: HoldScope) -> Q:
    wanted = {
        "id": scope.offer_id,
        "variant__model": scope.model_id,
        "variant": scope.variant_id,
        "seller": scope.seller_id,
        "market": scope.market,
        "condition": scope.condition,
        "variant__model__brand__in": _brands(scope),
        "variant__model__category__in": _under("gate_categories_under", scope.category_id),
    }
    return Q(**{name: value for name, value in wanted.items() if value is not None})


def _brands(scope: HoldScope) -> list[UUID] | None:
    if scope.brand_id is None or scope.include_sub_brands:
        return _under("gate_brands_under", scope.brand_id)
    return [scope.brand_id]


def _under(function: str, top: UUID | None) -> list[UUID] | None:
    """Return a brand or category with everything below it, as the gate sees it."""
    if top is None:
        return None
    with connection.cursor() as cursor:
        cursor.callproc(function, [top])
        (found,) = cursor.fetchone()
    return list(found)


def _unit_term(scope: HoldScope) -> Q:
    term = Q()
    if scope.lot is not None:
        term &= Q(units__lot=scope.lot)
    if scope.serials is not None:
        term &= Q(units__serial__in=scope.serials) | Q(units__imei__in=scope.serials)
    if scope.stock_before is not None:
        term &= Q(units__stocked_at__lt=scope.stock_before)
    return term
