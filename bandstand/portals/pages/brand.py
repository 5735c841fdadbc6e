"""A brand's desk: its brands, what is on the shelf under them, its statements and grants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.models import brands_below
from bandstand.kernel.errors import NotFoundError
from bandstand.offers import queries as offers
from bandstand.offers.queries import OfferRow
from bandstand.offers.queries.desk_lists import OfferFilters, listed_by_brand, offers_list
from bandstand.offers.rules import OfferState
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
    pill,
    plain_headings,
    sort_words,
)
from bandstand.plumbing.desk.words import bound_text, plural, time_cell
from bandstand.portals.desk import Desk, money
from bandstand.portals.pages.brand_evidence import OfferEvidence, evidence_of
from bandstand.rights import queries as rights
from bandstand.rights.rules import GrantFact, StatementFact
from bandstand.takedowns import access as takedowns
from bandstand.takedowns.rules import NoticeState

COLUMNS: Final = (
    Column("Offer", sort="title"),
    Column("Sale"),
    Column("Seller", sort="seller"),
    Column("Market"),
    Column("Condition"),
    Column("Price", is_number=True, sort="price"),
    Column("Since", sort="age"),
)
EXPORT_HEADS: Final = (
    "offer", "title", "code", "seller", "market", "condition", "price", "currency", "held",
)  # fmt: skip
BARS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of a seller's right, without what proves it."""

    what: str
    note: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandOverview:
    """A brand's desk at a glance."""

    is_verified: bool
    is_suspended: bool
    stats: tuple[Stat, ...]
    picture: str
    brands: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandOffer:
    """One offer under the brand's mark, and the right it is sold by."""

    title: str
    facts: tuple[Fact, ...]
    path: tuple[StepShown, ...]
    evidence: OfferEvidence | None
    held: str
    shop_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRights:
    """What the brand has published and permitted."""

    statements: Table
    grants: Table


def overview_page(desk: Desk) -> BrandOverview:
    """Return a brand's desk at a glance."""
    own = takedowns.brands_for(desk.actor)
    every = brands_below([key for key, _ in own])
    names = {one.id: one.name for one in catalogue.brands() if one.id in every}
    listed = listed_by_brand(names)
    in_force = takedowns.visible_notices(desk.actor, state=NoticeState.IN_FORCE).total
    return BrandOverview(
        is_verified=desk.party.is_verified,
        is_suspended=desk.party.is_suspended,
        stats=(
            Stat("Brands", str(len(names))),
            Stat("Offers on the shelf", str(sum(offers for offers, _ in listed.values()))),
            Stat("Notices in force", str(in_force), kind="bad" if in_force else ""),
        ),
        picture=columns_svg(
            [Part(names[key], listed.get(key, (0, 0))[0]) for key in list(names)[:BARS_MAX]],
            label="Offers on the shelf by brand",
        ),
        brands=Table(
            caption="Your brands",
            columns=plain_headings(
                Column("Brand"),
                Column("Offers", is_number=True),
                Column("Sellers", is_number=True),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(name),
                        number(listed.get(key, (0, 0))[0]),
                        number(listed.get(key, (0, 0))[1]),
                    )
                )
                for key, name in sorted(names.items(), key=lambda one: one[1].casefold())
            ),
        ),
    )


