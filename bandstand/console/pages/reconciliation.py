"""Our books beside the providers': what agrees, what only one side knows of, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, major, money
from bandstand.payments import queries
from bandstand.payments.queries import Bucket, ClearingProof, MovementRow
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.pictures import Part, columns_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    headings,
    number,
    page_links,
    pill,
    plain_headings,
    select,
    sort_words,
)
from bandstand.plumbing.desk.words import plural, time_cell

HERE: Final = "/console/reconciliation/"
PAGE_SIZE: Final = 50
HEADS: Final = ("side", "gateway", "kind", "reference", "amount", "currency", "at", "days", "late")
SIDES: Final = {
    "open": "Open, both sides",
    Bucket.OURS_ONLY.value: "Only in our books",
    Bucket.THEIRS_ONLY.value: "Only at the provider",
    Bucket.MATCHED.value: "Matched",
}
SIDE_WORDS: Final = {
    Bucket.OURS_ONLY: ("Ours only", "part"),
    Bucket.THEIRS_ONLY: ("Theirs only", "bad"),
    Bucket.MATCHED: ("Matched", "good"),
}
KINDS: Final = {
    "charge": "Charge",
    "capture": "Capture",
    "refund": "Refund",
    "refund_failure": "Refund, came back",
    "refund_returned": "Refund, came back",
    "dispute": "Dispute",
    "dispute_taken": "Dispute, taken back",
    "dispute_returned": "Dispute, returned",
    "dispute_reversal": "Dispute, returned",
    "transfer": "Seller’s payout",
    "transfer_reversal": "Seller’s payout, back",
    "other": "Adjustment",
}
AGES: Final = (("0–1 d", 0, 1), ("2–3 d", 2, 3), ("4–7 d", 4, 7), ("over 7 d", 8, 10**6))
COLUMNS: Final = (
    Column("Reference"),
    Column("Side"),
    Column("Kind", sort="kind"),
    Column("Amount", is_number=True, sort="amount"),
    Column("Moved", sort="at"),
    Column("Days", is_number=True),
)
ORDERS: Final = {
    "kind": lambda row: (row.kind, row.at),
    "amount": lambda row: (row.amount.minor, row.at),
    "at": lambda row: row.at,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    side: str
    kind: str
    sort: str
    page: int


def reconciliation_page(desk: Desk) -> Listing:
    """Return the movements of one side or both, with the proof that the rest agrees."""
    asking = Asking.of(desk.request)
    asked = _asked(asking)
    unmatched = queries.unmatched(now=desk.now)
    rows = _chosen(asked, unmatched)
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    at = min(asked.page, pages)
    shown = rows[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    is_narrowed = asked.side != "open" or bool(asked.kind)
    return Listing(
        title="Reconciliation",
        lead="What moved at payment providers by their word and by ours.",
        problems=tuple(asking.problems),
        stats=_stats(unmatched),
        picture=_ages(unmatched, desk=desk),
        filters=(
            select("side", "Side", values=SIDES, chosen=asked.side),
            select("kind", "Kind", values=KINDS, chosen=asked.kind, any_label="Every kind"),
        ),
        sort=asked.sort,
        table=Table(
            caption=SIDES[asked.side],
            columns=headings(COLUMNS, asking=asking, sort=asked.sort),
            rows=tuple(_row(row, desk=desk) for row in shown),
        ),
        pages=page_links(page=at, pages=pages, address=lambda to: asking.address(page=str(to))),
        sections=(_proofs(queries.proofs()), _files(desk)),
        export_url=asking.address(format="csv", page=""),
        clear_url=HERE if is_narrowed else "",
        action_url=f"{HERE}upload/",
        action_label="Take in a report",
        empty_title="Nothing is open" if asked.side == "open" else "Nothing here",
        empty_text="Every movement that a provider reported is one of ours."
        if unmatched == ()
        else "Choose another side or kind.",
    )


def reconciliation_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the movements that the address asks for, for a spreadsheet."""
    asked = _asked(Asking.of(desk.request))
    for row in _chosen(asked, queries.unmatched(now=desk.now)):
        yield (
            row.bucket.value,
            row.gateway,
            row.kind,
            row.ref,
            major(row.amount),
            row.amount.currency,
            row.at.isoformat(),
            row.age_days(now=desk.now),
            "yes" if row.is_late else "no",
        )


def movement_facts(row_id: UUID, *, desk: Desk) -> tuple[MovementRow, tuple[Fact, ...]]:
    """Return one movement of a provider's and what is known of it."""
    row = queries.settlement_row(row_id)
    facts = [
        Fact("Reference", row.ref),
        Fact("Gateway", row.gateway.capitalize()),
        Fact("Kind", KINDS.get(row.kind, row.kind)),
        Fact("Amount", money(row.amount)),
        Fact("Moved", time_cell(row.at, zone=desk.zone).text),
        Fact("Side", SIDE_WORDS[row.bucket][0]),
    ]
    if row.words:
        facts.append(Fact("Because" if row.matched_by else "Described as", row.words))
    if row.matched_by:
        facts.append(Fact("Matched by", row.matched_by))
    for one in queries.unmatch_rows(row_id):
        at = time_cell(one.unmatched_at, zone=desk.zone).text
        said = f"{at}, by {one.unmatched_by}: {one.reason} (was matched by {one.matched_by})"
        facts.append(Fact("Taken apart", said))
    return row, tuple(facts)


