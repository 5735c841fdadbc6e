"""A seller's money: what is theirs, what is on its way, and every movement, from the ledger."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.payouts import queries
from bandstand.payouts.queries import AccountRow, PayableRow, PayoutRow, SellerStatement
from bandstand.payouts.rules import PayableState, PayoutState, SellerBalance
from bandstand.payouts.rules.statements import KIND_WORDS
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    DayField,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import plural, time_cell
from bandstand.portals.desk import Desk, money

MONEY_HEADS: Final = ("at", "kind", "what", "amount", "balance", "currency")
PERIOD: Final = timedelta(days=31)
PAYABLE_WORDS: Final = {
    PayableState.PENDING: ("Pending", "info"),
    PayableState.AVAILABLE: ("Available", "good"),
    PayableState.REVERSED: ("Taken back", "bad"),
}
PAYOUT_WORDS: Final = {
    PayoutState.SENT: ("On its way", "info"),
    PayoutState.PAID: ("Paid", "good"),
    PayoutState.FAILED: ("Failed", "bad"),
    PayoutState.RETURNED: ("Came back", "bad"),
}


def money_page(desk: Desk, *, currency: str) -> Listing:
    """Return a seller's balance and the statement of a period."""
    asking = Asking.of(desk.request)
    since, until = _period(asking, desk=desk)
    told = _statement(desk, currency=currency, since=since, until=until)
    held = queries.balance_of(desk.party.id, currency=currency)
    return Listing(
        title="Money",
        lead="A sale is pending until its buyer can no longer give it back. Then it is available,"
        " and the next payout pays it.",
        problems=tuple(asking.problems),
        stats=_stats(held),
        picture=whole_svg(
            [
                Part("pending", max(int(held.pending.major), 0), "info"),
                Part("available", int(held.available.major), "good"),
                Part("kept back", int(held.reserve.major), "part"),
            ],
            label="Your money",
        ),
        days=(
            DayField("since", "From", since.isoformat()),
            DayField("until", "To", until.isoformat()),
        ),
        table=Table(
            caption="Statement",
            note=f"Opening {money(told.opening)}, closing {money(told.closing)}",
            columns=plain_headings(
                Column("When"),
                Column("What"),
                Column("Amount", is_number=True),
                Column("Balance", is_number=True),
            ),
            rows=tuple(
                Row(
                    (
                        time_cell(line.at, zone=desk.zone),
                        Cell(KIND_WORDS.get(line.kind, line.kind), note=line.words),
                        number(money(line.amount)),
                        number(money(line.balance)),
                    )
                )
                for line in told.lines
            ),
        ),
        sections=(_account(desk, currency=currency), _payables(desk), _payouts(desk)),
        pages=ONE_PAGE,
        export_url=asking.address(format="csv"),
        action_url="/portals/seller/money/statements/",
        action_label="Statements",
        empty_title="No movement in this time",
        empty_text="Choose another period.",
    )


def money_export(desk: Desk, *, currency: str) -> Iterable[tuple[object, ...]]:
    """Yield the statement of a period, for a spreadsheet."""
    since, until = _period(Asking.of(desk.request), desk=desk)
    told = _statement(desk, currency=currency, since=since, until=until)
    yield (since.isoformat(), "opening", "", "", str(told.opening.major), currency)
    for line in told.lines:
        yield (
            line.at.isoformat(),
            line.kind,
            line.words,
            str(line.amount.major),
            str(line.balance.major),
            currency,
        )
    yield (until.isoformat(), "closing", "", "", str(told.closing.major), currency)


def _stats(held: SellerBalance) -> tuple[Stat, ...]:
    owed = (Stat("You owe", money(held.owed_to_us), kind="bad"),) if held.owed_to_us.minor else ()
    return (
        Stat("Pending", money(held.pending)),
        Stat("Available", money(held.available), kind="good"),
        Stat("Kept back", money(held.reserve), note="Against returns, for a time"),
        *owed,
    )


def _period(asking: Asking, *, desk: Desk) -> tuple[date, date]:
    today = desk.now.astimezone(ZoneInfo(desk.zone)).date()
    until = asking.day("until") or today
    since = asking.day("since") or until - PERIOD
    if since > until:
        asking.problems.append("The period ends before it begins; the days were swapped.")
        since, until = until, since
    return since, until


def _statement(desk: Desk, *, currency: str, since: date, until: date) -> SellerStatement:
    zone = ZoneInfo(desk.zone)
    return queries.seller_statement(
        seller_id=desk.party.id,
        currency=currency,
        since=datetime.combine(since, time.min, tzinfo=zone),
        until=datetime.combine(until + timedelta(days=1), time.min, tzinfo=zone),
    )


def _account(desk: Desk, *, currency: str) -> Table:
    row = queries.account_of(desk.party.id, currency=currency)
    return Table(
        caption="Your account",
        note="A change waits some days and is told to your former contact",
        columns=plain_headings(Column("Payouts go to"), Column("State"), Column("Held by")),
        rows=(
            Row(
                (
                    Cell(row.masked if row else "No account yet: give one"),
                    _account_state(row, desk=desk),
                    Cell(row.holder if row else "–"),
                ),
                url="/portals/seller/money/account/",
            ),
        ),
    )


def _account_state(row: AccountRow | None, *, desk: Desk) -> Cell:
    if row is None:
        return pill("Missing", "bad", note="Nothing is paid out without one")
    if row.blocked_at is not None:
        return pill("Stopped", "bad", note=row.blocked_reason)
    if row.usable_from > desk.now:
        return pill("Waits", "part", note=f"until {row.usable_from:%-d %B %Y}")
    return pill("In use", "good")


def _payables(desk: Desk) -> Table:
    rows = queries.payables_of(desk.party.id)
    return Table(
        caption="Your share of each sale",
        note=plural(len(rows), "sale"),
        columns=plain_headings(
            Column("Line"), Column("State"), Column("Share", is_number=True), Column("Sold")
        ),
        rows=tuple(_payable(row, zone=desk.zone) for row in rows[:50]),
    )


def _payable(row: PayableRow, *, zone: str) -> Row:
    word, kind = PAYABLE_WORDS[row.state]
    kept = (
        f"{money(row.kept_back)} kept back until {row.kept_until:%-d %b %Y}"
        if row.kept_until
        else ""
    )
    return Row(
        (
            Cell(print_id(IdKind.LINE, row.line_id)),
            pill(word, kind, note=kept),
            number(money(row.amount)),
            time_cell(row.sold_at, zone=zone),
        )
    )


def _payouts(desk: Desk) -> Table:
    rows = queries.payouts_of_seller(desk.party.id)
    return Table(
        caption="Payouts",
        note=plural(len(rows), "payout"),
        columns=plain_headings(
            Column("Sent"), Column("State"), Column("To"), Column("Amount", is_number=True)
        ),
        rows=tuple(_payout(row, zone=desk.zone) for row in rows[:50]),
    )


def _payout(row: PayoutRow, *, zone: str) -> Row:
    word, kind = PAYOUT_WORDS[row.state]
    return Row(
        (
            time_cell(row.sent_at, zone=zone),
            pill(word, kind, note=row.words),
            Cell(row.account or "–"),
            number(money(row.amount)),
        )
    )
