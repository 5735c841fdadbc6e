"""What is known of phones and how sure it is; and who did what."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import BrandQuality
from bandstand.console.desk import Desk
from bandstand.console.pages.named import Named, named
from bandstand.offers import queries as offers
from bandstand.plumbing.audit_book import audit_actions, audit_list
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
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
from bandstand.plumbing.desk.words import plural, time_cell

QUALITY_COLUMNS: Final = (
    Column("Brand", sort="brand"),
    Column("Variants", is_number=True, sort="variants"),
    Column("VoLTE not known", is_number=True, sort="unknown_volte"),
    Column("No band list", is_number=True, sort="without_bands"),
    Column("Low certainty", is_number=True, sort="low_certainty"),
    Column("Conflicts", is_number=True, sort="conflicts"),
)
QUALITY_HEADS: Final = (
    "brand", "variants", "unknown_volte", "without_bands", "low_certainty", "conflicts",
)  # fmt: skip
AUDIT_HEADS: Final = ("at", "actor", "deed", "about", "detail")
DETAIL_SHOWN: Final = 160


def quality_page(desk: Desk) -> Listing:
    """Return what is unknown, in conflict or only inferred, by brand."""
    asking = Asking.of(desk.request)
    sort = asking.word("sort", known=sort_words(QUALITY_COLUMNS), unless="brand")
    text = asking.text().casefold()
    rows = [one for one in catalogue.quality_by_brand() if text in one.brand.casefold()]
    rows.sort(key=lambda one: getattr(one, sort.removeprefix("-")), reverse=sort.startswith("-"))
    variants = sum(one.variants for one in rows)
    low = sum(one.low_certainty for one in rows)
    return Listing(
        title="Facts",
        lead="What we know of phones. Unknown is an answer: shoppers see it as not known.",
        text=asking.text(),
        text_label="Brand",
        problems=tuple(asking.problems),
        stats=(
            Stat("Variants", str(variants)),
            Stat("VoLTE not known", str(sum(one.unknown_volte for one in rows))),
            Stat("No band list", str(sum(one.without_bands for one in rows))),
            Stat("Sources in conflict", str(sum(one.conflicts for one in rows))),
        ),
        picture=whole_svg(
            [Part("Well sourced", variants - low, "good"), Part("Low certainty", low, "part")],
            label="Variants by certainty",
        ),
        table=Table(
            caption="Facts by brand",
            note=plural(len(rows), "brand"),
            columns=headings(QUALITY_COLUMNS, asking=asking, sort=sort),
            rows=tuple(_quality_row(one) for one in rows),
        ),
        pages=ONE_PAGE,
        export_url=asking.address(format="csv"),
        clear_url="/console/quality/" if text else "",
        sort=sort,
        empty_title="No brand by that name",
        empty_text="Clear the search.",
        action_url="/console/quality/find/",
        action_label="Enter what a source says",
        sections=(_conflicts(), changed_fits_table(desk), _rooms(), _runs(zone=desk.zone)),
    )


def quality_export() -> Iterable[tuple[object, ...]]:
    """Yield the quality of every brand, for a spreadsheet."""
    for one in catalogue.quality_by_brand():
        yield tuple(getattr(one, name) for name in QUALITY_HEADS)


def audit_page(desk: Desk) -> Listing:
    """Return the audit log, newest first."""
    asking = Asking.of(desk.request)
    deeds = {deed: deed.replace(".", ": ").replace("_", " ") for deed in audit_actions()}
    deed = asking.word("deed", known=deeds)
    found = audit_list(text=asking.text(), action=deed, page=asking.page())
    about = named(one.subject for one in found.entries)
    return Listing(
        title="Audit log",
        lead="Who did what to what. The log only grows.",
        text=asking.text(),
        text_label="Who, what or id",
        filters=(select("deed", "Deed", values=deeds, chosen=deed, any_label="Any deed"),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Audit log",
            note=plural(found.total, "entry", many="entries"),
            columns=plain_headings(
                Column("When"), Column("Who"), Column("Deed"), Column("About"), Column("Detail")
            ),
            rows=tuple(
                Row(
                    (
                        time_cell(one.at, zone=desk.zone),
                        Cell(one.actor),
                        Cell(deeds.get(one.action, one.action)),
                        _subject_cell(one.subject, about=about),
                        Cell(_detail(one.detail)[:DETAIL_SHOWN]),
                    )
                )
                for one in found.entries
            ),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/audit/" if asking.text() or deed else "",
        empty_title="No entry found",
        empty_text="Clear the search, or choose another deed.",
    )


def audit_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the entries that the log's address asks for, for a spreadsheet."""
    asking = Asking.of(desk.request)
    deed = asking.word("deed", known={deed: deed for deed in audit_actions()})
    for page in every_page(lambda at: audit_list(text=asking.text(), action=deed, page=at)):
        for one in page.entries:
            yield one.at.isoformat(), one.actor, one.action, one.subject, json.dumps(one.detail)


