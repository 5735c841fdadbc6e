"""How well the tax of each place is known, the policies, and what was collected for whom."""

from collections.abc import Iterable
from typing import Final

from bandstand.console.desk import Desk, key_of, major, money
from bandstand.console.pages.tax_files import files_table, tellings_tables
from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import IdKind
from bandstand.money import sum_of
from bandstand.offers import queries as offers
from bandstand.offers.queries import OfferRow
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
    select,
)
from bandstand.plumbing.desk.words import time_cell
from bandstand.rights.rules import Condition
from bandstand.tax import queries
from bandstand.tax.queries import CollectedRow, Coverage, CoverageRow, MarketCoverage
from bandstand.tax.rules import (
    KIND_NAMES,
    AcquiredFrom,
    Ambiguity,
    EngineName,
    WithoutAnswer,
    percent_text,
)
from bandstand.tax.services import RateOutcome, RatePreview

HEADS: Final = ("owed_to", "collected", "currency")
COVERAGE_WORDS: Final = {
    Coverage.LOADED: ("Loaded", "good"),
    Coverage.ESTIMATE: ("Estimate only", "part"),
    Coverage.NONE: ("None", "bad"),
}
ENGINE_WORDS: Final = {
    EngineName.EMBEDDED: ("Taxed by this shop’s rates", "good"),
    EngineName.STRIPE: ("Taxed by Stripe Tax", "good"),
    EngineName.NONE: ("No tax collected", "info"),
}
AMBIGUITY_WORDS: Final = {
    Ambiguity.HIGHEST: "The highest counts, and the quote says so",
    Ambiguity.REFUSE: "The buyer is asked for the ZIP+4",
}
WITHOUT_WORDS: Final = {
    WithoutAnswer.REFUSE: "Nothing is sold until it answers",
    WithoutAnswer.LOADED: "This shop’s rates stand in, and the quote says so",
}
REFUSALS_SHOWN: Final = 20
FROM_WORDS: Final = {
    AcquiredFrom.PRIVATE_PERSON: "A private person",
    AcquiredFrom.EXEMPT_BUSINESS: "A business whose sale was exempt",
    AcquiredFrom.SMALL_BUSINESS: "A small business that charges no VAT",
    AcquiredFrom.MARGIN_DEALER: "A dealer who sold it under the margin scheme",
}


def tax_page(desk: Desk) -> Listing:
    """Return one market's places with their rates, every market's policy, and what is owed."""
    markets = queries.coverage(now=desk.now)
    chosen = _chosen(markets, asked=desk.request.GET.get("market", ""))
    owed = queries.collected()
    return Listing(
        title="Tax",
        lead="In production nothing is sold in a market without a policy, nor in a place whose"
        " tax is only estimated.",
        filters=(
            select(
                "market",
                "Market",
                values={one.market: one.name for one in markets},
                chosen=chosen.market if chosen else "",
            ),
        ),
        stats=_stats(owed),
        table=_places(chosen),
        sections=(
            _policies(markets, desk=desk),
            _collected(owed),
            files_table(zone=desk.zone),
            *tellings_tables(zone=desk.zone),
            _acquired(),
        ),
        pages=ONE_PAGE,
        export_url="/console/tax/?format=csv",
        action_url="/console/tax/import/",
        action_label="Import rates",
        empty_title="No market yet",
        empty_text="Load the catalogue first: it names the markets.",
    )


def collected_export() -> Iterable[tuple[object, ...]]:
    """Yield the tax collected and not yet remitted, for a spreadsheet."""
    for row in queries.collected():
        yield row.owed_to, major(row.amount), row.amount.currency


def preview_facts(preview: RatePreview) -> tuple[Fact, ...]:
    """Return what an import would do, in words; refused lines one by one."""
    counts = (
        Fact("New rates", str(preview.number(RateOutcome.ADDED))),
        Fact("Corrected", str(preview.number(RateOutcome.CHANGED))),
        Fact("As they are", str(preview.number(RateOutcome.UNCHANGED))),
        Fact("Refused lines", str(len(preview.refused))),
    )
    refused = tuple(
        Fact(f"Line {one.line}", one.reason) for one in preview.refused[:REFUSALS_SHOWN]
    )
    return counts + refused


def doubt_facts(ambiguity: str, without_answer: str, *, engine: EngineName) -> tuple[Fact, ...]:
    """Return what a policy does in doubt, as far as it matters to its engine."""
    if engine is EngineName.NONE:
        return ()
    chosen = Ambiguity(ambiguity or Ambiguity.HIGHEST.value)
    facts = (Fact("Where a ZIP code has several rates", AMBIGUITY_WORDS[chosen]),)
    if engine is EngineName.EMBEDDED:
        return facts
    silent = WithoutAnswer(without_answer or WithoutAnswer.REFUSE.value)
    return (*facts, Fact("Where the provider does not answer", WITHOUT_WORDS[silent]))


