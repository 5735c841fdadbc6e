"""What sellers are owed, the payout runs, and the terms of payout."""

from collections.abc import Iterable
from typing import Final

from django.utils.safestring import SafeString

from bandstand.console.desk import Desk, major, money
from bandstand.console.pages.payout_runs import RUN_WORDS, left_out_table, payout_row
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import sum_of
from bandstand.payouts import queries
from bandstand.payouts.gateways import gateway
from bandstand.payouts.queries import PolicyRow, RunRow, SellerMoneyRow, YearRow
from bandstand.payouts.rules import RunState
from bandstand.plumbing.desk.pictures import Part, columns_svg, whole_svg
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import bound_cell, time_cell

MONTHS_DRAWN: Final = 6
SELLER_HEADS: Final = ("seller", "pending", "available", "kept_back", "owed_to_us", "currency")
YEAR_HEADS: Final = (
    "seller", "legal_name", "country", "market", "currency", "law", "report_due", "threshold",
    *(f"gross_q{quarter}" for quarter in range(1, 5)),
    *(f"fees_q{quarter}" for quarter in range(1, 5)),
    *(f"sales_q{quarter}" for quarter in range(1, 5)),
    *(f"gross_month_{month:02}" for month in range(1, 13)),
)  # fmt: skip


def currencies() -> tuple[str, ...]:
    """Return the currencies in which sellers earned something, or would be paid."""
    earned = {row.currency for row in ledger.accounts(code=AccountCode.SELLER_PAYABLE)}
    agreed = {row.minimum.currency for row in queries.payout_policies()}
    return tuple(sorted(earned | agreed | {row.currency for row in queries.payout_routes()}))


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
        picture=_pictures(rows, desk=desk),
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
        sections=(
            *_left_out(desk),
            _runs(runs, desk=desk),
            _stuck(desk),
            _accounts(),
            _routes(desk),
            _policies(desk),
            _more(),
        ),
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


def year_export(*, year: int, zone: str) -> Iterable[tuple[object, ...]]:
    """Yield the yearly report of sellers, for the tax authority's form."""
    for row in queries.year_report(year=year, zone=zone):
        yield (
            row.seller,
            row.legal_name,
            row.country,
            row.market,
            row.currency,
            *_duty(row, year=year),
            *(major(one) for one in row.gross_by_quarter),
            *(major(one) for one in row.commission_by_quarter),
            *row.sales_by_quarter,
            *(major(one) for one in row.gross_by_month),
        )


def _duty(row: YearRow, *, year: int) -> tuple[str, str, str]:
    duty = row.duty(year=year)
    return duty.law, duty.answer, duty.source


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


def _runs(runs: tuple[RunRow, ...], *, desk: Desk) -> Table:
    return Table(
        caption="Payout runs",
        columns=plain_headings(
            Column("Proposed"),
            Column("State"),
            Column("By"),
            Column("Payouts", is_number=True),
            Column("Paid or on its way", is_number=True),
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


def _pictures(rows: list[SellerMoneyRow], *, desk: Desk) -> SafeString:
    drawn = [whole_svg(_parts(rows), label="Sellers’ money")] if rows else []
    for currency in currencies():
        months = queries.paid_by_month(currency=currency, now=desk.now)
        shown = months[-MONTHS_DRAWN:]
        parts = [Part(f"{one.month:%b}", int(one.total.major), "good") for one in shown]
        drawn.append(columns_svg(parts, label=f"Paid out by month, whole {currency}"))
    return SafeString("".join(drawn))


def _left_out(desk: Desk) -> tuple[Table, ...]:
    rows = [row for one in currencies() for row in queries.left_out(currency=one, now=desk.now)]
    return (left_out_table(rows),) if rows else ()


def _stuck(desk: Desk) -> Table:
    return Table(
        caption="On their way for days",
        note="Ask the bank, and record what it says",
        columns=plain_headings(
            Column("Seller"), Column("State"), Column("Amount", is_number=True), Column("Sent")
        ),
        rows=tuple(payout_row(row, zone=desk.zone) for row in queries.stuck_payouts(now=desk.now)),
    )


def _accounts() -> Table:
    return Table(
        caption="Accounts",
        note="Sellers state their own; a number is never shown whole",
        columns=plain_headings(Column("Seller"), Column("Account"), Column("Held by")),
        rows=tuple(_account_rows()),
    )


def _account_rows() -> Iterable[Row]:
    for seller, account in queries.accounts_stated():
        others = queries.others_with(account.id)
        note = f"also given by {', '.join(others)}" if others else ""
        yield Row(
            (
                Cell(f"{seller}, {account.currency}"),
                pill(
                    account.masked,
                    "bad" if account.blocked_at or others else "",
                    note=account.blocked_reason or note,
                ),
                Cell(account.holder),
            ),
            url=f"/console/payouts/accounts/{account.id}/",
        )


def _routes(desk: Desk) -> Table:
    rows = [queries.route_of(currency, now=desk.now) for currency in currencies()]
    return Table(
        caption="How sellers are paid",
        note="Follow a currency to change it",
        columns=plain_headings(
            Column("Currency"), Column("By"), Column("From"), Column("A changed account waits")
        ),
        rows=tuple(
            Row(
                (
                    Cell(row.currency),
                    Cell(gateway(row.gateway).label, note=row.form.value),
                    Cell(row.debtor_masked or "–", note=row.debtor),
                    Cell(f"{row.cooling_days} days"),
                ),
                url=f"/console/payouts/route/?currency={row.currency}",
            )
            for row in rows
        ),
    )


def _more() -> Table:
    return Table(
        caption="Papers",
        columns=plain_headings(Column("What")),
        rows=(
            Row((Cell("Statements of closed months"),), url="/console/payouts/statements/"),
            Row((Cell("Yearly report, as a sheet"),), url="/console/payouts/year/"),
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
