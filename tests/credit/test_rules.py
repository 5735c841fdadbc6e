from datetime import date
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from hypothesis import assume, given, strategies as st

from bandstand.credit import rules
from bandstand.credit.rules import PlanMove, PlanState, TermsRow
from bandstand.kernel.canonical import canonical_bytes
from bandstand.money import Money, ScheduleError, sum_of

SIGNED = date(2026, 11, 22)
TERMS_ID = UUID("0197a000-0000-7000-8000-000000000001")
ALLOWED = {
    (PlanState.AGREED, PlanMove.ACTIVATE): PlanState.ACTIVE,
    (PlanState.AGREED, PlanMove.CANCEL): PlanState.CANCELLED,
    (PlanState.ACTIVE, PlanMove.SETTLE): PlanState.SETTLED,
    (PlanState.ACTIVE, PlanMove.CANCEL): PlanState.CANCELLED,
    (PlanState.ACTIVE, PlanMove.CHARGE_OFF): PlanState.CHARGED_OFF,
}


def terms(*, months: int = 24, rate: int = 0, down: int = 0) -> TermsRow:
    label = rules.terms_label(months=months, annual_rate_bps=rate)
    return TermsRow(TERMS_ID, months, rate, down, label)


def told(price: Money, on: TermsRow, *, market: str = "US") -> rules.PriceDisclosure:
    return rules.disclose(price, on, contract_date=SIGNED, market=market)


@pytest.mark.parametrize(("state", "move"), list(product(PlanState, PlanMove)))
def test_plan_moves_as_the_table_says_and_no_other_way(state: PlanState, move: PlanMove) -> None:
    if (state, move) in ALLOWED:
        assert rules.next_state(state, move) is ALLOWED[state, move]
    else:
        with pytest.raises(rules.PlanMoveRefusedError, match=move.value):
            rules.next_state(state, move)


def test_ended_plans_never_move() -> None:
    assert not any(state in rules.ENDED for state, _ in rules.MOVES)


def test_odd_price_over_36_months_says_what_the_last_payment_is() -> None:
    shown = told(Money(99_999, "USD"), terms(months=36))

    assert shown.payment_lines == ("35 payments of $27.77", "1 payment of $28.04")
    assert shown.month == Money(2777, "USD")
    assert shown.number_of_payments == 36
    assert shown.total_of_payments == shown.total_sale_price == shown.price
    assert shown.finance_charge == Money.zero("USD")
    assert shown.apr_text == "0.00 %"


def test_without_a_down_payment_the_first_instalment_is_today() -> None:
    shown = told(Money(42_900, "USD"), terms(months=24))

    assert shown.is_first_payment_today
    assert shown.due_today == shown.schedule[0].total
    assert shown.first_due_date == SIGNED
    assert shown.schedule[1].due_on == date(2026, 12, 22)


def test_with_a_down_payment_the_first_instalment_is_a_month_later() -> None:
    shown = told(Money(99_999, "USD"), terms(down=1000))

    assert shown.down_payment == shown.due_today == Money(10_000, "USD")
    assert shown.amount_financed == Money(89_999, "USD")
    assert not shown.is_first_payment_today
    assert shown.first_due_date == date(2026, 12, 22)


def test_plan_with_interest_tells_the_whole_truth() -> None:
    shown = told(Money(99_999, "USD"), terms(rate=999, down=1000))

    assert shown.apr == Decimal("9.99")
    assert shown.finance_charge == shown.total_of_payments - shown.amount_financed
    assert shown.total_sale_price == shown.price + shown.finance_charge
    assert sum(row.interest.minor for row in shown.schedule) == shown.finance_charge.minor
    assert any("Appendix J" in line for line in shown.derivation)
    assert any("899.99" in line for line in shown.derivation)


def test_british_rate_is_the_effective_one() -> None:
    shown = rules.disclose(
        Money(99_999, "GBP"),
        terms(rate=1499, down=1000),
        contract_date=SIGNED,
        market="GB",
        locale="en_GB",
    )

    assert shown.apr > Decimal("16.0")
    assert shown.regime == "UK_APRC"
    assert "£" in shown.payment_lines[0]


