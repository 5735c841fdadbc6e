"""The queue of phones being traded in, one of them, and the money owed for them."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from bandstand.console.desk import Desk, major, money
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import sum_of
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, columns_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    number,
    page_links,
    pill,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import due_cell, plural, span_text
from bandstand.trade_in import queries
from bandstand.trade_in.queries import TradeInRow
from bandstand.trade_in.rules import (
    GRADE_WORDS,
    OPEN,
    STATE_WORDS,
    TradeInState,
)

HERE: Final = "/console/trade-in/"
HEADS: Final = (
    "reference", "state", "since", "phone", "grade", "quoted", "value", "currency", "order",
    "received_at", "inspect_by", "credited_at",
)  # fmt: skip
WORDS: Final = {
    **STATE_WORDS,
    TradeInState.RECEIVED: "To be looked at",
    TradeInState.REVALUED: "Waits for its owner",
    TradeInState.SENT: "On its way here",
    TradeInState.ACCEPTED: "Not sent yet",
}
KINDS: Final = {
    TradeInState.RECEIVED: "part",
    TradeInState.RETURN_DUE: "part",
    TradeInState.CREDITED: "good",
    TradeInState.SENT: "info",
    TradeInState.REVALUED: "info",
}


def queue_page(desk: Desk) -> Listing:
    """Return the trade-ins of a state, longest waiting first, with what was given each week."""
    asking = Asking.of(desk.request)
    words = {one.value: WORDS[one] for one in TradeInState}
    chosen = asking.word("state", known=words)
    states = (TradeInState(chosen),) if chosen else tuple(OPEN - {TradeInState.QUOTED})
    text = asking.text()
    found = queries.trade_ins(states=states, text=text, page=asking.page())
    return Listing(
        title="Trade-in",
        lead="Phones on their way to us, on our bench, and on their way back. The columns are what"
        " was credited each week, in whole units.",
        stats=tuple(_stats(desk)),
        picture=_weeks(desk),
        text=text,
        text_label="Reference or order number",
        filters=(select("state", "State", values=words, chosen=chosen, any_label="All open"),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Trade-ins",
            note="Longest in their state first",
            columns=plain_headings(
                Column("Reference"),
                Column("State"),
                Column("Phone"),
                Column("Value", is_number=True),
                Column("Since"),
                Column("Next"),
            ),
            rows=tuple(_row(one, desk=desk) for one in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        sections=(_doors(),),
        export_url=asking.address(format="csv", page=""),
        clear_url=HERE if chosen or text else "",
        action_url=f"{HERE}scan/",
        action_label="Scan a phone",
        empty_title="No phone is on its way",
        empty_text="Import what phones are worth and set the terms; then owners can begin.",
    )


def queue_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the trade-ins of a state, or all of them, for a spreadsheet."""
    asking = Asking.of(desk.request)
    chosen = asking.word("state", known={one.value: WORDS[one] for one in TradeInState})
    states = (TradeInState(chosen),) if chosen else ()
    text = asking.text()
    for page in every_page(lambda at: queries.trade_ins(states=states, text=text, page=at)):
        for one in page.rows:
            yield (
                one.reference, one.state.value, one.state_at.isoformat(), one.variant_key,
                one.grade.value, major(one.quoted), major(one.value), one.value.currency,
                one.order_number, one.received_at or "", one.inspect_by or "",
                one.credited_at or "",
            )  # fmt: skip


def _stats(desk: Desk) -> Iterator[Stat]:
    counts = queries.counts_by_state()
    late = len(queries.overdue(now=desk.now))
    here = counts[TradeInState.RECEIVED]
    yield Stat(
        "To be looked at",
        str(here),
        note=f"{late} late" if late else "",
        kind="bad" if late else "",
    )
    back = counts[TradeInState.RETURN_DUE]
    yield Stat("To be sent back", str(back), kind="part" if back else "")
    yield Stat("Wait for their owner", str(counts[TradeInState.REVALUED]))
    coming = counts[TradeInState.SENT] + counts[TradeInState.ACCEPTED]
    yield Stat("On their way", str(coming))
    yield from owed_stats()


def owed_stats() -> Iterator[Stat]:
    """Yield what is owed to the owners of phones, by currency."""
    code = AccountCode.CUSTOMER_CREDIT
    for currency in sorted({one.currency for one in ledger.accounts(code=code)}):
        rows = ledger.balances(code=code, currency=currency)
        total = -sum_of((one.balance for one in rows), currency=currency)
        yield Stat(f"Owed to owners, {currency}", money(total))


def _weeks(desk: Desk) -> SafeString:
    currencies = sorted({one.currency for one in ledger.accounts(code=AccountCode.TRADE_IN_STOCK)})
    drawn = [
        columns_svg(
            [
                Part(f"{week.day} {week:%b}", int(amount.major), "good")
                for week, amount in queries.given_by_week(currency=currency, now=desk.now)
            ],
            label=f"Credited by week, whole {currency}",
        )
        for currency in currencies
    ]
    return format_html_join("", "{}", ((picture,) for picture in drawn))


def _row(one: TradeInRow, *, desk: Desk) -> Row:
    due = {
        TradeInState.ACCEPTED: one.arrive_by,
        TradeInState.SENT: one.arrive_by,
        TradeInState.RECEIVED: one.inspect_by,
        TradeInState.REVALUED: one.answer_by,
        TradeInState.QUOTED: one.quote_until,
    }.get(one.state)
    return Row(
        (
            Cell(one.reference),
            pill(WORDS[one.state], KINDS.get(one.state, "")),
            Cell(one.title, note=GRADE_WORDS[one.grade].label),
            number(money(one.value)),
            Cell(f"{span_text(desk.now - one.state_at)} ago", iso=one.state_at.isoformat()),
            due_cell(due, now=desk.now) if due else Cell("–"),
        ),
        url=f"{HERE}{one.reference}/",
    )


def _doors() -> Table:
    """Return the other rooms of the trade-in desk."""
    counts = queries.counts_by_market()
    listed = ", ".join(f"{market} {count}" for market, count in sorted(counts.items()))
    return Table(
        caption="More of it",
        columns=plain_headings(Column("Where"), Column("What")),
        rows=(
            Row((Cell("Values"), Cell(f"Listed: {listed or 'none'}")), url=f"{HERE}values/"),
            Row((Cell("Stock"), Cell(plural(len(queries.stock()), "phone"))), url=f"{HERE}stock/"),
            Row(
                (Cell("Money owed"), Cell(plural(len(queries.open_payouts()), "open payout"))),
                url=f"{HERE}payouts/",
            ),
        ),
    )
