"""One list of everything that waits for a person's eye, whatever kind of thing it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from bandstand.console.desk import Desk
from bandstand.gate.queries.desk_lists import decision_rows
from bandstand.offers.queries.desk_lists import OfferFilters, offers_list
from bandstand.offers.rules import OfferState
from bandstand.parties.queries.identity import statements_waiting
from bandstand.parties.rules.duties import verify_by
from bandstand.parties.rules.identity_specs import SPECS
from bandstand.parties.rules.inform import POLICIES
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Listing,
    Row,
    Table,
    headings,
    page_links,
    pill,
    select,
    sort_words,
)
from bandstand.plumbing.desk.words import due_cell, plural, time_cell
from bandstand.rights.queries.documents import documents_waiting
from bandstand.rights.queries.lists import domains_in_review
from bandstand.rights.rules.documents import DocumentState

KINDS: Final = {
    "offer": "Offers",
    "naming": "Brand names that mislead",
    "document": "Documents",
    "identity": "Identity of sellers",
    "domain": "Domains that look alike",
}
COLOURS: Final = {
    "offer": "info",
    "naming": "part",
    "document": "good",
    "identity": "",
    "domain": "bad",
}
NAMING_CODES: Final = frozenset({"BRAND_AMBIGUOUS", "BRAND_CONFUSABLE", "VARIANT_UNKNOWN"})
ROWS_A_PAGE: Final = 50
COLUMNS: Final = (
    Column("What", sort="what"),
    Column("Kind", sort="kind"),
    Column("Why it waits"),
    Column("From", sort="seller"),
    Column("Since", sort="age"),
    Column("Due", sort="due"),
)
EXPORT_HEADS: Final = ("kind", "what", "why", "from", "waits_since", "due_at", "address")
FAR: Final = "9999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits for a person."""

    kind: str
    what: str
    why: str
    seller: str
    since: datetime
    url: str
    note: str = ""
    due_at: datetime | None = None


