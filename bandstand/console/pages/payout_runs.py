"""One payout run: what it would pay, who is left out, how far it is, what came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, major, money
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money, sum_of
from bandstand.payouts import queries
from bandstand.payouts.gateways import gateway
from bandstand.payouts.queries import LeftOutRow, PayoutRow, RunRow, SellerMoneyRow
from bandstand.payouts.rules import PayoutMove, PayoutState, RunState
from bandstand.plumbing.desk.pictures import Part, whole_svg
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
from bandstand.plumbing.desk.words import time_cell

BANK_HEADS: Final = (
    "payout", "seller", "account", "amount", "currency", "state", "sent_at", "words",
)  # fmt: skip
RUN_WORDS: Final = {
    RunState.PROPOSED: ("Proposed", "part"),
    RunState.CONFIRMED: ("Confirmed", "good"),
    RunState.DISCARDED: ("Dropped", ""),
}
PAYOUT_WORDS: Final = {
    PayoutState.SENT: ("On its way", "info"),
    PayoutState.PAID: ("Paid", "good"),
    PayoutState.FAILED: ("Failed", "bad"),
    PayoutState.RETURNED: ("Came back", "bad"),
}
MOVE_WORDS: Final = {
    PayoutMove.PAY: "It arrived",
    PayoutMove.FAIL: "It was refused",
    PayoutMove.RETURN: "It came back",
}


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run's list, with how far it has come; while it moves, the page asks again by itself."""

    listing: Listing
    done: int
    whole: int
    picture: str
    is_moving: bool
    file_url: str


def run_page(run_id: UUID, *, desk: Desk) -> RunPage:
    """
    Return one run: what it would pay, or what it paid and what became of it.

    Raises: NotFoundError.
    """
    run = queries.run(run_id)
    if run is None:
        raise NotFoundError("There is no such payout run.")
    listing = _proposed(run, desk=desk) if run.state is RunState.PROPOSED else _ran(run, desk=desk)
    whole = sum(run.by_state.values())
    on_way = run.by_state.get(PayoutState.SENT, 0)
    by_hand = bool(run.gateway) and gateway(run.gateway).is_by_hand
    return RunPage(
        listing=listing,
        done=whole - on_way,
        whole=whole,
        picture=whole_svg(_parts(run), label="Payouts of the run"),
        is_moving=bool(on_way) and not by_hand and run.state is RunState.CONFIRMED,
        file_url=f"/console/payouts/runs/{run.id}/file/" if by_hand and whole else "",
    )


def run_export(run_id: UUID) -> Iterable[tuple[object, ...]]:
    """Yield the payments of a run, for a spreadsheet."""
    for row in queries.payouts_of_run(run_id):
        yield (
            row.id,
            row.seller,
            row.account,
            major(row.amount),
            row.amount.currency,
            row.state.value,
            row.sent_at.isoformat(),
            row.words,
        )


def run_facts(run_id: UUID, *, desk: Desk) -> tuple[RunRow, Money, tuple[Fact, ...]]:
    """
    Return a run, what it would pay, and to whom, for the question before it is confirmed.

    Raises: NotFoundError.
    """
    run = queries.run(run_id)
    if run is None:
        raise NotFoundError("There is no such payout run.")
    due = queries.payable_now(currency=run.currency, now=desk.now)
    facts = tuple(Fact(row.seller, money(row.balance.payable)) for row in due)
    return run, due_total(due, run.currency), facts


def due_total(due: Iterable[SellerMoneyRow], currency: str) -> Money:
    """Return what sellers would be paid together."""
    return sum_of((row.balance.payable for row in due), currency=currency)


def payout_facts(row: PayoutRow, *, desk: Desk) -> tuple[Fact, ...]:
    """Return what is known of one payout, with everything that became of it."""
    facts = [
        Fact("Seller", row.seller),
        Fact("Amount", money(row.amount)),
        Fact("To", row.account or "–"),
        Fact("By", gateway(row.gateway).label if row.gateway else "Bank"),
        Fact("State", PAYOUT_WORDS[row.state][0] + (f" ({row.call})" if row.call else "")),
        Fact("Sent", time_cell(row.sent_at, zone=desk.zone).text),
    ]
    for move in queries.moves_of(row.id):
        at = time_cell(move.at, zone=desk.zone).text
        said = f"{at}, by {move.actor}" + (f": {move.words}" if move.words else "")
        facts.append(Fact(MOVE_WORDS[move.move], said))
    return tuple(facts)


