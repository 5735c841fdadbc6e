"""Brands' published lists at the console: those in trouble first, what was read, a fresh start."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk
from bandstand.plumbing.audit_book import audit_list
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import instant_text, plural, time_cell
from bandstand.rights.queries import lists as reads
from bandstand.rights.queries.lists import SnapshotRow, SourceRow
from bandstand.rights.rules.lists import ListFaultCode, cure_of, shown_domain

ROOM: Final = "/console/lists/"
QUIET_FOR: Final = timedelta(hours=24)
STATES: Final = {"trouble": "In trouble", "good": "Believed", "unread": "Not read yet"}
HEADS: Final = (
    "list", "brand", "state", "fault", "number", "sellers", "unknown_names", "last_believed",
    "last_tried", "failing_since",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One list: its fault and cure, what was read, and the way to let it count anew."""

    title: str
    url: str
    state: str
    kind: str
    alert_title: str
    alert_text: str
    cure: str
    facts: tuple[Fact, ...]
    snapshots: Table
    history: Table
    form: forms.Form
    action_url: str


def lists_page(desk: Desk) -> Listing:
    """Return every list, those in trouble first."""
    asking = Asking.of(desk.request)
    every = _every(desk)
    found = _asked(every, asking, now=desk.now)
    bad = sum(_state(one, now=desk.now)[0] == "trouble" for one in every)
    state = asking.params.get("state", "")
    return Listing(
        title="Published lists",
        lead="Where brands publish whom they authorise, and how the last reading went. While a list"
        " is not believed, nothing that rests on it is confirmed, and within a day its sales stop.",
        stats=(
            Stat("Lists", str(len(every))),
            Stat("In trouble", str(bad), kind="bad" if bad else ""),
        ),
        text=asking.text(),
        text_label="Brand or domain",
        filters=(select("state", "State", values=STATES, chosen=state, any_label="Any state"),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Published lists",
            note=plural(len(found), "list"),
            columns=plain_headings(
                Column("List"), Column("State"), Column("Brand"), Column("Number", is_number=True),
                Column("Sellers", is_number=True), Column("Unknown", is_number=True),
                Column("Last believed"), Column("Failing since"),
            ),
            rows=tuple(_row(one, desk=desk) for one in found),
        ),
        pages=ONE_PAGE,
        export_url=asking.address(format="csv", page=""),
        clear_url=ROOM if asking.text() or state else "",
        empty_title="No list here",
        empty_text="A brand's list is read once its domain is shown to be its own.",
    )  # fmt: skip


def lists_export(desk: Desk) -> list[tuple[object, ...]]:
    """Return every list, for a spreadsheet."""
    found = _asked(_every(desk), Asking.of(desk.request), now=desk.now)
    return [
        (
            one.url, one.brand_name, _state(one, now=desk.now)[0], one.last_fault,
            one.last_sequence or "", one.listed, one.claims,
            *(at.isoformat() if at else "" for at in (
                one.last_good_at, one.last_tried_at, one.failing_since,
            )),
        )
        for one in found
    ]  # fmt: skip


def source_of(source_id: UUID) -> SourceRow:
    """
    Return one list of any brand.

    Raises: NotFoundError.
    """
    return reads.source_row(source_id, brand_ids=[one.id for one in catalogue.brands()])


def source_page(row: SourceRow, *, desk: Desk, form: forms.Form) -> SourcePage:
    """Return one list."""
    _, word, kind = _state(row, now=desk.now)
    fault = ListFaultCode(row.last_fault) if row.last_fault else None
    text = row.last_fault_text
    domain = shown_domain(row.domain)
    return SourcePage(
        title=domain,
        url=row.url,
        state=word,
        kind=kind,
        alert_title=f"The list is not believed ({fault.value})" if fault else "",
        alert_text=text[:1].upper() + text[1:],
        cure=cure_of(fault, brand=row.brand_name, domain=domain) if fault else "",
        facts=(
            Fact("Brand", row.brand_name),
            Fact("Number", str(row.last_sequence or "none counts now")),
            Fact("Sellers", str(row.listed)),
            Fact("Named and not known here", str(row.claims)),
            Fact("Last believed", _told(row.last_good_at, desk=desk)),
            Fact("Last tried", _told(row.last_tried_at, desk=desk)),
            Fact("Failing since", _told(row.failing_since, desk=desk)),
        ),
        snapshots=_snapshots(reads.snapshots_of(row.id), desk=desk),
        history=_history(row, desk=desk),
        form=form,
        action_url=f"{ROOM}{row.id}/restart/",
    )


def _every(desk: Desk) -> list[SourceRow]:
    rows = reads.sources_of([one.id for one in catalogue.brands()])
    order = list(STATES)
    return sorted(rows, key=lambda one: (order.index(_state(one, now=desk.now)[0]), one.domain))


def _asked(rows: list[SourceRow], asking: Asking, *, now: datetime) -> list[SourceRow]:
    text, state = asking.text().casefold(), asking.word("state", known=STATES)
    return [
        one
        for one in rows
        if text in f"{one.brand_name} {one.domain}".casefold()
        and (not state or _state(one, now=now)[0] == state)
    ]


def _state(row: SourceRow, *, now: datetime) -> tuple[str, str, str]:
    if row.last_fault:
        return "trouble", "Not believed", "bad"
    if row.last_good_at is None:
        return "unread", "Not read yet", ""
    if now - row.last_good_at > QUIET_FOR:
        return "trouble", "Not read for a day", "part"
    return "good", "Believed", "good"


def _row(one: SourceRow, *, desk: Desk) -> Row:
    _, word, kind = _state(one, now=desk.now)
    return Row(
        url=f"{ROOM}{one.id}/",
        cells=(
            Cell(shown_domain(one.domain), note=one.last_fault),
            pill(word, kind),
            Cell(one.brand_name),
            number(one.last_sequence or "–"),
            number(one.listed),
            number(one.claims),
            time_cell(one.last_good_at, zone=desk.zone, without="never"),
            time_cell(one.failing_since, zone=desk.zone),
        ),
    )


def _snapshots(rows: list[SnapshotRow], *, desk: Desk) -> Table:
    return Table(
        caption="What was read",
        note="every change and every fault, newest first",
        columns=plain_headings(
            Column("Number"), Column("Read"), Column("Result"), Column("Bytes", is_number=True),
            Column("Note"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(f"number {one.sequence}" if one.sequence else "no number",
                         note=f"SHA-256 {one.sha256[:16]}…"),
                    time_cell(one.fetched_at, zone=desk.zone),
                    pill("Believed", "good") if one.accepted else pill(one.fault, "bad"),
                    number(one.size),
                    Cell(one.fault_text or "–"),
                )
            )
            for one in rows
        ),
    )  # fmt: skip


def _history(row: SourceRow, *, desk: Desk) -> Table:
    subject = f"list:{row.domain}"[:60]
    found = [one for one in audit_list(text=subject).entries if one.subject == subject]
    return Table(
        caption="History",
        note=plural(len(found), "entry", many="entries"),
        columns=plain_headings(Column("When"), Column("Who"), Column("Deed"), Column("Said")),
        rows=tuple(
            Row(
                (
                    time_cell(one.at, zone=desk.zone),
                    Cell(one.actor),
                    Cell(one.action.partition(".")[2].replace("_", " ")),
                    Cell("; ".join(f"{name} {said}" for name, said in one.detail.items())),
                )
            )
            for one in found
        ),
    )


def _told(at: datetime | None, *, desk: Desk) -> str:
    return instant_text(at, zone=desk.zone) if at else "never"