def review_page(desk: Desk) -> Listing:
    """Return the list of what waits, as its address asks."""
    asking = Asking.of(desk.request)
    everything = list(waiting())
    found = _chosen(everything, asking=asking)
    pages = max(1, -(-len(found) // ROWS_A_PAGE))
    page = min(asking.page(), pages)
    sort, kind = _sort(asking), asking.word("kind", known=KINDS)
    shown = found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    return Listing(
        title="To review",
        lead="Everything that waits for a person: what is claimed, what is known, and your word.",
        text=asking.text(),
        text_label="Phone, brand, seller or field",
        filters=(select("kind", "Kind", values=KINDS, chosen=kind, any_label="Every kind"),),
        picture=_picture(everything),
        problems=tuple(dict.fromkeys(asking.problems)),
        table=Table(
            caption="Waiting",
            note=plural(len(found), "thing"),
            columns=headings(COLUMNS, asking=asking, sort=sort),
            rows=tuple(_row(one, desk=desk) for one in shown),
        ),
        pages=page_links(page=page, pages=pages, address=lambda at: asking.address(page=str(at))),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/review/" if asking.text() or kind else "",
        sort=sort,
        empty_title="Nothing waits",
        empty_text="Everything has been looked at. Clear the search to be sure.",
    )


def review_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield everything that waits as the list's address asks, for a spreadsheet."""
    for one in _chosen(list(waiting()), asking=Asking.of(desk.request)):
        yield (
            one.kind,
            one.what,
            one.why,
            one.seller,
            one.since.isoformat(),
            one.due_at.isoformat() if one.due_at else "",
            one.url,
        )


def waiting() -> Iterator[Waiting]:
    """Yield everything that waits for a person, kind by kind."""
    return chain(_offers(), proofs_waiting())


def proofs_waiting() -> Iterator[Waiting]:
    """Yield what waits besides offers: documents, identities, domains."""
    return chain(_documents(), _identities(), _domains())


def _offers() -> Iterator[Waiting]:
    filters = OfferFilters(state=OfferState.IN_REVIEW.value)
    for page in every_page(lambda at: offers_list(filters, page=at)):
        asked = [one.last_decision_id for one in page.offers if one.last_decision_id]
        decisions = decision_rows(asked)
        for one in page.offers:
            decision = decisions.get(one.last_decision_id or one.id)
            reasons = decision.reasons if decision else ()
            yield Waiting(
                kind="naming" if any(r.code in NAMING_CODES for r in reasons) else "offer",
                what=one.title,
                note=f"{one.configuration} · {one.variant_code}".strip(" ·"),
                why=reasons[0].text if reasons else "Asked for review.",
                seller=one.seller_name,
                since=one.created_at,
                url=f"/console/offers/{one.public_id}/",
            )


def _documents() -> Iterator[Waiting]:
    for one in documents_waiting():
        is_half = one.state is DocumentState.HALF
        yield Waiting(
            kind="document",
            what=f"{one.kind.value.capitalize()} of {one.issuer}",
            note=f"{', '.join(one.brands)} in {', '.join(one.markets)}",
            why="One person accepted it; a second reads it." if is_half else "Two people read it.",
            seller=one.seller_name,
            since=one.uploaded_at,
            url=f"/console/review/documents/{one.id}/",
        )


def _identities() -> Iterator[Waiting]:
    for one in statements_waiting():
        laws = [policy for policy in POLICIES if one.fact.name in policy.fields]
        due = min((verify_by(one.fact.stated_at, policy=law) for law in laws), default=None)
        yield Waiting(
            kind="identity",
            what=SPECS[one.fact.name].label,
            note=f"from: {one.fact.source}",
            why="Stated and not checked yet.",
            seller=one.party.trading_name,
            since=one.fact.stated_at,
            due_at=due,
            url=f"/console/sellers/{one.party.slug}/#{one.fact.name}",
        )


def _domains() -> Iterator[Waiting]:
    for one in domains_in_review():
        yield Waiting(
            kind="domain",
            what=one.domain,
            note=f"claimed for {one.brand_name}",
            why=f"It looks like {one.looks_like}.",
            seller=one.asked_by,
            since=one.asked_at,
            url=f"/console/review/domains/{one.id}/",
        )


def _chosen(rows: list[Waiting], *, asking: Asking) -> list[Waiting]:
    kind, text, sort = asking.word("kind", known=KINDS), asking.text().casefold(), _sort(asking)
    kept = [
        one
        for one in rows
        if (not kind or one.kind == kind)
        and text in f"{one.what} {one.note} {one.seller} {one.why}".casefold()
    ]
    return sorted(kept, key=lambda one: _order(one, sort), reverse=sort.startswith("-"))


def _sort(asking: Asking) -> str:
    return asking.word("sort", known=sort_words(COLUMNS), unless="due")


def _order(one: Waiting, sort: str) -> tuple[str, str]:
    since = one.since.isoformat()
    by = {
        "what": one.what.casefold(),
        "kind": one.kind,
        "seller": one.seller.casefold(),
        "age": since,
        "due": one.due_at.isoformat() if one.due_at else FAR,
    }
    return by[sort.removeprefix("-")], since


def _picture(rows: list[Waiting]) -> str:
    return whole_svg(
        [
            Part(label, sum(one.kind == kind for one in rows), COLOURS[kind])
            for kind, label in KINDS.items()
        ],
        label="What waits, by kind",
    )


def _row(one: Waiting, *, desk: Desk) -> Row:
    return Row(
        url=one.url,
        cells=(
            Cell(one.what, note=one.note),
            pill(KINDS[one.kind]),
            Cell(one.why),
            Cell(one.seller),
            time_cell(one.since, zone=desk.zone),
            due_cell(one.due_at, now=desk.now) if one.due_at else Cell("–"),
        ),
    )
