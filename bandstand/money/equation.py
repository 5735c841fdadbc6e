"""
The equation of value: what runs of equal amounts are worth at a rate.

The two laws differ only in how a moment is discounted: the United States compounds whole
unit-periods and discounts the leftover fraction simply; Europe compounds the exact fraction of a
year. A run of equal amounts at equal steps is valued in closed form, so a 36-month plan costs as
much to value as a single payment.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Final

DIGITS: Final = 40
_CONTEXT: Final = Context(prec=DIGITS)


@dataclass(frozen=True, slots=True)
class Run:
    """
    Equal amounts at equal steps of time.

    Units: ``amount`` in any one unit, the same for all runs; ``whole`` and ``step`` in periods,
    compounded; ``part`` a leftover fraction of a period, discounted simply.
    """

    amount: int | Fraction
    count: int = 1
    whole: int | Fraction = 0
    part: int | Fraction = 0
    step: int | Fraction = 1

    @property
    def total(self) -> int | Fraction:
        return self.amount * self.count

    @property
    def first(self) -> int | Fraction:
        """When the first amount falls, in periods."""
        return self.whole + self.part

    @property
    def last(self) -> int | Fraction:
        """When the last amount falls, in periods."""
        return self.first + self.step * (self.count - 1)


def float_value(runs: Sequence[Run]) -> Callable[[float], float]:
    """
    Return a quick function from a rate per period to the value of the runs at the start.

    It finds the neighbourhood of a root; ``exact_value`` decides.
    """
    terms = [
        (float(run.amount), run.count, float(run.whole), float(run.part), float(run.step))
        for run in runs
    ]
    exp, expm1, log1p = math.exp, math.expm1, math.log1p

    def value(rate: float) -> float:
        force = log1p(rate)
        total = 0.0
        for amount, count, whole, part, step in terms:
            worth = amount * exp(-whole * force) / (1.0 + part * rate)
            if count > 1:
                # 1 + v + v² + … in closed form; expm1 keeps its digits when the rate is tiny.
                fall = expm1(-step * force)
                worth *= expm1(-step * count * force) / fall if fall else count
            total += worth
        return total

    return value


def exact_value(runs: Sequence[Run], *, rate: Decimal) -> Decimal:
    """
    Return what the runs are worth at the start, at a rate per period, in 40 digits.

    Units: those of the runs' amounts; the rate is a fraction (0.01 is 1 %).
    """
    with localcontext(_CONTEXT):
        growth = 1 + rate
        force = growth.ln() if any(_is_broken(run) for run in runs) else None
        return sum((_worth(run, growth, force=force) for run in runs), Decimal(0))


def decimal_of(number: int | Fraction) -> Decimal:
    """Return a fraction as a decimal of 40 digits."""
    with localcontext(_CONTEXT):
        return _decimal(number)


def _worth(run: Run, growth: Decimal, *, force: Decimal | None) -> Decimal:
    worth = _decimal(run.amount) * _discount(run.whole, growth, force=force)
    if run.part:
        worth /= 1 + _decimal(run.part) * (growth - 1)
    if run.count == 1:
        return worth
    fall = 1 - _discount(run.step, growth, force=force)
    if not fall:
        return worth * run.count
    return worth * (1 - _discount(run.step * run.count, growth, force=force)) / fall


def _discount(periods: int | Fraction, growth: Decimal, *, force: Decimal | None) -> Decimal:
    if force is None:
        return growth ** -int(periods)
    return (-_decimal(periods) * force).exp()


def _is_broken(run: Run) -> bool:
    return not (_is_whole(run.whole) and _is_whole(run.step))


def _is_whole(number: int | Fraction) -> bool:
    return isinstance(number, int) or number.denominator == 1


def _decimal(number: int | Fraction) -> Decimal:
    if isinstance(number, int):
        return Decimal(number)
    return Decimal(number.numerator) / Decimal(number.denominator)
