"""The list of orders and the page of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django import forms

from bandstand.console.desk import Desk, major, money
from bandstand.orders import queries as orders
from bandstand.orders.addresses import address_lines
from bandstand.orders.queries import OrderLineRow, OrderPage, OrderRow, OrdersPage
from bandstand.orders.queries.desk_lists import orders_by_day, orders_in_order
from bandstand.orders.rules import LineState
from bandstand.payments import queries as payments
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
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
    plain_headings,
    select,
    sort_words,
)
from bandstand.plumbing.desk.words import (
    instant_text,
    plural,
    state_cell,
    state_kind,
    state_word,
    time_cell,
)
from bandstand.plumbing.letter_book import letters_to_read
from bandstand.tax.rules import label_of

COLUMNS: Final = (
    Column("Number", sort="number"),
    Column("State"),
    Column("Phones"),
    Column("Buyer", sort="email"),
    Column("Total", is_number=True, sort="total"),
    Column("Due today", is_number=True),
    Column("Placed", sort="placed"),
)
EXPORT_HEADS: Final = (
    "number", "email", "name", "market", "titles", "states", "total", "due_today", "currency",
    "placed_at",
)  # fmt: skip
DAYS_SHOWN: Final = 7


@dataclass(frozen=True, slots=True)
class MoveShown:
    """A step of a line, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One phone of an order, with everything that may be done about it."""

    public_id: str
    title: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    moves: tuple[MoveShown, ...]
    plan: tuple[Fact, ...]
    plan_table: Table | None
    offer_url: str
    passport_url: str
    passport_hash: str
    release_url: str
    """Empty unless the phone may be handed to a carrier now."""
    cancel_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDesk:
    """Everything the page of one order says."""

    number: str
    facts: tuple[Fact, ...]
    address: tuple[str, ...]
    lines: tuple[LineShown, ...]
    payment: tuple[Fact, ...]
    commands: Table | None
    letters: Table
    buyer_url: str
    form: forms.Form | None = None
    form_title: str = ""
    form_url: str = ""
    form_button: str = ""


def orders_page(desk: Desk) -> Listing:
    """Return the list of orders as its address asks."""
    asking = Asking.of(desk.request)
    found, sort, state = _found(asking, page=asking.page())
    return Listing(
        title="Orders",
        stats=tuple(
            Stat(state_word(word), str(count), kind=_stat_kind(word, count))
            for word, count in orders.lines_by_state().items()
        ),
        picture=_days_picture(desk),
        text=asking.text(),
        text_label="Number, e-mail, name, IMEI or serial",
        filters=(
            select("state", "Line state", values=_states(), chosen=state, any_label="Any state"),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Orders",
            note=plural(found.total, "order"),
            columns=headings(COLUMNS, asking=asking, sort=sort),
            rows=tuple(_row(one, zone=desk.zone) for one in found.orders),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/orders/" if asking.text() or state else "",
        sort=sort,
        empty_title="No order found",
        empty_text="Clear the search, or choose another state.",
    )


def orders_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every order that the list's address asks for, for a spreadsheet."""
    asking = Asking.of(desk.request)
    for page in every_page(lambda at: _found(asking, page=at)[0]):
        for one in page.orders:
            yield (
                one.number,
                one.email,
                one.buyer_name,
                one.market,
                " | ".join(one.titles),
                " | ".join(one.line_states),
                major(one.total),
                major(one.due_today),
                one.total.currency,
                one.placed_at.isoformat(),
            )


def order_page(order_id: UUID, *, desk: Desk) -> OrderDesk:
    """
    Return the page of one order.

    Raises: OrderNotFoundError.
    """
    page = orders.order_page(order_id)
    return OrderDesk(
        number=page.order.number,
        facts=(
            Fact("Buyer", f"{page.order.buyer_name}, {page.order.email}"),
            Fact("Placed", instant_text(page.order.placed_at, zone=desk.zone)),
            Fact("Market", page.order.market),
            Fact("Total", money(page.order.total)),
            *(Fact(label_of(one), money(one.tax)) for one in page.taxes),
            Fact("Due at checkout", money(page.order.due_today)),
        ),
        address=address_lines(page.address, name=page.order.buyer_name),
        lines=tuple(_line(one, page=page, zone=desk.zone) for one in page.lines),
        payment=_payment(page),
        commands=_commands(page, zone=desk.zone),
        letters=_letters(page, zone=desk.zone),
        buyer_url=page.link,
    )


def _found(asking: Asking, *, page: int) -> tuple[OrdersPage, str, str]:
    sort = asking.word("sort", known=sort_words(COLUMNS), unless="-placed")
    state = asking.word("state", known=_states())
    found = orders_in_order(text=asking.text(), line_state=state, sort=sort, page=page)
    return found, sort, state


def _states() -> dict[str, str]:
    return {state.value: state_word(state.value) for state in LineState}


def _stat_kind(state: str, count: int) -> str:
    return "bad" if state == LineState.CANCELLED.value and count else ""


def _days_picture(desk: Desk) -> str:
    by_day = orders_by_day(since=desk.now - timedelta(days=DAYS_SHOWN))
    days = [(desk.now - timedelta(days=back)).date() for back in reversed(range(DAYS_SHOWN))]
    return columns_svg(
        [
            Part(f"{day.day} {day:%b}" if day in {days[0], days[-1]} else str(day.day), count)
            for day, count in ((day, by_day.get(day, 0)) for day in days)
        ],
        label=f"Orders a day, last {DAYS_SHOWN} days (UTC)",
    )


