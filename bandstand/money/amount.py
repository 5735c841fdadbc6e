"""
An amount of money: whole minor units of one currency, never a float, never divided.

Splitting is ``allocate``; rounding is in ``bandstand.money.rounding``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from bandstand.money.currencies import exponent
from bandstand.money.errors import AmountError, CurrencyMismatchError


@dataclass(frozen=True, slots=True)
class Money:
    """
    An amount in minor units of an ISO 4217 currency: ``Money(99999, "USD")`` is $999.99.

    Raises: AmountError if ``minor`` is not a whole number; UnknownCurrencyError.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise AmountError(
                "An amount is a whole number of minor units (999.99 is 99999), not"
                f" {self.minor!r}.",
                minor=repr(self.minor),
            )
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in a currency."""
        return cls(0, currency)

    @property
    def is_zero(self) -> bool:
        return self.minor == 0

    @property
    def is_positive(self) -> bool:
        return self.minor > 0

    @property
    def is_negative(self) -> bool:
        return self.minor < 0

    @property
    def major(self) -> Decimal:
        """The exact amount in whole units: ``Decimal("999.99")``."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def times(self, count: int) -> "Money":
        """
        Return the amount taken a whole number of times.

        Raises: AmountError if ``count`` is not a whole number; a share is ``allocate``.
        """
        if type(count) is not int:
            raise AmountError(
                f"An amount can be taken a whole number of times, not {count!r}; to share it, use"
                " allocate.",
                count=repr(count),
            )
        return Money(self.minor * count, self.currency)

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor >= self._same(other)

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(
                f"{self} and {other} are different currencies; convert one of them first.",
                left=self.currency,
                right=other.currency,
            )
        return other.minor


def sum_of(parts: Iterable[Money], *, currency: str) -> Money:
    """
    Add up amounts of one currency; nothing adds up to zero.

    Raises: CurrencyMismatchError if a part is in another currency.
    """
    total = Money.zero(currency)
    for part in parts:
        total += part
    return total


def allocate(total: Money, *, weights: tuple[int, ...]) -> tuple[Money, ...]:
    """
    Split an amount by weights so that the parts add up to the whole.

    The remainder goes, one minor unit each, to the largest fractional parts; ties go to the
    earliest part. A negative amount is split as its positive twin and negated.

    Shape: one part per weight, in order.
    Units: minor units of ``total.currency``.
    Raises: ValueError if no weight is positive or any is negative.
    Source: largest-remainder method (Hamilton).
    """
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError(
            f"Weights must be whole numbers of 0 or more, and one of them positive: {weights!r}."
        )
    size = abs(total.minor)
    whole = sum(weights)
    floors = [size * weight // whole for weight in weights]
    remainders = [size * weight % whole for weight in weights]
    earliest_largest = sorted(range(len(weights)), key=lambda at: (-remainders[at], at))
    for at in earliest_largest[: size - sum(floors)]:
        floors[at] += 1
    sign = -1 if total.is_negative else 1
    return tuple(Money(sign * part, total.currency) for part in floors)
