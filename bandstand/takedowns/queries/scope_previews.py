"""What any scope touches now, what lifting a hold would open, and how far its aftermath is."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from bandstand.gate import queries as gate
from bandstand.gate.models import Hold
from bandstand.gate.queries.rows import columns_of
from bandstand.gate.rules import Activity, HoldScope
from bandstand.money import Money
from bandstand.offers.models import Offer, Unit
from bandstand.offers.queries.units import stock_left
from bandstand.offers.rules import OfferState, UnitState
from bandstand.orders.models import BasketLine, Checkout, CheckoutLine, OrderLine
from bandstand.orders.rules import LIVE_CHECKOUT, LineState
from bandstand.takedowns.models import Case, StatementOfReasons
from bandstand.takedowns.queries import reach
from bandstand.takedowns.rules import AftermathExtent, CaseState, aftermath_extent

HERE = (UnitState.IN_STOCK.value, UnitState.RESERVED.value)
SETTLED = (CaseState.MADE_WHOLE.value, CaseState.CHOICE_OFFERED.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopePreview:
    """Everything that a scope covers now, counted by the database."""

    offers: int
    sellers: int
    units: int
    open_baskets: int
    open_checkouts: int
    lines_unpaid: int
    lines_paid: int
    lines_shipped: int
    money: tuple[Money, ...]
    """What buyers of phones that have not left were charged or have set aside, per currency."""

    @property
    def touches_nothing(self) -> bool:
        sold = self.lines_unpaid + self.lines_paid + self.lines_shipped
        return not (self.offers or self.units or self.open_checkouts or sold)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningPreview:
    """What would be for sale again if a hold were lifted now, as far as holds decide."""

    offers: int
    units: int
    still_held: int
    """Offers in stock that it covers and that another hold stops too."""
    others: tuple[tuple[gate.HoldRow, int], ...]
    """The other holds, with how many of these offers each stops; the most first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldProgress:
    """How far the aftermath of a hold is."""

    extent: AftermathExtent
    sellers_told: int
    affected: int
    opened: int
    whole: int
    cases: dict[CaseState, int]

    def is_moving(self, *, is_in_force: bool) -> bool:
        waits = self.extent is AftermathExtent.MAKE_WHOLE and self.opened < self.affected
        return (is_in_force and waits) or self.whole < self.opened


def scope_preview(scope: HoldScope) -> ScopePreview:
    """Return what a hold of a scope would touch if it were placed now."""
    hold = Hold(**columns_of(scope))
    reached = offers_reached(hold)
    listed = reached.filter(state__in=[OfferState.LISTED.value, OfferState.IN_REVIEW.value])
    keys = reached.values("pk")
    within = CheckoutLine.objects.filter(checkout=OuterRef("pk"), offer__in=keys)
    shown = listed.aggregate(offers=Count("pk"), sellers=Count("seller", distinct=True))
    lines, money = _lines(reach.lines_under(hold))
    return ScopePreview(
        offers=shown["offers"],
        sellers=shown["sellers"],
        units=units_reached(hold).filter(state__in=HERE).count(),
        open_baskets=BasketLine.objects.filter(offer__in=keys, basket__closed_at=None)
        .values("basket")
        .distinct()
        .count(),
        open_checkouts=Checkout.objects.filter(
            Exists(within), state__in=[one.value for one in LIVE_CHECKOUT]
        ).count(),
        lines_unpaid=lines[LineState.COMMITTED.value],
        lines_paid=lines[LineState.PAID.value],
        lines_shipped=lines[LineState.RELEASED.value] + lines[LineState.DELIVERED.value],
        money=money,
    )


