"""
A seller's month: what stood in each bucket, what moved it, what stands there now. Pure.

Four buckets hold a seller's money: pending, available, kept back, and what the seller owes us.
What a seller's money comes to is the first three less the last.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.ledger.rules import AccountCode

KIND_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sale": "Sold",
        "cancel": "Sale cancelled",
        "return": "Phone returned",
        "takedown": "Sale stopped",
        "mature": "Became available",
        "reserve released": "Kept back until now",
        "clawback": "Taken back",
        "netting": "Paid what you owed",
        "payout": "Payout sent",
        "reversal of payout": "Payout came back",
        "payout taken back": "Taken out of your balance",
        "reversal of payout taken back": "Given back to your balance",
    }
)
"""What a movement is called to the seller; others keep the ledger's own word."""
BUCKET_OF: Final[Mapping[AccountCode, str]] = MappingProxyType(
    {
        AccountCode.SELLER_PAYABLE: "pending",
        AccountCode.SELLER_AVAILABLE: "available",
        AccountCode.SELLER_RESERVE: "reserve",
        AccountCode.SELLER_RECEIVABLE: "owed",
    }
)
MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
DECEMBER: Final = 12


class MonthError(BadInputError):
    """Something that is not a month, or one that is not over yet."""

    code = "month"


class StatementOffError(RefusedError):
    """Opening and movements do not come to the closing: the books must be looked at first."""

    code = "statement_off"


@dataclass(frozen=True, slots=True)
class Buckets:
    """A seller's money by bucket, in minor units of one currency."""

    pending: int = 0
    available: int = 0
    reserve: int = 0
    owed: int = 0

    @property
    def worth(self) -> int:
        """Return what it comes to: positive is the seller's."""
        return self.pending + self.available + self.reserve - self.owed

    def __add__(self, other: "Buckets") -> "Buckets":
        return Buckets(
            self.pending + other.pending,
            self.available + other.available,
            self.reserve + other.reserve,
            self.owed + other.owed,
        )

    def as_json(self) -> dict[str, int]:
        """Return the buckets as they are kept."""
        return {
            "pending": self.pending,
            "available": self.available,
            "reserve": self.reserve,
            "owed": self.owed,
        }


@dataclass(frozen=True, slots=True)
class Detail:
    """A part of a movement, such as the commission of a sale."""

    kind: str
    words: str
    minor: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer as it moved a seller's buckets."""

    transfer: str
    at: datetime
    kind: str
    words: str
    moved: Buckets
    details: tuple[Detail, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the movement as it is kept."""
        return {
            "transfer": self.transfer,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "words": self.words,
            **self.moved.as_json(),
            "details": [[one.kind, one.words, one.minor] for one in self.details],
        }


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What a statement says: opening, movements, closing."""

    opening: Buckets
    lines: tuple[Movement, ...]
    closing: Buckets

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to tell."""
        return not self.lines and self.opening == self.closing == Buckets()

    def as_json(self) -> dict[str, Any]:
        """Return the figures as they are kept, with what they add up to."""
        return {
            "opening": self.opening.as_json(),
            "lines": [one.as_json() for one in self.lines],
            "closing": self.closing.as_json(),
            "summary": dict(summary_of(self.lines)),
        }


@dataclass(frozen=True, slots=True)
class ShareParts:
    """What the share of a sale was made of, as it was frozen with the sale."""

    price: int
    tax_within: int
    commission: int
    commission_words: str
    what: str

    @property
    def share(self) -> int:
        """Return the seller's share."""
        return self.price - self.tax_within - self.commission


def details_of_sale(parts: ShareParts, *, worth: int) -> tuple[Detail, ...]:
    """
    Return what a sale, or its undoing, was made of; nothing if it comes to another amount.

    A movement that is not the whole share is told as one amount rather than explained wrongly.
    """
    if abs(worth) != parts.share or not worth:
        return ()
    sign = 1 if worth > 0 else -1
    found = (
        Detail("price", parts.what, sign * parts.price),
        Detail("tax", "Tax within the price", -sign * parts.tax_within),
        Detail("commission", parts.commission_words or "Commission", -sign * parts.commission),
    )
    return tuple(one for one in found if one.minor)


def require_closed(figures: MonthFigures) -> None:
    """
    Refuse figures whose parts do not come to their closing.

    Raises: StatementOffError.
    """
    reached = sum((one.moved for one in figures.lines), figures.opening)
    if reached != figures.closing:
        raise StatementOffError(
            "The movements of the month do not come to what the accounts stand at. Prove the books"
            " with “bandstand ledger verify” before closing it."
        )


def summary_of(lines: Iterable[Movement]) -> Mapping[str, int]:
    """Return what the movements add up to by kind: prices, tax, commission, payouts, the rest."""
    sums = {
        "sold": 0, "undone": 0, "tax": 0, "commission": 0, "commission_back": 0,
        "paid_out": 0, "came_back": 0, "other": 0,
    }  # fmt: skip
    for line in lines:
        if line.details:
            for part in line.details:
                sums[_column(part)] += part.minor
        elif line.kind == "payout":
            sums["paid_out"] += line.moved.worth
        elif line.kind == "reversal of payout":
            sums["came_back"] += line.moved.worth
        else:
            sums["other"] += line.moved.worth
    return sums


def month_of(text: str) -> date:
    """
    Return the first day of a month written as 2026-11.

    Raises: MonthError.
    """
    found = MONTH.fullmatch(text.strip())
    if found is None or not 1 <= int(found.group(2)) <= DECEMBER:
        raise MonthError(f"“{text[:20]}” is not a month; write it as 2026-11.")
    return date(int(found.group(1)), int(found.group(2)), 1)


def month_before(day: date) -> date:
    """Return the first day of the month before a day's."""
    at = day.year * DECEMBER + day.month - 2
    return date(at // DECEMBER, at % DECEMBER + 1, 1)


def span_of(month: date, *, zone: str) -> tuple[datetime, datetime]:
    """Return the instants at which a month begins and ends in a zone."""
    place = ZoneInfo(zone)
    after = date(month.year + month.month // DECEMBER, month.month % DECEMBER + 1, 1)
    return (
        datetime.combine(month, time.min, tzinfo=place),
        datetime.combine(after, time.min, tzinfo=place),
    )


def _column(part: Detail) -> str:
    if part.kind == "price":
        return "sold" if part.minor > 0 else "undone"
    if part.kind == "commission":
        return "commission" if part.minor < 0 else "commission_back"
    return "tax"