@pytest.mark.parametrize(
    ("market", "regime"), [("US", "US_REGZ_ACTUARIAL"), ("DE", "EU_APRC"), ("GB", "UK_APRC")]
)
def test_each_market_follows_its_own_law(market: str, regime: str) -> None:
    assert rules.regime_of(market).value == regime


def test_market_whose_law_is_not_known_lends_nothing() -> None:
    with pytest.raises(rules.NoCreditRegimeError, match="JP"):
        told(Money(99_999, "USD"), terms(), market="JP")


def test_interest_without_a_down_payment_is_refused_twice() -> None:
    with pytest.raises(rules.TermsRefusedError, match="need a down payment"):
        rules.require_lendable(months=24, annual_rate_bps=999, down_payment_bps=0)
    with pytest.raises(rules.TermsRefusedError, match="untrue"):
        told(Money(99_999, "USD"), terms(rate=999))


@pytest.mark.parametrize(
    ("months", "rate", "down"),
    [(0, 0, 0), (121, 0, 0), (24, -1, 0), (24, 10_001, 1), (24, 0, 10_000)],
)
def test_terms_that_make_no_plan_are_refused(*, months: int, rate: int, down: int) -> None:
    with pytest.raises(rules.TermsRefusedError):
        rules.require_lendable(months=months, annual_rate_bps=rate, down_payment_bps=down)


def test_price_too_small_for_its_payments_is_refused() -> None:
    with pytest.raises(ScheduleError):
        told(Money(10, "USD"), terms(months=24))


lendable = st.builds(
    lambda months, rate, down: terms(months=months, rate=rate if down else 0, down=down),
    st.sampled_from([1, 3, 12, 24, 36]),
    st.integers(0, 3500),
    st.integers(0, 5000),
)


@given(st.integers(1000, 300_000), lendable)
def test_disclosure_adds_up_and_reads_back_byte_for_byte(price: int, on: TermsRow) -> None:
    assume(rules.suits(Money(price, "USD"), on))
    shown = told(Money(price, "USD"), on)

    assert (
        sum_of((row.principal for row in shown.schedule), currency="USD") == shown.amount_financed
    )
    assert sum_of((row.total for row in shown.schedule), currency="USD") == shown.total_of_payments
    assert shown.down_payment + shown.total_of_payments == shown.total_sale_price
    dues = [row.due_on for row in shown.schedule]
    assert dues == sorted(set(dues))
    again = rules.read_disclosure(shown.as_json())
    assert again == shown
    assert canonical_bytes(again.as_json()) == canonical_bytes(shown.as_json())
    assert again.sha256 == shown.sha256


@given(st.integers(1, 2000), lendable)
def test_price_that_suits_terms_can_be_disclosed(price: int, on: TermsRow) -> None:
    asked = Money(price, "USD")
    assume(rules.suits(asked, on))

    assert told(asked, on).month.is_positive


@pytest.mark.parametrize(
    ("price", "on"),
    [
        (23, terms(months=24)),
        (1000, terms(months=24, rate=999, down=1)),
        (1, terms(months=1, down=9999)),
    ],
    ids=["less than a cent a month", "interest and a down payment of nothing", "nothing left"],
)
def test_price_that_makes_no_honest_plan_does_not_suit(price: int, on: TermsRow) -> None:
    asked = Money(price, "USD")

    assert not rules.suits(asked, on)
    with pytest.raises((rules.TermsRefusedError, ScheduleError)):
        told(asked, on)


def test_any_other_figure_is_another_hash() -> None:
    one = told(Money(99_999, "USD"), terms())
    other = told(Money(99_998, "USD"), terms())

    assert one.sha256 != other.sha256


def test_disclosure_of_another_version_is_refused() -> None:
    body = told(Money(99_999, "USD"), terms()).as_json() | {"version": "bandstand.disclosure/9"}

    with pytest.raises(rules.UnreadableDisclosureError, match="disclosure/9"):
        rules.read_disclosure(body)
