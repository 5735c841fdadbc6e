from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bandstand.money import (
    ACTUAL_365,
    ACTUAL_ACTUAL,
    NOMINAL,
    THIRTY_360,
    Change,
    Conventions,
    CurrencyMismatchError,
    DayCount,
    Every,
    ExtraEffect,
    ExtraPayment,
    Frequency,
    FurtherAdvance,
    InterestType,
    Money,
    RateChange,
    Rounding,
    Schedule,
    ScheduleError,
    ScheduleTerms,
    SkippedPayment,
    build_schedule,
    due_dates,
    parse_day_count,
    parse_frequency,
    restate,
)

START = date(2026, 1, 15)
COUNTS = st.integers(1, 48)
CONVENTIONS = st.builds(
    Conventions,
    day_count=st.sampled_from([THIRTY_360, NOMINAL, ACTUAL_365, ACTUAL_ACTUAL]),
    interest_rounding=st.sampled_from([Rounding.HALF_EVEN, Rounding.HALF_UP]),
    smoothed=st.booleans(),
)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def plan(
    minor: int,
    count: int,
    *,
    rate: str = "0",
    conventions: Conventions | None = None,
    first: date = date(2026, 2, 15),
) -> Schedule:
    rules = conventions or Conventions()
    dates = due_dates(first, count=count, frequency=rules.frequency)
    return build_schedule(ScheduleTerms(usd(minor), START, dates, Decimal(rate), rules))


def test_without_interest_the_last_payment_carries_the_remainder() -> None:
    schedule = plan(99999, 36)
    assert [str(line) for line in schedule.payment_lines] == [
        "35 payments of $27.77",
        "1 payment of $28.04",
    ]
    assert schedule.total_interest == usd(0)
    assert schedule.total_of_payments == usd(99999)


def test_carriers_plan_of_24_months() -> None:
    lines = plan(82999, 24).payment_lines
    assert [(line.count, line.amount.minor) for line in lines] == [(23, 3458), (1, 3465)]


@settings(max_examples=80)
@given(
    minor=st.integers(2_000, 500_000),
    count=COUNTS,
    rate_bp=st.integers(0, 3_999),
    conventions=CONVENTIONS,
)
def test_principal_adds_up_to_what_is_financed(
    *, minor: int, count: int, rate_bp: int, conventions: Conventions
) -> None:
    schedule = plan(minor, count, rate=str(Decimal(rate_bp) / 100), conventions=conventions)

    assert sum(line.principal.minor for line in schedule.lines) == minor
    assert schedule.lines[-1].balance_after == usd(0)
    balance = minor
    for line in schedule.lines:
        balance -= line.principal.minor
        assert line.balance_after == usd(balance)
        assert line.total == line.principal + line.interest
        assert not line.interest.is_negative
    assert len({line.total for line in schedule.lines[:-1]}) <= 1


def test_an_odd_first_period_earns_its_days() -> None:
    regular = plan(100_000, 12, rate="12", conventions=Conventions(day_count=THIRTY_360))
    late = plan(
        100_000,
        12,
        rate="12",
        conventions=Conventions(day_count=THIRTY_360),
        first=date(2026, 3, 1),
    )
    assert regular.lines[0].interest == usd(1000)
    assert late.lines[0].interest == usd(1567)  # one month and 17 odd days: 47/360


def test_flat_and_equal_principal_interest() -> None:
    flat = plan(
        120_000, 12, rate="12", conventions=Conventions(NOMINAL, interest_type=InterestType.FLAT)
    )
    equal = plan(
        120_000,
        12,
        rate="12",
        conventions=Conventions(NOMINAL, interest_type=InterestType.EQUAL_PRINCIPAL),
    )
    assert {line.interest.minor for line in flat.lines} == {1200}
    assert [line.interest.minor for line in equal.lines] == list(range(1200, 0, -100))
    assert {line.principal.minor for line in equal.lines} == {10_000}


def test_weekly_and_daily_plans_step_by_days() -> None:
    fortnight = Frequency(Every.WEEK, 2)
    assert due_dates(date(2026, 1, 1), count=3, frequency=fortnight)[-1] == date(2026, 1, 29)
    assert due_dates(date(2026, 1, 1), count=2, frequency=Frequency(Every.DAY, 15))[-1].day == 16


def test_month_ends_come_back_after_february() -> None:
    days = due_dates(date(2023, 1, 31), count=14)
    assert [day.day for day in days[:4]] == [31, 28, 31, 30]
    assert days[-1] == date(2024, 2, 29)
    assert due_dates(date(2026, 2, 28), count=2, anchor=31)[-1] == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "convention"),
    [
        ("days_in_year=DAYS_365, days_in_month=ACTUAL", ACTUAL_365),
        ("days_in_year=ACTUAL, days_in_month=ACTUAL", ACTUAL_ACTUAL),
        ("days_in_year=DAYS_360, days_in_month=DAYS_30", NOMINAL),
        ("days_in_year=DAYS_364, days_in_month=INVALID", DayCount(0, 364)),
        ("Actual/365 US Rule", ACTUAL_365),
        ("days/365 (rows rounded)", ACTUAL_365),
        ("ACT/ACT", ACTUAL_ACTUAL),
        ("30/360", THIRTY_360),
    ],
)
def test_day_counts_are_read_from_words(text: str, convention: DayCount) -> None:
    assert parse_day_count(text) == convention


