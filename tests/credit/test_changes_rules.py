"""What a change makes of a schedule: to the cent, never dearer, never in the past."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, strategies as st

from bandstand.credit.rules import AmountRefusedError, AskKind, InstalmentKind, InstalmentState
from bandstand.credit.rules.amendment import amendment_of
from bandstand.credit.rules.extra import Earning, after_extra, takes_extra
from bandstand.credit.rules.hardship import (
    ChangeKind,
    ChangeRefusedError,
    NewSchedule,
    Wish,
    changed,
    paused,
    read_wish,
)
from bandstand.credit.rules.standing import Owed, amount_to_ask, share_out
from bandstand.money import (
    ExtraPayment,
    Money,
    ScheduleTerms,
    build_schedule,
    due_dates,
    restate,
)

BEGIN = date(2026, 1, 31)
DAY = timedelta(days=1)
RATE_BPS = 999
EARNING = Earning(annual_rate_bps=RATE_BPS, contract_date=BEGIN)


def plan(*, months: int = 12, rate_bps: int = 0, financed: int = 90_000) -> tuple[Owed, ...]:
    terms = ScheduleTerms(
        financed=Money(financed, "USD"),
        contract_date=BEGIN,
        due_dates=due_dates(date(2026, 2, 28), count=months, anchor=31),
        rate_percent=Decimal(rate_bps).scaleb(-2),
    )
    return tuple(
        Owed(line.nr, line.due_date, line.principal.minor, line.interest.minor)
        for line in build_schedule(terms).lines
    )


def paid_until(rows: tuple[Owed, ...], *, number: int) -> tuple[Owed, ...]:
    return tuple(
        replace(row, paid=row.principal + row.interest, state=InstalmentState.PAID)
        if row.number <= number
        else row
        for row in rows
    )


def principal_of(rows: tuple[Owed, ...], made: NewSchedule) -> int:
    return sum(row.open_principal for row in rows if row.number in made.replaced)


def interest_of(rows: tuple[Owed, ...], made: NewSchedule) -> int:
    return sum(row.open_interest for row in rows if row.number in made.replaced)


@given(
    months=st.integers(1, 36),
    rate_bps=st.sampled_from([0, 1, 999, 3600]),
    financed=st.integers(3_600, 250_000),
    paid=st.integers(0, 35),
    after=st.integers(0, 1200),
    wish=st.builds(
        Wish,
        kind=st.sampled_from(
            [ChangeKind.EXTEND, ChangeKind.LOWER, ChangeKind.MOVE_DAY, ChangeKind.SKIP]
        ),
        months=st.integers(1, 24),
        amount_minor=st.integers(1, 9_000),
        day=st.integers(1, 31),
        forgives_interest=st.booleans(),
    ),
)
def test_principal_is_kept_to_the_cent_and_nothing_gets_dearer(
    months: int, rate_bps: int, financed: int, paid: int, after: int, wish: Wish
) -> None:
    rows = paid_until(plan(months=months, rate_bps=rate_bps, financed=financed), number=paid)
    on = BEGIN + after * DAY
    try:
        made = changed(rows, wish, on=on)
    except ChangeRefusedError:
        assume(False)  # noqa: FBT003 -- a wish that makes no plan says nothing here
        raise

    assert sum(row.principal for row in made.rows) == principal_of(rows, made)
    assert made.interest + made.forgiven == interest_of(rows, made)
    assert made.forgiven == 0 or wish.forgives_interest
    assert all(row.principal >= 0 and row.interest >= 0 and row.total > 0 for row in made.rows)
    dues = [row.due_on for row in made.rows]
    assert dues == sorted(set(dues))
    assert dues[0] > on


def test_longer_plan_spreads_what_is_open_and_the_last_carries_the_cents() -> None:
    rows = paid_until(plan(financed=99_999), number=2)

    made = changed(rows, Wish(kind=ChangeKind.EXTEND, months=6), on=date(2026, 4, 1))

    assert [row.total for row in made.rows[:2]] == [5208, 5208]
    assert len(made.rows) == 16
    assert made.rows[-1].total == made.total - 15 * 5208
    assert made.last_due == date(2027, 7, 31)


def test_lower_instalments_catch_up_by_the_same_last_day() -> None:
    rows = plan()
    wish = Wish(kind=ChangeKind.LOWER, months=3, amount_minor=2500)

    made = changed(rows, wish, on=BEGIN)

    assert [row.total for row in made.rows[:4]] == [2500, 2500, 2500, 9166]
    assert made.last_due == rows[-1].due_on


@pytest.mark.parametrize("amount", [0, 7500, 9000])
def test_lower_instalment_that_is_not_lower_is_refused(amount: int) -> None:
    wish = Wish(kind=ChangeKind.LOWER, months=3, amount_minor=amount)

    with pytest.raises(ChangeRefusedError, match="less than"):
        changed(plan(), wish, on=BEGIN)


def test_lower_for_all_months_leaves_nobody_to_catch_up() -> None:
    wish = Wish(kind=ChangeKind.LOWER, months=12, amount_minor=100)

    with pytest.raises(ChangeRefusedError, match="1 to 11 months"):
        changed(plan(), wish, on=BEGIN)


def test_another_day_is_never_earlier_than_the_old_one() -> None:
    rows = plan(months=3)

    made = changed(rows, Wish(kind=ChangeKind.MOVE_DAY, day=15), on=BEGIN)

    assert [row.due_on for row in made.rows] == [
        date(2026, 3, 15),
        date(2026, 4, 15),
        date(2026, 5, 15),
    ]


def test_skipping_moves_the_next_and_all_after_it_by_a_month() -> None:
    rows = paid_until(plan(months=4), number=1)

    made = changed(rows, Wish(kind=ChangeKind.SKIP), on=date(2026, 3, 1))

    assert made.replaced == (2, 3, 4)
    assert [row.due_on for row in made.rows] == [
        date(2026, 4, 30),
        date(2026, 5, 31),
        date(2026, 6, 30),
    ]


def test_late_fees_take_no_part_in_a_change() -> None:
    fee = Owed(13, date(2026, 3, 6), 500, 0, kind=InstalmentKind.LATE_FEE)

    made = changed((*plan(), fee), Wish(kind=ChangeKind.EXTEND, months=1), on=date(2026, 3, 7))

    assert 13 not in made.replaced
    assert made.total == 90_000


def test_wish_is_read_back_and_told_side_by_side() -> None:
    wish = Wish(kind=ChangeKind.EXTEND, months=1, forgives_interest=True)
    rows = plan(months=2, rate_bps=RATE_BPS)

    told = amendment_of(
        rows, changed(rows, wish, on=BEGIN), wish=wish, currency="USD", locale="en_US"
    )

    assert read_wish(wish.as_json()) == wish
    assert told.words.startswith("The plan runs 1 month longer")
    assert [bool(one.old_due) for one in told.pairs] == [True, True, False]
    assert told.figures[1].new == "$0.00"
    assert told.figures[2] == type(told.figures[2])("Number of payments", "2", "3")


def test_pause_without_a_due_date_in_it_moves_nothing() -> None:
    assert paused(plan(), began_on=date(2026, 2, 1), ends_on=date(2026, 2, 20)) is None
    done = paid_until(plan(), number=12)
    assert paused(done, began_on=BEGIN, ends_on=date(2027, 9, 1)) is None


def test_pause_over_christmas_moves_all_that_fell_due_by_whole_months() -> None:
    rows = plan()

    made = paused(rows, began_on=date(2026, 12, 1), ends_on=date(2027, 1, 2))

    assert made is not None
    assert made.replaced == (11, 12)
    assert [row.due_on for row in made.rows] == [date(2027, 1, 31), date(2027, 2, 28)]


@given(began=st.integers(0, 400), lasted=st.integers(0, 400))
def test_after_a_pause_nothing_of_it_is_due_at_once_and_no_sum_changed(
    began: int, lasted: int
) -> None:
    rows = plan(rate_bps=RATE_BPS)
    begin = BEGIN + began * DAY
    end = begin + lasted * DAY

    made = paused(rows, began_on=begin, ends_on=end)

    if made is not None:
        assert all(row.due_on >= end + 3 * DAY for row in made.rows)
        assert [(row.principal, row.interest) for row in made.rows] == [
            (row.principal, row.interest) for row in rows if row.number in made.replaced
        ]


@given(
    months=st.integers(2, 36),
    paid=st.integers(0, 30),
    share=st.integers(1, 100),
    after=st.integers(0, 29),
)
def test_extra_payment_on_a_plan_with_interest_is_what_the_money_room_makes_of_it(
    months: int, paid: int, share: int, after: int
) -> None:
    assume(paid < months - 1)
    rows = paid_until(plan(months=months, rate_bps=RATE_BPS), number=paid)
    begins = BEGIN if not paid else rows[paid - 1].due_on
    on = begins + min(after, (rows[paid].due_on - begins).days - 1) * DAY
    later = [row for row in rows if row.open]
    principal = sum(row.open_principal for row in later)
    ahead = max(1, principal * share // 100)

    made = after_extra(rows, ahead=ahead, earning=EARNING, on=on)

    assert sum(row.principal for row in made.rows) == principal - ahead
    assert made.forgiven >= 0
    assert made.interest + made.forgiven == sum(row.open_interest for row in later)
    whole = build_schedule(
        ScheduleTerms(
            financed=Money(90_000, "USD"),
            contract_date=BEGIN,
            due_dates=tuple(row.due_on for row in rows),
            rate_percent=Decimal("9.99"),
        )
    )
    told = restate(whole, changes=(ExtraPayment(on, Money(ahead, "USD")),))
    expected = [
        (line.due_date, line.principal.minor, line.interest.minor)
        for line in told.lines[paid:]
        if line.total.minor
    ]
    assert [(row.due_on, row.principal, row.interest) for row in made.rows] == expected


def test_extra_goes_to_principal_from_the_end_and_leaves_the_interest_of_the_rows() -> None:
    rows = plan(months=3, rate_bps=RATE_BPS)

    parts, left = share_out(35_000, rows, kind=AskKind.EXTRA, waived=0, on=BEGIN, to_principal=True)

    assert left == 0
    assert [part.interest for part in parts] == [0, 0]
    assert parts[1].amount == rows[2].principal


def test_plan_that_its_rate_did_not_make_takes_no_part_payment() -> None:
    rows = plan(rate_bps=RATE_BPS)
    odd = (replace(rows[0], interest=rows[0].interest + 1, principal=rows[0].principal - 1),)

    def takes(owed: tuple[Owed, ...]) -> bool:
        return takes_extra(owed, earning=EARNING, on=BEGIN)

    assert takes(rows)
    assert takes(plan())
    assert not takes((*odd, *rows[1:]))


def test_extra_of_more_than_the_principal_is_a_payoff() -> None:
    rows = plan(months=2, rate_bps=RATE_BPS)
    on = BEGIN + 20 * DAY

    with pytest.raises(AmountRefusedError, match="pay the plan off"):
        amount_to_ask(
            AskKind.EXTRA,
            rows,
            contract_date=BEGIN,
            on=on,
            extra=Money(90_100, "USD"),
            takes_part=True,
        )


def test_longer_plan_keeps_the_day_of_what_is_to_come() -> None:
    late, *rest = plan(months=3)
    rows = (replace(late, due_on=date(2026, 2, 3)), *rest)

    made = changed(rows, Wish(kind=ChangeKind.EXTEND, months=2), on=date(2026, 3, 1))

    assert [row.due_on.isoformat() for row in made.rows] == [
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
        "2026-07-31",
    ]