def used_offer(printed: str) -> OfferRow:
    """
    Return the offer of used phones that a printed id names.

    Raises: NotFoundError; BadInputError for one of new phones.
    """
    key = key_of(IdKind.OFFER, printed.strip())
    found = offers.offer_rows([key]).get(key)
    if found is None:
        raise NotFoundError("There is no such offer. Copy its id from its address.")
    if found.condition == Condition.NEW.value:
        raise BadInputError("These phones are new; the margin scheme is for second-hand goods.")
    return found


def _chosen(markets: tuple[MarketCoverage, ...], *, asked: str) -> MarketCoverage | None:
    by_code = {one.market: one for one in markets}
    with_policy = next((one for one in markets if one.policy is not None), None)
    return by_code.get(asked) or with_policy or by_code.get("US") or next(iter(markets), None)


def _stats(owed: tuple[CollectedRow, ...]) -> tuple[Stat, ...]:
    currencies = sorted({row.amount.currency for row in owed})
    return tuple(
        Stat(
            f"Collected and owed, {currency}",
            money(
                sum_of(
                    (row.amount for row in owed if row.amount.currency == currency),
                    currency=currency,
                )
            ),
        )
        for currency in currencies
    )


def _places(chosen: MarketCoverage | None) -> Table:
    rows = chosen.rows if chosen else ()
    return Table(
        caption=f"Places in {chosen.name}" if chosen else "Places",
        columns=plain_headings(
            Column("Place"),
            Column("Known"),
            Column("Rate", is_number=True),
            Column("From"),
            Column("Postal codes with their own", is_number=True),
        ),
        rows=tuple(_place(row) for row in rows),
    )


def _place(row: CoverageRow) -> Row:
    known = pill(*COVERAGE_WORDS[row.coverage])
    if row.rate is None:
        return Row((Cell(row.authority), known, number("–"), Cell("–"), number(row.postal_codes)))
    return Row(
        (
            Cell(f"{row.rate.title} ({row.authority})", note=row.rate.source),
            known,
            number(f"{percent_text(row.rate.rate_ppm)} {KIND_NAMES[row.rate.kind]}"),
            Cell(f"{row.rate.from_date:%-d %B %Y}"),
            number(row.postal_codes),
        )
    )


def _policies(markets: tuple[MarketCoverage, ...], *, desk: Desk) -> Table:
    return Table(
        caption="Policies",
        note="Open a market to set how its sales are taxed",
        columns=plain_headings(
            Column("Market"), Column("Sales are"), Column("Decided by"), Column("From")
        ),
        rows=tuple(_policy(one, desk=desk) for one in markets),
    )


def _policy(one: MarketCoverage, *, desk: Desk) -> Row:
    url = f"/console/tax/policy/?market={one.market}"
    if one.policy is None:
        return Row(
            (Cell(one.name), pill("Not set", "part"), Cell("–"), Cell("–")),
            url=url,
        )
    return Row(
        (
            Cell(one.name, note=one.policy.source),
            pill(*ENGINE_WORDS[one.policy.engine]),
            Cell(one.policy.set_by),
            time_cell(one.policy.from_at, zone=desk.zone),
        ),
        url=url,
    )


def _collected(owed: tuple[CollectedRow, ...]) -> Table:
    return Table(
        caption="Collected and owed, by authority",
        note="From the ledger: what was taken for tax and not given back or remitted",
        columns=plain_headings(Column("Owed to"), Column("Amount", is_number=True)),
        rows=tuple(
            Row(
                (Cell(row.owed_to or "Not named"), number(money(row.amount))),
                url=f"/console/ledger/account/?code=pay.tax&key={row.owed_to}"
                f"&currency={row.amount.currency}",
            )
            for row in owed
        ),
    )


def _acquired() -> Table:
    stated = queries.acquisitions()
    rows = offers.offer_rows([one.offer_id for one in stated])
    return Table(
        caption="Used phones taxed on their margin",
        note="The latest statement of each offer",
        columns=plain_headings(
            Column("Offer"), Column("Bought from"), Column("Bought for", is_number=True)
        ),
        rows=(
            *(
                Row(
                    (
                        Cell(rows[one.offer_id].title, note=rows[one.offer_id].seller_name),
                        Cell(FROM_WORDS[one.acquired_from]),
                        number(money(one.cost)),
                    ),
                    url=f"/console/offers/{rows[one.offer_id].public_id}/",
                )
                for one in stated
            ),
            Row((Cell("State another"), Cell(""), Cell("")), url="/console/tax/acquired/"),
        ),
    )
