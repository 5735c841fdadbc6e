"""Trade-ins as frozen rows: the queue, one of them with everything, the stock, the weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek

from bandstand.catalogue.queries.variants import row_of
from bandstand.catalogue.rules import title_of
from bandstand.money import Money
from bandstand.trade_in.links import trade_in_link
from bandstand.trade_in.models import CreditPayout, Inspection, TradeIn
from bandstand.trade_in.rules import (
    PAYOUT_OPEN,
    CreditMoney,
    Grade,
    PayoutState,
    TradeInNotFoundError,
    TradeInState,
    is_overdue,
)

PAGE_SIZE: Final = 50
WEEKS_SHOWN: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeInRow:
    """One phone that is, or was, traded in."""

    id: UUID
    reference: str
    link: str
    market: str
    state: TradeInState
    state_at: datetime
    title: str
    variant_key: str
    variant_id: UUID
    grade: Grade
    quoted: Money
    value: Money
    imei_masked: str
    order_number: str
    order_id: UUID | None
    line_id: UUID | None
    email: str
    quoted_at: datetime
    quote_until: datetime
    arrive_by: datetime | None
    received_at: datetime | None
    inspect_by: datetime | None
    answer_by: datetime | None
    credited_at: datetime | None
    answers: dict[str, str]

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the phone lies here unlooked at for longer than was promised."""
        return self.state is TradeInState.RECEIVED and is_overdue(
            inspect_by=self.inspect_by, now=now
        )


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One step of a trade-in."""

    move: str
    to_state: TradeInState
    moved_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectionRow:
    """What was found."""

    outcome: str
    grade: str
    value: Money
    reasons: tuple[str, ...]
    answers: dict[str, str]
    is_same_phone: bool
    is_reported: bool
    register_asked: str
    notes: str
    photos_at: str
    inspected_at: datetime
    inspected_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPayoutRow:
    """Money on its way to an owner's bank account."""

    id: UUID
    reference: str
    state: PayoutState
    amount: Money
    account_masked: str
    asked_at: datetime
    proposed_by: str
    confirmed_by: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeInPage:
    """One trade-in with everything that is known of it."""

    row: TradeInRow
    carrier: str
    tracking: str
    back_carrier: str
    back_tracking: str
    moves: tuple[MoveRow, ...]
    inspection: InspectionRow | None
    payouts: tuple[CreditPayoutRow, ...]
    money: CreditMoney
    disposal: str
    """What became of the phone, in words; empty while it is in stock or not ours."""


@dataclass(frozen=True, slots=True)
class TradeInsPage:
    """One page of the queue."""

    rows: tuple[TradeInRow, ...]
    total: int
    page: int
    pages: int


def trade_ins(
    *, states: Iterable[TradeInState] = (), text: str = "", market: str = "", page: int = 1
) -> TradeInsPage:
    """Return one page of trade-ins, longest in their state first, in a fixed number of queries."""
    found = _complete().order_by("state_at", "id")
    if wanted := [one.value for one in states]:
        found = found.filter(state__in=wanted)
    if market:
        found = found.filter(market=market)
    if text:
        found = found.filter(reference__icontains=text) | found.filter(
            line__order__number__icontains=text
        )
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    rows = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return TradeInsPage(tuple(_row(one) for one in rows), total, at, pages)


def trade_in_row(trade_in_id: UUID) -> TradeInRow:
    """
    Return one trade-in.

    Raises: TradeInNotFoundError.
    """
    return _row(_one(trade_in_id))


def trade_in_page(trade_in_id: UUID) -> TradeInPage:
    """
    Return one trade-in with its steps, its inspection and its money.

    Raises: TradeInNotFoundError.
    """
    found = _one(trade_in_id)
    payouts = tuple(
        _payout(one) for one in found.payouts.select_related("trade_in").order_by("serial")
    )
    disposal = getattr(found, "disposal", None)
    return TradeInPage(
        row=_row(found),
        carrier=found.carrier,
        tracking=found.tracking,
        back_carrier=found.back_carrier,
        back_tracking=found.back_tracking,
        moves=tuple(
            MoveRow(one.move, TradeInState(one.to_state), one.moved_at, one.actor, one.reason)
            for one in found.moves.order_by("moved_at", "id")
        ),
        inspection=_inspection(found),
        payouts=payouts,
        money=_money(found, payouts),
        disposal=f"{disposal.kind}: {disposal.reason}" if disposal else "",
    )


def trade_ins_of_order(order_id: UUID) -> tuple[TradeInRow, ...]:
    """Return the phones traded in for an order, newest first."""
    found = _complete().filter(line__order=order_id).order_by("-quoted_at", "-id")
    return tuple(_row(one) for one in found)


def counts_by_state() -> dict[TradeInState, int]:
    """Return how many trade-ins stand in each state; every state is named."""
    counts = dict.fromkeys(TradeInState, 0)
    for row in TradeIn.objects.values("state").annotate(count=Count("id")):
        counts[TradeInState(row["state"])] = row["count"]
    return counts


