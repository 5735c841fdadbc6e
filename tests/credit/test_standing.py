from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.credit.rules import AmountRefusedError, AskKind, InstalmentState, NothingOwedError
from bandstand.credit.rules.calendar import is_given_up, is_reminder_day, may_try
from bandstand.credit.rules.standing import (
    Owed,
    Part,
    Standing,
    amount_to_ask,
    open_total,
    payoff,
    share_out,
)
from bandstand.money import Money

BEGIN = date(2026, 1, 31)
DUES = (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))
DAY = timedelta(days=1)
NOTHING = Money.zero("USD")


def rows(*, interest: int = 0, paid: int = 0) -> tuple[Owed, ...]:
    first, *rest = (Owed(number, due, 1000, interest) for number, due in enumerate(DUES, start=1))
    return (Owed(first.number, first.due_on, 1000, interest, paid=paid), *rest)


def ask(kind: AskKind, owed: tuple[Owed, ...], *, on: date, extra: Money = NOTHING) -> int:
    return amount_to_ask(kind, owed, contract_date=BEGIN, on=on, extra=extra).amount


def test_instalment_stands_where_its_day_and_its_money_say() -> None:
    one = rows()[0]

    assert one.standing(DUES[0] - DAY) is Standing.SCHEDULED
    assert one.standing(DUES[0]) is Standing.DUE
    assert one.standing(DUES[0] + 5 * DAY) is Standing.DUE
    assert one.standing(DUES[0] + 6 * DAY) is Standing.LATE
    assert rows(paid=1)[0].standing(BEGIN) is Standing.PARTIAL
    paid = Owed(1, DUES[0], 1000, 0, paid=1000, state=InstalmentState.PAID)
    assert paid.standing(DUES[2]) is Standing.PAID


def test_payment_goes_to_what_is_due_first_and_extra_to_the_end() -> None:
    due, _ = share_out(1500, rows(), kind=AskKind.EXTRA, waived=0, on=DUES[0])
    ahead, _ = share_out(1500, rows(), kind=AskKind.INSTALMENT, waived=0, on=BEGIN)

    assert [(part.number, part.amount) for part in due] == [(1, 1000), (3, 500)]
    assert [(part.number, part.amount) for part in ahead] == [(1, 1000), (2, 500)]


def test_money_that_nobody_owes_is_left_over() -> None:
    parts, left = share_out(3500, rows(), kind=AskKind.PAYOFF, waived=0, on=BEGIN)

    assert sum(part.amount for part in parts) == 3000
    assert left == 500


def test_payoff_leaves_out_what_is_not_yet_earned() -> None:
    assert payoff(rows(interest=28), contract_date=BEGIN, on=BEGIN).amount == 3000
    half = payoff(rows(interest=28), contract_date=BEGIN, on=BEGIN + 14 * DAY)
    assert (half.amount, half.waived) == (3014, 70)
    last = payoff(rows(interest=28), contract_date=BEGIN, on=DUES[2])
    assert (last.amount, last.waived) == (3084, 0)


def test_what_is_asked_is_what_is_due_or_the_next_or_all() -> None:
    assert ask(AskKind.INSTALMENT, rows(), on=BEGIN) == 1000
    assert ask(AskKind.INSTALMENT, rows(paid=400), on=DUES[1]) == 1600
    assert ask(AskKind.PAYOFF, rows(), on=BEGIN) == 3000


@pytest.mark.parametrize("minor", [0, 3001])
def test_extra_of_nothing_or_too_much_is_refused(minor: int) -> None:
    with pytest.raises(AmountRefusedError):
        ask(AskKind.EXTRA, rows(), on=BEGIN, extra=Money(minor, "USD"))


def test_plan_with_interest_takes_no_part_payment_ahead() -> None:
    with pytest.raises(AmountRefusedError, match="pay it off"):
        ask(AskKind.EXTRA, rows(interest=9), on=BEGIN, extra=Money(100, "USD"))


def test_paid_plan_asks_for_nothing() -> None:
    done = tuple(
        Owed(n, due, 1000, 0, paid=1000, state=InstalmentState.PAID)
        for n, due in enumerate(DUES, start=1)
    )

    with pytest.raises(NothingOwedError):
        ask(AskKind.PAYOFF, done, on=BEGIN)


def test_card_is_tried_on_its_days_and_never_twice_on_one() -> None:
    due = DUES[0]
    tried: list[date] = []
    for day in (due + number * DAY for number in range(-2, 40)):
        for _ in range(3):
            if may_try(due_since=due, tried_on=tried, today=day):
                tried.append(day)

    assert [(day - due).days for day in tried] == [0, 3, 7, 14]


def test_reminder_comes_three_days_before_and_charge_off_after_120() -> None:
    due = DUES[1]

    reminded = [d for d in range(-6, 2) if is_reminder_day(due_on=due, today=due + d * DAY)]
    assert reminded == [-3, -2, -1]
    assert not is_given_up(due_since=due, today=due + 119 * DAY)
    assert is_given_up(due_since=due, today=due + 120 * DAY)


@given(
    interest=st.integers(0, 400),
    payments=st.lists(
        st.tuples(st.integers(1, 4000), st.sampled_from(list(AskKind)), st.integers(0, 100)),
        max_size=8,
    ),
)
def test_whatever_is_paid_is_shared_out_to_the_last_cent(
    interest: int, payments: list[tuple[int, AskKind, int]]
) -> None:
    owed, total_in, left_over = rows(interest=interest), 0, 0
    for amount, kind, after in payments:
        on = BEGIN + after * DAY
        off = payoff(owed, contract_date=BEGIN, on=on)
        waived = off.waived if kind is AskKind.PAYOFF else 0
        minor = off.amount if kind is AskKind.PAYOFF else amount
        if not minor:
            continue
        parts, left = share_out(minor, owed, kind=kind, waived=waived, on=on)
        owed = tuple(_after(row, parts) for row in owed)
        total_in, left_over = total_in + minor, left_over + left
        assert sum(part.amount for part in parts) + left == minor
        assert all(row.open >= 0 and 0 <= row.open_interest <= row.open for row in owed)
        if kind is AskKind.PAYOFF:
            assert open_total(owed) == 0

    asked = sum(row.principal + row.interest - row.waived for row in owed)
    assert total_in == asked - open_total(owed) + left_over


def _after(row: Owed, parts: tuple[Part, ...]) -> Owed:
    for part in parts:
        if part.number == row.number:
            return Owed(
                row.number,
                row.due_on,
                row.principal,
                row.interest,
                paid=row.paid + part.amount,
                waived=row.waived + part.waived,
            )
    return row
