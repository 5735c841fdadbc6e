from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bandstand.money import (
    AmountError,
    CurrencyMismatchError,
    Money,
    Rounding,
    UnknownCurrencyError,
    allocate,
    exponent,
    format_money,
    half_even,
    half_up,
    minor_per_major,
    parse_money,
    round_exact,
    sum_of,
)

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any).map(tuple)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_money_adds_subtracts_and_compares_within_a_currency() -> None:
    assert usd(100) + usd(50) == usd(150)
    assert usd(100) - usd(150) == usd(-50) == -usd(50)
    assert usd(1) < usd(2) <= usd(2) < usd(3)
    assert usd(3) > usd(2) >= usd(2)
    assert abs(usd(-7)) == usd(7)
    assert usd(333).times(3) == usd(999)
    assert (usd(0).is_zero, usd(1).is_positive, usd(-1).is_negative) == (True, True, True)
    assert str(usd(99999)) == "999.99 USD"
    assert usd(99999).major == Decimal("999.99")


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: sum_of([a, b], currency="USD"),
    ],
)
def test_money_refuses_two_currencies_in_one_sum(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(CurrencyMismatchError, match="different currencies"):
        mix(usd(1), Money(1, "EUR"))


def test_money_of_another_currency_is_never_equal() -> None:
    assert usd(1) != Money(1, "EUR")


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1"])
def test_money_refuses_anything_but_whole_minor_units(minor: object) -> None:
    build: Any = Money
    with pytest.raises(AmountError, match="whole number of minor units"):
        build(minor, "USD")


def test_money_refuses_to_mix_with_plain_numbers_and_fractions_of_itself() -> None:
    ten: Any = usd(10)
    with pytest.raises(TypeError):
        ten + 1
    with pytest.raises(TypeError):
        ten < 1  # noqa: B015 -- the comparison itself must refuse
    with pytest.raises(TypeError):
        ten / 3
    with pytest.raises(AmountError, match="allocate"):
        ten.times(0.5)


def test_unknown_currency_names_near_matches() -> None:
    with pytest.raises(UnknownCurrencyError, match="USD") as refused:
        Money(1, "USS")
    assert "USD" in str(refused.value.fields["near"])


@pytest.mark.parametrize(("code", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("INR", 2)])
def test_currencies_have_the_decimals_of_iso_4217(code: str, decimals: int) -> None:
    assert exponent(code) == decimals
    assert minor_per_major(code) == 10**decimals


def test_allocate_gives_the_remainder_to_the_largest_fractions_then_the_earliest() -> None:
    assert allocate(usd(100), weights=(1, 1, 1)) == (usd(34), usd(33), usd(33))
    assert allocate(usd(10), weights=(1, 2, 4)) == (usd(1), usd(3), usd(6))
    assert allocate(usd(-100), weights=(1, 1, 1)) == (usd(-34), usd(-33), usd(-33))
    assert allocate(usd(5), weights=(0, 1)) == (usd(0), usd(5))


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_allocate_refuses_weights_that_share_nothing(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        allocate(usd(1), weights=weights)


@given(st.integers(-(10**9), 10**9), WEIGHTS)
def test_allocated_parts_sum_to_the_whole_and_are_within_a_unit_of_ideal(
    minor: int, weights: tuple[int, ...]
) -> None:
    parts = allocate(usd(minor), weights=weights)

    assert sum_of(parts, currency="USD") == usd(minor)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1


def test_rounding_by_name() -> None:
    halves = [Fraction(n, 2) for n in (-3, -1, 1, 3)]
    assert [half_up(x) for x in halves] == [-2, -1, 1, 2]
    assert [half_even(x) for x in halves] == [-2, 0, 0, 2]
    assert round_exact(Decimal("1.9"), rounding=Rounding.FLOOR) == 1
    assert round_exact(Decimal("-1.9"), rounding=Rounding.CEILING) == -1
    assert round_exact(31250, rounding=Rounding.HALF_EVEN, multiple_of=100) == 31200
    a_float: Any = 0.5
    with pytest.raises(TypeError, match="never a float"):
        half_up(a_float)
    with pytest.raises(ValueError, match="1 or more"):
        round_exact(1, rounding=Rounding.FLOOR, multiple_of=0)


@pytest.mark.parametrize(
    ("amount", "locale", "written"),
    [
        (Money(123450, "USD"), "en_US", "$1,234.50"),
        (Money(123450, "EUR"), "de-DE", "1.234,50\N{NO-BREAK SPACE}€"),
        (Money(1235, "JPY"), "en_US", "¥1,235"),
        (Money(123450, "KWD"), "en_US", "KWD\N{NO-BREAK SPACE}123.450"),
        (Money(50, "IDR"), "en_US", "IDR\N{NO-BREAK SPACE}0.50"),
        (Money(-2777, "GBP"), "en_GB", "-£27.77"),
    ],
)
def test_format_money_shows_every_minor_unit(*, amount: Money, locale: str, written: str) -> None:
    assert format_money(amount, locale) == written


def test_format_money_refuses_an_unknown_locale_with_near_matches() -> None:
    with pytest.raises(AmountError, match="Did you mean"):
        format_money(usd(1), "en_USA")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("999.99", "USD", 99999),
        ("5", "USD", 500),
        (" 0.5 ", "USD", 50),
        ("5.000", "USD", 500),
        ("1.234", "KWD", 1234),
        ("7", "JPY", 7),
        ("-0", "USD", 0),
        ("+3.10", "EUR", 310),
    ],
)
def test_parse_money_reads_plain_amounts(*, text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("9.999", "USD", "more decimals"),
        ("1.5", "JPY", "more decimals"),
        ("-1", "USD", "negative"),
        ("1,234", "USD", "not a plain number"),
        ("$5", "USD", "not a plain number"),
        ("", "USD", "not a plain number"),
        ("1e3", "USD", "not a plain number"),
        ("٣", "USD", "not a plain number"),
        ("9" * 30, "USD", "larger"),
    ],
)
def test_parse_money_says_what_is_wrong(*, text: str, currency: str, why: str) -> None:
    with pytest.raises(AmountError, match=why):
        parse_money(text, currency)


@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
def test_parse_money_reads_back_what_an_amount_prints(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert parse_money(str(amount.major), currency) == amount
