"""Contested charges: what is contested, until when to answer, and what to send."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, money
from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id
from bandstand.orders import queries as orders
from bandstand.payments import queries
from bandstand.payments.queries import DisputeRow
from bandstand.payments.rules import EVIDENCE, DebtChoice, DisputeState
from bandstand.payments.rules.disputes import days_left
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
)
from bandstand.plumbing.desk.words import due_cell, plural, time_cell

HERE: Final = "/console/disputes/"
CHOICES: Final = {
    DebtChoice.REOPEN: "Owed again: the instalments that the charge had paid are open",
    DebtChoice.WRITE_OFF: "Written off: the instalments stay paid, the loss is ours",
}
STATES: Final = {
    DisputeState.INQUIRY: ("Asked about", "info"),
    DisputeState.OPEN: ("Evidence needed", "part"),
    DisputeState.UNDER_REVIEW: ("With the bank", "info"),
    DisputeState.WON: ("Won", "good"),
    DisputeState.LOST: ("Lost", "bad"),
}


def disputes_page(desk: Desk) -> Listing:
    """Return every contested charge, the most pressing first."""
    rows = queries.disputes()
    waiting = [row for row in rows if row.decided_at is None]
    pressing = sum(row.is_pressing(now=desk.now) for row in waiting)
    rows = (*waiting, *(row for row in rows if row.decided_at is not None))
    return Listing(
        title="Disputes",
        lead="Charges that buyers contest at their bank. The money is away until it is decided.",
        stats=(
            Stat("Open", str(len(waiting))),
            Stat("Evidence due soon", str(pressing), kind="bad" if pressing else "good"),
            Stat("Won", str(sum(row.state is DisputeState.WON for row in rows)), kind="good"),
            Stat("Lost", str(sum(row.state is DisputeState.LOST for row in rows))),
        ),
        table=Table(
            caption="Disputes",
            columns=plain_headings(
                Column("Dispute"),
                Column("State"),
                Column("Amount", is_number=True),
                Column("Opened"),
                Column("Evidence until"),
            ),
            rows=tuple(_row(row, desk=desk) for row in rows),
        ),
        pages=ONE_PAGE,
        action_url="/console/reconciliation/",
        action_label="Reconciliation",
        empty_title="No charge is contested",
        empty_text="A dispute appears here as soon as the provider tells of it.",
    )


def dispute_facts(dispute_id: UUID, *, desk: Desk) -> tuple[DisputeRow, tuple[Fact, ...]]:
    """Return a dispute, what is known of it, and what to send to the bank."""
    row = queries.dispute(dispute_id)
    order = order_of(row.purpose)
    facts = [
        Fact("Dispute", f"{row.ref} at {row.gateway.capitalize()}"),
        Fact("State", STATES[row.state][0]),
        Fact("Amount", money(row.amount)),
        Fact("The buyer says", row.reason.replace("_", " ")),
        Fact("Opened", time_cell(row.opened_at, zone=desk.zone).text),
        Fact("Evidence until", _evidence_until(row, desk=desk)),
        Fact("Order", f"{order[0]}, at {order[1]}" if order else row.purpose),
        *_plan_facts(row),
        *(Fact(f"Send: {name}", words) for name, words in EVIDENCE),
    ]
    if row.answered_at is not None:
        when = time_cell(row.answered_at, zone=desk.zone).text
        facts.append(Fact("Answered", f"{row.answer_words} ({row.answered_by}, {when})"))
    return row, tuple(facts)


def days_words(due_at: datetime, *, now: datetime) -> str:
    """Say how long evidence may still be sent."""
    left = days_left(due_at=due_at, now=now)
    if left < 0:
        return "the last day has passed"
    return "today is the last day" if left == 0 else f"{plural(left, 'day')} left"


def order_of(purpose: str) -> tuple[str, str] | None:
    """Return the number and the page of the order that a payment pays, if it became one."""
    _, _, printed = purpose.partition(":")
    try:
        order = orders.order_of_checkout(parse_id(IdKind.CHECKOUT, printed))
    except MalformedIdError:  # a payment that was not begun by a checkout
        return None
    return (order.number, f"/console/orders/{order.public_id}/") if order else None


def _evidence_until(row: DisputeRow, *, desk: Desk) -> str:
    until = time_cell(row.due_at, zone=desk.zone, without="no day given").text
    is_open = row.decided_at is None and row.due_at is not None
    return f"{until}, {days_words(row.due_at, now=desk.now)}" if is_open and row.due_at else until


def _plan_facts(row: DisputeRow) -> tuple[Fact, ...]:
    if row.plan_id is None:
        return ()
    plan = Fact("Plan", f"/console/plans/{print_id(IdKind.PLAN, row.plan_id)}/")
    if row.debt_choice is None:
        return (plan,)
    return (plan, Fact("Its debt", f"{CHOICES[row.debt_choice]} ({row.debt_chosen_by})"))


def _row(row: DisputeRow, *, desk: Desk) -> Row:
    word, kind = STATES[row.state]
    if row.due_at is None or row.state is not DisputeState.OPEN:
        due = Cell("–")
    elif row.answered_at is not None:
        due = pill("Sent", "good")
    else:
        due = due_cell(row.due_at, now=desk.now)
    return Row(
        (
            Cell(row.ref, note=row.reason.replace("_", " ")),
            pill(word, kind),
            number(money(row.amount)),
            time_cell(row.opened_at, zone=desk.zone),
            due,
        ),
        url=f"{HERE}{row.id}/",
    )
