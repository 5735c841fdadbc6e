"""
Reports in other forms than the itemised one, told in its columns. Pure.

Stripe's dashboard exports balance transactions with other headings and other words for the same
movements; each line becomes one line, so that a fault is named where the person sees it.
Source: Stripe, balance history export (columns id, Type, Source, Amount, Fee, Net, Currency,
Created (UTC), Description, Transfer) and the types of balance transactions (known 2026-11-22, not
re-read).
"""

import csv
import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bandstand.payments.rules.settlement import COLUMNS, OPTIONAL, ReportForm, RowKind

HEADS: Final = (*COLUMNS, *OPTIONAL)
BALANCE_HEADS: Final = ("id", "Type", "Amount", "Currency")
NAMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "balance_transaction_id": "id",
        "created_utc": "Created (UTC)",
        "currency": "Currency",
        "gross": "Amount",
        "fee": "Fee",
        "net": "Net",
        "source_id": "Source",
        "automatic_payout_id": "Transfer",
        "description": "Description",
    }
)
TYPES: Final[Mapping[str, RowKind]] = MappingProxyType(
    {
        "charge": RowKind.CHARGE,
        "payment": RowKind.CHARGE,
        "refund": RowKind.REFUND,
        "payment_refund": RowKind.REFUND,
        "refund_failure": RowKind.REFUND_FAILURE,
        "payment_failure_refund": RowKind.REFUND_FAILURE,
        "stripe_fee": RowKind.FEE,
        "payout": RowKind.PAYOUT,
        "payout_cancel": RowKind.PAYOUT_REVERSAL,
        "payout_failure": RowKind.PAYOUT_REVERSAL,
        "transfer": RowKind.TRANSFER,
        "transfer_cancel": RowKind.TRANSFER_REVERSAL,
        "transfer_failure": RowKind.TRANSFER_REVERSAL,
        "transfer_refund": RowKind.TRANSFER_REVERSAL,
    }
)
ADJUSTMENT: Final = "adjustment"
DISPUTES: Final = ("dp_", "du_")


def form_of(text: str) -> ReportForm:
    """Return in which form a report is written; the itemised one unless it is plainly another."""
    first = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"))), [])
    return ReportForm.BALANCE if set(BALANCE_HEADS) <= set(first) else ReportForm.ITEMISED


def itemised(text: str) -> str:
    """
    Return a report in the columns of the itemised form, line for line, and nothing else of it.

    An itemised report keeps the columns that are known; others may hold what nobody needs here.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if form_of(text) is ReportForm.ITEMISED:
        heads = [name for name in HEADS if name in (reader.fieldnames or ())]
        lines = ({name: _flat(cells.get(name)) for name in heads} for cells in reader)
    else:
        heads = list(HEADS)
        lines = (_told(cells) for cells in reader)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=heads, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def _told(cells: Mapping[str, str | None]) -> dict[str, str]:
    said = {name: _flat(cells.get(theirs)) for name, theirs in NAMED.items()}
    gross = said["gross"].replace(",", "")
    return said | {
        "gross": gross,
        "fee": said["fee"].replace(",", ""),
        "net": said["net"].replace(",", ""),
        "reporting_category": _kind(_flat(cells.get("Type")), said["source_id"], gross=gross),
    }


def _kind(word: str, source: str, *, gross: str) -> str:
    if word == ADJUSTMENT and source.startswith(DISPUTES):
        is_taken = gross.startswith("-")
        return (RowKind.DISPUTE if is_taken else RowKind.DISPUTE_REVERSAL).value
    return TYPES[word].value if word in TYPES else word


def _flat(text: str | None) -> str:
    """Return a cell on one line, so that a report can be taken in part by part."""
    return " ".join((text or "").split())
