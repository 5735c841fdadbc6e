"""From what a seller's year must be reported: each law's bounds, and unknown where they differ."""

import pytest

from bandstand.money import Money
from bandstand.payouts.rules import report_duty


@pytest.mark.parametrize(
    ("market", "gross", "sales", "answer"),
    [
        ("DE", Money(200_000, "EUR"), 29, "no"),
        ("DE", Money(200_001, "EUR"), 29, "yes"),
        ("DE", Money(1, "EUR"), 30, "yes"),
        ("GB", Money(900_000, "GBP"), 29, "unknown"),
        ("GB", Money(1, "GBP"), 30, "yes"),
        ("US", Money(2_000_001, "USD"), 201, "yes"),
        ("US", Money(2_000_000, "USD"), 201, "no"),
        ("US", Money(9_000_000, "USD"), 200, "no"),
        ("JP", Money(1, "JPY"), 1, "unknown"),
    ],
)
def test_a_year_is_reported_past_the_laws_bounds(
    market: str, gross: Money, sales: int, answer: str
) -> None:
    duty = report_duty(market=market, year=2026, gross=gross, sales=sales)

    assert duty.answer == answer
    assert duty.source


def test_a_law_does_not_ask_for_years_before_it() -> None:
    duty = report_duty(market="DE", year=2022, gross=Money(9_000_000, "EUR"), sales=99)

    assert (duty.law, duty.answer) == ("", "unknown")