def _subject_cell(subject: str, *, about: Mapping[str, Named]) -> Cell:
    """Return a subject by its name, with its id below; by its id alone where it has no name."""
    one = about.get(subject)
    if one is None or one.text == subject:
        return Cell(subject, url=subject_url(subject))
    return Cell(one.text, url=one.url, note=subject)


def subject_url(subject: str) -> str:
    """Return where a printed id leads in the console; nowhere for those without a page."""
    rooms = {"ofr": "offers", "ord": "orders", "hld": "holds", "ntc": "notices"}
    room = rooms.get(subject.partition("_")[0])
    return f"/console/{room}/{subject}/" if room else ""


def _quality_row(one: BrandQuality) -> Row:
    doubts = (one.unknown_volte, one.without_bands, one.low_certainty, one.conflicts)
    return Row((Cell(one.brand), number(one.variants), *(number(count or "–") for count in doubts)))


def _conflicts() -> Table:
    found = catalogue.conflicts()
    return Table(
        caption="Where sources disagree",
        note=plural(len(found), "variant"),
        columns=plain_headings(Column("Variant"), Column("About")),
        rows=tuple(
            Row(
                (Cell(one.variant.title, note=one.variant.code), Cell(", ".join(one.topics))),
                url=f"/console/quality/{one.variant.slug}/",
            )
            for one in found
        ),
    )


def changed_fits_table(desk: Desk) -> Table:
    """Return the offers whose fit today is not the one that they were listed with."""
    found = offers.changed_fits(now=desk.now)
    rows = offers.offer_rows([one.offer_id for one in found])
    return Table(
        caption="Listed with another fit than today's",
        note=plural(len(found), "fit"),
        columns=plain_headings(
            Column("Offer"), Column("Network"), Column("Listed"), Column("Today")
        ),
        rows=tuple(
            Row(
                (
                    Cell(rows[one.offer_id].title, note=rows[one.offer_id].seller_name),
                    Cell(one.network_name),
                    Cell(one.label, note=one.as_of.isoformat()),
                    Cell(one.today.label if one.today else "not known"),
                ),
                url=f"/console/offers/{rows[one.offer_id].public_id}/",
            )
            for one in found
        ),
    )


def _rooms() -> Table:
    """Return the ways to what networks run and to their rules."""
    own = catalogue.operator_networks()
    return Table(
        caption="Networks and their rules",
        columns=plain_headings(Column("Network"), Column("Code")),
        rows=(
            *(
                Row((Cell(one.name), Cell(one.code)), url=f"/console/quality/networks/{one.id}/")
                for one in own
            ),
            Row((Cell("All networks"), Cell("")), url="/console/quality/networks/"),
            Row((Cell("Rules on every network"), Cell("")), url="/console/quality/networks/every/"),
        ),
    )


def _runs(*, zone: str) -> Table:
    runs = catalogue.load_runs()
    return Table(
        caption="Loads and imports",
        note=plural(len(runs), "run"),
        columns=plain_headings(
            Column("When"),
            Column("Added", is_number=True),
            Column("Changed", is_number=True),
            Column("As before", is_number=True),
            Column("Refused"),
        ),
        rows=tuple(
            Row(
                (
                    time_cell(one.started_at, zone=zone),
                    number(one.added),
                    number(one.changed),
                    number(one.unchanged),
                    pill(plural(len(one.refused), "line"), "part", note=_refused_text(one.refused))
                    if one.refused
                    else Cell("none"),
                )
            )
            for one in runs
        ),
    )


def _refused_text(refused: tuple[dict[str, object], ...]) -> str:
    first = refused[0]
    return f"{first.get('file', '')} line {first.get('line', '')}: {first.get('reason', '')}"


def _detail(detail: dict[str, object]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {_plain(value)}" for name, value in detail.items() if value
    )


def _plain(value: object) -> str:
    """Return a recorded value in words: what nests is written out, never as a program prints it."""
    if isinstance(value, dict):
        return f"({_detail(value)})" if any(value.values()) else "(nothing)"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
