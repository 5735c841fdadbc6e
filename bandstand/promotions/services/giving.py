"""
Credits are given when they are due: each once, whoever runs this, and before a card is asked.

A plan's row is the lock of its credits. Workers skip plans that another holds and never wait for
two at once, so none waits in a circle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from bandstand.credit import services as credit
from bandstand.credit.models import Plan
from bandstand.credit.rules import ENDED, PlanState
from bandstand.credit.services import RecordedPayment
from bandstand.kernel.errors import DomainError
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import TransferOrder
from bandstand.money import Money
from bandstand.plumbing import clock
from bandstand.promotions.models import CreditRow, PromisedCredits
from bandstand.promotions.rules import LIABLE, CreditState, OnPayoff
from bandstand.promotions.services.books import credit_key, given_order, post_ended, post_owed
from bandstand.promotions.services.promising import tell_plan

logger = structlog.get_logger(__name__)

PAGE: Final = 100
ENDED_WORDS: Final = frozenset(one.value for one in ENDED)
AHEAD: Final = timedelta(days=1)
"""Somewhere on Earth it is already tomorrow."""
PAID_OFF: Final = "The plan was paid off before this credit was due."
WHY_ENDED: Final = {
    PlanState.SETTLED: PAID_OFF,
    PlanState.CHARGED_OFF: "The plan was given up as a loss.",
    PlanState.CANCELLED: "The plan was cancelled.",
}
TROUBLE: Final = "Something went wrong on our side; it is tried again."
LIABLE_WORDS: Final = [one.value for one in LIABLE]


@dataclass(slots=True)
class _Giving:
    """A page of credits being given: the instant, and the transfers not yet posted."""

    now: datetime
    orders: list[TransferOrder] = field(default_factory=list)
    given: int = 0

    def post(self) -> None:
        """Post what was gathered."""
        ledger.post_batch(orders=self.orders, now=self.now)
        self.orders.clear()


def give_due(*, now: datetime) -> int:
    """
    Give every credit that is due today where its plan was sold; return how many were given.

    Run as often as one likes, by as many workers, and after a crash at any point.
    """
    given, after = 0, None
    while True:
        found = _plans_due(by=(now + AHEAD).date(), after=after)
        given += _give_page(found, now=now)
        if len(found) < PAGE:
            return given
        after = found[-1]


@transaction.atomic
def give_all(*, plan_id: UUID, now: datetime) -> int:
    """
    Give every credit left of a plan at once, because it is being paid off; return how many.

    Lock: takes the plan's row.
    """
    promise = locked_promise(plan_id)
    if promise is None:
        return 0
    giving = _Giving(now)
    _give_rows(left_of(promise), on=_today(promise, now=now), giving=giving)
    giving.post()
    settle_credits(promise, now=now)
    return giving.given


def settle_credits(promise: PromisedCredits, *, now: datetime) -> None:
    """
    Decide what becomes of the credits left of a plan that has ended; nothing while it runs.

    Paid off: they are owed to the buyer as money, or lost where that was agreed. Given up as a
    loss, or cancelled: they end.
    Lock: the plan's row is held.
    """
    promise.plan.refresh_from_db(fields=["state"])
    state = PlanState(promise.plan.state)
    if state is PlanState.SETTLED and promise.on_payoff == OnPayoff.KEEP.value:
        _owe(promise, now=now)
    elif state in WHY_ENDED:
        _end(promise, reason=WHY_ENDED[state], now=now)
    tell_plan(promise)


def locked_promise(plan_id: UUID) -> PromisedCredits | None:
    """Return what was promised with a plan, whose row is ours until the transaction ends."""
    Plan.objects.select_for_update().filter(pk=plan_id).first()
    return (
        PromisedCredits.objects.select_related("promotion__market", "plan")
        .filter(plan_id=plan_id)
        .first()
    )


def left_of(promise: PromisedCredits) -> Sequence[CreditRow]:
    """Return the credits of a promise that are not given yet, oldest first."""
    rows = promise.rows.filter(state__in=LIABLE_WORDS).order_by("due_on", "number")
    return _with_promise(rows, promise=promise)


def _plans_due(*, by: date, after: UUID | None) -> Sequence[UUID]:
    due = CreditRow.objects.filter(state__in=LIABLE_WORDS, due_on__lte=by)
    if after is not None:
        due = due.filter(promise__plan_id__gt=after)
    plans = due.order_by("promise__plan_id").values_list("promise__plan_id", flat=True)
    return list(plans.distinct()[:PAGE])


@transaction.atomic
def _give_page(plan_ids: Sequence[UUID], *, now: datetime) -> int:
    held = Plan.objects.select_for_update(skip_locked=True).filter(pk__in=plan_ids).order_by("pk")
    ids = list(held.values_list("pk", flat=True))
    promises = PromisedCredits.objects.select_related("promotion__market", "plan").filter(
        plan_id__in=ids
    )
    giving = _Giving(now)
    for promise in promises.order_by("plan_id"):
        today = _today(promise, now=now)
        rows = [row for row in left_of(promise) if row.due_on <= today]
        _give_rows(rows, on=today, giving=giving)
        giving.post()
        settle_credits(promise, now=now)
    return giving.given


def _give_rows(rows: Sequence[CreditRow], *, on: date, giving: _Giving) -> None:
    if not rows or rows[0].promise.plan.state in ENDED_WORDS:
        return
    for row in rows:
        try:
            # A savepoint: one plan's trouble must not keep the others from their credits.
            with transaction.atomic():
                recorded = _record(row, on=on, now=giving.now)
        except DomainError as refused:
            _wait(row, reason=refused.message, now=giving.now)
            continue
        except DatabaseError:
            logger.exception("promotions.credit_failed", key=credit_key(row))
            _wait(row, reason=TROUBLE, now=giving.now)
            continue
        if recorded.has_ended:
            # The last of a plan's finance income is read from the books: they must be complete.
            giving.post()
        order = given_order(row, recorded=recorded, now=giving.now)
        if order is not None and recorded.is_new:
            giving.orders.append(order)
        giving.given += _note_given(row, recorded=recorded, now=giving.now)
        if recorded.has_ended:
            return


def _record(row: CreditRow, *, on: date, now: datetime) -> RecordedPayment:
    promise = row.promise
    return credit.record_credit(
        plan_id=promise.plan_id,
        key=credit_key(row),
        amount=Money(row.amount_minor, promise.currency),
        on=on,
        now=now,
        label=promise.promotion.name,
    )


def _note_given(row: CreditRow, *, recorded: RecordedPayment, now: datetime) -> bool:
    """Note what a plan took of a credit; one it took nothing of is left for its plan's end."""
    taken = recorded.asked.amount.minor - recorded.surplus.minor
    row.tried_at = now
    if not taken:
        row.save(update_fields=["tried_at"])
        return False
    row.state, row.given_minor, row.ended_at, row.reason = CreditState.GIVEN.value, taken, now, ""
    row.save(update_fields=["state", "given_minor", "ended_at", "reason", "tried_at"])
    return True


