"""What sellers are owed, the payout runs, and the terms of payout."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, major, money
from bandstand.kernel.errors import NotFoundError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money, sum_of
from bandstand.payouts import queries
from bandstand.payouts.queries import PayoutRow, PolicyRow, RunRow, SellerMoneyRow
from bandstand.payouts.rules import PayoutState, RunState
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
from bandstand.plumbing.desk.words import bound_cell, time_cell

SELLER_HEADS: Final = ("seller", "pending", "available", "kept_back", "owed_to_us", "currency")
BANK_HEADS: Final = ("payout", "seller", "amount", "currency", "state", "sent_at", "words")
YEAR_HEADS: Final = (
    "seller", "legal_name", "country", "market", "currency",
    *(f"gross_q{quarter}" for quarter in range(1, 5)),
    *(f"fees_q{quarter}" for quarter in range(1, 5)),
    *(f"sales_q{quarter}" for quarter in range(1, 5)),
    *(f"gross_month_{month:02}" for month in range(1, 13)),
)  # fmt: skip
RUN_WORDS: Final = {
    RunState.PROPOSED: ("Proposed", "part"),
    RunState.CONFIRMED: ("Confirmed", "good"),
    RunState.DISCARDED: ("Dropped", ""),
}
PAYOUT_WORDS: Final = {
    PayoutState.SENT: ("With the bank", "info"),
    PayoutState.PAID: ("Paid", "good"),
    PayoutState.FAILED: ("Came back", "bad"),
}


def currencies() -> tuple[str, ...]:
    """Return the currencies in which sellers ever earned something."""
    used = {row.currency for row in ledger.accounts(code=AccountCode.SELLER_PAYABLE)}
    return tuple(sorted(used))


def payouts_page(desk: Desk) -> Listing:
    """Return what every seller is owed, with the runs and the terms below."""
    rows = [row for currency in currencies() for row in queries.sellers_money(currency=currency)]
    runs = queries.runs()
    open_run = next((run for run in runs if run.state is RunState.PROPOSED), None)
    return Listing(
        title="Payouts",
        lead="A sale is pending until its buyer can no longer give it back; then the next run pays"
        " it out.",
        stats=tuple(stat for currency in currencies() for stat in _stats(rows, currency)),
        picture=whole_svg(_parts(rows), label="Sellers’ money") if rows else "",
        table=Table(
            caption="Sellers",
            columns=plain_headings(
                Column("Seller"),
                Column("Pending", is_number=True),
                Column("Available", is_number=True),
                Column("Kept back", is_number=True),
                Column("Owes us", is_number=True),
            ),
            rows=tuple(_seller(row) for row in rows),
        ),
        sections=(_runs(runs, desk=desk), _policies(desk)),
        pages=ONE_PAGE,
        export_url="/console/payouts/?format=csv",
        action_url=f"/console/payouts/runs/{open_run.id}/" if open_run else "/console/payouts/new/",
        action_label="Open run" if open_run else "New payout run",
        empty_title="No seller has earned anything yet",
        empty_text="Their share of a sale appears here when its money was taken.",
    )


def sellers_export() -> Iterable[tuple[object, ...]]:
    """Yield what sellers are owed, for a spreadsheet."""
    for currency in currencies():
        for row in queries.sellers_money(currency=currency):
            held = row.balance
            yield (
                row.seller,
                major(held.pending),
                major(held.available),
                major(held.reserve),
                major(held.owed_to_us),
                currency,
            )


def run_page(run_id: UUID, *, desk: Desk) -> Listing:
    """
    Return one run: what it would pay, or what it paid and what the bank said.

    Raises: NotFoundError.
    """
    run = queries.run(run_id)
    if run is None:
        raise NotFoundError("There is no such payout run.")
    word, kind = RUN_WORDS[run.state]
    stats = (Stat("Run", word, kind=kind), Stat("Proposed by", run.proposed_by))
    if run.state is RunState.PROPOSED:
        due = queries.payable_now(currency=run.currency, now=desk.now)
        return Listing(
            title=f"Payout run, {run.currency}",
            lead="What this run would pay now. Nothing has moved yet.",
            stats=(*stats, Stat("It would pay", money(due_total(due, run.currency)))),
            table=_due_table(due),
            pages=ONE_PAGE,
            action_url=f"/console/payouts/runs/{run.id}/confirm/",
            action_label="Confirm or drop it",
            empty_title="Nobody to pay",
            empty_text="What was available has moved since.",
        )
    rows = queries.payouts_of_run(run.id)
    return Listing(
        title=f"Payout run, {run.currency}",
        lead="What was handed to the bank, and what the bank said.",
        stats=(*stats, Stat("Decided by", run.decided_by), Stat("Paid", money(run.total))),
        table=Table(
            caption="Payouts",
            columns=plain_headings(
                Column("Seller"), Column("State"), Column("Amount", is_number=True), Column("Sent")
            ),
            rows=tuple(payout_row(row, zone=desk.zone, is_linked=True) for row in rows),
        ),
        pages=ONE_PAGE,
        export_url=f"/console/payouts/runs/{run.id}/?format=csv",
        empty_title="This run paid nobody",
        empty_text="It was dropped before it was confirmed.",
    )


def run_export(run_id: UUID) -> Iterable[tuple[object, ...]]:
    """Yield the payments of a run, for the bank."""
    for row in queries.payouts_of_run(run_id):
        yield (
            row.id,
            row.seller,
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


def payout_row(row: PayoutRow, *, zone: str, is_linked: bool) -> Row:
    """Return one payout as a row of a table."""
    word, kind = PAYOUT_WORDS[row.state]
    can_answer = is_linked and row.state is PayoutState.SENT
    return Row(
        (
            Cell(row.seller),
            pill(word, kind, note=row.words),
            number(money(row.amount)),
            time_cell(row.sent_at, zone=zone),
        ),
        url=f"/console/payouts/{row.id}/result/" if can_answer else "",
    )


def year_export(*, year: int, zone: str) -> Iterable[tuple[object, ...]]:
    """Yield the yearly report of sellers, for the tax authority's form."""
    for row in queries.year_report(year=year, zone=zone):
        yield (
            row.seller,
            row.legal_name,
            row.country,
            row.market,
            row.currency,
            *(major(one) for one in row.gross_by_quarter),
            *(major(one) for one in row.commission_by_quarter),
            *row.sales_by_quarter,
            *(major(one) for one in row.gross_by_month),
        )


