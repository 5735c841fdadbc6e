"""
The annual percentage rate, as the law of the market defines it.

United States: actuarial method, 12 CFR 1026 Appendix J; a nominal yearly rate.
European Union and United Kingdom: APRC, Directive (EU) 2023/2225 Annex III and CONC App 1.2; an
effective yearly rate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bandstand.money.amount import Money
from bandstand.money.currencies import minor_per_major
from bandstand.money.derivation import Derivation
from bandstand.money.equation import DIGITS, Run, decimal_of
from bandstand.money.errors import AprError, CurrencyMismatchError
from bandstand.money.months import series_anchors
from bandstand.money.solver import Root, lowest_root
from bandstand.money.unit_periods import UnitPeriod, periods_between, unit_period_of
from bandstand.money.years import YearBasis, basis_of, years_between

_RATE_DECIMALS: Final = Decimal("1e-20")


class Regime(StrEnum):
    """Whose definition of the annual percentage rate applies."""

    US_APPENDIX_J = "US_REGZ_ACTUARIAL"
    """12 CFR 1026.22(a)(1) and Appendix J: rate per unit-period times unit-periods per year."""

    EU_APRC = "EU_APRC"
    """Directive (EU) 2023/2225 Annex III: effective yearly rate."""

    UK_APRC = "UK_APRC"
    """FCA Handbook CONC App 1.2: the same equation as the directive."""


@dataclass(frozen=True, slots=True)
class Flow:
    """An advance or a payment: how much, on which day."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class AprResult:
    """
    An annual percentage rate with the way to it.

    Units: ``rate`` in per cent a year, exact to 20 decimals; ``rounded`` gives what is printed.
    """

    rate: Decimal
    regime: Regime
    unit_period: str
    unit_periods_per_year: Fraction
    derivation: Derivation

    def rounded(self, decimals: int = 3) -> Decimal:
        """Return the rate in per cent, half up, with the decimals of a printed disclosure."""
        return round_rate(self.rate, decimals=decimals)


def round_rate(rate: Decimal, *, decimals: int) -> Decimal:
    """Round a rate half up to a number of decimals."""
    return rate.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")


def us_apr(
    *,
    advances: Sequence[Flow],
    payments: Sequence[Flow],
    unit_period: UnitPeriod | None = None,
) -> AprResult:
    """
    Compute the annual percentage rate by the actuarial method of the United States.

    The unit-period is chosen from the dates unless it is given.
    Raises: AprError if an advance is missing, dates are out of order or no rate exists;
        CurrencyMismatchError.
    Source: 12 CFR 1026 Appendix J (b)(1) to (b)(9).
    """
    start = _start_of(advances, payments=payments)
    days = [flow.on for flow in (*advances, *payments)]
    single = len(advances) == 1 and len({flow.on for flow in payments}) == 1
    unit = unit_period or unit_period_of(days, single_payment=single)

    def runs(flows: Sequence[Flow]) -> tuple[Run, ...]:
        days = [flow.on for flow in flows]
        anchors = series_anchors(days, start=start)
        return runs_of(
            (flow.amount.minor, *periods_between(start, flow.on, unit=unit, anchor=anchor))
            for flow, anchor in zip(flows, anchors, strict=True)
        )

    return us_apr_of_runs(
        advances=runs(advances),
        payments=runs(payments),
        unit=str(unit),
        per_year=unit.per_year,
        minor_per_major=minor_per_major(advances[0].amount.currency),
    )


def eu_aprc(
    *,
    advances: Sequence[Flow],
    payments: Sequence[Flow],
    basis: YearBasis | None = None,
    regime: Regime = Regime.EU_APRC,
) -> AprResult:
    """
    Compute the annual percentage rate of charge of the European directives.

    Time is counted in months, or in weeks for weekly payments, unless the basis is given.
    Raises: AprError if an advance is missing, dates are out of order or no rate exists;
        CurrencyMismatchError.
    Source: Directive (EU) 2023/2225 Annex III.
    """
    start = _start_of(advances, payments=payments)
    counted = basis or basis_of([flow.on for flow in (*advances, *payments)])

    def runs(flows: Sequence[Flow]) -> tuple[Run, ...]:
        days = [flow.on for flow in flows]
        anchors = series_anchors(days, start=start)
        return runs_of(
            (flow.amount.minor, years_between(start, end=flow.on, basis=counted, anchor=anchor), 0)
            for flow, anchor in zip(flows, anchors, strict=True)
        )

    return eu_aprc_of_runs(
        advances=runs(advances),
        payments=runs(payments),
        regime=regime,
        minor_per_major=minor_per_major(advances[0].amount.currency),
    )


