"""What printed ids of sales are about: which order, and whose plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from bandstand.credit.models import Plan
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """An order as people call it, and where it is found."""

    number: str
    public_id: str
    email: str


def named_orders(order_ids: Iterable[UUID]) -> Mapping[UUID, NamedOrder]:
    """Return orders by their keys."""
    return {one.id: _named(one) for one in Order.objects.filter(pk__in=list(order_ids))}


def orders_of_lines(line_ids: Iterable[UUID]) -> Mapping[UUID, NamedOrder]:
    """Return the orders of lines, by the line."""
    found = OrderLine.objects.filter(pk__in=list(line_ids)).select_related("order")
    return {one.id: _named(one.order) for one in found}


def orders_of_plans(plan_ids: Iterable[UUID]) -> Mapping[UUID, NamedOrder]:
    """Return the orders that plans came from, by the plan."""
    lines = dict(Plan.objects.filter(pk__in=list(plan_ids)).values_list("order_line_id", "id"))
    return {lines[line]: order for line, order in orders_of_lines(lines).items()}


def _named(order: Order) -> NamedOrder:
    return NamedOrder(order.number, print_id(IdKind.ORDER, order.id), order.email)
