"""
The lowest root of the equation of value.

Floats find the neighbourhood by the secant rule (linear interpolation, as the regulation's own
example does); two evaluations in 40-digit decimals make the answer exact.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Final

from bandstand.money.equation import DIGITS, Run, exact_value, float_value
from bandstand.money.errors import AprError

_CONTEXT: Final = Context(prec=DIGITS)
_ROUNDS_MAX: Final = 300
_CLOSE_ENOUGH: Final = 1e-11
"""Relative. Each decimal evaluation multiplies the correct digits, so floats need no more."""
_SCAN_FROM: Final = 1e-5
_SCAN_GROWTH: Final = 1.03
_RATE_MAX: Final = 1e30

Balance = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Iteration:
    """One guess of the rate per period and how far the two sides were apart."""

    rate: Decimal
    residual: Decimal


@dataclass(frozen=True, slots=True)
class Root:
    """The lowest rate per period, and the guesses on the way to it."""

    rate: Decimal
    iterations: tuple[Iteration, ...]


def lowest_root(*, advances: Sequence[Run], payments: Sequence[Run]) -> Root:
    """
    Find the lowest rate of 0 or more at which advances and payments have the same value.

    The search goes from 0 upward and takes the first change of sign: a schedule with payments
    before its last advance can have a second root far away, which no borrower would recognise.
    Raises: AprError if a side is missing, the payments do not cover the advances, or no rate
    below 1e32 % balances them.
    """
    lent, paid = sum(run.total for run in advances), sum(run.total for run in payments)
    _refuse_uncovered(float(lent), paid=float(paid), covered=lent <= paid)
    if lent == paid:
        return Root(Decimal(0), (Iteration(Decimal(0), Decimal(0)),))
    value_lent, value_paid = float_value(advances), float_value(payments)

    def balance(rate: float) -> float:
        return value_lent(rate) - value_paid(rate)

    if max(run.last for run in advances) <= min(run.first for run in payments):
        # Every advance comes before every payment, so there is exactly one root.
        mean = sum(float(run.total) * float(run.first + run.last) for run in payments)
        guess = _first_guess(float((paid - lent) / lent), mean_time=mean / 2 / float(paid))
        low, high = (0.0, float(lent - paid)), math.inf
    else:
        low, high = _scan(balance)
        guess = (low[0] + high) / 2
    guesses = _narrow(balance, guess=guess, low=low, high=high)
    return _polish(advances, payments, guesses=guesses)


def _refuse_uncovered(lent: float, *, paid: float, covered: bool) -> None:
    if lent <= 0 or paid <= 0:
        raise AprError(
            "A rate needs at least one advance and one payment above zero.", lent=lent, paid=paid
        )
    if not covered:
        raise AprError(
            f"The payments ({paid:,.2f}) do not cover the advances ({lent:,.2f}), so the finance"
            " charge would be negative; check the amounts and that no payment is missing.",
            lent=lent,
            paid=paid,
        )


def _first_guess(charge_share: float, *, mean_time: float) -> float:
    # Exact if everything were paid at once at the mean time; a little low otherwise.
    if mean_time <= 0:
        raise AprError("All amounts fall on one day, so no time passes and no rate exists.")
    return math.expm1(min(math.log1p(charge_share) / mean_time, math.log(_RATE_MAX) - 1))


def _scan(balance: Balance) -> tuple[tuple[float, float], float]:
    low, high = 0.0, _SCAN_FROM
    while balance(high) < 0:
        low, high = high, high * _SCAN_GROWTH
        if high > _RATE_MAX:
            raise AprError("No rate balances these advances and payments; check their dates.")
    return (low, balance(low)), high


def _narrow(
    balance: Balance, *, guess: float, low: tuple[float, float], high: float
) -> list[tuple[float, float]]:
    guesses = [low]
    before, residual_before = low
    floor, at = before, guess
    for _ in range(_ROUNDS_MAX):
        residual = balance(at)
        guesses.append((at, residual))
        if residual == 0:
            break
        if at > _RATE_MAX:
            raise AprError("No rate balances these advances and payments; check their dates.")
        floor, high = (at, high) if residual < 0 else (floor, at)
        slope = (residual - residual_before) / (at - before)
        after = at - residual / slope if slope > 0 else floor
        if not floor < after < high:
            after = (floor + high) / 2 if high < math.inf else at * 2
        if abs(after - at) <= _CLOSE_ENOUGH * at:
            guesses.append((after, balance(after)))
            break
        before, residual_before, at = at, residual, after
    return guesses


def _polish(
    advances: Sequence[Run], payments: Sequence[Run], *, guesses: list[tuple[float, float]]
) -> Root:
    def residual(rate: Decimal) -> Decimal:
        return exact_value(advances, rate=rate) - exact_value(payments, rate=rate)

    (far, far_residual), (near, _) = _widest_of_last(guesses)
    with localcontext(_CONTEXT):
        first = Decimal(near)
        off = residual(first)
        slope = (off - Decimal(far_residual)) / (first - Decimal(far))
        second = first - off / slope
        still_off = residual(second)
        root = second
        if still_off != off:
            root = second - still_off * (second - first) / (still_off - off)
        seen = [Iteration(Decimal(at), Decimal(gap)) for at, gap in guesses[1:]]
        return Root(root, (*seen, Iteration(second, still_off)))


def _widest_of_last(guesses: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    # The slope comes from a guess far enough away that the float residual still has digits.
    near = guesses[-1]
    for far in reversed(guesses[:-1]):
        if abs(far[0] - near[0]) > 1e-7 * near[0]:
            return far, near
    return guesses[0], near