def payout_row(row: PayoutRow, *, zone: str) -> Row:
    """Return one payout as a row of a table."""
    word, kind = PAYOUT_WORDS[row.state]
    return Row(
        (
            Cell(row.seller, note=row.account),
            pill(word, kind, note=row.words or row.call),
            number(money(row.amount)),
            time_cell(row.sent_at, zone=zone),
        ),
        url=f"/console/payouts/{row.id}/",
    )


def left_out_table(rows: Iterable[LeftOutRow]) -> Table:
    """Return the sellers whom a run does not pay, and why."""
    return Table(
        caption="Left out",
        note="They have money, and this run does not pay it",
        columns=plain_headings(
            Column("Seller"), Column("Because"), Column("Available", is_number=True)
        ),
        rows=tuple(
            Row((Cell(one.row.seller), Cell(one.reason), number(money(one.row.balance.payable))))
            for one in rows
        ),
    )


def _proposed(run: RunRow, *, desk: Desk) -> Listing:
    due = queries.payable_now(currency=run.currency, now=desk.now)
    left = queries.left_out(currency=run.currency, now=desk.now)
    is_mine = run.proposed_by.casefold() == desk.actor.email.casefold()
    route = gateway(queries.route_of(run.currency, now=desk.now).gateway)
    return Listing(
        title=f"Payout run, {run.currency}",
        lead="What this run would pay now. Nothing has moved yet."
        + (
            " You proposed it: a colleague confirms it."
            if is_mine
            else f" {run.proposed_by} proposed it."
        ),
        stats=(
            Stat("Run", *_stat_words(run)),
            Stat("By", route.label),
            Stat("It would pay", money(due_total(due, run.currency))),
        ),
        table=_due_table(due),
        sections=(left_out_table(left),) if left else (),
        pages=ONE_PAGE,
        action_url=f"/console/payouts/runs/{run.id}/confirm/",
        action_label="Drop it" if is_mine else "Confirm or drop it",
        empty_title="Nobody to pay",
        empty_text="What was available has moved since, or nobody has an account to be paid to.",
    )


def _ran(run: RunRow, *, desk: Desk) -> Listing:
    rows = queries.payouts_of_run(run.id)
    return Listing(
        title=f"Payout run, {run.currency}",
        lead=f"{run.proposed_by} proposed it, {run.decided_by} decided.",
        stats=(
            Stat("Run", *_stat_words(run)),
            Stat("By", gateway(run.gateway).label if run.gateway else "–"),
            Stat("Paid or on its way", money(run.total)),
        ),
        table=Table(
            caption="Payouts",
            columns=plain_headings(
                Column("Seller"), Column("State"), Column("Amount", is_number=True), Column("Sent")
            ),
            rows=tuple(payout_row(row, zone=desk.zone) for row in rows),
        ),
        pages=ONE_PAGE,
        export_url=f"/console/payouts/runs/{run.id}/?format=csv",
        empty_title="This run paid nobody",
        empty_text="It was dropped before it was confirmed.",
    )


def _stat_words(run: RunRow) -> tuple[str, str, str]:
    word, kind = RUN_WORDS[run.state]
    return word, "", kind


def _parts(run: RunRow) -> list[Part]:
    return [
        Part(word.lower(), run.by_state.get(state, 0), kind)
        for state, (word, kind) in PAYOUT_WORDS.items()
    ]


def _due_table(due: tuple[SellerMoneyRow, ...]) -> Table:
    return Table(
        caption="It would pay",
        columns=plain_headings(
            Column("Seller"),
            Column("Available", is_number=True),
            Column("Owes us", is_number=True),
            Column("Payout", is_number=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(row.seller),
                    number(money(row.balance.available)),
                    number(money(row.balance.owed_to_us)),
                    number(money(row.balance.payable)),
                )
            )
            for row in due
        ),
    )