def us_apr_of_runs(
    *,
    advances: Sequence[Run],
    payments: Sequence[Run],
    unit: str,
    per_year: Fraction,
    minor_per_major: int = 1,
) -> AprResult:
    """
    Compute the United States rate of flows already counted in unit-periods.

    Raises: AprError if no rate exists.
    """
    root = lowest_root(advances=advances, payments=payments)
    derivation = Derivation(
        law=Regime.US_APPENDIX_J.value,
        unit=unit,
        per_year=per_year,
        flows=(tuple(advances), tuple(payments)),
        root=root,
        rate=_percent(root, per_year=per_year),
        minor_per_major=minor_per_major,
    )
    return AprResult(derivation.rate, Regime.US_APPENDIX_J, unit, per_year, derivation)


def eu_aprc_of_runs(
    *,
    advances: Sequence[Run],
    payments: Sequence[Run],
    regime: Regime = Regime.EU_APRC,
    minor_per_major: int = 1,
) -> AprResult:
    """
    Compute the European rate of flows already counted in years.

    Raises: AprError if no rate exists.
    """
    root = lowest_root(advances=advances, payments=payments)
    derivation = Derivation(
        law=regime.value,
        unit="year",
        per_year=Fraction(1),
        flows=(tuple(advances), tuple(payments)),
        root=root,
        rate=_percent(root, per_year=Fraction(1)),
        minor_per_major=minor_per_major,
    )
    return AprResult(derivation.rate, regime, "year", Fraction(1), derivation)


def runs_of(
    flows: Iterable[tuple[int | Fraction, int | Fraction, int | Fraction]],
) -> tuple[Run, ...]:
    """
    Gather flows (amount, whole periods, leftover part) into runs of equal amounts at equal steps.

    Shape: runs in the order of their first flow; together they hold every flow once.
    """
    alike: dict[tuple[int | Fraction, int | Fraction], list[int | Fraction]] = {}
    for amount, whole, part in flows:
        alike.setdefault((amount, part), []).append(whole)
    gathered = [
        run
        for (amount, part), times in alike.items()
        for run in _progressions(sorted(times), amount, part=part)
    ]
    return tuple(sorted(gathered, key=lambda run: run.first))


def _progressions(
    times: list[int | Fraction], amount: int | Fraction, *, part: int | Fraction
) -> list[Run]:
    found: list[Run] = []
    at = 0
    while at < len(times):
        end = at + 1
        step: int | Fraction = 1
        if end < len(times):
            step = times[end] - times[at]
            while end + 1 < len(times) and times[end + 1] - times[end] == step:
                end += 1
            end += 1
        found.append(Run(amount, end - at, times[at], part, step))
        at = end
    return found


def _start_of(advances: Sequence[Flow], *, payments: Sequence[Flow]) -> date:
    if not advances or not payments:
        raise AprError("A rate needs at least one advance and at least one payment.")
    currency = advances[0].amount.currency
    for flow in (*advances, *payments):
        if flow.amount.currency != currency:
            raise CurrencyMismatchError(
                f"The flow of {flow.on} is in {flow.amount.currency}, the first in {currency};"
                " one agreement is in one currency.",
                left=currency,
                right=flow.amount.currency,
            )
    start = min(flow.on for flow in advances)
    early = min(flow.on for flow in payments)
    if early < start:
        raise AprError(
            f"The payment of {early} comes before the first advance of {start}; check the dates.",
            payment=str(early),
            advance=str(start),
        )
    return start


def _percent(root: Root, *, per_year: Fraction) -> Decimal:
    if not root.rate:
        return Decimal(0)
    with localcontext(prec=DIGITS):
        return (root.rate * 100 * decimal_of(per_year)).quantize(_RATE_DECIMALS)
