"""Every example of 12 CFR 1026 Appendix J, from its dates: unit-period, counts and rate."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bandstand.money import (
    AprError,
    CurrencyMismatchError,
    Flow,
    Interval,
    Money,
    UnitPeriod,
    us_apr,
)
from bandstand.money.apr import us_apr_of_runs
from bandstand.money.equation import Run
from bandstand.money.months import Every, Frequency, due_dates
from bandstand.money.unit_periods import periods_between, unit_period_of

D = date
MONTHLY = Frequency(Every.MONTH)


def usd(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "USD")


def level(first: date, *amounts: tuple[int, str], every: Frequency = MONTHLY) -> list[Flow]:
    texts = [text for count, text in amounts for _ in range(count)]
    days = due_dates(first, count=len(texts), frequency=every)
    return [Flow(day, usd(text)) for day, text in zip(days, texts, strict=True)]


def semimonthly(first: date, *, count: int, text: str) -> list[Flow]:
    firsts = due_dates(first, count=count // 2)
    return [Flow(day.replace(day=at), usd(text)) for day in firsts for at in (1, 16)]


APPENDIX_J = {
    "c1i": (D(1978, 1, 10), "5000", level(D(1978, 2, 10), (24, "230")), 1, 0, 12, "9.69"),
    "c1ii": (
        D(1978, 2, 10),
        "6000",
        level(D(1978, 4, 1), (36, "200")),
        1,
        Fraction(19, 30),
        12,
        "11.82",
    ),
    "c1iii": (
        D(1978, 2, 23),
        "5000",
        semimonthly(D(1978, 3, 1), count=24, text="219.17"),
        0,
        Fraction(6, 15),
        24,
        "10.34",
    ),
    "c1iv": (
        D(1978, 5, 23),
        "10000",
        level(D(1978, 10, 1), (40, "385"), every=Frequency(Every.MONTH, 3)),
        1,
        Fraction(39, 90),
        4,
        "8.97",
    ),
    "c1v": (
        D(1978, 3, 20),
        "500",
        level(D(1978, 4, 21), (30, "17.60"), every=Frequency(Every.WEEK)),
        4,
        Fraction(4, 7),
        52,
        "14.96",
    ),
    "c2i": (
        D(1978, 1, 10),
        "5000",
        level(D(1978, 2, 10), (1, "250"), (23, "230")),
        1,
        0,
        12,
        "10.08",
    ),
    "c2ii": (
        D(1978, 3, 18),
        "400",
        level(D(1978, 4, 20), (1, "39.50"), (11, "38.31"), every=Frequency(Every.WEEK, 4)),
        1,
        Fraction(5, 28),
        13,
        "28.50",
    ),
    "c3i": (
        D(1978, 1, 10),
        "5000",
        level(D(1978, 2, 10), (23, "230"), (1, "280")),
        1,
        0,
        12,
        "10.50",
    ),
    "c3ii": (
        D(1978, 4, 3),
        "200",
        level(D(1978, 4, 11), (19, "9.50"), (1, "30"), every=Frequency(Every.WEEK, 2)),
        0,
        Fraction(8, 14),
        26,
        "12.22",
    ),
    "c4i": (
        D(1978, 1, 10),
        "5000",
        level(D(1978, 2, 10), (1, "250"), (22, "230"), (1, "280")),
        1,
        0,
        12,
        "10.90",
    ),
    "c4ii": (
        D(1978, 1, 10),
        "8000",
        level(
            D(1978, 3, 1), (1, "449.36"), (18, "465"), (1, "200"), every=Frequency(Every.MONTH, 2)
        ),
        0,
        Fraction(52, 60),
        6,
        "7.30",
    ),
    "c5i": (
        D(1978, 1, 3),
        "1000",
        level(D(1978, 9, 15), (1, "1080")),
        1,
        0,
        Fraction(365, 255),
        "11.45",
    ),
    "c5ii": (D(1978, 1, 10), "1000", level(D(1978, 7, 10), (1, "1044")), 1, 0, 2, "8.80"),
    "c5iii": (
        D(1978, 1, 17),
        "1000",
        level(D(1979, 7, 17), (1, "1135.19")),
        1,
        Fraction(6, 12),
        1,
        "8.76",
    ),
    "c5iv": (D(1978, 1, 10), "1000", level(D(1980, 1, 10), (1, "1240")), 2, 0, 1, "11.36"),
    "b9": (D(1978, 1, 10), "1000", level(D(1978, 2, 10), (36, "33.61")), 1, 0, 12, "12.83"),
}


@pytest.mark.parametrize("example", APPENDIX_J)
def test_appendix_j_example_from_its_dates(example: str) -> None:
    advanced_on, amount, payments, whole, part, per_year, printed = APPENDIX_J[example]

    result = us_apr(advances=[Flow(advanced_on, usd(amount))], payments=payments)

    first = result.derivation.flows[1][0]
    assert (first.whole, first.part) == (whole, part)
    assert result.unit_periods_per_year == per_year
    assert result.rounded(2) == Decimal(printed)


def test_iteration_example_has_the_exact_root_not_the_calculators() -> None:
    _, amount, payments, *_ = APPENDIX_J["b9"]
    result = us_apr(advances=[Flow(D(1978, 1, 10), usd(amount))], payments=payments)
    assert result.rounded(6) == Decimal("12.825576")


@pytest.mark.parametrize(
    ("price", "fee", "months", "printed"),
    [("830", "35", 24, "4.171"), ("999.99", "10", 36, "0.653")],
)
def test_a_fee_for_financers_only_is_a_rate(
    *, price: str, fee: str, months: int, printed: str
) -> None:
    parts = divmod(usd(price).minor, months)
    amounts = [parts[0]] * (months - 1) + [parts[0] + parts[1]]
    days = due_dates(D(2026, 12, 22), count=months)
    payments = [Flow(day, Money(minor, "USD")) for day, minor in zip(days, amounts, strict=True)]

    result = us_apr(advances=[Flow(D(2026, 11, 22), usd(price) - usd(fee))], payments=payments)

    assert result.rounded(3) == Decimal(printed)


def test_no_finance_charge_is_exactly_zero() -> None:
    payments = level(D(2026, 12, 22), (35, "27.77"), (1, "28.04"))
    result = us_apr(advances=[Flow(D(2026, 11, 22), usd("999.99"))], payments=payments)
    assert result.rate == 0
    assert str(result.rounded(2)) == "0.00"


def test_several_advances_are_valued_at_their_own_days() -> None:
    advances = [Flow(D(2026, 1, 10), usd("500")), Flow(D(2026, 3, 10), usd("500"))]
    payments = level(D(2026, 4, 10), (12, "90"))

    result = us_apr(advances=advances, payments=payments)

    i = float(result.rate) / 1200
    worth = sum(90 / (1 + i) ** t for t in range(3, 15))
    assert worth == pytest.approx(500 + 500 / (1 + i) ** 2, abs=1e-9)


def test_the_lowest_of_three_roots_is_taken() -> None:
    # 1000·(1 − 1.1v)(1 − 2v)(1 − 3v) with v = 1/(1 + i) is 0 at 10 %, 100 % and 200 %.
    result = us_apr_of_runs(
        advances=(Run(1000), Run(11500, whole=2)),
        payments=(Run(6100, whole=1), Run(6600, whole=3)),
        unit="year",
        per_year=Fraction(1),
    )

    assert result.rounded(12) == 10


@pytest.mark.parametrize(
    ("dates", "unit"),
    [
        ([D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)], ("month", 1)),
        ([D(2026, 2, 1), D(2026, 3, 1), D(2026, 3, 29), D(2026, 4, 26)], ("week", 4)),
        ([D(2026, 1, 15), D(2026, 1, 31), D(2026, 2, 15), D(2026, 2, 28)], ("semi-month", 1)),
        ([D(2026, 1, 1), D(2026, 1, 11), D(2026, 1, 21)], ("day", 10)),
        ([D(2024, 2, 29), D(2025, 2, 28), D(2026, 2, 28)], ("year", 1)),
        ([D(2026, 1, 1), D(2029, 1, 1), D(2031, 7, 1)], ("year", 1)),
        # No period occurs twice: the average of 20 and 44 days, 32, is nearest to a month.
        ([D(2026, 1, 3), D(2026, 1, 23), D(2026, 3, 8)], ("month", 1)),
        # A month once and two months once are no common period: 59/2 days are nearest to a month.
        ([D(2026, 1, 10), D(2026, 2, 10), D(2026, 2, 25), D(2026, 4, 10)], ("month", 1)),
    ],
)
def test_unit_period_is_the_most_common_period(dates: list[date], unit: tuple[str, int]) -> None:
    assert unit_period_of(dates) == UnitPeriod(Interval(unit[0]), unit[1])


def test_periods_are_counted_back_from_the_later_date() -> None:
    month = UnitPeriod(Interval.MONTH)
    assert periods_between(D(1978, 2, 10), D(1978, 4, 1), unit=month) == (1, Fraction(19, 30))
    assert periods_between(D(2026, 1, 31), D(2026, 2, 28), unit=month, anchor=31) == (1, 0)
    year = UnitPeriod(Interval.YEAR)
    assert periods_between(D(1978, 1, 17), D(1979, 7, 20), unit=year) == (1, Fraction(184, 365))


@pytest.mark.parametrize(
    ("advances", "payments", "error", "why"),
    [
        ([], [("2026-02-01", "10")], AprError, "at least one advance"),
        ([("2026-01-01", "10")], [], AprError, "at least one payment"),
        ([("2026-01-01", "10")], [("2026-02-01", "9")], AprError, "do not cover"),
        ([("2026-01-05", "10")], [("2026-01-01", "11")], AprError, "before the first advance"),
        ([("2026-01-05", "10")], [("2026-01-05", "11")], AprError, "different days"),
    ],
)
def test_flows_without_a_rate_are_refused_with_the_reason(
    *,
    advances: list[tuple[str, str]],
    payments: list[tuple[str, str]],
    error: type[Exception],
    why: str,
) -> None:
    def flows(pairs: list[tuple[str, str]]) -> list[Flow]:
        return [Flow(D.fromisoformat(day), usd(text)) for day, text in pairs]

    with pytest.raises(error, match=why):
        us_apr(advances=flows(advances), payments=flows(payments))


def test_flows_in_two_currencies_are_refused() -> None:
    with pytest.raises(CurrencyMismatchError, match="EUR"):
        us_apr(
            advances=[Flow(D(2026, 1, 1), usd("10"))],
            payments=[Flow(D(2026, 2, 1), Money(1100, "EUR"))],
        )


def test_derivation_prints_every_number_that_led_to_the_rate() -> None:
    advanced_on, amount, payments, *_ = APPENDIX_J["c1ii"]
    result = us_apr(advances=[Flow(advanced_on, usd(amount))], payments=payments)

    lines = result.derivation.lines()

    assert lines[1] == "Unit-period: month; w = 12 unit-periods a year"
    assert "Advance: 6,000.00 at q = 0, e = 0" in lines
    assert any("36 × 200.00 from t = 1, f = 19/30" in line for line in lines)
    assert any(line.startswith("Iteration 1: ") for line in lines)
    assert "Advances are worth 6000.000000, payments 6000.000000" in lines
    assert lines[-1].startswith("APR = 100 · w · i = 11.8165")
