"""A state's own files: what a ZIP code bears on a day, what is in doubt, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from bandstand.money import Money
from bandstand.orders import queries as orders_queries
from bandstand.plumbing import clock
from bandstand.tax import queries, services
from bandstand.tax.models import RateFile, SstBoundary, SstRate, TaxQuote
from bandstand.tax.rules import (
    Ambiguity,
    Place,
    Rate,
    RatePart,
    SstFileKind,
    TaxFileError,
    TaxKind,
    TaxNotKnownError,
    line_tax,
    place_of,
    read_boundary,
    read_quote,
    read_rate,
    shares_of,
)
from tests.factories import offers, orders, sst, tax as taxes
from tests.factories.tax import dollars

ON = date(2026, 7, 1)
ATCHISON = Place("US", "KS", "66002")


def rate_at(
    postal: str, plus_four: str = "", *, on: date = ON, ambiguity: Ambiguity = Ambiguity.HIGHEST
) -> Rate | None:
    return queries.sst_rate(Place("US", "KS", postal, plus_four), on=on, ambiguity=ambiguity)


@pytest.mark.django_db
def test_state_county_city_and_district_add_up_and_each_is_named() -> None:
    sst.load(sst.RATES + sst.rate_line("63", "D0001", "0.002"))
    sst.load(sst.boundary_line(place="02900", districts=",,D0001,63"))

    found = rate_at("66002")

    assert found is not None
    assert found.rate_ppm == 65_000 + 12_500 + 10_000 + 2_000
    assert [part.name for part in found.parts] == [
        "state",
        "county 005",
        "city 02900",
        "district D0001",
    ]
    assert (found.jurisdiction, found.title) == ("US-KS:66002", "Kansas 66002")
    assert not found.is_estimate


@pytest.mark.django_db
def test_a_rate_counts_on_its_days_alone() -> None:
    old = sst.rate_line("45", "20", "0.06", begins="20200101", ends="20260630")
    new = sst.rate_line("45", "20", "0.07", begins="20260701")
    sst.load(old + new)
    sst.load(sst.boundary_line(county="000"))

    def ppm(day: date) -> int:
        found = rate_at("66002", on=day)
        assert found is not None
        return found.rate_ppm

    assert (ppm(date(2026, 6, 30)), ppm(date(2026, 7, 1))) == (60_000, 70_000)
    assert rate_at("66002", on=date(2023, 12, 31)) is None


@pytest.mark.django_db
def test_the_last_four_digits_tell_which_side_of_the_line() -> None:
    sst.load(sst.RATES)
    sst.load(
        sst.boundary_line("4", ext=("0001", "0999"), place="02900")
        + sst.boundary_line("4", ext=("1000", "9999"))
    )

    inside, outside, unknown = rate_at("66002", "0500"), rate_at("66002", "1500"), rate_at("66002")

    assert inside is not None
    assert (inside.rate_ppm, inside.note) == (87_500, "")
    assert outside is not None
    assert (outside.rate_ppm, outside.note) == (77_500, "")
    assert unknown is not None
    assert unknown.rate_ppm == 87_500
    assert "66002 has 2 rates, 7.75 % to 8.75 %; the highest was taken" in unknown.note
    with pytest.raises(TaxNotKnownError, match="Give the ZIP code with its last four digits"):
        rate_at("66002", ambiguity=Ambiguity.REFUSE)


@pytest.mark.django_db
def test_a_range_of_codes_holds_each_of_them_and_no_other() -> None:
    sst.load(sst.RATES)
    sst.load(sst.boundary_line(low="66002", high="66010"))

    assert [
        rate_at(code) is not None for code in ("66001", "66002", "66006", "66010", "66011")
    ] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.django_db
def test_a_range_over_several_codes_ends_within_the_last() -> None:
    sst.load(sst.RATES)
    sst.load(sst.boundary_line("4", low="66002", high="66004", ext=("9000", "0100")))

    rows = SstBoundary.objects.order_by("zip").values_list("zip", "ext_low", "ext_high")
    assert list(rows) == [("66002", 9000, 9999), ("66003", 0, 9999), ("66004", 0, 100)]


@pytest.mark.django_db
def test_a_district_without_a_rate_makes_the_place_unknown_not_cheap() -> None:
    sst.load(sst.RATES)
    sst.load(sst.boundary_line(districts=",,D0009,63"))

    assert rate_at("66002") is None


@pytest.mark.django_db
def test_addresses_count_as_possible_until_their_four_digits_are_known() -> None:
    sst.load(sst.RATES)
    sst.load(
        sst.boundary_line("A", ext=("0001", ""), place="02900") * 3
        + sst.boundary_line("A", ext=("0002", ""))
    )

    assert SstBoundary.objects.count() == 2
    first, doubt = rate_at("66002", "0001"), rate_at("66002")
    assert first is not None
    assert first.rate_ppm == 87_500
    assert doubt is not None
    assert "the highest was taken" in doubt.note


@pytest.mark.django_db
def test_a_file_takes_the_place_of_the_one_before_and_every_load_is_kept() -> None:
    sst.load(sst.RATES)
    sst.load(sst.rate_line("45", "20", "0.07"), name="KSR2026Q4.csv")

    assert SstRate.objects.count() == 1
    assert RateFile.objects.count() == 2
    (row,) = queries.rate_files()
    assert (row.kind, row.name, row.state) == (SstFileKind.RATES, "KSR2026Q4.csv", "KS")


@pytest.mark.django_db
def test_looking_writes_nothing_and_says_what_is_wrong_line_by_line() -> None:
    wrong = (
        sst.RATES + "20,45,20,6.5,0,0,0,20260101,99991231\n" + "19,45,19,0.06,0.06,0,0,20260101,x\n"
    )
    told: list[int] = []

    seen = services.look_at_sst(
        lines=wrong.splitlines(keepends=True), name="KS.csv", on_progress=told.append
    )

    assert (seen.kind, seen.state, seen.lines, seen.used) == (SstFileKind.RATES, "KS", 5, 3)
    assert [one.line for one in seen.refusals] == [4, 5]
    assert "“6.5” is no intrastate rate. Rates are fractions of one" in seen.refusals[0].reason
    assert "“x” is no last day" in seen.refusals[1].reason
    assert not SstRate.objects.exists()


@pytest.mark.django_db
def test_a_file_with_refused_lines_is_loaded_only_when_they_are_left_out_on_purpose() -> None:
    sst.load(sst.RATES)
    wrong = sst.rate_line("45", "20", "0.05") + "20,00,1,abc,0,0,0,20260101,99991231\n"

    with pytest.raises(TaxFileError, match="1 lines were refused, the first on line 2"):
        sst.load(wrong)

    assert SstRate.objects.count() == 3
    assert sst.load(wrong, leaves_out_refused=True).refused == 1
    assert SstRate.objects.get().intrastate_ppm == 50_000


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("20,45,20,0.065", "has 4 fields"),
        ("99,45,20,0.065,0.065,0,0,20260101,99991231", "no state’s FIPS code"),
        ("20,45,20,0.065,1.5,0,0,20260101,99991231", "no interstate rate"),
        ("20,45,20,0.065,0.065,0,0,2026-01-01,99991231", "no first day"),
        ("20,45,20,0.065,0.065,0,0,20260101,20251231", "before the first"),
        ("20,4,20,0.065,0.065,0,0,20260101,99991231", "kind of jurisdiction"),
        ("20,45,,0.065,0.065,0,0,20260101,99991231", "no code"),
    ],
)
def test_a_rate_line_that_cannot_be_meant_is_refused(line: str, words: str) -> None:
    with pytest.raises(TaxFileError, match=words):
        read_rate(line.split(","))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (sst.boundary_line("Z", low="6600"), "no low ZIP code"),
        (sst.boundary_line("4", ext=("", "0001")), "no low ZIP\\+4"),
        (sst.boundary_line("4", ext=("0009", "0001")), "no range"),
        (sst.boundary_line("Z", low="66002", high="66001"), "no range"),
        (sst.boundary_line("Z", low="10000", high="66001"), "no range"),
        (sst.boundary_line("Z", county="5"), "no FIPS code"),
        (sst.boundary_line("X"), "no kind of record"),
    ],
)
def test_a_boundary_line_that_cannot_be_meant_is_refused(line: str, words: str) -> None:
    with pytest.raises(TaxFileError, match=words):
        read_boundary(line.strip("\n").split(","))


def test_a_longer_rate_line_is_read_by_its_first_and_last_fields() -> None:
    found = read_rate([*"20,45,20,0.065,0.064,0,0,0,0,0,0,20260101,20261231".split(",")])  # noqa: SIM905 -- as the file has it

    assert (found.intrastate_ppm, found.interstate_ppm) == (65_000, 64_000)
    assert found.until_date == date(2027, 1, 1)


def test_a_state_that_takes_nothing_at_a_place_is_told_by_its_indicator() -> None:
    assert not read_boundary(sst.boundary_line(indicator="00").strip().split(",")).has_state
    assert read_boundary(sst.boundary_line(indicator="").strip().split(",")).has_state


@given(
    price=st.integers(min_value=1, max_value=10_000_000),
    ppms=st.lists(st.integers(min_value=1, max_value=90_000), min_size=1, max_size=6),
)
def test_the_parts_of_a_tax_always_add_up_to_it(price: int, ppms: list[int]) -> None:
    parts = tuple(RatePart("00", str(at), f"county {at}", ppm) for at, ppm in enumerate(ppms))
    rate = Rate(
        jurisdiction="US-KS",
        title="Kansas",
        kind=TaxKind.SALES,
        rate_ppm=sum(ppms),
        from_date=ON,
        until_date=None,
        source="A file",
        is_estimate=False,
        parts=parts,
    )
    line = line_tax(Money(price, "USD"), rate)

    shares = shares_of(line)

    assert sum(minor for _, minor in shares) == line.tax.minor
    for part, minor in shares:
        assert abs(minor - price * part.rate_ppm / 1_000_000) <= 1.5


def test_a_zip_plus_four_is_read_from_an_address() -> None:
    place = place_of({"country_code": "us", "country_area": "KS", "postal_code": "66002-0500"})

    assert (place.postal_code, place.plus_four) == ("66002", "0500")


@pytest.mark.django_db
def test_a_sale_by_the_files_keeps_its_parts_and_its_doubt_with_the_quote() -> None:
    orders.shop()
    taxes.policy()
    sst.load(sst.RATES)
    sst.load(
        sst.boundary_line("4", ext=("0001", "0999"), place="02900")
        + sst.boundary_line("4", ext=("1000", "9999"))
    )
    address = {
        **orders.ADDRESS,
        "city": "Atchison",
        "country_area": "KS",
        "postal_code": "66002",
    }
    basket = orders.basket(offers.offer(units=1))

    orders.prepare(basket, address=address, expected_total=dollars(48_000 + 4_200))

    kept = read_quote(TaxQuote.objects.get().body)
    assert kept.tax == dollars(4_200)
    assert [part.rate_ppm for part in kept.rate.parts] == [65_000, 12_500, 10_000]
    assert "the highest was taken" in kept.rate.note
    page = orders_queries.basket_page(basket_id=basket, now=clock.now())
    precise = {**address, "postal_code": "66002-1500"}
    again = orders_queries.basket_tax(page, address=precise, now=clock.now())
    assert again.added == dollars(3_720)


@pytest.mark.django_db
def test_a_rate_loaded_for_the_very_code_beats_the_files() -> None:
    orders.shop()
    taxes.policy()
    sst.load(sst.RATES)
    sst.load(sst.boundary_line())
    yesterday = clock.now().date() - timedelta(days=1)
    taxes.load(f"US-KS:66002,sales,5,{yesterday},,Kansas,A ruling")
    page = orders_queries.basket_page(
        basket_id=orders.basket(offers.offer(units=1)), now=clock.now()
    )
    address = {**orders.ADDRESS, "country_area": "KS", "postal_code": "66002"}

    assert orders_queries.basket_tax(page, address=address, now=clock.now()).added == dollars(2_400)
