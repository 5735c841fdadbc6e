"""Facts of the right to sell at the console: the list, one fact, the preview of a new one."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from bandstand.console.desk import Desk
from bandstand.console.pages.facts import FactPage
from bandstand.console.rights_terms_forms import FORMS
from bandstand.offers.services.foreseeing import Foreseen, OfferTurn
from bandstand.plumbing.audit_book import AuditRow, audit_list
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.confirming import ConfirmPage
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    page_links,
    pill,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import (
    bound_cell,
    bound_text,
    plural,
    state_word,
    time_cell,
)
from bandstand.rights.queries.on_record import (
    FactKind,
    FactOnRecord,
    FactsPage,
    Standing,
    fact_on_record,
    facts_on_record,
)

ROOM: Final = "/console/rights/"
KINDS: Final = MappingProxyType(
    {
        FactKind.APPROVAL: "Approvals",
        FactKind.CERTIFICATION: "Network certifications",
        FactKind.PROTECTION: "Protected marks",
        FactKind.DIFFERENCE: "Differences",
        FactKind.NAME: "Brand names",
        FactKind.POLICY: "Sale policy",
        FactKind.LABEL: "Labels shown",
    }
)
ONE_OF: Final = MappingProxyType(
    {
        FactKind.APPROVAL: "an approval",
        FactKind.CERTIFICATION: "a network certification",
        FactKind.PROTECTION: "a protected mark",
        FactKind.DIFFERENCE: "a difference",
        FactKind.NAME: "a brand name",
        FactKind.POLICY: "a policy row",
    }
)
ACTIONS: Final = MappingProxyType(
    {
        FactKind.APPROVAL: "rights.approval",
        FactKind.CERTIFICATION: "rights.certification",
        FactKind.PROTECTION: "rights.protection",
        FactKind.DIFFERENCE: "rights.difference",
        FactKind.NAME: "rights.brand_name",
        FactKind.POLICY: "rights.policy",
        FactKind.LABEL: "rights.label",
    }
)
STANDINGS: Final = MappingProxyType(
    {
        Standing.IN_FORCE: ("In force", "good"),
        Standing.TO_COME: ("To come", "info"),
        Standing.OVER: ("Over", ""),
    }
)
HEADS: Final = ("kind", "about", "where", "said", "from", "until", "state", "source")
TURNS_SHOWN: Final = 16
LATEST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsFactPage:
    """One fact on record and its history."""

    title: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    history: Table
    file_url: str
    again_url: str
    again_label: str
    back_url: str


def facts_page(desk: Desk) -> Listing:
    """Return the facts of a kind."""
    asking = Asking.of(desk.request)
    kind, found = _found(desk, asking, page=asking.page())
    standing = asking.params.get("state", "")
    return Listing(
        title="Rights facts",
        lead="What decisions rest on and nobody else can say for us. Every fact names its source.",
        text=asking.text(),
        text_label="Phone, brand or reference",
        filters=(
            select(
                "kind", "Kind", values={one.value: said for one, said in KINDS.items()},
                chosen=kind.value,
            ),
            select(
                "state", "State", values={one.value: said for one, (said, _) in STANDINGS.items()},
                chosen=standing, any_label="Any state",
            ),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption=KINDS[kind],
            note=plural(found.total, "fact"),
            columns=plain_headings(
                Column("About"), Column("State"), Column("Where"), Column("Says"),
                Column("From"), Column("Until"), Column("Source"),
            ),
            rows=tuple(_row(one, desk=desk) for one in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url=f"{ROOM}?kind={kind}" if asking.text() or standing else "",
        action_url=f"{ROOM}new/{kind}/" if kind in FORMS else "",
        action_label=f"Enter {ONE_OF[kind]}" if kind in FORMS else "",
        empty_title="Nothing is on record",
        empty_text="Enter the first, or choose another kind or state.",
        sections=(_history(_latest(kind), zone=desk.zone, caption="Entered last"),),
    )  # fmt: skip


def facts_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the facts of a kind, for a spreadsheet."""
    asking = Asking.of(desk.request)
    for page in every_page(lambda at: _found(desk, asking, page=at)[1]):
        for one in page.rows:
            yield (
                one.kind.value,
                one.about,
                one.place,
                one.said,
                one.from_at.isoformat() if one.from_at else "",
                one.until_at.isoformat() if one.until_at else "",
                one.standing(desk.now).value,
                one.source,
            )


def fact_page(kind: FactKind, fact_id: UUID, *, desk: Desk) -> RightsFactPage:
    """
    Return one fact with its history.

    Raises: NotFoundError.
    """
    row = fact_on_record(kind, fact_id)
    word, colour = STANDINGS[row.standing(desk.now)]
    found = audit_list(text=row.subject, action=ACTIONS[kind]).entries
    is_ours = kind in FORMS
    return RightsFactPage(
        title=row.about,
        state=word,
        kind=colour,
        facts=_facts(row),
        history=_history(
            [one for one in found if one.subject == row.subject], zone=desk.zone, caption="History"
        ),
        file_url=f"{ROOM}labels/{row.id}/file/" if kind is FactKind.LABEL else "",
        again_url=f"{ROOM}new/{kind}/" if is_ours else "",
        again_label=f"Enter {ONE_OF[kind]}" if is_ours else "",
        back_url=f"{ROOM}?kind={kind}",
    )


