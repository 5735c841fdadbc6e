"""When a card is tried and a buyer reminded: around holidays, weekends and month ends."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.credit.rules.calendar import (
    POLICIES,
    CalendarRefusedError,
    CollectingPolicy,
    Deed,
    calendar_of,
    is_closed,
    is_given_up,
    is_reminder_day,
    may_try,
    policy_on,
    reminder_day,
    require_sound,
    try_days,
)

DAY = timedelta(days=1)
OPEN_DAYS = replace(POLICIES[0], skips_weekends=True, skips_holidays=True)


def tried(due: date, *, policy: CollectingPolicy, market: str = "US") -> list[date]:
    days: list[date] = []
    for after in range(-3, 60):
        day = due + after * DAY
        for _ in range(2):
            if may_try(due_since=due, tried_on=days, today=day, policy=policy, market=market):
                days.append(day)
    return days


def test_tries_around_christmas_wait_for_the_bank() -> None:
    # Christmas 2026 is a Friday; Boxing Day, a Saturday in England, has its substitute on Monday.
    assert try_days(date(2026, 12, 25), policy=OPEN_DAYS, market="US") == (
        date(2026, 12, 28),
        date(2026, 12, 29),
        date(2027, 1, 4),
        date(2027, 1, 8),
    )
    assert try_days(date(2026, 12, 25), policy=OPEN_DAYS, market="GB")[0] == date(2026, 12, 29)
    assert try_days(date(2026, 12, 25), policy=POLICIES[0], market="US")[0] == date(2026, 12, 25)


def test_month_end_on_a_sunday_is_tried_on_monday_and_stays_due_on_sunday() -> None:
    due = date(2027, 1, 31)

    assert tried(due, policy=OPEN_DAYS)[0] == date(2027, 2, 1)
    planned = calendar_of((due,), policy=OPEN_DAYS, market="US", is_automatic=True, fee_grace=10)
    assert [one.on for one in planned if one.deed is Deed.DUE] == [due]
    assert [one.on for one in planned if one.deed is Deed.LATE_FEE] == [date(2027, 2, 11)]
    assert [one.on for one in planned if one.deed is Deed.CHARGE_OFF] == [due + 120 * DAY]


@given(due=st.dates(date(2026, 1, 1), date(2030, 12, 31)), market=st.sampled_from(["US", "DE"]))
def test_card_is_tried_only_on_open_days_as_often_as_planned(due: date, market: str) -> None:
    days = tried(due, policy=OPEN_DAYS, market=market)

    assert days == list(try_days(due, policy=OPEN_DAYS, market=market))
    assert len(set(days)) == 4
    assert not any(is_closed(day, policy=OPEN_DAYS, market=market) for day in days)


def test_reminder_comes_before_a_weekend_not_after_it() -> None:
    # Due on a Wednesday: three days before is Sunday, so the buyer hears on Friday.
    due = date(2026, 11, 18)

    assert reminder_day(due, policy=OPEN_DAYS, market="US") == date(2026, 11, 13)
    assert is_reminder_day(due_on=due, today=date(2026, 11, 13), policy=OPEN_DAYS, market="US")
    assert not is_reminder_day(due_on=due, today=date(2026, 11, 13))


def test_newest_policy_that_has_begun_counts() -> None:
    later = replace(POLICIES[0], from_on=date(2027, 1, 1), charge_off=180)
    both = (*POLICIES, later)

    assert policy_on(date(2026, 12, 31), both) is POLICIES[0]
    assert policy_on(date(2027, 1, 1), both) is later
    due = date(2027, 1, 1)
    assert not is_given_up(due_since=due, today=due + 120 * DAY, policy=later)


def test_market_without_known_holidays_has_none() -> None:
    assert not is_closed(date(2026, 12, 25), policy=OPEN_DAYS, market="EU")
    assert is_closed(date(2026, 12, 26), policy=OPEN_DAYS, market="EU")


@pytest.mark.parametrize(
    "policy",
    [
        replace(OPEN_DAYS, tries=()),
        replace(OPEN_DAYS, tries=(3, 0)),
        replace(OPEN_DAYS, tries=(0, 0)),
        replace(OPEN_DAYS, tries=(0, 61)),
        replace(OPEN_DAYS, reminder=0),
        replace(OPEN_DAYS, charge_off=30),
    ],
)
def test_calendar_by_which_nobody_could_collect_is_refused(policy: CollectingPolicy) -> None:
    with pytest.raises(CalendarRefusedError):
        require_sound(policy)
