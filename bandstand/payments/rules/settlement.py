"""
Settlement: reading a provider's report of what moved, and matching it with what we know of.

Rows are read as Stripe's itemised balance report writes them; the sandbox writes the same. Gross is
signed as the provider's balance moves; a fee is positive when it is taken.
Source: Stripe, "Reporting categories" and "Balance report" columns; from general knowledge.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, RefusedError, near_matches
from bandstand.money import Money, parse_money
from bandstand.payments.rules.card_numbers import has_card_number

COLUMNS: Final = (
    "balance_transaction_id",
    "created_utc",
    "currency",
    "gross",
    "fee",
    "reporting_category",
)
OPTIONAL: Final = ("net", "source_id", "payment_intent_id", "automatic_payout_id", "description")
ROWS_MAX: Final = 200_000
FAULTS_SHOWN: Final = 10
OURS_LATE: Final = timedelta(days=3)
"""A provider reports within two working days; what is older and unreported needs a person."""
THEIRS_LATE: Final = timedelta(days=1)
"""What a provider moved and we know nothing of for a day needs a person."""


class SettlementFileError(BadInputError):
    """A report that cannot be read; the message names the lines and how to mend them."""

    code = "settlement_file"


class SettlementChangedError(RefusedError):
    """A row that was imported before says something else now."""

    code = "settlement_changed"


class MatchRefusedError(RefusedError):
    """Two movements that are not of one amount, or are matched already."""

    code = "match_refused"


class RowKind(StrEnum):
    """What a row of a report is about."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    """A refund that had gone through and came back."""
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_REVERSAL = "payout_reversal"
    TRANSFER = "transfer"
    """What went from our balance to a seller's."""
    TRANSFER_REVERSAL = "transfer_reversal"
    OTHER = "other"
    """Anything else, such as an adjustment by hand; a person must say what it is."""


BOOKED: Final = frozenset({RowKind.FEE, RowKind.PAYOUT, RowKind.PAYOUT_REVERSAL})
"""Kinds that the report itself is the reason to post; they match nothing of ours."""


class MoveKind(StrEnum):
    """What of ours moves money at a provider."""

    CAPTURE = "capture"
    REFUND = "refund"
    REFUND_RETURNED = "refund_returned"
    DISPUTE_TAKEN = "dispute_taken"
    DISPUTE_RETURNED = "dispute_returned"
    TRANSFER = "transfer"
    """A seller's payout that left our balance at the provider."""
    TRANSFER_REVERSAL = "transfer_reversal"


class ReportForm(StrEnum):
    """How a report is written."""

    ITEMISED = "itemised"
    """The provider's itemised balance report; the sandbox writes the same."""
    BALANCE = "balance"
    """Stripe's export of balance transactions, as its dashboard writes it."""


class UploadState(StrEnum):
    """How far a report that was sent in has come."""

    LOOKED_AT = "looked_at"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


ROW_OF: Final[Mapping[MoveKind, RowKind]] = MappingProxyType(
    {
        MoveKind.CAPTURE: RowKind.CHARGE,
        MoveKind.REFUND: RowKind.REFUND,
        MoveKind.REFUND_RETURNED: RowKind.REFUND_FAILURE,
        MoveKind.DISPUTE_TAKEN: RowKind.DISPUTE,
        MoveKind.DISPUTE_RETURNED: RowKind.DISPUTE_REVERSAL,
        MoveKind.TRANSFER: RowKind.TRANSFER,
        MoveKind.TRANSFER_REVERSAL: RowKind.TRANSFER_REVERSAL,
    }
)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One movement of a provider's balance, as the provider reports it."""

    id: str
    kind: RowKind
    gross: Money
    fee: Money
    occurred_at: datetime
    source_ref: str = ""
    payment_ref: str = ""
    payout_ref: str = ""
    description: str = ""

    @property
    def net(self) -> Money:
        """What the provider's balance changed by."""
        return self.gross - self.fee


@dataclass(frozen=True, slots=True)
class OurMove:
    """One movement that we know of, signed as the provider's balance moves."""

    id: UUID
    kind: MoveKind
    amount: Money
    moved_at: datetime
    refs: frozenset[str] = field(default_factory=frozenset)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A row and a movement of ours that are the same, and how that is known."""

    row_id: str
    move: OurMove
    how: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """A line of a report that cannot be read, and how to mend it."""

    line: int
    words: str


Taken = set[tuple[UUID, MoveKind]]
Apart = frozenset[tuple[str, UUID]]
"""Rows, by the provider's id, and movements of ours that a person has taken apart."""


def read_report(text: str) -> tuple[ReportRow, ...]:
    """
    Read a report; every faulty line is named, and none is taken if one is faulty.

    Raises: SettlementFileError.
    """
    rows, faults = inspect_report(text)
    if faults:
        more = len(faults) - FAULTS_SHOWN
        lines = " ".join(f"line {one.line}: {one.words}" for one in faults[:FAULTS_SHOWN])
        said = lines + (f" And {more} more lines." if more > 0 else "")
        raise SettlementFileError(f"Nothing was taken from the file. {said}", faults=len(faults))
    return rows