def test_actual_years_are_split_at_new_year() -> None:
    fraction = ACTUAL_ACTUAL.fraction(
        date(2024, 12, 15), end=date(2025, 1, 15), frequency=Frequency(Every.MONTH)
    )
    assert fraction == pytest.approx(17 / 366 + 14 / 365)


def test_words_that_name_nothing_are_refused_with_near_matches() -> None:
    with pytest.raises(ScheduleError, match="Did you mean monthly"):
        parse_frequency("montly")
    with pytest.raises(ScheduleError, match="actual/365"):
        parse_day_count("actuel/365")
    with pytest.raises(ScheduleError, match="360, 364 or 365"):
        parse_day_count("days_in_year=DAYS_123, days_in_month=ACTUAL")
    with pytest.raises(ScheduleError, match="every 0"):
        Frequency(Every.WEEK, 0)
    with pytest.raises(ScheduleError, match="1 or more payments"):
        due_dates(START, count=0)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"financed": usd(0)}, "more than zero"),
        ({"due_dates": ()}, "1 or more due dates"),
        ({"rate_percent": Decimal(-1)}, "0 % or more"),
        ({"due_dates": (START,)}, "is not after"),
        ({"due_dates": (date(2026, 3, 1), date(2026, 2, 1))}, "is not after"),
        ({"financed": usd(3), "due_dates": due_dates(date(2026, 2, 1), count=4)}, "zero"),
    ],
)
def test_terms_that_make_no_plan_are_refused(terms: dict[str, Any], why: str) -> None:
    sound = {
        "financed": usd(1000),
        "contract_date": START,
        "due_dates": due_dates(date(2026, 2, 15), count=3),
    }
    with pytest.raises(ScheduleError, match=why):
        build_schedule(ScheduleTerms(**{**sound, **terms}))


def test_an_extra_payment_shortens_the_plan_and_keeps_the_instalment() -> None:
    before = plan(99999, 36)
    after = restate(before, changes=[ExtraPayment(date(2026, 5, 1), usd(50_000))])
    assert len(after.lines) == 19
    assert {line.total.minor for line in after.lines[:-1]} == {2777}
    assert after.lines[-1].total == usd(13)
    assert after.total_of_payments == usd(49_999)


def test_an_extra_payment_can_lower_the_instalments_instead() -> None:
    before = plan(99999, 36)
    change = ExtraPayment(date(2026, 2, 15), usd(50_000), ExtraEffect.LOWER)
    after = restate(before, changes=[change])
    assert len(after.lines) == 36
    assert after.lines[1].total.minor == 1349
    assert sum(line.total.minor for line in after.lines) == 49_999


def test_a_skipped_payment_moves_the_plan_back_by_a_month() -> None:
    after = restate(plan(99999, 36), changes=[SkippedPayment(date(2026, 4, 15))])
    assert len(after.lines) == 37
    assert after.lines[2].total == usd(0)
    assert after.lines[-1].due_date == date(2029, 2, 15)
    assert after.total_of_payments == usd(99999)


@settings(max_examples=60)
@given(
    minor=st.integers(20_000, 200_000),
    count=st.integers(3, 24),
    rate_bp=st.integers(0, 2_999),
    extra_days=st.lists(st.integers(0, 200), max_size=3),
    skipped=st.sets(st.integers(0, 2), max_size=2),
    effect=st.sampled_from(ExtraEffect),
)
def test_after_any_changes_the_principal_is_repaid_exactly(
    *,
    minor: int,
    count: int,
    rate_bp: int,
    extra_days: list[int],
    skipped: set[int],
    effect: ExtraEffect,
) -> None:
    before = plan(minor, count, rate=str(Decimal(rate_bp) / 100))
    last = before.terms.due_dates[-1]
    extras = [
        ExtraPayment(min(date.fromordinal(START.toordinal() + day), last), usd(50), effect)
        for day in extra_days
        if date.fromordinal(START.toordinal() + day) < last
    ]
    skips = [SkippedPayment(before.terms.due_dates[at]) for at in skipped if at < count - 1]

    after = restate(before, changes=[*extras, *skips])

    repaid = sum(line.principal.minor for line in after.lines) + 50 * len(extras)
    assert repaid == minor
    assert after.lines[-1].balance_after == usd(0)
    assert len(after.lines) <= count + len(skips)


@pytest.mark.parametrize(
    ("change", "error", "why"),
    [
        (ExtraPayment(date(2026, 3, 1), usd(200_000)), ScheduleError, "still owed"),
        (ExtraPayment(date(2026, 3, 1), usd(0)), ScheduleError, "more than zero"),
        (ExtraPayment(date(2020, 3, 1), usd(1)), ScheduleError, "outside the plan"),
        (SkippedPayment(date(2026, 4, 14)), ScheduleError, "nearest is 2026-04-15"),
        (FurtherAdvance(date(2026, 3, 1), Money(1, "EUR")), CurrencyMismatchError, "EUR"),
    ],
)
def test_changes_that_do_not_fit_are_refused(
    *, change: Change, error: type[Exception], why: str
) -> None:
    before = plan(99999, 36)
    with pytest.raises(error, match=why):
        restate(before, changes=[change])
    assert before == plan(99999, 36)


def test_a_new_rate_in_mid_period_is_earned_from_its_day() -> None:
    before = plan(100_000, 12, rate="12", conventions=Conventions(ACTUAL_365))
    after = restate(before, changes=[RateChange(date(2026, 2, 1), Decimal(0))])
    assert after.lines[0].interest == usd(559)
    assert after.total_interest == usd(559)
    assert sum(line.principal.minor for line in after.lines) == 100_000
