"""What a seller sold and where it goes, and the statements of reasons they received."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders.queries.desk_lists import (
    SellerLineRow,
    seller_line_counts,
    seller_lines,
)
from bandstand.orders.rules import LineState
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    number,
    page_links,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import (
    instant_text,
    plural,
    state_cell,
    state_kind,
    state_word,
    time_cell,
)
from bandstand.portals.desk import Desk, money
from bandstand.takedowns import access as takedowns
from bandstand.takedowns.queries import StatementRow

LINE_HEADS: Final = (
    "order", "line", "title", "imei", "serial", "state", "price", "commission", "currency",
    "ship_to", "carrier", "tracking", "sold_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement of reasons as it was sent."""

    number: str
    when_text: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StatementsPage:
    """Every statement of reasons the seller received."""

    statements: tuple[StatementShown, ...]


def orders_page(desk: Desk) -> Listing:
    """Return the lines the seller sold: where each phone goes, and nothing else of its buyer."""
    asking = Asking.of(desk.request)
    states = {one.value: state_word(one.value) for one in LineState}
    state = asking.word("state", known=states)
    found = seller_lines(
        seller_id=desk.party.id, state=state, text=asking.text(), page=asking.page()
    )
    counts = seller_line_counts(desk.party.id)
    return Listing(
        title="Orders",
        lead="The phones of yours that were sold, and where each goes.",
        picture=whole_svg(
            [Part(state_word(word), count, state_kind(word)) for word, count in counts.items()],
            label="Order lines by state",
        ),
        text=asking.text(),
        text_label="Number, phone, IMEI or serial",
        filters=(select("state", "State", values=states, chosen=state, any_label="Any state"),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Order lines",
            note=plural(found.total, "line"),
            columns=plain_headings(
                Column("Order"),
                Column("State"),
                Column("Phone"),
                Column("Goes to"),
                Column("Price", is_number=True),
                Column("Your share", is_number=True),
                Column("Sold"),
            ),
            rows=tuple(_line(one, zone=desk.zone) for one in found.lines),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/portals/seller/orders/" if asking.text() or state else "",
        empty_title="Nothing was sold here",
        empty_text="Choose another state, or clear the search.",
    )


def orders_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the lines the seller sold, for a spreadsheet."""
    asking = Asking.of(desk.request)
    state = asking.word("state", known={one.value: one.value for one in LineState})
    pages = every_page(
        lambda at: seller_lines(seller_id=desk.party.id, state=state, text=asking.text(), page=at)
    )
    for page in pages:
        for one in page.lines:
            yield (
                one.order_number, one.public_id, one.title, one.imei, one.serial, one.state.value,
                str(one.price.major), str(one.commission.major), one.price.currency,
                _ship_to(one), one.carrier, one.tracking, one.committed_at.isoformat(),
            )  # fmt: skip


def statements_page(desk: Desk) -> StatementsPage:
    """Return every statement of reasons that was sent to the seller."""
    return StatementsPage(
        tuple(_statement(one, zone=desk.zone) for one in takedowns.statements_for(desk.actor))
    )


def _line(one: SellerLineRow, *, zone: str) -> Row:
    return Row(
        (
            Cell(one.order_number),
            state_cell(one.state.value, note=f"{one.carrier} {one.tracking}".strip()),
            Cell(one.title, note=one.imei or one.serial),
            Cell(_ship_to(one)),
            number(money(one.price)),
            number(money(one.price - one.commission)),
            time_cell(one.committed_at, zone=zone),
        )
    )


def _ship_to(one: SellerLineRow) -> str:
    # A cancelled phone goes nowhere, so its address is nobody's business any more.
    if one.state is LineState.CANCELLED:
        return "–"
    return ", ".join(one.ship_to)


def _statement(one: StatementRow, *, zone: str) -> StatementShown:
    redress = one.body.get("redress")
    ways = redress if isinstance(redress, dict) else {}
    ground = one.body.get("incompatible_content_ground") or one.body.get(
        "illegal_content_legal_ground"
    )
    return StatementShown(
        number=str(one.body.get("puid", print_id(IdKind.PARTY, one.seller_id))),
        when_text=instant_text(one.stated_at, zone=zone),
        facts=(
            Fact("What and why", str(one.body.get("decision_facts", ""))),
            Fact("Ground", str(ground or "")),
            Fact("Answer it", str(ways.get("counter_notice", ""))),
            Fact("Complain", str(ways.get("complaint", ""))),
            Fact("Write to", str(ways.get("write_to", ""))),
        ),
    )