def question(
    foreseen: Foreseen,
    *,
    page: FactPage,
    facts: Iterable[Fact],
    fields: tuple[tuple[str, str], ...],
) -> ConfirmPage:
    """Return the preview of a fact: the offers that would be judged otherwise."""
    shown = foreseen.turns[:TURNS_SHOWN]
    left = len(foreseen.turns) - len(shown)
    more = [Fact("And more", plural(left, "offer"))] if left else []
    return ConfirmPage(
        title=f"{page.title}?",
        text=_text(foreseen),
        warning=_warning(foreseen),
        facts=(*facts, *map(_turn_fact, shown), *more),
        stats=(
            Stat("Leave the shelf", str(foreseen.stopped), kind="bad" if foreseen.stopped else ""),
            Stat("Could go on it", str(foreseen.opened), kind="good" if foreseen.opened else ""),
            Stat("Judged", str(foreseen.judged)),
        ),
        action_url=page.action_url,
        back_url=page.back_url,
        button="Yes, put it on record",
        fields=fields,
        is_bad=bool(foreseen.stopped),
        can_edit=True,
    )


def words_of(words: dict[str, Any]) -> tuple[Fact, ...]:
    """Return the source of a fact for its preview."""
    return (Fact("Source", str(words["source"])),)


def _text(foreseen: Foreseen) -> str:
    if not foreseen.judged:
        return "No offer rests on it today. It is kept all the same, and counts from now on."
    if not foreseen.turns:
        return f"{plural(foreseen.judged, 'offer')} rest on it; none would be judged otherwise."
    return "As the shelf stands today, these offers would be judged otherwise:"


def _warning(foreseen: Foreseen) -> str:
    if not foreseen.left:
        return ""
    return f"{plural(foreseen.left, 'more offer')} rest on it and were not judged in this preview."


def _turn_fact(one: OfferTurn) -> Fact:
    offer = one.offer
    codes = f" ({', '.join(dict.fromkeys(one.codes))})" if one.codes else ""
    parts = (offer.title, offer.variant_code, offer.configuration, offer.condition)
    named = ", ".join(part for part in parts if part)
    return Fact(
        f"{named}: {offer.seller_name}, {offer.market}",
        f"{state_word(one.was.value)} → {state_word(one.now.value)}{codes}",
    )


def _found(desk: Desk, asking: Asking, *, page: int) -> tuple[FactKind, FactsPage]:
    kinds = {one.value: said for one, said in KINDS.items()}
    states = {one.value: said for one, (said, _) in STANDINGS.items()}
    kind = FactKind(asking.word("kind", known=kinds, unless=FactKind.APPROVAL.value))
    state = asking.word("state", known=states)
    standing = Standing(state) if state else None
    return kind, facts_on_record(
        kind, at=desk.now, text=asking.text(), standing=standing, page=page
    )


def _row(one: FactOnRecord, *, desk: Desk) -> Row:
    return Row(
        url=f"{ROOM}{one.kind}/{one.id}/",
        cells=(
            Cell(one.about),
            pill(*STANDINGS[one.standing(desk.now)]),
            Cell(one.place or "–"),
            Cell(one.said),
            bound_cell(one.from_at, zone="UTC"),
            bound_cell(one.until_at, zone="UTC"),
            Cell(one.source or "not noted"),
        ),
    )


def _facts(row: FactOnRecord) -> tuple[Fact, ...]:
    return (
        Fact("Where", row.place or "everywhere"),
        Fact("Says", row.said),
        *(Fact(name, said) for name, said in row.parts),
        Fact("From", bound_text(row.from_at, zone="UTC") if row.from_at else "always"),
        Fact("Until", bound_text(row.until_at, zone="UTC") if row.until_at else "changed"),
        Fact("Shown by" if row.kind is FactKind.LABEL else "Source", row.source or "not noted"),
    )


def _latest(kind: FactKind) -> list[AuditRow]:
    return list(audit_list(action=ACTIONS[kind]).entries[:LATEST_SHOWN])


def _history(rows: list[AuditRow], *, zone: str, caption: str) -> Table:
    return Table(
        caption=caption,
        note=plural(len(rows), "entry", many="entries"),
        columns=plain_headings(Column("When"), Column("Who"), Column("About"), Column("Said")),
        rows=tuple(
            Row(
                (
                    time_cell(one.at, zone=zone),
                    Cell(one.actor),
                    Cell(one.subject),
                    Cell("; ".join(f"{name} {value}" for name, value in one.detail.items())),
                )
            )
            for one in rows
        ),
    )
