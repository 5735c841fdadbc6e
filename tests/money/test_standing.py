from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from bandstand.money import (
    ACTUAL_365,
    Conventions,
    CurrencyMismatchError,
    Flow,
    Money,
    Schedule,
    ScheduleError,
    ScheduleTerms,
    build_schedule,
    due_dates,
    made_whole,
    payoff,
    standing,
)

START = date(2026, 1, 15)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def plan(minor: int = 100_000, count: int = 12, *, rate: str = "9.9") -> Schedule:
    dates = due_dates(date(2026, 2, 15), count=count)
    rules = Conventions(ACTUAL_365)
    return build_schedule(ScheduleTerms(usd(minor), START, dates, Decimal(rate), rules))


def paid_by(schedule: Schedule, on: date) -> list[Flow]:
    return [Flow(line.due_date, line.total) for line in schedule.lines if line.due_date <= on]


def test_paid_as_agreed_the_account_follows_the_schedule_to_zero() -> None:
    schedule = plan()
    for line in schedule.lines:
        account = standing(schedule, payments=paid_by(schedule, line.due_date), on=line.due_date)
        assert account.principal_left == line.balance_after == account.payoff
        assert account.overdue == usd(0)
    assert account.is_settled
    assert account.interest_total == schedule.total_interest


def test_payoff_asks_only_for_interest_earned_by_the_day() -> None:
    schedule = plan()
    figure = payoff(schedule, payments=[], on=date(2026, 1, 25))
    assert figure.principal == usd(100_000)
    assert figure.interest == usd(271)  # 1000 × 9.9 % × 10/365
    assert figure.interest_saved == schedule.total_interest - usd(271)
    assert payoff(schedule, payments=[], on=START).amount == usd(100_000)


def test_without_interest_payoff_is_what_is_left() -> None:
    schedule = plan(99_999, 36, rate="0")
    day = date(2026, 4, 20)
    figure = payoff(schedule, payments=paid_by(schedule, day), on=day)
    assert figure.amount == usd(99_999 - 3 * 2777)
    assert figure.interest == figure.interest_saved == usd(0)


def test_a_missed_payment_is_overdue_and_bears_no_interest_on_interest() -> None:
    schedule = plan()
    day = date(2026, 3, 15)
    account = standing(schedule, payments=[], on=day)
    assert account.overdue == schedule.lines[0].total + schedule.lines[1].total
    assert account.principal_left == usd(100_000)
    assert account.interest_total == usd(841 + 759)


def test_interest_runs_on_after_the_last_due_date_until_paid() -> None:
    schedule = plan(100_000, 1, rate="36.5")
    account = standing(schedule, payments=[], on=date(2026, 2, 25))
    assert account.interest_billed == usd(3100)
    assert account.interest_earned == usd(1000)


def test_paying_too_much_is_owed_back() -> None:
    schedule = plan(10_000, 2, rate="0")
    account = standing(
        schedule, payments=[Flow(date(2026, 2, 1), usd(10_500))], on=START.replace(month=3)
    )
    assert (account.overpaid, account.payoff, account.overdue) == (usd(500), usd(0), usd(0))


@settings(max_examples=80)
@given(
    minor=st.integers(5_000, 200_000),
    count=st.integers(1, 24),
    rate_bp=st.integers(0, 2_999),
    made=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 30_000)), max_size=6),
    day=st.integers(0, 800),
)
def test_what_is_paid_and_what_pays_it_off_make_the_total(
    *, minor: int, count: int, rate_bp: int, made: list[tuple[int, int]], day: int
) -> None:
    schedule = plan(minor, count, rate=str(Decimal(rate_bp) / 100))
    on = START + timedelta(days=day)
    payments = [Flow(START + timedelta(days=at), usd(amount)) for at, amount in made]

    account = standing(schedule, payments=payments, on=on)

    assert account.paid + account.payoff == usd(minor) + account.interest_total + account.overpaid
    assert not account.payoff.is_negative
    if not account.payoff.is_zero:
        settled = standing(schedule, payments=[*payments, Flow(on, account.payoff)], on=on)
        assert settled.is_settled
        assert settled.overpaid == account.overpaid


@settings(max_examples=40)
@given(st.integers(0, 365), st.integers(0, 365))
def test_a_payoff_never_falls_while_nothing_is_paid(one_day: int, other_day: int) -> None:
    early, late = sorted((one_day, other_day))
    figures = [
        payoff(plan(), payments=[], on=START + timedelta(days=day)).amount for day in (early, late)
    ]
    assert figures[0] <= figures[1]


def test_made_whole_returns_everything_captured_once() -> None:
    figure = made_whole(
        captured=usd(27_800), refunded=usd(2_000), charged_back=usd(800), open_balance=usd(90_000)
    )
    assert (figure.refund_due, figure.cancelled) == (usd(25_000), usd(90_000))
    nothing = made_whole(
        captured=usd(100), refunded=usd(80), charged_back=usd(80), open_balance=usd(0)
    )
    assert nothing.refund_due == usd(0)
    with pytest.raises(ScheduleError, match="zero or more"):
        made_whole(captured=usd(-1), refunded=usd(0), charged_back=usd(0), open_balance=usd(0))


@pytest.mark.parametrize(
    ("payment", "on", "error", "why"),
    [
        (Flow(date(2026, 1, 1), usd(1)), START, ScheduleError, "before the contract"),
        (Flow(START, usd(0)), START, ScheduleError, "more than zero"),
        (Flow(START, Money(1, "EUR")), START, CurrencyMismatchError, "EUR"),
        (Flow(START, usd(1)), date(2025, 1, 1), ScheduleError, "before the contract"),
    ],
)
def test_payments_that_do_not_fit_the_plan_are_refused(
    *, payment: Flow, on: date, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        standing(plan(), payments=[payment], on=on)