def overdue(*, now: datetime) -> tuple[TradeInRow, ...]:
    """Return phones that were not looked at in time, longest first."""
    late = _complete().filter(state=TradeInState.RECEIVED.value, inspect_by__lt=now)
    return tuple(_row(one) for one in late.order_by("inspect_by", "id"))


def to_send_back() -> tuple[TradeInRow, ...]:
    """Return phones that wait to be sent back, longest first."""
    found = _complete().filter(state=TradeInState.RETURN_DUE.value)
    return tuple(_row(one) for one in found.order_by("state_at", "id"))


def open_payouts() -> tuple[CreditPayoutRow, ...]:
    """Return the payouts that wait for a person or for the bank, oldest first."""
    found = CreditPayout.objects.filter(state__in=[one.value for one in PAYOUT_OPEN])
    return tuple(_payout(one) for one in found.select_related("trade_in").order_by("asked_at"))


def stock() -> tuple[TradeInRow, ...]:
    """Return the phones that are ours and have not left, oldest first."""
    ours = _complete().filter(state=TradeInState.CREDITED.value, disposal=None)
    return tuple(_row(one) for one in ours.order_by("credited_at", "id"))


def given_by_week(*, currency: str, now: datetime) -> tuple[tuple[datetime, Money], ...]:
    """Return what was credited in each of the last weeks, the earliest first."""
    since = now - timedelta(weeks=WEEKS_SHOWN)
    rows = (
        TradeIn.objects.filter(credited_at__gt=since, currency=currency)
        .annotate(week=TruncWeek("credited_at"))
        .values("week")
        .annotate(sum=Sum("value_minor"))
    )
    found = {row["week"].date(): int(row["sum"]) for row in rows}
    monday = now - timedelta(days=now.weekday())
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS_SHOWN))]
    return tuple((week, Money(found.get(week.date(), 0), currency)) for week in weeks)


def _complete() -> QuerySet[TradeIn]:
    return TradeIn.objects.select_related(
        "variant__model__brand", "variant__model__category", "line__order"
    )


def _one(trade_in_id: UUID) -> TradeIn:
    found = _complete().select_related("inspection", "disposal").filter(pk=trade_in_id).first()
    if found is None:
        raise TradeInNotFoundError("There is no such trade-in.")
    return found


def _row(one: TradeIn) -> TradeInRow:
    order = one.line.order if one.line else None
    return TradeInRow(
        id=one.id,
        reference=one.reference,
        link=trade_in_link(one.reference),
        market=one.market_id,
        state=TradeInState(one.state),
        state_at=one.state_at,
        title=title_of(brand=one.variant.model.brand.name, model=one.variant.model.name),
        variant_key=row_of(one.variant).key,
        variant_id=one.variant_id,
        grade=Grade(one.grade),
        quoted=Money(one.quoted_minor, one.currency),
        value=Money(one.value_minor, one.currency),
        imei_masked=one.imei_masked,
        order_number=order.number if order else "",
        order_id=order.id if order else None,
        line_id=one.line_id,
        email=order.email if order else "",
        quoted_at=one.quoted_at,
        quote_until=one.quote_until,
        arrive_by=one.arrive_by,
        received_at=one.received_at,
        inspect_by=one.inspect_by,
        answer_by=one.answer_by,
        credited_at=one.credited_at,
        answers=dict(one.answers),
    )


def _inspection(one: TradeIn) -> InspectionRow | None:
    found: Inspection | None = getattr(one, "inspection", None)
    if found is None:
        return None
    return InspectionRow(
        outcome=found.outcome,
        grade=found.grade,
        value=Money(found.value_minor, one.currency),
        reasons=tuple(found.reasons),
        answers=dict(found.answers),
        is_same_phone=found.is_same_phone,
        is_reported=found.is_reported,
        register_asked=found.register_asked,
        notes=found.notes,
        photos_at=found.photos_at,
        inspected_at=found.inspected_at,
        inspected_by=found.inspected_by,
    )


def _payout(row: CreditPayout) -> CreditPayoutRow:
    return CreditPayoutRow(
        id=row.id,
        reference=row.trade_in.reference,
        state=PayoutState(row.state),
        amount=Money(row.amount_minor, row.currency),
        account_masked=row.account_masked,
        asked_at=row.asked_at,
        proposed_by=row.proposed_by,
        confirmed_by=row.confirmed_by,
        words=row.bank_reference or row.failure,
    )


def _money(one: TradeIn, payouts: Iterable[CreditPayoutRow]) -> CreditMoney:
    is_credited = one.state == TradeInState.CREDITED.value
    return CreditMoney(
        value=Money(one.value_minor if is_credited else 0, one.currency),
        applied=Money(one.applied_minor, one.currency),
        kept=Money(one.kept_minor, one.currency),
        promised=Money(
            sum(
                row.amount.minor
                for row in payouts
                if row.state in PAYOUT_OPEN or row.state is PayoutState.PAID
            ),
            one.currency,
        ),
    )