def match_choices(row_id: UUID, *, desk: Desk) -> list[tuple[str, str]]:
    """Return the movements of ours that a provider's movement may be."""
    return [
        (
            str(one.id),
            (
                f"{KINDS.get(one.kind, one.kind)} of {money(one.amount)},"
                f" {time_cell(one.at, zone=desk.zone).text} ({one.words})"
            ),
        )
        for one in queries.candidates(row_id)
    ]


def _asked(asking: Asking) -> Asked:
    return Asked(
        side=asking.word("side", known=SIDES, unless="open"),
        kind=asking.word("kind", known=KINDS),
        sort=asking.word("sort", known=sort_words(COLUMNS), unless="at"),
        page=asking.page(),
    )


def _chosen(asked: Asked, unmatched: tuple[MovementRow, ...]) -> list[MovementRow]:
    if asked.side == Bucket.MATCHED.value:
        rows = list(queries.matched())
    else:
        rows = [row for row in unmatched if asked.side in {"open", row.bucket.value}]
    wanted = [row for row in rows if not asked.kind or row.kind == asked.kind]
    is_backwards = asked.sort.startswith("-")
    return sorted(wanted, key=ORDERS[asked.sort.removeprefix("-")], reverse=is_backwards)


def _stats(unmatched: tuple[MovementRow, ...]) -> tuple[Stat, ...]:
    ours = [row for row in unmatched if row.bucket is Bucket.OURS_ONLY]
    theirs = [row for row in unmatched if row.bucket is Bucket.THEIRS_ONLY]
    unexplained = sum(not one.unexplained.is_zero for one in queries.proofs())
    return (
        Stat("Matched", str(queries.matched_count()), kind="good"),
        _side_stat("Only in our books", ours),
        _side_stat("Only at the provider", theirs),
        Stat(
            "Clearing",
            "explained" if not unexplained else plural(unexplained, "difference"),
            note="Our balance less theirs is what is open",
            kind="bad" if unexplained else "good",
        ),
    )


def _side_stat(label: str, rows: list[MovementRow]) -> Stat:
    late = sum(row.is_late for row in rows)
    return Stat(
        label,
        str(len(rows)),
        note=f"{late} late" if late else "none late",
        kind="bad" if late else "",
    )


def _ages(unmatched: tuple[MovementRow, ...], *, desk: Desk) -> str:
    parts = [
        Part(
            label,
            sum(first <= row.age_days(now=desk.now) <= last for row in unmatched),
            "bad" if first > 1 + 2 else "part",
        )
        for label, first, last in AGES
    ]
    return columns_svg(parts, label="Open movements by age")


def _row(row: MovementRow, *, desk: Desk) -> Row:
    word, kind = SIDE_WORDS[row.bucket]
    days = row.age_days(now=desk.now)
    url = "" if row.bucket is Bucket.OURS_ONLY else f"{HERE}{row.id}/"
    return Row(
        (
            Cell(row.ref, note=row.words if row.bucket is Bucket.OURS_ONLY else row.gateway),
            pill(word, kind, note="late" if row.is_late else ""),
            Cell(KINDS.get(row.kind, row.kind)),
            number(money(row.amount)),
            time_cell(row.at, zone=desk.zone),
            number(days),
        ),
        url=url,
    )


def _proofs(proofs: tuple[ClearingProof, ...]) -> Table:
    return Table(
        caption="Clearing",
        note="Our balance, less the provider's, is what only one side knows of",
        columns=plain_headings(
            Column("Gateway"),
            Column("Our balance", is_number=True),
            Column("Provider's", is_number=True),
            Column("Only ours", is_number=True),
            Column("Only theirs", is_number=True),
            Column("Unexplained", is_number=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.gateway.capitalize()),
                    number(money(one.clearing)),
                    number(money(one.provider)),
                    number(money(one.ours_only)),
                    number(money(one.theirs_only)),
                    number(money(one.unexplained)),
                )
            )
            for one in proofs
        ),
    )


def _files(desk: Desk) -> Table:
    return Table(
        caption="Reports taken in",
        columns=plain_headings(
            Column("File"),
            Column("Gateway"),
            Column("Rows", is_number=True),
            Column("New", is_number=True),
            Column("Taken in"),
            Column("By"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(file.name),
                    Cell(file.gateway.capitalize()),
                    number(file.rows),
                    number(file.new),
                    time_cell(file.imported_at, zone=desk.zone),
                    Cell(file.imported_by),
                )
            )
            for file in queries.settlement_files()
        ),
    )