def _row(one: OrderRow, *, zone: str) -> Row:
    states = sorted(set(one.line_states))
    first = state_cell(states[0]) if states else Cell("–")
    several = Cell(" · ".join(state_word(state) for state in states))
    return Row(
        url=f"/console/orders/{one.public_id}/",
        cells=(
            Cell(one.number),
            first if len(states) == 1 else several,
            Cell(one.titles[0] if one.titles else "–", note=_and_more(one.titles)),
            Cell(one.email),
            number(money(one.total)),
            number(money(one.due_today)),
            time_cell(one.placed_at, zone=zone),
        ),
    )


def _and_more(titles: tuple[str, ...]) -> str:
    return f"and {len(titles) - 1} more" if len(titles) > 1 else ""


def _line(line: OrderLineRow, *, page: OrderPage, zone: str) -> LineShown:
    here = f"/console/orders/{page.order.public_id}/{line.public_id}"
    return LineShown(
        public_id=line.public_id,
        title=line.title,
        state=state_word(line.state.value),
        kind=state_kind(line.state.value),
        facts=(
            Fact("Configuration", line.configuration or "–"),
            Fact("Seller", line.seller_name),
            Fact("IMEI", line.imei or "–"),
            Fact("Serial", line.serial),
            Fact("Price", money(line.price)),
            Fact("Commission", money(line.commission)),
            Fact("Fit as sold", str(line.fit.get("label") or line.fit.get("tier") or "not known")),
            Fact("Carrier", f"{line.carrier} {line.tracking}".strip() or "–"),
        ),
        moves=tuple(
            MoveShown(
                what=state_word(move.to_state),
                when_iso=move.moved_at.isoformat(),
                when_text=instant_text(move.moved_at, zone=zone),
                note=" · ".join(part for part in (move.actor, move.reason) if part),
                state="no" if move.to_state == LineState.CANCELLED.value else "done",
            )
            for move in line.moves
        ),
        plan=_plan(line),
        plan_table=_plan_table(line),
        offer_url=f"/console/offers/{line.offer_public_id}/",
        passport_url=f"{here}/passport/",
        passport_hash=line.passport_sha256,
        release_url=f"{here}/release/" if line.state is LineState.PAID else "",
        cancel_url=f"{here}/cancel/" if line.state in {LineState.COMMITTED, LineState.PAID} else "",
    )


def _plan(line: OrderLineRow) -> tuple[Fact, ...]:
    if line.plan is None:
        return ()
    return (
        Fact("Plan", line.plan.public_id),
        Fact("State", state_word(line.plan.state.value)),
        Fact("Financed", money(line.plan.disclosure.amount_financed)),
        Fact("APR", line.plan.disclosure.apr_text),
        Fact("Paid in instalments", money(line.plan.paid)),
        Fact("Still owed", money(line.plan.open)),
    )


def _plan_table(line: OrderLineRow) -> Table | None:
    if line.plan is None:
        return None
    return Table(
        caption="Instalments",
        columns=plain_headings(
            Column("Number"), Column("Due"), Column("Amount", is_number=True), Column("State")
        ),
        rows=tuple(
            Row(
                (
                    Cell(str(one.number)),
                    Cell(f"{one.due_on.day} {one.due_on:%b %Y}", iso=one.due_on.isoformat()),
                    number(money(one.total)),
                    state_cell(one.state.value),
                )
            )
            for one in line.plan.instalments
        ),
    )


def _payment(page: OrderPage) -> tuple[Fact, ...]:
    if page.order.payment_id is None:
        return ()
    payment = payments.payment_row(page.order.payment_id)
    return (
        Fact("Payment", payment.public_id),
        Fact("State", state_word(payment.state.value)),
        Fact("Set aside", money(payment.amount)),
        Fact("Taken", money(payment.captured)),
        Fact("Given back", money(payment.refunded)),
        Fact("Gateway", payment.gateway),
    )


def _commands(page: OrderPage, *, zone: str) -> Table | None:
    if page.order.payment_id is None:
        return None
    return Table(
        caption="What was asked of the gateway",
        columns=plain_headings(
            Column("What"),
            Column("State"),
            Column("Amount", is_number=True),
            Column("Tries", is_number=True),
            Column("Asked"),
            Column("Settled"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.kind.value.capitalize(), note=one.key),
                    state_cell(one.state.value, note=one.failure),
                    number(money(one.amount)),
                    number(one.attempts),
                    time_cell(one.written_at, zone=zone),
                    time_cell(one.settled_at, zone=zone),
                )
            )
            for one in payments.commands_of(page.order.payment_id)
        ),
    )


def _letters(page: OrderPage, *, zone: str) -> Table:
    subjects = (page.order.public_id, page.order.number, *(one.public_id for one in page.lines))
    letters = letters_to_read(*subjects)
    return Table(
        caption="Letters",
        note=plural(len(letters), "letter"),
        columns=plain_headings(Column("Subject"), Column("To"), Column("Written"), Column("Sent")),
        rows=tuple(
            Row(
                (
                    Cell(one.subject),
                    Cell(one.to_address),
                    time_cell(one.queued_at, zone=zone),
                    time_cell(one.sent_at, zone=zone, without="not yet"),
                ),
                url=f"/console/letters/{one.id}/",
            )
            for one in letters
        ),
    )
