"""The credits of plans, as their buyers and the books have them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Sum

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.plumbing import clock
from bandstand.promotions.models import CreditRow, PromisedCredits
from bandstand.promotions.queries.words import PlanCredit, PlanCredits, plan_credit
from bandstand.promotions.rules import LIABLE, CreditState, OnPayoff, is_missed

AHEAD: Final = timedelta(days=1)
LIABLE_WORDS: Final = [one.value for one in LIABLE]


def plan_credits(plan_id: UUID, *, now: datetime) -> PlanCredits | None:
    """Return what was promised with a plan in credits; nothing if nothing was."""
    found = _promises().filter(plan_id=plan_id).first()
    return None if found is None else _page(found, now=now)


def credits_of_lines(line_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, PlanCredits]:
    """Return what was promised with order lines in credits, by line, in two queries."""
    rows = _promises().filter(order_line_id__in=list(line_ids))
    return {row.order_line_id: _page(row, now=now) for row in rows}


def credits_lost(plan_id: UUID) -> Money | None:
    """
    Return what paying a plan off now would cost in credits; nothing if it has no credits.

    Zero where its credits are kept: they are given at once then.
    """
    found = PromisedCredits.objects.filter(plan_id=plan_id).first()
    if found is None:
        return None
    if found.on_payoff == OnPayoff.KEEP.value:
        return Money.zero(found.currency)
    left = found.rows.filter(state__in=LIABLE_WORDS).aggregate(minor=Sum("amount_minor"))["minor"]
    return Money(left or 0, found.currency)


def owed_to_buyers(*, now: datetime) -> tuple[PlanCredits, ...]:
    """Return plans whose buyers are owed credits as money, longest first."""
    owed = CreditRow.objects.filter(promise=OuterRef("pk"), state=CreditState.OWED.value)
    found = _promises().filter(Exists(owed)).order_by("promised_at", "id")
    return tuple(_page(one, now=now) for one in found)


def credit_due_on(plan_id: UUID, *, day: date) -> Money | None:
    """Return what was promised with a plan for a day and is still to come; nothing if nothing."""
    row = (
        CreditRow.objects.filter(promise__plan_id=plan_id, due_on=day, state__in=LIABLE_WORDS)
        .select_related("promise")
        .first()
    )
    return None if row is None else Money(row.amount_minor, row.promise.currency)


def missed_count(*, now: datetime) -> int:
    """Return how many credits should have been given more than a day ago."""
    return sum(1 for _ in missed(now=now))


def missed(*, now: datetime) -> tuple[tuple[UUID, PlanCredit], ...]:
    """Return credits that should have been given more than a day ago, by plan, oldest first."""
    rows = (
        CreditRow.objects.filter(state__in=LIABLE_WORDS, due_on__lt=now.date() + AHEAD)
        .select_related("promise__promotion__market")
        .order_by("due_on", "id")
    )
    found = ((row, clock.day_in(row.promise.promotion.market.time_zone, at=now)) for row in rows)
    return tuple(
        (row.promise.plan_id, _credit(row, now=now))
        for row, today in found
        if is_missed(state=CreditState(row.state), due_on=row.due_on, today=today)
    )


def liability_faults() -> tuple[str, ...]:
    """Say for which plans the books and the credits differ over what is promised; one a line."""
    promised = _promised_by_plan()
    currencies = {currency for _, currency in promised} | _currencies()
    booked = {
        (row.key, currency): -row.balance.minor
        for currency in currencies
        for row in ledger.balances(code=AccountCode.PROMOTION_LIABILITY, currency=currency)
    }
    return tuple(
        f"{key}: the books say {booked.get((key, currency), 0)} {currency}, the credits"
        f" {promised.get((key, currency), 0)}"
        for key, currency in sorted(booked.keys() | promised.keys())
        if booked.get((key, currency), 0) != promised.get((key, currency), 0)
    )


def promised_totals() -> tuple[int, int]:
    """Return how many plans have credits still to come, and how much, in minor units of all."""
    rows = _promised_by_plan()
    return len(rows), sum(rows.values())


def _promised_by_plan() -> dict[tuple[str, str], int]:
    rows = (
        CreditRow.objects.filter(state__in=LIABLE_WORDS)
        .values_list("promise__plan_id", "promise__currency")
        .annotate(minor=Sum("amount_minor"))
        .order_by()
    )
    return {(print_id(IdKind.PLAN, plan_id), currency): minor for plan_id, currency, minor in rows}


def _currencies() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct currency from ledger_account where code = %s",
            [AccountCode.PROMOTION_LIABILITY.value],
        )
        return {str(row[0]) for row in cursor.fetchall()}


def _promises() -> QuerySet[PromisedCredits]:
    rows = Prefetch("rows", queryset=CreditRow.objects.order_by("number"))
    return PromisedCredits.objects.select_related("promotion__market").prefetch_related(rows)


def _page(found: PromisedCredits, *, now: datetime) -> PlanCredits:
    return PlanCredits(
        plan_id=found.plan_id,
        order_line_id=found.order_line_id,
        promotion_id=found.promotion_id,
        name=found.promotion.name,
        words=found.words,
        conditions=found.conditions,
        on_payoff=OnPayoff(found.on_payoff),
        amount=Money(found.amount_minor, found.currency),
        rows=tuple(_of_promise(row, found, now=now) for row in found.rows.all()),
    )


def _of_promise(row: CreditRow, promise: PromisedCredits, *, now: datetime) -> PlanCredit:
    row.promise = promise
    return _credit(row, now=now)


def _credit(row: CreditRow, *, now: datetime) -> PlanCredit:
    promise = row.promise
    return plan_credit(
        number=row.number,
        due_on=row.due_on,
        amount=Money(row.amount_minor, promise.currency),
        given=Money(row.given_minor, promise.currency),
        state=CreditState(row.state),
        reason=row.reason,
        ended_at=row.ended_at,
        today=clock.day_in(promise.promotion.market.time_zone, at=now),
    )
