"""A brand's published lists at its desk: how to publish, what was read, what came of it."""

import json
from dataclasses import dataclass
from difflib import unified_diff
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Row,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import instant_text, plural, time_cell
from bandstand.portals.desk import Desk
from bandstand.portals.pages.domains import own_brands
from bandstand.rights.queries import lists as reads
from bandstand.rights.queries.lists import SnapshotRow, SourceRow
from bandstand.rights.rules.lists import (
    OPEN_ENDED,
    AuthorisedList,
    ListFaultCode,
    cure_of,
    parse_list,
    shown_domain,
)
from bandstand.rights.rules.lists.inspecting import seller_words

BASE: Final = "/portals/brand/lists/"
LINES_MAX: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsPage:
    """Every list of a brand's desk."""

    table: Table
    has_lists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One list: how the last reading went, what rests on it, what was read before."""

    title: str
    state: str
    kind: str
    url: str
    alert_title: str
    alert_text: str
    cure: str
    facts: tuple[Fact, ...]
    listed: Table
    claims: Table
    snapshots: Table
    fetch_url: str
    build_url: str


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a difference; the mark is +, - or a blank."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPage:
    """One reading that was kept, beside the one before it."""

    title: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    fault: str
    lines: tuple[DiffLine, ...]
    is_first: bool
    is_cut: bool
    back_url: str


def lists_page(desk: Desk) -> ListsPage:
    """Return every list of a brand's desk."""
    rows = reads.sources_of(own_brands(desk))
    return ListsPage(
        has_lists=bool(rows),
        table=Table(
            caption="Your lists",
            note=plural(len(rows), "list"),
            columns=plain_headings(
                Column("List"),
                Column("State"),
                Column("Brand"),
                Column("Number", is_number=True),
                Column("Sellers", is_number=True),
                Column("Last believed"),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(shown_domain(one.domain)),
                        pill(*_state(one)),
                        Cell(one.brand_name),
                        number(one.last_sequence or "–"),
                        number(one.listed),
                        time_cell(one.last_good_at, zone=desk.zone, without="never"),
                    ),
                    url=f"{BASE}{one.id}/",
                )
                for one in rows
            ),
        ),
    )


def list_page(source_id: UUID, *, desk: Desk) -> ListPage:
    """
    Return one list.

    Raises: NotFoundError, alike for another brand's and one that is not there.
    """
    row = reads.source_row(source_id, brand_ids=own_brands(desk))
    word, kind = _state(row)
    is_faulty = bool(row.last_fault)
    return ListPage(
        title=shown_domain(row.domain),
        state=word,
        kind=kind,
        url=row.url,
        alert_title=f"The list is not believed ({row.last_fault})" if is_faulty else "",
        alert_text=row.last_fault_text[:1].upper() + row.last_fault_text[1:],
        cure=cure_of(
            ListFaultCode(row.last_fault), brand=row.brand_name, domain=shown_domain(row.domain)
        )
        if is_faulty
        else "",
        facts=_facts(row, desk=desk),
        listed=_listed(source_id, desk=desk),
        claims=_claims(source_id, desk=desk),
        snapshots=_snapshots(source_id, desk=desk),
        fetch_url=f"{BASE}{row.id}/read/",
        build_url=f"{BASE}{row.id}/next/",
    )


