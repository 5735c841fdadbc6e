"""
Which law asks what of a seller, from when, and whether the seller is one it asks.

The INFORM Consumers Act asks of a seller with at least 200 sales of new goods and at least 5,000
dollars of gross revenue in any continuous twelve months of the last twenty-four. The statute speaks
of sales entered into and of gross revenues, so a sale that was later refunded counts; a sale whose
payment was never taken does not, nor does one of used or refurbished goods.

Source: 15 U.S.C. 45f(a)(1)-(2), (b), (f)(3), (f)(6) (Pub. L. 117-328, div. BB, title III, effective
2023-06-27; read 2026-11-22 at law.cornell.edu and checkoutapi.com); Regulation (EU) 2022/2065
Article 30 (in force 2024-02-17; read 2026-11-22 in a reprint, not at EUR-Lex).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bandstand.money import Money
from bandstand.money.months import shift_months
from bandstand.parties.rules.identity import Regime
from bandstand.parties.rules.identity_specs import IdentityName

DOLLAR: Final = 100
FIELDS_OF_INFORM: Final = (
    IdentityName.LEGAL_NAME,
    IdentityName.ADDRESS,
    IdentityName.ADDRESS_USE,
    IdentityName.EMAIL,
    IdentityName.PHONE,
    IdentityName.ID_DOCUMENT,
    IdentityName.TAX_ID,
    IdentityName.BANK_ACCOUNT,
    IdentityName.SUPPLIER,
)
FIELDS_OF_DSA: Final = (
    IdentityName.LEGAL_NAME,
    IdentityName.ADDRESS,
    IdentityName.EMAIL,
    IdentityName.PHONE,
    IdentityName.ID_DOCUMENT,
    IdentityName.BANK_ACCOUNT,
    IdentityName.REGISTER,
    IdentityName.SELF_CERTIFICATION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraderPolicy:
    """One row of the policy table: a law, from when, what it asks and by when."""

    regime: Regime
    from_date: date
    until_date: date | None
    fields: tuple[IdentityName, ...]
    markets: frozenset[str]
    """Where it applies, by the market's code; a market also counts by its member countries."""
    sales_min: int
    gross_min: Money | None
    disclosure_gross_min: Money | None
    window_months: int
    lookback_months: int
    collect_days: int
    verify_days: int
    notice_days: int
    certify_months: int | None
    certify_days: int
    keep_months: int
    """How long what was collected is kept after the contract ends; then it is deleted."""
    cited: str
    source: str


# fmt: off
EU_MEMBERS: Final = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
POLICIES: Final = (
    TraderPolicy(
        regime=Regime.INFORM,
        from_date=date(2023, 6, 27),
        until_date=None,
        fields=FIELDS_OF_INFORM,
        markets=frozenset({"US"}),
        sales_min=200,
        gross_min=Money(5_000 * DOLLAR, "USD"),
        disclosure_gross_min=Money(20_000 * DOLLAR, "USD"),
        window_months=12,
        lookback_months=24,
        collect_days=10,
        verify_days=10,
        notice_days=10,
        certify_months=12,
        certify_days=10,
        keep_months=6,  # the statute names no term; the Union's is taken for both
        cited="15 U.S.C. 45f(a)(1)",
        source="15 U.S.C. 45f, Pub. L. 117-328, div. BB, title III, sec. 301",
    ),
    TraderPolicy(
        regime=Regime.DSA,
        from_date=date(2024, 2, 17),
        until_date=None,
        fields=FIELDS_OF_DSA,
        markets=EU_MEMBERS | {"EU"},
        sales_min=0,  # before the first use
        gross_min=None,
        disclosure_gross_min=None,
        window_months=12,
        lookback_months=24,
        collect_days=0,
        verify_days=10,
        notice_days=10,  # Article 30(3) says "without delay" and "swiftly"; the term is ours
        certify_months=None,
        certify_days=0,
        keep_months=6,
        cited="Article 30 of Regulation (EU) 2022/2065",
        source="Regulation (EU) 2022/2065, Article 30(1)-(7)",
    ),
)


@dataclass(frozen=True, slots=True)
class SaleDay:
    """What a seller sold on one day in one market: new goods whose payment was taken."""

    on: date
    sales: int
    gross: Money


@dataclass(frozen=True, slots=True)
class Window:
    """A continuous period with what was sold in it; ``until`` is the day after its last."""

    first: date
    until: date
    sales: int
    gross: Money


def policy_of(regime: Regime, *, on: date) -> TraderPolicy | None:
    """Return the row of a law that is in force on a day."""
    return next(
        (
            row
            for row in POLICIES
            if row.regime is regime
            and row.from_date <= on
            and (row.until_date is None or on < row.until_date)
        ),
        None,
    )


def qualified_on(days: Iterable[SaleDay], *, policy: TraderPolicy, on: date) -> date | None:
    """
    Return the day on which a seller came to be one that the law asks, if it still is.

    The latest run of days that is still within the look-back counts; the day returned is the first
    on which some continuous period of the look-back held enough.
    """
    if policy.gross_min is None:
        return None
    window = _windows(_recent(days, policy=policy, on=on), policy=policy)
    return next(
        (
            one.until - timedelta(days=1)
            for one in window
            if one.sales >= policy.sales_min and one.gross >= policy.gross_min
        ),
        None,
    )


def fullest_window(days: Iterable[SaleDay], *, policy: TraderPolicy, on: date) -> Window | None:
    """Return the continuous period of the look-back with most sales, to show how near one is."""
    windows = list(_windows(_recent(days, policy=policy, on=on), policy=policy))
    return max(windows, key=lambda one: (one.sales, one.gross.minor), default=None)


def must_disclose(days: Iterable[SaleDay], *, policy: TraderPolicy, on: date) -> bool:
    """
    Say whether shoppers must be told who a high-volume seller is.

    Source: 15 U.S.C. 45f(b)(1)(A): 20,000 dollars or more in annual gross revenues on the
    marketplace, here the twelve months up to and including today.
    """
    if policy.disclosure_gross_min is None:
        return False
    first = shift_months(on, months=-policy.window_months)
    year = [one.gross.minor for one in days if first < one.on <= on]
    return sum(year) >= policy.disclosure_gross_min.minor


def applies_in(policy: TraderPolicy, *, market: str, members: Iterable[str] = ()) -> bool:
    """Say whether a law reaches sales in a market."""
    return market in policy.markets or not policy.markets.isdisjoint(members)


def keep_until(left_on: date, *, policy: TraderPolicy) -> date:
    """
    Return the day from which what was collected must be gone.

    Source: Article 30(5) of Regulation (EU) 2022/2065: six months after the end of the contract.
    """
    return shift_months(left_on, months=policy.keep_months)


def _recent(days: Iterable[SaleDay], *, policy: TraderPolicy, on: date) -> list[SaleDay]:
    first = shift_months(on, months=-policy.lookback_months)
    return sorted((one for one in days if first < one.on <= on), key=lambda one: one.on)


def _windows(days: Sequence[SaleDay], *, policy: TraderPolicy) -> Iterable[Window]:
    """Yield, for each day with sales, the longest continuous period that ends with it."""
    start, sales, gross = 0, 0, 0
    for at, day in enumerate(days):
        sales, gross = sales + day.sales, gross + day.gross.minor
        while shift_months(days[start].on, months=policy.window_months) <= day.on:
            sales, gross = sales - days[start].sales, gross - days[start].gross.minor
            start += 1
        first = days[start].on if start <= at else day.on
        yield Window(first, day.on + timedelta(days=1), sales, Money(gross, day.gross.currency))
