"""The plans a price may be put on, with disclosures computed once per price, terms and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Q

from bandstand.credit.models import PlanTerms
from bandstand.credit.rules import (
    PriceDisclosure,
    TermsRow,
    disclose,
    down_payment_of,
    terms_label,
)
from bandstand.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanChoice:
    """One plan a buyer may choose for a price, with its disclosure."""

    terms: TermsRow
    disclosure: PriceDisclosure
    is_default: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MarketTerms:
    """One row of a market's terms, and the price from which it is open."""

    row: TermsRow
    price_minimum: Money


def terms_in(*, market: str, now: datetime) -> tuple[MarketTerms, ...]:
    """
    Return every row of terms in force in a market, shortest first, in one query for any number of
    prices.

    Where two rows of one length overlap, the one that began later counts, price by price.
    """
    rows = PlanTerms.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now), market=market, from_at__lte=now
    ).order_by("months", "from_at")
    return tuple(
        MarketTerms(
            row=TermsRow(
                id=one.id,
                months=one.months,
                annual_rate_bps=one.annual_rate_bps,
                down_payment_bps=one.down_payment_bps,
                label=terms_label(
                    months=one.months,
                    annual_rate_bps=one.annual_rate_bps,
                    fee=Money(one.fee_minor, one.currency),
                ),
                fee_minor=one.fee_minor,
                fee_label=one.fee_label,
            ),
            price_minimum=Money(one.price_minimum_minor, one.currency),
        )
        for one in rows
    )


def terms_open_to(price: Money, *, terms: Sequence[MarketTerms]) -> tuple[TermsRow, ...]:
    """Return the terms that a price may be put on, shortest first."""
    newest = {
        one.row.months: one.row
        for one in terms
        if one.price_minimum.currency == price.currency and one.price_minimum <= price
    }
    return tuple(row for row in newest.values() if down_payment_of(price, row) < price)


def default_terms(price: Money, *, terms: Sequence[MarketTerms]) -> TermsRow | None:
    """Return the longest interest-free terms open to a price, else the longest, else None."""
    choices = terms_open_to(price, terms=terms)
    free = [row for row in choices if row.annual_rate_bps == 0]
    return max(free or choices, key=lambda row: row.months, default=None)


def default_disclosure(
    price: Money, *, terms: Sequence[MarketTerms], on: date, market: str, locale: str
) -> PriceDisclosure | None:
    """Return what the default plan of a price costs, or None where nothing is lent."""
    row = default_terms(price, terms=terms)
    return None if row is None else disclosed(price, row, on=on, market=market, locale=locale)


def plan_choices(
    price: Money, *, terms: Sequence[MarketTerms], on: date, market: str, locale: str
) -> tuple[PlanChoice, ...]:
    """Return every plan of a price with its disclosure, shortest first."""
    default = default_terms(price, terms=terms)
    return tuple(
        PlanChoice(
            terms=row,
            disclosure=disclosed(price, row, on=on, market=market, locale=locale),
            is_default=row == default,
        )
        for row in terms_open_to(price, terms=terms)
    )


@lru_cache(maxsize=8192)
def disclosed(
    price: Money, terms: TermsRow, *, on: date, market: str, locale: str
) -> PriceDisclosure:
    """Return the disclosure of a price on terms on a day. Pure, therefore kept."""
    return disclose(price, terms, contract_date=on, market=market, locale=locale)