def snapshot_page(source_id: UUID, snapshot_id: UUID, *, desk: Desk) -> SnapshotPage:
    """
    Return one reading, with what it changed since the last believed one before it.

    Raises: NotFoundError, alike for another brand's and one that is not there.
    """
    row = reads.source_row(source_id, brand_ids=own_brands(desk))
    every = reads.snapshots_of(row.id)
    at = next((at for at, one in enumerate(every) if one.id == snapshot_id), None)
    if at is None:
        raise NotFoundError("There is no such reading of this list.")
    found = every[at]
    before = next((one for one in every[at + 1 :] if one.accepted), None)
    lines = _difference(before.body if before else b"", found.body)
    return SnapshotPage(
        title=f"{shown_domain(row.domain)}, {_number(found)}",
        state="Believed" if found.accepted else found.fault,
        kind="good" if found.accepted else "bad",
        facts=(
            Fact("Read", instant_text(found.fetched_at, zone=desk.zone)),
            Fact("From", found.final_url),
            Fact("Size", f"{found.size} bytes"),
            Fact("SHA-256", found.sha256),
        ),
        fault=found.fault_text,
        lines=lines[:LINES_MAX],
        is_first=before is None,
        is_cut=len(lines) > LINES_MAX,
        back_url=f"{BASE}{row.id}/",
    )


def base_of(source_id: UUID) -> AuthorisedList | None:
    """Return the last believed list, from which the next one is composed."""
    body = reads.last_believed(source_id)
    return parse_list(body).document if body else None


def _facts(row: SourceRow, *, desk: Desk) -> tuple[Fact, ...]:
    def told(at: object) -> str:
        return instant_text(at, zone=desk.zone) if at else "never"  # type: ignore[arg-type]  # the columns are instants

    return (
        Fact("Brand", row.brand_name),
        Fact("Number", str(row.last_sequence or "none yet")),
        Fact("Last believed", told(row.last_good_at)),
        Fact("Last tried", told(row.last_tried_at)),
    )


def _state(row: SourceRow) -> tuple[str, str]:
    if row.last_fault:
        return "Not believed", "bad"
    return ("Believed", "good") if row.last_good_at else ("Not read yet", "")


def _listed(source_id: UUID, *, desk: Desk) -> Table:
    rows = reads.listed_of(source_id)
    return Table(
        caption="Who may sell by this list",
        note=plural(len(rows), "grant"),
        columns=plain_headings(
            Column("Seller"), Column("Named as"), Column("Until"), Column("Confirmed")
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.seller_name),
                    Cell(seller_words(one.seller_key)),
                    Cell("while it is listed")
                    if one.until_at - one.from_at >= OPEN_ENDED
                    else time_cell(one.until_at, zone=desk.zone),
                    time_cell(one.checked_at, zone=desk.zone),
                )
            )
            for one in rows
        ),
    )


def _claims(source_id: UUID, *, desk: Desk) -> Table:
    rows = reads.claims_of(source_id)
    return Table(
        caption="Named and not known here",
        note=plural(len(rows), "name"),
        columns=plain_headings(Column("Named as"), Column("Why"), Column("Since")),
        rows=tuple(
            Row(
                (
                    Cell(seller_words(one.seller_key), note=one.name),
                    Cell(one.why),
                    time_cell(one.first_seen_at, zone=desk.zone),
                )
            )
            for one in rows
        ),
    )


def _snapshots(source_id: UUID, *, desk: Desk) -> Table:
    rows = reads.snapshots_of(source_id)
    return Table(
        caption="What was read",
        note="every change and every fault, newest first",
        columns=plain_headings(Column("Number"), Column("Read"), Column("Result"), Column("Note")),
        rows=tuple(
            Row(
                (
                    Cell(_number(one)),
                    time_cell(one.fetched_at, zone=desk.zone),
                    pill("Believed", "good") if one.accepted else pill("Not believed", "bad"),
                    Cell(one.fault_text),
                ),
                url=f"{BASE}{source_id}/readings/{one.id}/",
            )
            for one in rows
        ),
    )


def _number(one: SnapshotRow) -> str:
    return f"number {one.sequence}" if one.sequence else "no number"


def _difference(before: bytes, after: bytes) -> tuple[DiffLine, ...]:
    lines = unified_diff(_lines(before), _lines(after), lineterm="", n=2)
    return tuple(
        DiffLine(line[:1], line[1:]) for line in lines if not line.startswith(("---", "+++", "@@"))
    )


def _lines(body: bytes) -> list[str]:
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return [line[:200] for line in text.splitlines()[:LINES_MAX]]