def inspect_report(text: str) -> tuple[tuple[ReportRow, ...], tuple[RowFault, ...]]:
    """
    Return the rows of a report that can be read, and what is wrong with the others, by line.

    Raises: SettlementFileError if its columns are missing, or it has no rows.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    _require_columns(reader.fieldnames or ())
    rows: list[ReportRow] = []
    faults: list[RowFault] = []
    seen: set[str] = set()
    for line, cells in enumerate(reader, start=2):
        try:
            row = _row(cells)
            _require_new(row.id, seen=seen)
            rows.append(row)
        except BadInputError as wrong:
            faults.append(RowFault(line, wrong.message))
    if not rows and not faults:
        raise SettlementFileError("The file has no rows below its heading.")
    return tuple(rows), tuple(faults)


def match_rows(
    rows: Iterable[ReportRow], moves: Sequence[OurMove], *, apart: Apart = frozenset()
) -> tuple[Match, ...]:
    """
    Match a provider's rows with our movements, each at most once.

    First by the provider's id; then, for rows without one we know, by amount, day and our key in
    the description. The amount is always the same: a difference is never matched away. A pair
    that a person took apart is only matched again by a person.
    """
    by_ref: dict[tuple[MoveKind, str], list[OurMove]] = defaultdict(list)
    for move in moves:
        for ref in sorted(move.refs):
            by_ref[(move.kind, ref)].append(move)
    taken: Taken = set()
    found: list[Match] = []
    waiting: list[ReportRow] = []
    for row in sorted(rows, key=lambda one: (one.occurred_at, one.id)):
        same = next((one for one in _by_id(row, by_ref) if _fits(row, one, taken, apart)), None)
        if same is None:
            waiting.append(row)
            continue
        taken.add((same.id, same.kind))
        found.append(Match(row.id, same, "provider's id"))
    for row in waiting:
        named = (one for one in moves if _is_named(row, one))
        same = next((one for one in named if _fits(row, one, taken, apart)), None)
        if same is not None:
            taken.add((same.id, same.kind))
            found.append(Match(row.id, same, "amount, day and key"))
    return tuple(found)


def require_matchable(row: ReportRow, move: OurMove) -> None:
    """
    Refuse to match by hand what is not the same movement of money.

    Raises: MatchRefusedError.
    """
    if row.gross != move.amount:
        raise MatchRefusedError(
            f"The provider moved {row.gross} and we know of {move.amount}. A difference is not"
            " matched away: find the movement of the same amount.",
            row=row.id,
        )


def is_late_ours(moved_at: datetime, *, now: datetime) -> bool:
    """Say whether a movement of ours should have been reported by now."""
    return now - moved_at > OURS_LATE


def is_late_theirs(occurred_at: datetime, *, now: datetime) -> bool:
    """Say whether a movement that we do not know of is old enough to need a person."""
    return now - occurred_at > THEIRS_LATE


def _by_id(row: ReportRow, by_ref: Mapping[tuple[MoveKind, str], list[OurMove]]) -> list[OurMove]:
    kinds = [kind for kind, of in ROW_OF.items() if of is row.kind]
    refs = [row.source_ref]
    if row.kind is RowKind.CHARGE:
        refs.append(row.payment_ref)
    return [move for kind in kinds for ref in refs if ref for move in by_ref.get((kind, ref), [])]


def _fits(row: ReportRow, move: OurMove, taken: Taken, apart: Apart) -> bool:  # noqa: PLR0917 -- four things of one pair
    is_free = (move.id, move.kind) not in taken and (row.id, move.id) not in apart
    return row.gross == move.amount and is_free


def _is_named(row: ReportRow, move: OurMove) -> bool:
    is_same_day = row.occurred_at.date() == move.moved_at.date()
    words = row.description.split()
    return ROW_OF[move.kind] is row.kind and is_same_day and bool(move.key) and move.key in words


def _require_columns(names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        hints = [
            f"{name} (there is {near[0]})" if (near := near_matches(name, list(names))) else name
            for name in missing
        ]
        raise SettlementFileError(
            f"The file lacks the columns {', '.join(hints)}. Export the itemised balance report"
            f" with the columns {', '.join((*COLUMNS, *OPTIONAL))}."
        )


def _require_new(row_id: str, *, seen: set[str]) -> None:
    if row_id in seen:
        raise SettlementFileError(f"“{row_id}” is in the file twice.")
    if len(seen) >= ROWS_MAX:
        raise SettlementFileError(f"A file has at most {ROWS_MAX} rows; split it.")
    seen.add(row_id)


def _row(cells: Mapping[str, str | None]) -> ReportRow:
    def cell(name: str) -> str:
        return (cells.get(name) or "").strip()

    if has_card_number(" ".join((cell("description"), cell("source_id")))):
        raise SettlementFileError("it holds what looks like a card number; remove it.")
    if not cell("balance_transaction_id"):
        raise SettlementFileError("balance_transaction_id is empty.")
    currency = cell("currency").upper()
    row = ReportRow(
        id=cell("balance_transaction_id")[:80],
        kind=_kind(cell("reporting_category")),
        gross=_signed(cell("gross"), currency),
        fee=_signed(cell("fee") or "0", currency),
        occurred_at=_instant(cell("created_utc")),
        source_ref=cell("source_id")[:80],
        payment_ref=cell("payment_intent_id")[:80],
        payout_ref=cell("automatic_payout_id")[:80],
        description=cell("description")[:200],
    )
    if cell("net") and _signed(cell("net"), currency) != row.net:
        raise SettlementFileError(f"net {cell('net')} is not gross less fee ({row.net.major}).")
    return row


def _kind(word: str) -> RowKind:
    if not word:
        raise SettlementFileError("reporting_category is empty.")
    known = [kind.value for kind in RowKind]
    return RowKind(word) if word in known else RowKind.OTHER


def _signed(text: str, currency: str) -> Money:
    amount = parse_money(text.removeprefix("-"), currency)
    return -amount if text.startswith("-") else amount


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise SettlementFileError(
            f"“{text[:40]}” is not a time; write it as 2026-11-22 14:05:00."
        ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
