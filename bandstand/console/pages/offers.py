"""The review queue and the page of one offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms

from bandstand.console.desk import Desk, major, money
from bandstand.console.pages.offer_sides import claimed_facts, known_facts
from bandstand.gate.queries.desk_lists import decision_rows
from bandstand.gate.rules import DecisionRow
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers import queries as offers
from bandstand.offers.queries import ListedFit, OfferRow
from bandstand.offers.queries.desk_lists import OfferFilters, offers_list, units_by_state
from bandstand.offers.rules import OfferState, UnitState
from bandstand.parties import queries as parties
from bandstand.parties.rules import Role
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Filter,
    Listing,
    Row,
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
from bandstand.rights import queries as rights
from bandstand.rights.paths import RightStep

COLUMNS: Final = (
    Column("Offer", sort="title"),
    Column("State", sort="state"),
    Column("Why"),
    Column("Seller", sort="seller"),
    Column("Price", is_number=True, sort="price"),
    Column("Stock", is_number=True, sort="stock"),
    Column("Since", sort="age"),
)
EXPORT_HEADS: Final = (
    "offer", "title", "configuration", "code", "seller", "market", "condition", "state", "price",
    "currency", "stock", "created_at", "reasons", "cures",
)  # fmt: skip
UNITS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason of a decision with its cure."""

    code: str
    text: str
    cure: str
    ground: str
    outcome: str
    kind: str
    about_url: str


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """The gate's last answer about an offer."""

    public_id: str
    result: str
    kind: str
    decided_text: str
    valid_text: str
    policy_version: str
    reasons: tuple[ReasonShown, ...]
    evidence: tuple[Fact, ...]
    epochs: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of the right to sell, as ``components/right_path.html`` takes it."""

    what: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class MoveShown:
    """A step in a life, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDesk:
    """Everything the page of one offer says."""

    title: str
    public_id: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    known: tuple[Fact, ...]
    """What the catalogue and the books say, beside what the seller claims."""
    decision: DecisionShown | None
    path: tuple[StepShown, ...]
    moves: tuple[MoveShown, ...]
    units: Table
    units_picture: str
    hold_url: str
    hold_reason: str
    shop_url: str
    can_decide: bool
    decide_url: str
    form: forms.Form
    fits: tuple[ListedFit, ...] = ()