def _stats(rows: list[SellerMoneyRow], currency: str) -> tuple[Stat, ...]:
    held = [row.balance for row in rows if row.balance.pending.currency == currency]
    return (
        Stat(f"Pending, {currency}", money(sum_of((b.pending for b in held), currency=currency))),
        Stat(
            f"Available, {currency}",
            money(sum_of((b.available for b in held), currency=currency)),
            kind="good",
        ),
        Stat(f"Kept back, {currency}", money(sum_of((b.reserve for b in held), currency=currency))),
    )


def _parts(rows: list[SellerMoneyRow]) -> list[Part]:
    return [
        Part("Pending", sum(max(int(row.balance.pending.major), 0) for row in rows), "info"),
        Part("Available", sum(int(row.balance.available.major) for row in rows), "good"),
        Part("Kept back", sum(int(row.balance.reserve.major) for row in rows), "part"),
        Part("Owed to us", sum(int(row.balance.owed_to_us.major) for row in rows), "bad"),
    ]


def _seller(row: SellerMoneyRow) -> Row:
    held = row.balance
    return Row(
        (
            Cell(row.seller),
            number(money(held.pending)),
            number(money(held.available)),
            number(money(held.reserve)),
            number(money(held.owed_to_us)),
        ),
        url=f"/console/ledger/party/?key={queries.seller_key(row.seller_id)}",
    )


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


def _runs(runs: tuple[RunRow, ...], *, desk: Desk) -> Table:
    return Table(
        caption="Payout runs",
        columns=plain_headings(
            Column("Proposed"),
            Column("State"),
            Column("By"),
            Column("Payouts", is_number=True),
            Column("Paid", is_number=True),
        ),
        rows=tuple(
            Row(
                (
                    time_cell(run.proposed_at, zone=desk.zone),
                    pill(*RUN_WORDS[run.state]),
                    Cell(run.decided_by or run.proposed_by),
                    number(run.payouts),
                    number(money(run.total)),
                ),
                url=f"/console/payouts/runs/{run.id}/",
            )
            for run in runs
        ),
    )


def _policies(desk: Desk) -> Table:
    return Table(
        caption="Terms of payout",
        note="A market without terms pays nothing out",
        columns=plain_headings(
            Column("Market"),
            Column("Waits after delivery"),
            Column("Kept back"),
            Column("Minimum", is_number=True),
            Column("From"),
        ),
        rows=tuple(_policy(row, zone=desk.zone) for row in queries.payout_policies()),
    )


def _policy(row: PolicyRow, *, zone: str) -> Row:
    return Row(
        (
            Cell(row.market, note=row.source),
            Cell(f"{row.wait_days} days"),
            Cell(f"{row.reserve_bps / 100:g} % for {row.reserve_days} more days"),
            number(money(row.minimum)),
            bound_cell(row.from_at, zone=zone),
        )
    )
