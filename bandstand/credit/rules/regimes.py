"""What a market's law wants a buyer to be told about credit. The words are data; this is pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bandstand.credit.rules.disclosure import PriceDisclosure


class When(StrEnum):
    """When an item is told."""

    ALWAYS = "always"
    CHARGE = "charge"
    NO_CHARGE = "no_charge"
    DOWN_PAYMENT = "down_payment"


@dataclass(frozen=True, slots=True)
class Source:
    """Which clause wants it, when its text was read, and from when until when it applies."""

    law: str
    read_on: date | None
    from_on: date
    until_on: date | None = None

    @property
    def is_checked(self) -> bool:
        """Say whether the text of the law was read, rather than remembered."""
        return self.read_on is not None

    def applies(self, on: date) -> bool:
        """Say whether it applies on a day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True)
class LawItem:
    """One thing a buyer is told: its label and its text with {figures} to be filled in."""

    key: str
    label: str
    text: str
    note: str
    when: When
    source: Source
    is_boxed: bool = False
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class LawLimit:
    """A figure of the law: an amount in minor units or a count."""

    key: str
    figure: int
    currency: str
    source: Source


@dataclass(frozen=True, slots=True)
class Regulation:
    """What one regime wants: items, notices, advertising terms, limits."""

    regime: str
    name: str
    title: str
    rate_name: str
    items: tuple[LawItem, ...]
    notices: tuple[LawItem, ...]
    limits: tuple[LawLimit, ...]
    advertised: tuple[str, ...]
    """What an advertisement that shows one figure must show beside it."""
    advertising_source: Source

    def items_for(self, told: PriceDisclosure) -> tuple[LawItem, ...]:
        """Return what is told about a plan on the day of its contract."""
        return tuple(item for item in self.items if _is_told(item, told))

    def notices_for(self, told: PriceDisclosure) -> tuple[LawItem, ...]:
        """Return the notices that an agreement carries on the day of its contract."""
        return tuple(item for item in self.notices if _is_told(item, told))

    def limit(self, key: str, *, on: date) -> LawLimit | None:
        """Return a figure of the law in force on a day."""
        live = [one for one in self.limits if one.key == key and one.source.applies(on)]
        return max(live, key=lambda one: one.source.from_on, default=None)


def filled(text: str, words: Mapping[str, str]) -> str:
    """
    Return a text with its figures filled in.

    Raises: KeyError for a figure that nobody gave: an agreement with a hole is worse than none.
    """
    return text.format_map(dict(words))


def _is_told(item: LawItem, told: PriceDisclosure) -> bool:
    is_charged = not told.finance_charge.is_zero
    wanted = {
        When.ALWAYS: True,
        When.CHARGE: is_charged,
        When.NO_CHARGE: not is_charged,
        When.DOWN_PAYMENT: not told.down_payment.is_zero,
    }
    return wanted[item.when] and item.source.applies(told.contract_date)
