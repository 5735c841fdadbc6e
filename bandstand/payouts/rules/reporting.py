"""From what a seller's year must be reported, by law and date. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bandstand.money import Money


@dataclass(frozen=True, slots=True)
class ReportThreshold:
    """
    From when a law asks for a report of a seller's year, and of which.

    With ``is_both`` a year is reported when both bounds are passed, otherwise when one is. A bound
    is passed by more than ``amount``; by more than ``sales`` with ``is_both``, else by as many.
    """

    law: str
    markets: frozenset[str]
    amount: Money
    sales: int
    is_both: bool
    from_date: date
    source: str


EU: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
THRESHOLDS: Final = (
    ReportThreshold(
        law="DAC7",
        markets=EU,
        amount=Money(200_000, "EUR"),
        sales=30,
        is_both=False,
        from_date=date(2023, 1, 1),
        source="Council Directive (EU) 2021/514, Annex V, Section I, B(4)(d): excluded are sellers"
        " with fewer than 30 sales and at most EUR 2,000 in the year (known 2026-11-22, not"
        " re-read)",
    ),
    ReportThreshold(
        law="UK platform reporting",
        markets=frozenset({"GB"}),
        amount=Money(200_000, "EUR"),
        sales=30,
        is_both=False,
        from_date=date(2024, 1, 1),
        source="SI 2023/817, by the OECD Model Rules, Section I, B(4)(d): fewer than 30 sales and"
        " at most EUR 2,000 (known 2026-11-22, not re-read)",
    ),
    ReportThreshold(
        law="Form 1099-K",
        markets=frozenset({"US"}),
        amount=Money(2_000_000, "USD"),
        sales=200,
        is_both=True,
        from_date=date(2011, 1, 1),
        source="26 U.S.C. 6050W(e) as restored by Public Law 119-21, section 70432 (2025): more"
        " than USD 20,000 and more than 200 payments (known 2026-11-22, not re-read; states may"
        " ask for less)",
    ),
)


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """Whether a seller's year must be reported, by which law, and why."""

    law: str
    answer: str
    source: str


def report_duty(*, market: str, year: int, gross: Money, sales: int) -> ReportDuty:
    """
    Return whether a seller's year in a market must be reported: yes, no, or unknown.

    A year in another currency than the law's is unknown unless the number of sales decides alone.
    """
    known = [
        one for one in THRESHOLDS if market in one.markets and one.from_date <= date(year, 12, 31)
    ]
    if not known:
        return ReportDuty("", "unknown", "No threshold is known for this market; ask an adviser.")
    rule = max(known, key=lambda one: one.from_date)
    return ReportDuty(rule.law, _answer(rule, gross=gross, sales=sales), rule.source)


def _answer(rule: ReportThreshold, *, gross: Money, sales: int) -> str:
    is_over_sales = sales > rule.sales if rule.is_both else sales >= rule.sales
    if rule.is_both != is_over_sales:  # the number of sales decides alone
        return "yes" if is_over_sales else "no"
    if gross.currency != rule.amount.currency:
        return "unknown"
    return "yes" if gross > rule.amount else "no"
