"""One plan's life as the desk reads it: what happened, what will, and its versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bandstand.console.desk import money
from bandstand.credit.queries import PlanMoney
from bandstand.credit.queries.changes import ChangedPlan, planned_for
from bandstand.credit.queries.plans import PlanMoveRow
from bandstand.credit.rules.amendment import Amendment
from bandstand.credit.rules.calendar import Deed
from bandstand.credit.rules.hardship import ChangeKind, ProposalState
from bandstand.credit.rules.pausing import PAUSE_WORDS
from bandstand.money import Money
from bandstand.plumbing.desk.confirming import ConfirmPage
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Row,
    Table,
    number,
    plain_headings,
)
from bandstand.plumbing.desk.words import state_cell, time_cell

SHOWN_AHEAD: Final = 24
DEEDS: Final = {
    Deed.REMINDER: "The buyer is reminded",
    Deed.DUE: "It falls due",
    Deed.TRY: "The saved card is tried, if it is still open",
    Deed.LATE_FEE: "A late charge, if it is still open",
    Deed.CHARGE_OFF: "The books give the plan up, if it is still open",
}
VERSIONS: Final = {
    ChangeKind.AGREED: "as agreed",
    ChangeKind.EXTEND: "spread over more months",
    ChangeKind.LOWER: "smaller for a while",
    ChangeKind.MOVE_DAY: "another day of the month",
    ChangeKind.SKIP: "one instalment skipped",
    ChangeKind.PAUSE: "moved by a pause",
    ChangeKind.EXTRA: "shorter after an extra payment",
}
PROPOSALS: Final = {
    ProposalState.ASKED: "asked for, nobody has decided",
    ProposalState.PROPOSED: "proposed, the buyer decides",
    ProposalState.ACCEPTED: "accepted",
    ProposalState.DECLINED: "not wanted by the buyer",
    ProposalState.REFUSED: "not offered",
    ProposalState.LAPSED: "lapsed",
}


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A change before it is proposed: the question, and the two schedules side by side."""

    question: ConfirmPage
    figures: Table
    pairs: Table


def preview_page(question: ConfirmPage, amendment: Amendment) -> PreviewPage:
    """Return the second look at a change."""
    return PreviewPage(
        question=question,
        figures=Table(
            caption="Before and after",
            columns=plain_headings(
                Column("Figure"), Column("Now", is_number=True), Column("Proposed", is_number=True)
            ),
            rows=tuple(
                Row(cells=(Cell(one.label), number(one.old), number(one.new)))
                for one in amendment.figures
            ),
        ),
        pairs=Table(
            caption="Every payment",
            columns=plain_headings(
                Column("No."), Column("Now", is_number=True), Column("Proposed", is_number=True)
            ),
            rows=tuple(
                Row(
                    cells=(
                        Cell(str(at)),
                        Cell(row.old_amount or "–", note=row.old_due, is_number=True),
                        Cell(row.new_amount or "–", note=row.new_due, is_number=True),
                    )
                )
                for at, row in enumerate(amendment.pairs, start=1)
            ),
        ),
    )


def wish_facts(changes: ChangedPlan) -> tuple[Fact, ...]:
    """Return what the buyer asks for, above the form that answers it."""
    waiting = changes.proposal
    if waiting is None:
        return ()
    return (
        Fact("Asked for" if waiting.state is ProposalState.ASKED else "Proposed", waiting.words),
        Fact("Why", waiting.reason),
        Fact("By", waiting.asked_by),
    )


def asked_for(changes: ChangedPlan, *, currency: str) -> dict[str, object]:
    """Return what the buyer asks for as the proposal form's first values."""
    waiting = changes.proposal
    if waiting is None:
        return {}
    wish = waiting.wish
    return {
        "kind": wish.kind.value,
        "months": wish.months or None,
        "day": wish.day or None,
        "amount": str(Money(wish.amount_minor, currency).major) if wish.amount_minor else "",
    }


