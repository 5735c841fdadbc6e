"""Orders as frozen rows: one order with its evidence, and lists for the console and the buyer."""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from bandstand.credit import queries as credit
from bandstand.credit.queries import PlanPage
from bandstand.credit.rules import read_disclosure
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.orders import links
from bandstand.orders.models import LineMoveRecord, Order, OrderLine, Passport, Release
from bandstand.orders.queries.words import (
    LineMoveRow,
    OrderFilters,
    OrderLineRow,
    OrderPage,
    OrderRow,
    OrdersPage,
)
from bandstand.orders.rules import LineState, OrderNotFoundError
from bandstand.payments import queries as payments
from bandstand.tax import queries as tax

PAGE_SIZE = 50


def order_page(order_id: UUID) -> OrderPage:
    """
    Return everything an order page says.

    Raises: OrderNotFoundError.
    """
    order = _complete_orders().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFoundError("There is no such order.", given=str(order_id))
    payment = None if order.payment_id is None else payments.payment_row(order.payment_id)
    nothing = Money.zero(order.currency)
    quoted = tax.quotes_of_lines([line.id for line in order.lines.all()])
    return OrderPage(
        order=order_row(order),
        address=dict(order.address),
        lines=tuple(line_row(line) for line in _complete_lines(order_id)),
        payment_state="" if payment is None else payment.state.value,
        captured=nothing if payment is None else payment.captured,
        refunded=nothing if payment is None else payment.refunded,
        link=links.order_link(order.id),
        taxes=tuple(quoted[line.id].line for line in order.lines.all() if line.id in quoted),
    )


def order_of_checkout(checkout_id: UUID) -> OrderRow | None:
    """Return the order that a checkout became, if it did."""
    order = _complete_orders().filter(checkout_id=checkout_id).first()
    return None if order is None else order_row(order)


def orders_list(*, filters: OrderFilters | None = None, page: int = 1) -> OrdersPage:
    """Return one page of orders, newest first, in a fixed number of queries."""
    found = _filtered(_complete_orders(), filters or OrderFilters()).order_by("-placed_at", "-id")
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    shown = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return OrdersPage(
        orders=tuple(order_row(order) for order in shown), total=total, page=at, pages=pages
    )


def lines_by_state() -> Mapping[str, int]:
    """Return how many order lines stand in each state; every state is named."""
    states = list(OrderLine.objects.values_list("state", flat=True))
    return {state.value: states.count(state.value) for state in LineState}


def passport_of(line_id: UUID) -> tuple[str, str, str]:
    """
    Return the body, hash and signature of a line's passport.

    Raises: OrderNotFoundError.
    """
    found = Passport.objects.filter(line_id=line_id).values_list("body", "sha256", "jws").first()
    if found is None:
        raise OrderNotFoundError("There is no such order line.", given=str(line_id))
    return found


def order_row(order: Order) -> OrderRow:
    """Return the frozen row of an order whose lines were fetched with it."""
    lines = list(order.lines.all())
    return OrderRow(
        id=order.id,
        public_id=print_id(IdKind.ORDER, order.id),
        number=order.number,
        checkout_id=order.checkout_id,
        email=order.email,
        buyer_name=order.buyer_name,
        market=order.market_id,
        total=Money(order.total_minor, order.currency),
        due_today=Money(order.due_today_minor, order.currency),
        payment_id=order.payment_id,
        placed_at=order.placed_at,
        line_states=tuple(line.state for line in lines),
        titles=tuple(line.title for line in lines),
    )


def line_row(line: OrderLine) -> OrderLineRow:
    """Return the frozen row of an order line."""
    release = _release(line)
    seen = line.offer_seen
    return OrderLineRow(
        id=line.id,
        public_id=print_id(IdKind.LINE, line.id),
        offer_id=line.offer_id,
        offer_public_id=print_id(IdKind.OFFER, line.offer_id),
        variant_id=line.offer.variant_id,
        variant_slug=line.offer.variant.slug,
        title=line.title,
        configuration=str(seen.get("configuration", "")),
        condition=line.condition,
        colour_hex=line.offer.colour_hex,
        seller_id=line.offer.seller_id,
        seller_name=str(seen.get("seller_name", "")),
        imei=line.unit.imei or "",
        serial=line.unit.serial,
        state=LineState(line.state),
        price=Money(line.price_minor, line.currency),
        due_today=Money(line.due_today_minor, line.currency),
        commission=Money(line.commission_minor, line.currency),
        disclosure=None if line.disclosure is None else read_disclosure(line.disclosure.body),
        plan=_plan(line),
        fit=dict(line.fit),
        committed_at=line.committed_at,
        carrier=release.carrier if release else "",
        tracking=release.tracking if release else "",
        released_at=release.released_at if release else None,
        delivered_at=release.delivered_at if release else None,
        passport_sha256=line.passport.sha256,
        moves=tuple(_move_row(move) for move in line.moves.all()),
    )


def _complete_orders() -> QuerySet[Order]:
    return Order.objects.prefetch_related(
        Prefetch("lines", queryset=OrderLine.objects.order_by("id"))
    )


def _complete_lines(order_id: UUID) -> QuerySet[OrderLine]:
    return (
        OrderLine.objects.filter(order_id=order_id)
        .select_related("offer__variant", "unit", "disclosure", "release", "passport")
        .prefetch_related(
            Prefetch("moves", queryset=LineMoveRecord.objects.order_by("moved_at", "id"))
        )
        .order_by("id")
    )


def _filtered(orders: QuerySet[Order], filters: OrderFilters) -> QuerySet[Order]:
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    if filters.person_id is not None:
        orders = orders.filter(person_id=filters.person_id)
    if filters.line_state:
        orders = orders.filter(Exists(lines.filter(state=filters.line_state)))
    if filters.seller_id is not None:
        orders = orders.filter(Exists(lines.filter(seller_id=filters.seller_id)))
    text = filters.text.strip()
    if text:
        orders = orders.filter(
            Q(number__icontains=text)
            | Q(email__icontains=text)
            | Q(buyer_name__icontains=text)
            | Exists(lines.filter(serials__contains=[text]))
        )
    return orders


def _release(line: OrderLine) -> Release | None:
    try:
        return line.release
    except ObjectDoesNotExist:
        return None


def _plan(line: OrderLine) -> PlanPage | None:
    return None if line.terms_id is None else credit.plan_page(line.id)


def _move_row(move: LineMoveRecord) -> LineMoveRow:
    return LineMoveRow(
        move=move.move,
        from_state=move.from_state,
        to_state=move.to_state,
        moved_at=move.moved_at,
        actor=move.actor,
        reason=move.reason,
    )
