"""A seller's desk: offers with everything that is missing, orders to send, statements received."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.gate.queries.desk_lists import decision_rows
from bandstand.gate.rules import DecisionRow
from bandstand.offers import access, queries as offers
from bandstand.offers.queries import ListedFit, OfferRow
from bandstand.offers.queries.desk_lists import OfferFilters, offers_list, units_by_state
from bandstand.offers.rules import OfferNotFoundError, OfferState, UnitState
from bandstand.orders.queries.desk_lists import (
    seller_line_counts,
)
from bandstand.orders.rules import LineState
from bandstand.parties import queries as parties
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, whole_svg
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
    pill,
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
from bandstand.portals.cures import CureLink, cure_links
from bandstand.portals.desk import Desk, money
from bandstand.takedowns import access as takedowns

COLUMNS: Final = (
    Column("Offer", sort="title"),
    Column("State", sort="state"),
    Column("Missing", is_number=True),
    Column("To mend it first"),
    Column("Price", is_number=True, sort="price"),
    Column("In stock", is_number=True, sort="stock"),
    Column("Drafted", sort="age"),
)
OFFER_HEADS: Final = (
    "offer", "title", "code", "market", "condition", "state", "price", "currency", "stock",
    "missing", "cures",
)  # fmt: skip
UNITS_SHOWN: Final = 500
TO_MEND_SHOWN: Final = 10
CAN_ASK: Final = frozenset(
    {OfferState.DRAFT, OfferState.IN_REVIEW, OfferState.REFUSED, OfferState.WITHDRAWN}
)


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One thing that stands in the way, and what would mend it."""

    text: str
    cure: str
    code: str
    ground: str
    outcome: str
    kind: str
    places: tuple[CureLink, ...] = ()
    """Where it can be mended."""


@dataclass(frozen=True, slots=True)
class MoveShown:
    """A step in an offer's life, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerOverview:
    """A seller's desk at a glance."""

    is_verified: bool
    is_suspended: bool
    stats: tuple[Stat, ...]
    offers_picture: str
    units_picture: str
    to_mend: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerOffer:
    """One of the seller's own offers."""

    title: str
    public_id: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    reasons: tuple[ReasonShown, ...]
    decided_text: str
    held: str
    moves: tuple[MoveShown, ...]
    units: Table
    units_picture: str
    ask_url: str
    withdraw_url: str
    shop_url: str
    fits: tuple[ListedFit, ...] = ()


def overview_page(desk: Desk) -> SellerOverview:
    """Return a seller's desk at a glance."""
    states = offers.counts_by_state(seller_id=desk.party.id)
    units = units_by_state(seller_id=desk.party.id)
    lines = seller_line_counts(desk.party.id)
    told = len(takedowns.statements_for(desk.actor))
    return SellerOverview(
        is_verified=desk.party.is_verified,
        is_suspended=desk.party.is_suspended,
        stats=(
            Stat("On the shelf", str(states["listed"]), kind="good" if states["listed"] else ""),
            Stat("To mend", str(states["refused"]), kind="bad" if states["refused"] else ""),
            Stat("In review", str(states["in_review"])),
            Stat("To ship", str(lines[LineState.PAID.value])),
            Stat("Statements of reasons", str(told), kind="part" if told else ""),
        ),
        offers_picture=whole_svg(
            [Part(state_word(state), count, state_kind(state)) for state, count in states.items()],
            label="Your offers by state",
        ),
        units_picture=_units_picture(units),
        to_mend=_to_mend(desk),
    )


