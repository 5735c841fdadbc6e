"""What tax a price bears: exact, monotone, and never more or less than its parts."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from bandstand.money import Money, sum_of
from bandstand.tax.rules import (
    MOVES,
    Place,
    QuoteMove,
    QuoteMoveRefusedError,
    QuoteState,
    Scheme,
    TaxKind,
    TaxRateError,
    added_up,
    checked_jurisdiction,
    jurisdictions,
    label_of,
    line_tax,
    margin_tax,
    next_quote_state,
    parse_percent,
    percent_text,
    place_of,
    rate_at,
    special_place,
    tax_added,
    tax_within,
)
from bandstand.tax.tables import special_places
from tests.factories.tax import dollars, rate

PRICES = st.integers(min_value=0, max_value=10**9).map(dollars)
RATES = st.integers(min_value=0, max_value=1_000_000)
ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("minor", "ppm", "added", "within"),
    [
        (48_000, 72_500, 3_480, 3_245),
        (48_000, 190_000, 9_120, 7_664),
        (11_900, 190_000, 2_261, 1_900),
        (10_000, 0, 0, 0),
        (1, 72_500, 0, 0),
        (12_550, 255_000, 3_200, 2_550),
        # 20.00 at 7.025 % is 1.405: the third decimal is greater than four.
        (2_000, 70_250, 141, 131),
    ],
)
def test_a_tax_is_rounded_half_up_once(minor: int, ppm: int, added: int, within: int) -> None:
    assert tax_added(dollars(minor), ppm) == dollars(added)
    assert tax_within(dollars(minor), ppm) == dollars(within)


@given(price=PRICES, ppm=RATES)
def test_tax_inside_a_price_and_the_net_price_are_the_price(price: Money, ppm: int) -> None:
    line = line_tax(price, rate(ppm, kind=TaxKind.VAT))

    assert line.net + line.tax == price
    assert line.added == dollars(0)
    # Added to the net price again, the tax is at most half a minor unit and its rounding off.
    assert abs((tax_added(line.net, ppm) - line.tax).minor) <= 1


@given(price=PRICES, low=RATES, high=RATES)
def test_a_higher_rate_never_takes_less(price: Money, low: int, high: int) -> None:
    low, high = sorted((low, high))

    assert tax_added(price, low) <= tax_added(price, high)
    assert tax_within(price, low) <= tax_within(price, high)


@given(price=PRICES, cost=PRICES, ppm=RATES)
def test_the_margin_scheme_never_takes_more_than_the_whole_price(
    price: Money, cost: Money, ppm: int
) -> None:
    vat = rate(ppm, kind=TaxKind.VAT)
    line = margin_tax(price, vat, acquired_for=cost)

    assert dollars(0) <= line.tax <= line_tax(price, vat).tax
    assert line.net + line.tax == price
    assert price > cost or line.tax == dollars(0)
    assert line.told is None


@given(prices=st.lists(PRICES, min_size=1, max_size=6), ppm=RATES)
def test_the_rows_a_buyer_reads_add_up_to_the_lines(prices: list[Money], ppm: int) -> None:
    lines = [line_tax(price, rate(ppm)) for price in prices]

    told = [amount for _, amount in added_up(lines)]

    assert len(told) == 1
    assert told[0] == sum_of((line.tax for line in lines), currency="USD")


def test_the_margin_scheme_is_one_of_vat() -> None:
    with pytest.raises(TaxRateError, match="margin scheme is one of VAT"):
        margin_tax(dollars(20_000), rate(), acquired_for=dollars(10_000))


def test_each_tax_says_what_it_is() -> None:
    vat = rate(255_000, kind=TaxKind.VAT, jurisdiction="FI")
    lines = (
        line_tax(dollars(100), rate(is_estimate=True)),
        line_tax(dollars(100), rate()),
        line_tax(dollars(100), vat),
        margin_tax(dollars(100), vat, acquired_for=dollars(50)),
    )

    assert [label_of(line) for line in lines] == [
        "Estimated sales tax, California",
        "Sales tax, California",
        "Including VAT 25.5 %, FI",
        "VAT, margin scheme for second-hand goods",
    ]
    assert lines[3].scheme is Scheme.MARGIN


def test_a_loaded_rate_beats_an_estimate_then_the_smallest_place_then_the_latest() -> None:
    place = Place("US", "CA", "94103")
    estimate = rate(1, is_estimate=True, from_date=date(2026, 11, 1))
    old, new = rate(2), rate(3, from_date=date(2026, 7, 1))
    postal = rate(4, jurisdiction="US-CA:94103")
    ended = rate(5, jurisdiction="US-CA:94103", until_date=ON)
    later = rate(6, jurisdiction="US-CA:94103", from_date=date(2027, 1, 1))
    elsewhere = rate(7, jurisdiction="US-NV")

    assert rate_at(place, [estimate, elsewhere], on=ON) == estimate
    assert rate_at(place, [estimate, old, new], on=ON) == new
    assert rate_at(place, [new, ended, later, postal], on=ON) == postal
    assert rate_at(place, [new, ended, later], on=ON) == new
    assert rate_at(place, [ended, later, elsewhere], on=ON) is None


def test_a_place_is_read_from_an_address() -> None:
    american = place_of(
        {"country_code": "us", "country_area": "ca", "postal_code": "94103-1234", "city": "SF"}
    )
    german = place_of({"country_code": "DE", "country_area": "Bayern", "postal_code": "80331"})

    assert jurisdictions(american) == ("US-CA:94103", "US-CA")
    assert jurisdictions(german) == ("DE:80331", "DE")
    assert not place_of({"country_code": "US", "postal_code": "94103"}).is_enough
    assert german.is_enough


@pytest.mark.parametrize(
    ("country", "postal", "name"),
    [
        ("ES", "35001", "Las Palmas (Canary Islands)"),
        ("DE", "27498", "Heligoland"),
        ("PT", "9000123", "Madeira"),
        ("ES", "28001", ""),
        ("DE", "27499", ""),
        ("FR", "35001", ""),
    ],
)
def test_places_with_rules_of_their_own_are_known(country: str, postal: str, name: str) -> None:
    found = special_place(Place(country, "", postal), special_places())

    assert (found.name if found else "") == name


@pytest.mark.parametrize("text", ["California", "US-", "US-CALI", "US-CA:9", "usa", ""])
def test_a_jurisdiction_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(TaxRateError, match="US-CA:94103"):
        checked_jurisdiction(text)


@pytest.mark.parametrize(("text", "ppm"), [("8.875", 88_750), ("19 %", 190_000), ("0", 0)])
def test_a_rate_is_read_and_written_exactly(text: str, ppm: int) -> None:
    assert parse_percent(text) == ppm
    assert parse_percent(percent_text(ppm)) == ppm


@pytest.mark.parametrize("text", ["", "-1", "101", "8,875", "0.00001", "nan", "Infinity"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(TaxRateError, match="is not a rate"):
        parse_percent(text)


@pytest.mark.parametrize("state", QuoteState)
@pytest.mark.parametrize("move", QuoteMove)
def test_a_quote_moves_only_by_the_table(state: QuoteState, move: QuoteMove) -> None:
    if (state, move) in MOVES:
        assert next_quote_state(state, move) is MOVES[state, move]
    else:
        with pytest.raises(QuoteMoveRefusedError):
            next_quote_state(state, move)