def offers_page(desk: Desk) -> Listing:
    """Return what is on the shelf under the brand's marks."""
    asking = Asking.of(desk.request)
    sort = asking.word("sort", known=sort_words(COLUMNS), unless="title")
    found = offers_list(_filters(desk, asking, sort=sort), page=asking.page())
    held = offers.holds_on([one.id for one in found.offers])
    return Listing(
        title="On the shelf",
        lead="Everything listed under your marks. Open an offer for the right its seller claims.",
        text=asking.text(),
        text_label="Model, code or seller",
        problems=tuple(asking.problems),
        table=Table(
            caption="Offers under your marks",
            note=plural(found.total, "offer"),
            columns=headings(COLUMNS, asking=asking, sort=sort),
            rows=tuple(_row(one, is_held=one.id in held, zone=desk.zone) for one in found.offers),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/portals/brand/offers/" if asking.text() else "",
        sort=sort,
        action_url="/portals/brand/notices/new/",
        action_label="File a notice",
        empty_title="Nothing is listed under your marks",
        empty_text="Nobody sells them here.",
    )


def offers_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every offer under the brand's marks, for a spreadsheet."""
    asking = Asking.of(desk.request)
    for page in every_page(lambda at: offers_list(_filters(desk, asking, sort="title"), page=at)):
        held = offers.holds_on([one.id for one in page.offers])
        for one in page.offers:
            yield (
                one.public_id,
                one.title,
                one.variant_code,
                one.seller_name,
                one.market,
                one.condition,
                str(one.price.major),
                one.price.currency,
                "yes" if one.id in held else "no",
            )


def offer_page(offer_id: UUID, *, desk: Desk) -> BrandOffer:
    """
    Return one offer under the brand's marks. What proves a seller's right is theirs and not shown.

    Raises: NotFoundError, alike for an offer of another brand, one not listed, and none.
    """
    row = offers.offer_rows([offer_id]).get(offer_id)
    mine = {one.slug for one in catalogue.brands() if one.id in _own_brands(desk)}
    if row is None or row.brand_slug not in mine or not row.is_listed:
        raise NotFoundError("There is no such offer under your marks.")
    hold = offers.hold_on(offer_id)
    return BrandOffer(
        title=row.title,
        facts=(
            Fact("Seller", row.seller_name),
            Fact("Variant", row.variant_code or "no code"),
            Fact("Configuration", row.configuration or "–"),
            Fact("Condition", row.condition),
            Fact("Market", row.market),
            Fact("Price", money(row.price)),
        ),
        path=_path(row, now=desk.now),
        evidence=evidence_of(row, now=desk.now, zone=desk.zone),
        held=hold.reason if hold else "",
        shop_url=f"/phones/{row.variant_slug}/{row.public_id}/",
    )


def _path(row: OfferRow, *, now: datetime) -> tuple[StepShown, ...]:
    """Return the right of an offer link by link; what stands in its way is told with the answer."""
    steps = rights.right_path(
        seller_id=row.seller_id,
        variant_id=row.variant_id,
        market=row.market,
        condition=row.condition,
        at=now,
    )
    if not all(one.ok for one in steps):
        return ()
    return tuple(
        StepShown(
            what=one.text,
            note=" · ".join(part for part in (one.period_text, one.level) if part),
            state="yes",
        )
        for one in steps
    )


def rights_page(desk: Desk) -> BrandRights:
    """Return what the brand has published about its channels, and every grant of its marks."""
    own = _own_brands(desk)
    names = {one.id: one.name for one in catalogue.brands()}
    names |= {one.id: one.name for one in catalogue.categories()}
    return BrandRights(
        statements=_statements(rights.statements_by(own), names=names, desk=desk),
        grants=_grants(rights.grants_over(own), names=names, desk=desk),
    )


def _own_brands(desk: Desk) -> frozenset[UUID]:
    return brands_below([key for key, _ in takedowns.brands_for(desk.actor)])


def _filters(desk: Desk, asking: Asking, *, sort: str) -> OfferFilters:
    return OfferFilters(
        text=asking.text(),
        state=OfferState.LISTED.value,
        brand_ids=_own_brands(desk),
        sort=sort,
    )


def _row(one: OfferRow, *, is_held: bool, zone: str) -> Row:
    on_sale = pill("On sale", "good") if one.stock_left else pill("Sold out")
    return Row(
        url=f"/portals/brand/offers/{one.public_id}/",
        cells=(
            Cell(one.title, note=f"{one.configuration} · {one.variant_code}".strip(" ·")),
            pill("Stopped", "bad") if is_held else on_sale,
            Cell(one.seller_name),
            Cell(one.market),
            Cell(one.condition),
            number(money(one.price)),
            time_cell(one.published_at, zone=zone),
        ),
    )


def _statements(rows: list[StatementFact], *, names: dict[UUID, str], desk: Desk) -> Table:
    return Table(
        caption="Your statements",
        note=plural(len(rows), "statement"),
        columns=plain_headings(
            Column("Brand"),
            Column("Market"),
            Column("Goods"),
            Column("Says"),
            Column("Period"),
            Column("Source"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.brand_name, note="with sub-brands" if one.include_sub_brands else ""),
                    Cell(one.market),
                    Cell(names.get(one.category_id, "") if one.category_id else "everything"),
                    Cell(one.status.value.replace("_", " ")),
                    Cell(_period(one.from_at, one.until_at, zone=desk.zone)),
                    Cell(one.source),
                )
            )
            for one in rows
        ),
    )


def _grants(rows: list[GrantFact], *, names: dict[UUID, str], desk: Desk) -> Table:
    return Table(
        caption="Grants of your marks",
        note=plural(len(rows), "grant"),
        columns=plain_headings(
            Column("To"),
            Column("State"),
            Column("From whom"),
            Column("Goods"),
            Column("Markets"),
            Column("Proof"),
            Column("Period"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.grantee_name),
                    _grant_state(one, now=desk.now),
                    Cell(one.issuer_name),
                    Cell(_named(one.scope.categories, names)),
                    Cell(", ".join(sorted(one.scope.markets))),
                    Cell(one.level.value),
                    Cell(_period(one.from_at, one.until_at, zone=desk.zone)),
                )
            )
            for one in rows
        ),
    )


def _grant_state(one: GrantFact, *, now: datetime) -> Cell:
    if one.revoked_at is not None:
        return pill("Revoked", "bad", note=one.revoke_reason)
    if one.until_at <= now:
        return pill("Run out", "part")
    return pill("In force", "good") if one.from_at <= now else pill("To begin", "info")


def _named(keys: Iterable[UUID], names: dict[UUID, str]) -> str:
    return ", ".join(sorted(names.get(key, "") for key in keys))


def _period(from_at: datetime, until_at: datetime | None, *, zone: str) -> str:
    until = bound_text(until_at, zone=zone) if until_at else "until changed"
    return f"{bound_text(from_at, zone=zone)} – {until}"