def offers_page(desk: Desk) -> Listing:
    """Return the list of offers as its address asks."""
    asking = Asking.of(desk.request)
    counts = offers.counts_by_state()
    filters, chosen = _filters(asking)
    found = offers_list(filters, page=asking.page())
    decisions = _decisions(found.offers)
    return Listing(
        title="Offers",
        lead="What may be on the shelf, and why not. Open an offer for its whole decision.",
        text=filters.text,
        text_label="Brand, model, code or seller",
        filters=chosen,
        picture=whole_svg(
            [Part(state_word(state), count, state_kind(state)) for state, count in counts.items()],
            label="Offers by state",
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Offers",
            note=plural(found.total, "offer"),
            columns=headings(COLUMNS, asking=asking, sort=filters.sort),
            rows=tuple(_row(one, decisions.get(one.id), desk=desk) for one in found.offers),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/offers/?state=any" if filters.text or filters.seller_id else "",
        sort=filters.sort,
        empty_title="No offer waits here",
        empty_text="Choose another state, or clear the search.",
    )


def offers_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every offer that the list's address asks for, for a spreadsheet."""
    filters, _ = _filters(Asking.of(desk.request))
    for page in every_page(lambda at: offers_list(filters, page=at)):
        decisions = _decisions(page.offers)
        for one in page.offers:
            yield _exported(one, decisions.get(one.id))


def offer_page(offer_id: UUID, *, desk: Desk, form: forms.Form) -> OfferDesk:
    """
    Return the page of one offer.

    Raises: NotFoundError.
    """
    row = offers.offer_rows([offer_id]).get(offer_id)
    if row is None:
        raise NotFoundError("There is no such offer.")
    decision = decision_rows([row.last_decision_id or row.id]).get(row.last_decision_id or row.id)
    hold = offers.hold_on(offer_id)
    return OfferDesk(
        title=row.title,
        public_id=row.public_id,
        state=state_word(row.state),
        kind=state_kind(row.state),
        facts=claimed_facts(row, zone=desk.zone),
        known=known_facts(row),
        decision=None if decision is None else decision_shown(decision, zone=desk.zone),
        path=steps_shown(
            rights.right_path(
                seller_id=row.seller_id,
                variant_id=row.variant_id,
                market=row.market,
                condition=row.condition,
                at=desk.now,
            )
        ),
        moves=moves_shown(offer_id, zone=desk.zone),
        units=units_table(offer_id, zone=desk.zone),
        units_picture=units_picture(units_by_state(offer_id=offer_id)),
        hold_url=f"/console/holds/{hold.printed_id}/" if hold else "",
        hold_reason=hold.reason if hold else "",
        shop_url=f"/phones/{row.variant_slug}/{row.public_id}/" if row.published_at else "",
        can_decide=row.state == OfferState.IN_REVIEW.value,
        decide_url=f"/console/offers/{row.public_id}/decide/",
        form=form,
        fits=offers.listed_fits(offer_id, now=desk.now),
    )


def decision_shown(decision: DecisionRow, *, zone: str) -> DecisionShown:
    """Return a decision as staff read it."""
    return DecisionShown(
        public_id=print_id(IdKind.DECISION, decision.id),
        result=state_word(decision.result.value),
        kind=state_kind(decision.result.value),
        decided_text=instant_text(decision.decided_at, zone=zone),
        valid_text=instant_text(decision.valid_until, zone=zone),
        policy_version=decision.policy_version,
        reasons=tuple(
            ReasonShown(
                code=one.code,
                text=one.text,
                cure=one.cure,
                ground="the law" if one.ground == "law" else "the marketplace's terms",
                outcome=state_word(one.outcome),
                kind=state_kind(one.outcome),
                about_url=f"/console/holds/{one.about}/" if one.about.startswith("hld_") else "",
            )
            for one in decision.reasons
        ),
        evidence=tuple(Fact(one.kind, one.summary) for one in decision.evidence),
        epochs=tuple(Fact(anchor, str(at)) for anchor, at in sorted(decision.epochs.items())),
    )


def steps_shown(steps: Iterable[RightStep]) -> tuple[StepShown, ...]:
    """Return the path of a right with its sources, as only the operator may read it."""
    return tuple(
        StepShown(
            what=one.text,
            note=" · ".join(part for part in (one.period_text, one.level, one.source) if part),
            state=one.state,
        )
        for one in steps
    )


def moves_shown(offer_id: UUID, *, zone: str) -> tuple[MoveShown, ...]:
    """Return an offer's life, oldest first."""
    return tuple(
        MoveShown(
            what=f"{state_word(one.from_state)} → {state_word(one.to_state)}",
            when_iso=one.moved_at.isoformat(),
            when_text=instant_text(one.moved_at, zone=zone),
            note=" · ".join(part for part in (one.actor, one.reason) if part),
            state={"listed": "done", "refused": "no", "in_review": "part"}.get(
                one.to_state, "later"
            ),
        )
        for one in reversed(offers.offer_moves(offer_id))
    )


def units_table(offer_id: UUID, *, zone: str) -> Table:
    """Return an offer's units, the first of them if there are very many."""
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


def units_picture(counts: dict[str, int]) -> str:
    """Draw where an offer's or a seller's units are."""
    return whole_svg(
        [
            Part(state_word(one.value), counts[one.value], state_kind(one.value))
            for one in UnitState
        ],
        label="Units by state",
    )


def _filters(asking: Asking) -> tuple[OfferFilters, tuple[Filter, ...]]:
    states = {"any": "Any state"} | {one.value: state_word(one.value) for one in OfferState}
    sellers = {one.slug: one for one in parties.parties_in_role(Role.SELLER)}
    names = {slug: one.trading_name for slug, one in sellers.items()}
    state = asking.word("state", known=states, unless=OfferState.IN_REVIEW.value)
    seller = asking.word("seller", known=names)
    filters = OfferFilters(
        text=asking.text(),
        state="" if state == "any" else state,
        seller_id=sellers[seller].id if seller else None,
        sort=asking.word("sort", known=sort_words(COLUMNS), unless="age"),
    )
    return filters, (
        select("state", "State", values=states, chosen=state),
        select("seller", "Seller", values=names, chosen=seller, any_label="Any seller"),
    )


def _decisions(rows: Iterable[OfferRow]) -> dict[UUID, DecisionRow]:
    asked = {one.last_decision_id: one.id for one in rows if one.last_decision_id}
    return {asked[key]: decision for key, decision in decision_rows(asked).items()}


def _row(one: OfferRow, decision: DecisionRow | None, *, desk: Desk) -> Row:
    reasons = () if decision is None else decision.reasons
    why = Cell(
        reasons[0].text if reasons else "–",
        note=f"and {plural(len(reasons) - 1, 'more reason')}" if len(reasons) > 1 else "",
    )
    return Row(
        url=f"/console/offers/{one.public_id}/",
        cells=(
            Cell(one.title, note=f"{one.configuration} · {one.variant_code}".strip(" ·")),
            state_cell(one.state),
            why,
            Cell(one.seller_name),
            number(money(one.price)),
            number(one.stock_left) if one.stock_left else pill("0", "part"),
            time_cell(one.created_at, zone=desk.zone),
        ),
    )


def _exported(one: OfferRow, decision: DecisionRow | None) -> tuple[object, ...]:
    reasons = () if decision is None else decision.reasons
    return (
        one.public_id,
        one.title,
        one.configuration,
        one.variant_code,
        one.seller_name,
        one.market,
        one.condition,
        one.state,
        major(one.price),
        one.price.currency,
        one.stock_left,
        one.created_at.isoformat(),
        " | ".join(reason.code for reason in reasons),
        " | ".join(reason.cure for reason in reasons),
    )
