"""How long everything may take, references that people can read out, and spans of values. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import ALPHABET, FORGIVEN

DAYS_MAX: Final = 90
REFERENCE_LETTERS: Final = 8
REFERENCE_BITS: Final = 5 * REFERENCE_LETTERS
PREFIX: Final = "TI"
EXAMPLE: Final = "TI-7F3K-92QD"
"""A reference as people see it, where one must be explained."""
TEXT_MIN: Final = 10
BEGUN_TODAY: Final = timedelta(days=1)
"""A value may begin with the day on which it is listed, in any time zone."""


class TermsError(BadInputError):
    """Terms of trading in that cannot be meant."""

    code = "trade_in_terms"


class TradeInNotFoundError(NotFoundError):
    """No trade-in by that name that this caller may see."""

    code = "trade_in_not_found"


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeInTerms:
    """From when, and how many days each step may take. ``send_to`` is where phones go."""

    market: str
    quote_days: int
    """A quote stands so long."""
    arrive_days: int
    """An accepted phone must come within so many."""
    remind_days: int
    """The owner is reminded so long before that."""
    inspect_days: int
    """A phone that came is looked at within so many, or the quoted value stands."""
    answer_days: int
    """The owner has so many to answer a new value."""
    send_to: str
    source: str
    from_at: datetime

    def quote_until(self, now: datetime) -> datetime:
        return now + timedelta(days=self.quote_days)

    def arrive_by(self, now: datetime) -> datetime:
        return now + timedelta(days=self.arrive_days)

    def remind_at(self, arrive_by: datetime) -> datetime:
        return arrive_by - timedelta(days=self.remind_days)

    def inspect_by(self, now: datetime) -> datetime:
        return now + timedelta(days=self.inspect_days)

    def answer_by(self, now: datetime) -> datetime:
        return now + timedelta(days=self.answer_days)


def require_sound_terms(terms: TradeInTerms) -> None:
    """
    Refuse terms that no owner could keep, or that name no place or source.

    Raises: TermsError.
    """
    spans = (terms.quote_days, terms.arrive_days, terms.inspect_days, terms.answer_days)
    if min(spans) < 1 or max(spans) > DAYS_MAX:
        raise TermsError(f"Each step takes 1 to {DAYS_MAX} days.")
    if not 0 < terms.remind_days < terms.arrive_days:
        raise TermsError("The reminder comes at least a day before the last day, and not before.")
    if len(terms.send_to.strip()) < TEXT_MIN:
        raise TermsError("Write the whole address to which phones are sent.")
    if not terms.source.strip():
        raise TermsError("Name where these terms are written.")


def in_force(policies: Iterable[TradeInTerms], *, market: str, at: datetime) -> TradeInTerms:
    """
    Return the terms of a market that count at an instant.

    Raises: TermsError if the market has none: then no phones are taken there.
    """
    begun = [one for one in policies if one.market == market and one.from_at <= at]
    if not begun:
        raise TermsError("No phones are taken in this market yet.", market=market)
    return max(begun, key=lambda one: one.from_at)


class ValueChange(StrEnum):
    """What a new value in the list does."""

    ADDED = "added"
    REPLACED = "replaced"
    """The standing value ends where the new one begins."""
    UNCHANGED = "unchanged"


class ValueSpanError(BadInputError):
    """A value whose days contradict what is listed already: history is not rewritten."""

    code = "trade_in_value_span"


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed value and the instants between which it counts."""

    from_at: datetime
    until_at: datetime | None
    value_minor: int

    def meets(self, other: "Listed") -> bool:
        """Say whether the two count at the same instant, ever."""
        begins_in_time = other.until_at is None or self.from_at < other.until_at
        ends_in_time = self.until_at is None or self.until_at > other.from_at
        return begins_in_time and ends_in_time


def fit_value(new: Listed, *, listed: Iterable[Listed], now: datetime) -> ValueChange:
    """
    Say what a new value does to those listed for the same phone and grade.

    Raises: ValueSpanError if it begins in the past, or overlaps another than the standing one.
    """
    met = [one for one in listed if one.meets(new)]
    if any(_says(one, new) for one in met):
        return ValueChange.UNCHANGED
    if new.until_at is not None and new.until_at <= new.from_at:
        raise ValueSpanError("A value ends after it begins.")
    if new.from_at < now - BEGUN_TODAY:
        raise ValueSpanError("A value cannot begin in the past: quotes were made at the old one.")
    for one in met:
        if one.from_at >= new.from_at:
            raise ValueSpanError(
                f"A value from {one.from_at:%Y-%m-%d} is listed already; begin after that day."
            )
        if one.until_at is not None:
            raise ValueSpanError(
                f"A value until {one.until_at:%Y-%m-%d} is listed; begin on that day or later."
            )
    return ValueChange.REPLACED if met else ValueChange.ADDED


def _says(one: Listed, new: Listed) -> bool:
    """Say whether a listed value says already what a new one would."""
    return (
        one.value_minor == new.value_minor
        and one.until_at == new.until_at
        and one.from_at <= new.from_at
    )


def print_reference(random: int) -> str:
    """Return a reference that a person can read out and nobody can count."""
    letters = []
    for _ in range(REFERENCE_LETTERS):
        random, digit = divmod(random, len(ALPHABET))
        letters.append(ALPHABET[digit])
    half = REFERENCE_LETTERS // 2
    return f"{PREFIX}-{''.join(letters[:half])}-{''.join(letters[half:])}"


def parse_reference(text: str) -> str:
    """
    Return a reference as it is kept, however it was typed.

    Raises: TradeInNotFoundError for what cannot be one.
    """
    compact = "".join(one for one in text if one.isalnum())
    body = compact[len(PREFIX) :].translate(FORGIVEN).upper()
    is_one = compact[: len(PREFIX)].upper() in {PREFIX, "T1"} and len(body) == REFERENCE_LETTERS
    if not is_one or any(one not in ALPHABET for one in body):
        raise TradeInNotFoundError(
            f"“{text.strip()[:40]}” is not a reference such as {EXAMPLE}.", given=text[:40]
        )
    half = REFERENCE_LETTERS // 2
    return f"{PREFIX}-{body[:half]}-{body[half:]}"
