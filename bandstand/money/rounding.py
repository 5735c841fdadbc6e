"""
Named ways to round an exact number to a whole one.

A calculation keeps exact fractions and rounds once, by name, where the contract says so.
"""

import math
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Exact = int | Fraction | Decimal


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes a whole one."""

    HALF_UP = "half_up"
    """Half goes away from zero: 0.5 → 1, −0.5 → −1. What a shopper expects."""

    HALF_EVEN = "half_even"
    """Half goes to the even neighbour: 0.5 → 0, 1.5 → 2. No drift over many payments."""

    FLOOR = "floor"
    """Down, also below zero: 1.9 → 1, −0.1 → −1."""

    CEILING = "ceiling"
    """Up, also below zero: 1.1 → 2, −1.9 → −1."""


def half_up(value: Exact) -> int:
    """Round to the nearest whole number, a half away from zero."""
    exact = _exact(value)
    size = math.floor(abs(exact) + Fraction(1, 2))
    return -size if exact < 0 else size


def half_even(value: Exact) -> int:
    """Round to the nearest whole number, a half to the even neighbour."""
    return round(_exact(value))


def floor(value: Exact) -> int:
    """Round down, towards minus infinity."""
    return math.floor(_exact(value))


def ceiling(value: Exact) -> int:
    """Round up, towards plus infinity."""
    return math.ceil(_exact(value))


def round_exact(value: Exact, *, rounding: Rounding, multiple_of: int = 1) -> int:
    """
    Round to a multiple of a whole number, by the named rule.

    Raises: ValueError if ``multiple_of`` is not positive.
    """
    if multiple_of < 1:
        raise ValueError(f"A rounding step must be 1 or more, not {multiple_of!r}.")
    return _BY_NAME[rounding](_exact(value) / multiple_of) * multiple_of


_BY_NAME = {
    Rounding.HALF_UP: half_up,
    Rounding.HALF_EVEN: half_even,
    Rounding.FLOOR: floor,
    Rounding.CEILING: ceiling,
}


def _exact(value: Exact) -> Fraction:
    if isinstance(value, float):
        raise TypeError("Rounding takes an exact number (int, Fraction, Decimal), never a float.")
    return Fraction(value)
