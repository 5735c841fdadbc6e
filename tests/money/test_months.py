from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.money import ScheduleError
from bandstand.money.months import anchor_day, months_back, series_anchors, shift_months

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


@given(DAYS, st.integers(0, 1500))
def test_whole_months_and_odd_days_lead_back_to_the_start(start: date, length: int) -> None:
    end = start + timedelta(days=length)

    months, days = months_back(start, end=end)

    assert shift_months(end, months=-months) - timedelta(days=days) == start
    assert shift_months(end, months=-months - 1) < start


def test_months_back_refuses_an_end_before_the_start() -> None:
    with pytest.raises(ScheduleError, match="is before"):
        months_back(date(2026, 2, 1), end=date(2026, 1, 31))


@pytest.mark.parametrize(
    ("days", "anchor"),
    [
        ([date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)], 31),
        ([date(2026, 1, 30), date(2026, 2, 28), date(2026, 3, 30)], 30),
        ([date(2026, 1, 15), date(2026, 2, 15)], 15),
        ([date(2026, 1, 15), date(2026, 2, 16)], 0),
        ([], 0),
    ],
)
def test_a_series_keeps_to_one_day_of_the_month(days: list[date], anchor: int) -> None:
    assert anchor_day(days) == anchor


def test_a_series_may_alternate_between_two_days() -> None:
    twice = [date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 15), date(2026, 2, 28)]
    assert series_anchors(twice, start=date(2025, 12, 31)) == [0, 31, 0, 31]


def test_one_day_stands_for_the_months_end_only_from_a_months_end() -> None:
    february = [date(2026, 2, 28)]
    assert series_anchors(february, start=date(2026, 1, 31)) == [31]
    assert series_anchors(february, start=date(2026, 1, 28)) == [0]
