from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.timespan import DateSpan, InstantSpan
from bandstand.timespan.spans import EmptySpanError

days = st.dates(date(2015, 1, 1), date(2016, 1, 1))


@given(days, st.integers(1, 400))
def test_span_holds_its_start_and_not_its_end(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    span = DateSpan(start, end)

    assert start in span
    assert end not in span
    assert end - timedelta(days=1) in span


@given(days, days)
def test_unbounded_span_covers_every_other(one: date, other: date) -> None:
    low, high = sorted((one, other))
    inner = DateSpan(low, high + timedelta(days=1))

    assert DateSpan().covers(inner)
    assert not inner.covers(DateSpan())
    assert not inner.covers(DateSpan(low, None))


def test_empty_span_is_refused() -> None:
    with pytest.raises(EmptySpanError):
        DateSpan(date(2016, 2, 1), date(2016, 2, 1))


def test_instants_meet_without_overlap() -> None:
    noon = datetime(2016, 2, 2, 12, tzinfo=UTC)
    before = InstantSpan(None, noon)
    after = InstantSpan(noon, None)

    assert noon in after
    assert noon not in before
    assert not before.covers(after)
    assert InstantSpan().covers(before)
