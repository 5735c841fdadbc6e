"""Lists of orders and of order lines for the desks of the operator and of a seller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.db.models.functions import TruncDate

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.orders.addresses import address_lines
from bandstand.orders.models import Order, OrderLine
from bandstand.orders.queries.orders import order_row
from bandstand.orders.queries.words import OrdersPage
from bandstand.orders.rules import LineState

PAGE_SIZE: Final = 50
ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "placed": ("placed_at", "id"),
        "number": ("number", "id"),
        "email": ("email", "placed_at", "id"),
        "total": ("total_minor", "id"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerLineRow:
    """One phone that a seller sold: where it goes, and nothing else of its buyer."""

    id: UUID
    public_id: str
    order_number: str
    offer_id: UUID
    title: str
    imei: str
    serial: str
    state: LineState
    price: Money
    commission: Money
    ship_to: tuple[str, ...]
    """The lines of the parcel's label."""
    committed_at: datetime
    carrier: str
    tracking: str
    released_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerLines:
    """A page of a seller's order lines, newest first."""

    lines: tuple[SellerLineRow, ...]
    total: int
    page: int
    pages: int


def orders_in_order(
    *, text: str = "", line_state: str = "", sort: str = "-placed", page: int = 1
) -> OrdersPage:
    """Return a page of orders in the order asked for: a word of ``ORDERS``, or its reverse."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    found = Order.objects.prefetch_related(
        Prefetch("lines", queryset=OrderLine.objects.order_by("id"))
    )
    if line_state:
        found = found.filter(Exists(lines.filter(state=line_state)))
    if text:
        found = found.filter(
            Q(number__icontains=text)
            | Q(email__icontains=text)
            | Q(buyer_name__icontains=text)
            | Exists(lines.filter(serials__contains=[text]))
        )
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    columns = ORDERS[sort.removeprefix("-")]
    order = tuple(f"-{name}" for name in columns) if sort.startswith("-") else columns
    shown = found.order_by(*order)[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return OrdersPage(
        orders=tuple(order_row(one) for one in shown), total=total, page=at, pages=pages
    )


def orders_by_day(*, since: datetime) -> dict[date, int]:
    """Return how many orders were placed on each day (UTC) since an instant."""
    placed = Order.objects.filter(placed_at__gte=since).annotate(day=TruncDate("placed_at"))
    return dict(placed.order_by().values_list("day").annotate(orders=Count("id")))


def order_of_line(line_id: UUID) -> UUID | None:
    """Return the order that a line is part of."""
    return OrderLine.objects.filter(pk=line_id).values_list("order_id", flat=True).first()


def seller_lines(*, seller_id: UUID, state: str = "", text: str = "", page: int = 1) -> SellerLines:
    """Return a page of the lines a seller sold; ``text`` is part of a number or title."""
    found = (
        OrderLine.objects.filter(offer__seller_id=seller_id)
        .select_related("order", "unit", "release")
        .order_by("-committed_at", "-id")
    )
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(
            Q(order__number__icontains=text)
            | Q(title__icontains=text)
            | Q(serials__contains=[text])
        )
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    rows = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return SellerLines(
        lines=tuple(_seller_line(one) for one in rows), total=total, page=at, pages=pages
    )


def seller_line_counts(seller_id: UUID) -> dict[str, int]:
    """Return how many of a seller's lines stand in each state; every state is named."""
    found = OrderLine.objects.filter(offer__seller_id=seller_id)
    counts = dict(found.order_by().values_list("state").annotate(lines=Count("id")))
    return {state.value: counts.get(state.value, 0) for state in LineState}


def _seller_line(line: OrderLine) -> SellerLineRow:
    try:
        release = line.release
    except ObjectDoesNotExist:
        release = None
    return SellerLineRow(
        id=line.id,
        public_id=print_id(IdKind.LINE, line.id),
        order_number=line.order.number,
        offer_id=line.offer_id,
        title=line.title,
        imei=line.unit.imei or "",
        serial=line.unit.serial,
        state=LineState(line.state),
        price=Money(line.price_minor, line.currency),
        commission=Money(line.commission_minor, line.currency),
        ship_to=address_lines(line.order.address, name=line.order.buyer_name),
        committed_at=line.committed_at,
        carrier=release.carrier if release else "",
        tracking=release.tracking if release else "",
        released_at=release.released_at if release else None,
    )