def opening_preview(hold_id: UUID, *, now: datetime) -> OpeningPreview:
    """
    Return what lifting a hold would open, and what other holds in force would keep closed.

    Raises: NotFoundError.
    """
    row = gate.hold_row(hold_id)
    hold = Hold(**columns_of(row.scope))
    selling = offers_reached(hold).filter(state=OfferState.LISTED.value)
    selling = selling.annotate(stock=stock_left()).filter(stock__gt=0)
    stops = Activity.ORDER_COMMIT
    if not row.is_in_force(now) or stops not in row.activities:
        return OpeningPreview(offers=0, units=0, still_held=0, others=())
    elsewhere = gate.covering_hold(stops, but_not=hold_id)
    units = units_reached(hold).filter(
        state=UnitState.IN_STOCK.value, offer__state=OfferState.LISTED.value
    )
    unit_elsewhere = gate.covering_hold(stops, prefix="offer__", unit_prefix="", but_not=hold_id)
    return OpeningPreview(
        offers=selling.filter(~elsewhere).count(),
        units=units.filter(~unit_elsewhere).count(),
        still_held=selling.filter(elsewhere).count(),
        others=_others(selling, but_not=hold_id, now=now),
    )


def hold_progress(hold_id: UUID) -> HoldProgress:
    """
    Return how far the aftermath of a hold is.

    Raises: NotFoundError.
    """
    row = gate.hold_row(hold_id)
    hold = Hold.objects.get(pk=hold_id)
    cases = Counter(Case.objects.filter(hold=hold).values_list("state", flat=True))
    extent = aftermath_extent(row.activities, is_provisional=row.is_provisional)
    opened = sum(cases.values())
    left = (
        reach.lines_without_case(hold).count()
        if extent is AftermathExtent.MAKE_WHOLE and row.lifted_at is None
        else 0
    )
    return HoldProgress(
        extent=extent,
        sellers_told=StatementOfReasons.objects.filter(hold=hold).count(),
        affected=opened + left,
        opened=opened,
        whole=sum(cases[state] for state in SETTLED),
        cases={state: cases[state.value] for state in CaseState},
    )


def offers_reached(hold: Hold) -> QuerySet[Offer]:
    """Return the offers that a hold reaches; one about units reaches those that have such units."""
    found = reach.offers_under(hold)
    term = _unit_term(hold)
    if term is None:
        return found
    return found.filter(Exists(Unit.objects.filter(term, offer=OuterRef("pk"))))


def units_reached(hold: Hold) -> QuerySet[Unit]:
    """Return the units that a hold reaches, in whatever state."""
    found = Unit.objects.filter(offer__in=reach.offers_under(hold).values("pk"))
    term = _unit_term(hold)
    return found if term is None else found.filter(term)


def _unit_term(hold: Hold) -> Q | None:
    term = Q()
    if hold.lot is not None:
        term &= Q(lot=hold.lot)
    if hold.serials is not None:
        term &= Q(serial__in=hold.serials) | Q(imei__in=hold.serials)
    if hold.stock_before is not None:
        term &= Q(stocked_at__lt=hold.stock_before)
    return term or None


def _lines(lines: QuerySet[OrderLine]) -> tuple[Counter[str], tuple[Money, ...]]:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    found = lines.order_by().values_list("state", "currency")
    for state, currency, count, minor in found.annotate(Count("pk"), Sum("due_today_minor")):
        counts[state] += count
        if state in {LineState.COMMITTED.value, LineState.PAID.value}:
            sums[currency] += minor
    return counts, tuple(Money(minor, of) for of, minor in sorted(sums.items()) if minor)


def _others(
    selling: QuerySet[Offer], *, but_not: UUID, now: datetime
) -> tuple[tuple[gate.HoldRow, int], ...]:
    stops = Activity.ORDER_COMMIT
    standing = [
        one
        for one in gate.holds(active_only=True, page_size=500)
        if one.id != but_not and one.is_in_force(now) and stops in one.activities
    ]
    counted = (
        (one, selling.filter(gate.covering_hold(stops, only=one.id)).count()) for one in standing
    )
    return tuple(sorted(((one, n) for one, n in counted if n), key=lambda pair: -pair[1]))