def calendar_table(found: PlanMoney, *, today: date) -> Table:
    """Return what happens when, should nobody pay by hand."""
    planned = [one for one in planned_for(found.plan_id) if one.on >= today]
    rest = len(planned) - SHOWN_AHEAD
    note = "once it goes on: it is paused" if found.is_paused else "if nobody pays by hand"
    return Table(
        caption="What happens when",
        note=f"{note}; {rest} more later" if rest > 0 else note,
        columns=plain_headings(Column("On"), Column("What"), Column("For what fell due")),
        rows=tuple(
            Row(cells=(Cell(_day(one.on)), Cell(DEEDS[one.deed]), Cell(_day(one.due_on))))
            for one in sorted(planned, key=lambda one: (one.on, one.due_on))[:SHOWN_AHEAD]
        ),
    )


def versions_table(changes: ChangedPlan, *, zone: str) -> Table:
    """Return the versions of a plan, newest first."""
    return Table(
        caption="Versions",
        columns=plain_headings(
            Column("No."),
            Column("What"),
            Column("When"),
            Column("By"),
            Column("Interest forgiven", is_number=True),
            Column("Page, SHA-256"),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(str(row.number)),
                    Cell(VERSIONS[row.kind], note=row.reason),
                    time_cell(row.made_at, zone=zone),
                    Cell(row.made_by),
                    number(money(row.forgiven)),
                    Cell(row.sha256[:16] or "–"),
                )
            )
            for row in changes.versions
        ),
    )


def proposals_table(changes: ChangedPlan, *, zone: str) -> Table:
    """Return what was asked for or proposed, newest first."""
    return Table(
        caption="Changes asked for and proposed",
        columns=plain_headings(Column("What"), Column("State"), Column("When"), Column("Why")),
        rows=tuple(
            Row(
                cells=(
                    Cell(row.words, note=f"by {row.asked_by}"),
                    Cell(PROPOSALS[row.state]),
                    time_cell(row.ended_at or row.proposed_at or row.asked_at, zone=zone),
                    Cell(row.reason, note=row.answer if row.answer != row.reason else ""),
                )
            )
            for row in changes.proposals
        ),
    )


def timeline_table(
    found: PlanMoney, *, changes: ChangedPlan, moves: tuple[PlanMoveRow, ...], zone: str
) -> Table:
    """Return everything that happened to a plan, newest first."""
    happened = sorted(
        _happened(found, changes=changes, moves=moves), key=lambda one: one[0], reverse=True
    )
    return Table(
        caption="Everything that happened",
        columns=plain_headings(Column("When"), Column("What"), Column("By"), Column("Note")),
        rows=tuple(
            Row(cells=(time_cell(at, zone=zone), what, Cell(who), Cell(note)))
            for at, what, who, note in happened
        ),
    )


def _happened(
    found: PlanMoney, *, changes: ChangedPlan, moves: tuple[PlanMoveRow, ...]
) -> Iterator[tuple[datetime, Cell, str, str]]:
    for move in moves:
        yield move.moved_at, state_cell(move.to_state.value), move.actor, move.reason
    for pay in found.payments:
        what = Cell(f"{pay.kind.value} {money(pay.amount)}: {pay.state.value}")
        who = "saved card" if pay.is_automatic else "by hand"
        yield pay.ended_at or pay.asked_at, what, who, pay.failure
    for row in changes.pauses:
        yield row.from_at, Cell(f"Paused because {PAUSE_WORDS[row.cause]}"), row.actor, row.reason
        if row.until_at:
            yield row.until_at, Cell(f"No longer: {PAUSE_WORDS[row.cause]}"), "", row.about
    for version in changes.versions:
        what = Cell(f"Version {version.number}: {VERSIONS[version.kind]}")
        yield version.made_at, what, version.made_by, version.reason
    for wish in changes.proposals:
        yield wish.asked_at, Cell(f"Change: {wish.words}"), wish.asked_by, wish.reason


def _day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"