def _wait(row: CreditRow, *, reason: str, now: datetime) -> None:
    row.state, row.reason, row.tried_at = CreditState.WAITING.value, reason[:200], now
    row.save(update_fields=["state", "reason", "tried_at"])


def _owe(promise: PromisedCredits, *, now: datetime) -> None:
    """Turn what the plan did not take into money owed to its buyer, the rest of one given too."""
    rows = [*left_of(promise), *_cut_short(promise)]
    owed = 0
    for row in rows:
        owed += row.amount_minor - row.given_minor
        row.state, row.ended_at, row.reason = CreditState.OWED.value, now, PAID_OFF
        row.save(update_fields=["state", "ended_at", "reason"])
    post_owed(promise, amount=Money(owed, promise.currency), deed=_deed("owed", rows), now=now)


def _end(promise: PromisedCredits, *, reason: str, now: datetime) -> None:
    rows = [*left_of(promise), *_cut_short(promise)]
    lost = sum(row.amount_minor - row.given_minor for row in rows)
    for row in rows:
        if row.state != CreditState.GIVEN.value:
            row.state = CreditState.ENDED.value
        row.ended_at, row.reason = now, reason
        row.save(update_fields=["state", "ended_at", "reason"])
    post_ended(
        promise,
        promised=Money(lost, promise.currency),
        owed=Money.zero(promise.currency),
        deed=_deed("ended", rows),
        now=now,
    )


def _cut_short(promise: PromisedCredits) -> Sequence[CreditRow]:
    """Return a credit of which the plan took only a part, because that was all it owed."""
    rows = promise.rows.filter(state=CreditState.GIVEN.value, reason="")
    return [row for row in rows if row.given_minor < row.amount_minor]


def _deed(word: str, rows: Sequence[CreditRow]) -> str:
    return f"{word}:{rows[0].number}" if rows else word


def _with_promise(rows: Iterable[CreditRow], *, promise: PromisedCredits) -> Sequence[CreditRow]:
    found = list(rows)
    for row in found:
        row.promise = promise
    return found


def _today(promise: PromisedCredits, *, now: datetime) -> date:
    return clock.day_in(promise.promotion.market.time_zone, at=now)
