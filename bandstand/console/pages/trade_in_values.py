"""What phones are worth, by market; the terms; the phones that are ours."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from bandstand.console.desk import Desk, major, money
from bandstand.console.pages.trade_in import HERE
from bandstand.money import sum_of
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
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import bound_cell, time_cell
from bandstand.trade_in import queries
from bandstand.trade_in.queries import ListedValueRow, TradeInRow
from bandstand.trade_in.rules import GRADE_WORDS, TradeInTerms, ValueChange
from bandstand.trade_in.services import ValuePreview

VALUE_HEADS: Final = ("market", "phone", "grade", "value", "currency", "from", "until", "listed_by")
STOCK_HEADS: Final = ("reference", "phone", "imei", "cost", "currency", "credited_at")
REFUSALS_SHOWN: Final = 20
HISTORY: Final = {"all": "With what has ended"}


def values_page(desk: Desk) -> Listing:
    """Return what phones are worth, by market, with the terms of trading in below."""
    asking = Asking.of(desk.request)
    rows = _listed(desk, asking=asking)
    counts = queries.counts_by_market()
    return Listing(
        title="What phones are worth",
        lead="A phone without a value is not taken. A value that stands ends where a new one"
        " begins; quotes keep the value of their day.",
        stats=tuple(
            Stat(f"Values in {market}", str(count)) for market, count in sorted(counts.items())
        ),
        text=asking.text(),
        text_label="Phone or code",
        filters=(
            select(
                "history",
                "History",
                values=HISTORY,
                chosen=asking.word("history", known=HISTORY),
                any_label="What counts now or later",
            ),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Values",
            columns=plain_headings(
                Column("Phone"),
                Column("Market"),
                Column("Grade"),
                Column("Value", is_number=True),
                Column("From"),
                Column("Until"),
            ),
            rows=tuple(_value(one, zone=desk.zone) for one in rows),
        ),
        pages=ONE_PAGE,
        sections=(_terms(desk),),
        export_url=asking.address(format="csv"),
        clear_url=f"{HERE}values/" if desk.request.GET else "",
        action_url=f"{HERE}values/import/",
        action_label="Import values",
        empty_title="No values yet",
        empty_text="Import a list; until then no phone is taken.",
    )


def values_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the list of values, for a spreadsheet; it can be imported again."""
    for one in _listed(desk, asking=Asking.of(desk.request)):
        yield (
            one.market, one.key, one.grade.value, major(one.value), one.value.currency,
            one.from_at.date(), one.until_at.date() if one.until_at else "", one.listed_by,
        )  # fmt: skip


def stock_page(desk: Desk) -> Listing:
    """Return the phones that were credited and have not left, oldest first."""
    rows = queries.stock()
    currencies = sorted({one.value.currency for one in rows})
    return Listing(
        title="Phones traded in",
        lead="Ours, at what was given for them. They leave when they are sold on, taken apart or"
        " recycled.",
        stats=tuple(
            Stat(
                f"In stock, {currency}",
                money(
                    sum_of(
                        (one.value for one in rows if one.value.currency == currency),
                        currency=currency,
                    )
                ),
            )
            for currency in currencies
        ),
        table=Table(
            caption="Stock",
            columns=plain_headings(
                Column("Reference"),
                Column("Phone"),
                Column("IMEI"),
                Column("Cost", is_number=True),
                Column("Since"),
            ),
            rows=tuple(_in_stock(one, zone=desk.zone) for one in rows),
        ),
        pages=ONE_PAGE,
        export_url=f"{HERE}stock/?format=csv",
        empty_title="No phone in stock",
        empty_text="A phone is ours once its owner is credited.",
    )


def stock_export() -> Iterable[tuple[object, ...]]:
    """Yield the stock, for a spreadsheet and for the margin scheme's record of purchases."""
    for one in queries.stock():
        yield (
            one.reference, one.variant_key, one.imei_masked, major(one.value), one.value.currency,
            one.credited_at.isoformat() if one.credited_at else "",
        )  # fmt: skip


def standing_terms(market: str, *, desk: Desk) -> dict[str, object]:
    """Return the terms that count in a market, to begin new ones from; none if it has none."""
    found = next((one for one in queries.all_terms() if one.market == market.upper()), None)
    if found is None or found.from_at > desk.now:
        return {}
    return {name: value for name, value in asdict(found).items() if name != "from_at"}


def preview_facts(preview: ValuePreview) -> tuple[Fact, ...]:
    """Return what an import would do, in words; refused lines one by one."""
    counts = (
        Fact("New values", str(preview.number(ValueChange.ADDED))),
        Fact("Take the place of a standing one", str(preview.number(ValueChange.REPLACED))),
        Fact("As they are", str(preview.number(ValueChange.UNCHANGED))),
        Fact("Refused lines", str(len(preview.refused))),
    )
    refused = tuple(
        Fact(f"Line {one.line}", one.reason) for one in preview.refused[:REFUSALS_SHOWN]
    )
    return counts + refused


def _listed(desk: Desk, *, asking: Asking) -> tuple[ListedValueRow, ...]:
    return queries.listed_values(
        text=asking.text(),
        with_history=asking.word("history", known=HISTORY) == "all",
        at=desk.now,
    )


def _value(one: ListedValueRow, *, zone: str) -> Row:
    return Row(
        (
            Cell(one.title, note=one.key),
            Cell(one.market),
            Cell(GRADE_WORDS[one.grade].label),
            number(money(one.value)),
            bound_cell(one.from_at, zone=zone),
            bound_cell(one.until_at, zone=zone),
        )
    )


def _in_stock(one: TradeInRow, *, zone: str) -> Row:
    return Row(
        (
            Cell(one.reference),
            Cell(one.title, note=one.variant_key),
            Cell(one.imei_masked),
            number(money(one.value)),
            time_cell(one.credited_at, zone=zone),
        ),
        url=f"{HERE}{one.reference}/",
    )


def _terms(desk: Desk) -> Table:
    return Table(
        caption="Terms of trading in",
        note="A market without terms takes no phones",
        columns=plain_headings(
            Column("Market"),
            Column("Quote"),
            Column("Comes within"),
            Column("Looked at within"),
            Column("Answer within"),
            Column("From"),
        ),
        rows=tuple(_policy(one, zone=desk.zone) for one in queries.all_terms())
        or (Row((Cell("None yet"), *(Cell("–") for _ in range(5))), url=f"{HERE}terms/"),),
    )


def _policy(one: TradeInTerms, *, zone: str) -> Row:
    return Row(
        (
            Cell(one.market, note=one.source),
            Cell(f"{one.quote_days} days"),
            Cell(f"{one.arrive_days} days"),
            Cell(f"{one.inspect_days} days"),
            Cell(f"{one.answer_days} days"),
            bound_cell(one.from_at, zone=zone),
        ),
        url=f"{HERE}terms/?market={one.market}",
    )
