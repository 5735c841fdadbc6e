"""Who the law asks: thresholds at their edges, windows that slide, deadlines to the day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.money import Money
from bandstand.money.months import shift_months
from bandstand.parties.rules.duties import (
    DutyFact,
    DutyKind,
    DutyStep,
    end_of_day,
    must_certify,
    next_step,
    opening,
)
from bandstand.parties.rules.identity import Regime
from bandstand.parties.rules.identity_specs import IdentityName
from bandstand.parties.rules.inform import (
    SaleDay,
    TraderPolicy,
    applies_in,
    fullest_window,
    keep_until,
    must_disclose,
    policy_of,
    qualified_on,
)

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
OWES = (IdentityName.TAX_ID,)


def inform() -> TraderPolicy:
    found = policy_of(Regime.INFORM, on=TODAY)
    assert found is not None
    return found


def dsa() -> TraderPolicy:
    found = policy_of(Regime.DSA, on=TODAY)
    assert found is not None
    return found


def day(on: date, *, sales: int = 1, cents: int = 2_500) -> SaleDay:
    return SaleDay(on, sales, Money(cents, "USD"))


def qualifies(*days: SaleDay) -> date | None:
    return qualified_on(days, policy=inform(), on=TODAY)


@pytest.mark.parametrize(
    ("sales", "cents", "expected"),
    [
        (200, 500_000, date(2026, 6, 1)),
        (199, 500_000, None),
        (199, 50_000_000, None),
        (200, 499_999, None),
        (201, 500_001, date(2026, 6, 1)),
    ],
)
def test_both_thresholds_must_be_met_exactly(sales: int, cents: int, expected: date | None) -> None:
    assert qualifies(day(date(2026, 6, 1), sales=sales, cents=cents)) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2026, 5, 31), date(2026, 5, 31)),  # 1 June 2025 to 31 May 2026: twelve months
        (date(2026, 6, 1), None),  # a day later the first day is outside
    ],
)
def test_twelve_months_are_continuous_and_end_before_the_same_day(
    last: date, expected: date | None
) -> None:
    first = day(date(2025, 6, 1), sales=100, cents=250_000)

    assert qualifies(first, day(last, sales=100, cents=250_000)) == expected


@pytest.mark.parametrize(
    ("on", "counts"), [(date(2024, 11, 23), True), (date(2024, 11, 22), False)]
)
def test_only_the_last_twenty_four_months_count(on: date, counts: bool) -> None:  # noqa: FBT001 -- a case
    assert bool(qualifies(day(on, sales=300, cents=900_000))) is counts


def test_two_halves_in_different_years_do_not_add_up() -> None:
    first = day(date(2025, 1, 10), sales=150, cents=400_000)

    assert qualifies(first, day(date(2026, 3, 10), sales=150, cents=400_000)) is None


def test_day_of_qualifying_is_the_first_on_which_both_were_met() -> None:
    days = [day(date(2026, 1, 1) + timedelta(days=at), sales=20, cents=40_000) for at in range(30)]

    found = qualifies(*reversed(days))

    assert found == date(
        2026, 1, 13
    )  # 13 days of 400 dollars pass 5,000; 200 sales came on the 10th


def test_nobody_sold_anything_asks_nothing() -> None:
    assert qualifies() is None
    assert fullest_window([], policy=inform(), on=TODAY) is None


@pytest.mark.parametrize(("cents", "expected"), [(2_000_000, True), (1_999_999, False)])
def test_shoppers_are_told_from_twenty_thousand_dollars_a_year(
    cents: int,
    expected: bool,  # noqa: FBT001 -- a case
) -> None:
    days = [day(date(2026, 3, 1), cents=cents), day(date(2025, 11, 22), cents=9_999_999)]

    assert must_disclose(days, policy=inform(), on=TODAY) is expected


sold = st.builds(
    lambda back, sales, cents: day(TODAY - timedelta(days=back), sales=sales, cents=cents),
    st.integers(0, 900),
    st.integers(1, 120),
    st.integers(1, 300_000),
)


@given(st.lists(sold, max_size=12))
def test_sliding_window_agrees_with_counting_every_window_anew(days: list[SaleDay]) -> None:
    policy = inform()
    first = shift_months(TODAY, months=-policy.lookback_months)
    recent = [one for one in days if first < one.on <= TODAY]

    def counted(last: date) -> tuple[int, int]:
        inside = [one for one in recent if one.on <= last < shift_months(one.on, months=12)]
        return sum(one.sales for one in inside), sum(one.gross.minor for one in inside)

    # Days of the same date enter one after the other, so the naive count is asked at each date.
    naive = next(
        (
            one.on
            for one in sorted(recent, key=lambda each: each.on)
            if counted(one.on)[0] >= 200 and counted(one.on)[1] >= 500_000
        ),
        None,
    )

    assert qualified_on(days, policy=policy, on=TODAY) == naive


@given(st.lists(sold, max_size=8), sold)
def test_another_sale_never_frees_a_seller(days: list[SaleDay], more: SaleDay) -> None:
    if qualifies(*days) is not None:
        assert qualifies(*days, more) is not None


def test_law_applies_from_its_day_and_in_its_markets() -> None:
    assert policy_of(Regime.INFORM, on=date(2023, 6, 26)) is None
    assert policy_of(Regime.INFORM, on=date(2023, 6, 27)) is not None
    assert policy_of(Regime.DSA, on=date(2024, 2, 16)) is None
    assert applies_in(inform(), market="US")
    assert not applies_in(inform(), market="GB")
    assert applies_in(dsa(), market="DE")
    assert applies_in(dsa(), market="CENTRAL", members=["CH", "AT"])
    assert not applies_in(dsa(), market="CH", members=["CH"])


def test_what_was_collected_is_kept_six_months_from_the_end() -> None:
    assert keep_until(date(2026, 8, 31), policy=dsa()) == date(2027, 2, 28)


def test_seller_has_until_the_end_of_the_tenth_day_on_the_operators_clock() -> None:
    begins = opening(
        policy=inform(),
        kind=DutyKind.COLLECT,
        since=date(2026, 11, 20),
        now=NOW,
        zone="America/New_York",
    )

    assert begins.due_at == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert begins.noticed_at is None


def test_duty_found_late_begins_with_its_notice_and_ten_whole_days() -> None:
    begins = opening(
        policy=inform(), kind=DutyKind.COLLECT, since=date(2026, 3, 1), now=NOW, zone="UTC"
    )

    assert begins.noticed_at == NOW
    assert begins.suspend_at == NOW + timedelta(days=10)


def test_union_asks_before_the_first_use_so_its_first_letter_is_the_notice() -> None:
    begins = opening(policy=dsa(), kind=DutyKind.COLLECT, since=TODAY, now=NOW, zone="UTC")

    assert begins.noticed_at == NOW


def duty(**changes: object) -> DutyFact:
    fields: dict[str, object] = {
        "kind": DutyKind.COLLECT,
        "opened_at": NOW - timedelta(days=10),
        "due_at": NOW,
    }
    return DutyFact(**{**fields, **changes})  # type: ignore[arg-type]  # fields of many types


NOTICED = {"noticed_at": NOW - timedelta(days=10), "suspend_at": NOW}


@pytest.mark.parametrize(
    ("open_duty", "owes", "expected"),
    [
        (None, (), DutyStep.NONE),
        (None, OWES, DutyStep.OPEN),
        (duty(), (), DutyStep.MEET),
        (duty(due_at=NOW + timedelta(seconds=1)), OWES, DutyStep.NONE),
        (duty(), OWES, DutyStep.NOTICE),
        (duty(**{**NOTICED, "suspend_at": NOW + timedelta(seconds=1)}), OWES, DutyStep.NONE),
        (duty(**NOTICED), OWES, DutyStep.SUSPEND),
        (duty(**NOTICED, is_suspended=True), OWES, DutyStep.NONE),
        (duty(**NOTICED, is_suspended=True), (), DutyStep.MEET),
    ],
)
def test_next_step_of_a_duty(
    open_duty: DutyFact | None, owes: tuple[IdentityName, ...], expected: DutyStep
) -> None:
    assert next_step(open_duty, owes=owes, now=NOW) is expected


@given(st.booleans(), st.integers(-40, 40), st.booleans())
def test_nobody_is_suspended_without_a_notice(owes: bool, days: int, suspended: bool) -> None:  # noqa: FBT001 -- a case
    unnoticed = duty(due_at=NOW + timedelta(days=days), is_suspended=suspended)

    assert next_step(unnoticed, owes=OWES if owes else (), now=NOW) is not DutyStep.SUSPEND


@pytest.mark.parametrize(
    ("last", "expected"),
    [(date(2025, 11, 22), True), (date(2025, 11, 23), False), (None, False)],
)
def test_certification_is_due_after_a_year(last: date | None, expected: bool) -> None:  # noqa: FBT001 -- a case
    assert must_certify(policy=inform(), last_on=last, today=TODAY) is expected
    assert not must_certify(policy=dsa(), last_on=last, today=TODAY)


def test_a_day_ends_on_the_named_clock() -> None:
    assert end_of_day(date(2026, 3, 7), zone="America/New_York") == datetime(
        2026, 3, 8, 5, tzinfo=UTC
    )