def offers_page(desk: Desk) -> Listing:
    """Return the seller's own offers."""
    asking = Asking.of(desk.request)
    filters = _filters(desk, asking)
    found = offers_list(filters, page=asking.page())
    decisions = _decisions(found.offers)
    states = {one.value: state_word(one.value) for one in OfferState}
    return Listing(
        title="Offers",
        lead="Open an offer for everything that is missing, and what would mend it.",
        text=asking.text(),
        text_label="Brand, model or code",
        filters=(
            select("state", "State", values=states, chosen=filters.state, any_label="Any state"),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Your offers",
            note=plural(found.total, "offer"),
            columns=headings(COLUMNS, asking=asking, sort=filters.sort),
            rows=tuple(_row(one, decisions.get(one.id), zone=desk.zone) for one in found.offers),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/portals/seller/offers/" if asking.text() or filters.state else "",
        sort=filters.sort,
        empty_title="No offer here",
        empty_text="Choose another state, or clear the search.",
    )


def offers_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the seller's own offers, for a spreadsheet."""
    filters = _filters(desk, Asking.of(desk.request))
    for page in every_page(lambda at: offers_list(filters, page=at)):
        decisions = _decisions(page.offers)
        for one in page.offers:
            missing = _missing(decisions.get(one.id))
            yield (
                one.public_id,
                one.title,
                one.variant_code,
                one.market,
                one.condition,
                one.state,
                str(one.price.major),
                one.price.currency,
                one.stock_left,
                " | ".join(reason.text for reason in missing),
                " | ".join(reason.cure for reason in missing),
            )


def offer_page(offer_id: UUID, *, desk: Desk) -> SellerOffer:
    """
    Return one of the seller's own offers.

    Raises: OfferNotFoundError, alike for another seller's and none.
    """
    row = access.offer_for_seller(desk.actor, offer_id)
    if row.seller_id != desk.party.id:
        raise OfferNotFoundError("There is no such offer, or it is not yours.")
    decision = _decisions([row]).get(row.id)
    hold = offers.hold_on(offer_id)
    here = f"/portals/seller/offers/{row.public_id}"
    fits = offers.listed_fits(offer_id, now=desk.now)
    may_ask = OfferState(row.state) in CAN_ASK or any(one.has_changed for one in fits)
    return SellerOffer(
        title=row.title,
        public_id=row.public_id,
        state=state_word(row.state),
        kind=state_kind(row.state),
        facts=_facts(row),
        reasons=_missing(decision, offer_public_id=row.public_id),
        decided_text=instant_text(decision.decided_at, zone=desk.zone) if decision else "",
        held=hold.reason if hold else "",
        moves=_moves(offer_id, zone=desk.zone),
        units=_units(offer_id, zone=desk.zone),
        units_picture=_units_picture(units_by_state(offer_id=offer_id)),
        ask_url=f"{here}/ask/" if may_ask else "",
        withdraw_url=f"{here}/withdraw/" if row.state != OfferState.WITHDRAWN.value else "",
        shop_url=f"/phones/{row.variant_slug}/{row.public_id}/" if row.published_at else "",
        fits=fits,
    )


def _filters(desk: Desk, asking: Asking) -> OfferFilters:
    return OfferFilters(
        text=asking.text(),
        state=asking.word("state", known={one.value: state_word(one.value) for one in OfferState}),
        seller_id=desk.party.id,
        sort=asking.word("sort", known=sort_words(COLUMNS), unless="-age"),
    )


def _decisions(rows: Iterable[OfferRow]) -> dict[UUID, DecisionRow]:
    asked = {one.last_decision_id: one.id for one in rows if one.last_decision_id}
    return {asked[key]: decision for key, decision in decision_rows(asked).items()}


def _missing(decision: DecisionRow | None, *, offer_public_id: str = "") -> tuple[ReasonShown, ...]:
    support = parties.operator().support_email if offer_public_id else ""
    return tuple(
        ReasonShown(
            text=one.text,
            cure=one.cure,
            code=one.code,
            ground="the law" if one.ground == "law" else "the marketplace's terms",
            outcome=state_word(one.outcome),
            kind=state_kind(one.outcome),
            places=cure_links(one.code, offer_public_id=offer_public_id, support_email=support)
            if offer_public_id
            else (),
        )
        for one in (() if decision is None else decision.reasons)
        if one.outcome != "allow"
    )


def _row(one: OfferRow, decision: DecisionRow | None, *, zone: str) -> Row:
    missing = _missing(decision)
    return Row(
        url=f"/portals/seller/offers/{one.public_id}/",
        cells=(
            Cell(one.title, note=f"{one.configuration} · {one.variant_code}".strip(" ·")),
            state_cell(one.state),
            number(len(missing) or "–"),
            Cell(missing[0].cure if missing else "–"),
            number(money(one.price)),
            number(one.stock_left) if one.stock_left else pill("0", "part"),
            time_cell(one.created_at, zone=zone),
        ),
    )


def _to_mend(desk: Desk) -> Table:
    found = offers_list(
        OfferFilters(seller_id=desk.party.id, state=OfferState.REFUSED.value)
    ).offers[:TO_MEND_SHOWN]
    decisions = _decisions(found)
    return Table(
        caption="To mend",
        columns=plain_headings(Column("Offer"), Column("What stands in its way"), Column("Cure")),
        rows=tuple(
            Row(
                (
                    Cell(one.title, note=one.configuration),
                    Cell(" ".join(reason.text for reason in _missing(decisions.get(one.id)))),
                    Cell(" ".join(reason.cure for reason in _missing(decisions.get(one.id)))),
                ),
                url=f"/portals/seller/offers/{one.public_id}/",
            )
            for one in found
        ),
    )


def _facts(row: OfferRow) -> tuple[Fact, ...]:
    return (
        Fact("Variant", row.variant_code or "no code"),
        Fact("Configuration", row.configuration or "–"),
        Fact("Condition", row.condition),
        Fact("Market", row.market),
        Fact("Price", money(row.price)),
        Fact("In stock", str(row.stock_left)),
        Fact("Leaves within", plural(row.dispatch_days, "day")),
        Fact("May be returned", f"within {plural(row.return_days, 'day')}"),
        Fact("Warranty", plural(row.warranty_months, "month")),
    )


def _moves(offer_id: UUID, *, zone: str) -> tuple[MoveShown, ...]:
    # Who of the operator's staff decided is the operator's to know; the reason is the seller's.
    return tuple(
        MoveShown(
            what=state_word(one.to_state),
            when_iso=one.moved_at.isoformat(),
            when_text=instant_text(one.moved_at, zone=zone),
            note=one.reason,
            state={"listed": "done", "refused": "no", "in_review": "part"}.get(
                one.to_state, "later"
            ),
        )
        for one in reversed(offers.offer_moves(offer_id))
    )


def _units(offer_id: UUID, *, zone: str) -> Table:
    units = offers.units_of(offer_id)
    note = plural(len(units), "unit")
    return Table(
        caption="Units",
        note=note if len(units) <= UNITS_SHOWN else f"{note}, the first {UNITS_SHOWN} shown",
        columns=plain_headings(
            Column("Serial"), Column("IMEI"), Column("Lot"), Column("State"), Column("Received")
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.serial),
                    Cell(one.imei or "–"),
                    Cell(one.lot or "–"),
                    state_cell(one.state.value),
                    time_cell(one.stocked_at, zone=zone),
                )
            )
            for one in units[:UNITS_SHOWN]
        ),
    )


def _units_picture(counts: dict[str, int]) -> str:
    return whole_svg(
        [
            Part(state_word(one.value), counts[one.value], state_kind(one.value))
            for one in UnitState
        ],
        label="Units by state",
    )
