"""Notices: the list, and one with its cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, money
from bandstand.kernel.public_ids import IdKind, print_id
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
    number,
    page_links,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import (
    due_cell,
    instant_text,
    plural,
    state_cell,
    state_kind,
    state_word,
    time_cell,
)
from bandstand.takedowns import access, queries as takedowns
from bandstand.takedowns.queries import CaseRow, NoticePage, NoticeRow, StatementRow
from bandstand.takedowns.rules import CaseState, NoticeState

REMEDIES: Final = {
    "basket_cleared": "Basket cleared",
    "cancel_and_void": "Cancelled, money let go",
    "cancel_and_refund": "Cancelled, money back",
    "offer_return": "Keep it, or return it",
}
PREVIEW_WORDS: Final = {
    "offers": "Offers",
    "sellers": "Sellers",
    "units": "Phones in stock",
    "open_baskets": "Open baskets",
    "open_checkouts": "Open checkouts",
    "orders_unpaid": "Orders, unpaid",
    "orders_paid_unshipped": "Orders, paid and not shipped",
    "orders_shipped": "Orders, shipped",
}
CASES_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class EventShown:
    """Something that happened to a notice, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement of reasons as its seller got it."""

    seller: str
    when_text: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDesk:
    """Everything the page of one notice says."""

    number: str
    state: str
    kind: str
    reason: str
    facts: tuple[Fact, ...]
    explanation: str
    preview: tuple[Stat, ...]
    events: tuple[EventShown, ...]
    picture: str
    affected: int
    whole: int
    problems: tuple[str, ...]
    cases: Table
    statements: tuple[StatementShown, ...]
    hold_url: str
    is_moving: bool
    """Whether its figures are still changing, so that the page asks again by itself."""


def notices_page(desk: Desk) -> Listing:
    """Return the list of notices as its address asks."""
    asking = Asking.of(desk.request)
    states = {one.value: state_word(one.value) for one in NoticeState}
    state = asking.word("state", known=states)
    found = access.visible_notices(
        desk.actor, state=NoticeState(state) if state else None, page=asking.page()
    )
    return Listing(
        title="Notices",
        lead="What brands have asked us to stop. A notice takes effect before anyone has read it.",
        filters=(select("state", "State", values=states, chosen=state, any_label="Any state"),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Notices",
            note=plural(found.total, "notice"),
            columns=plain_headings(
                Column("Number"),
                Column("State"),
                Column("Brand"),
                Column("Filed by"),
                Column("Stops"),
                Column("Cases whole", is_number=True),
                Column("Received"),
            ),
            rows=tuple(_row(one, zone=desk.zone) for one in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        empty_title="No notice",
        empty_text="No brand has asked us to stop anything.",
    )


def notices_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every notice, for a spreadsheet."""
    for page in every_page(lambda at: access.visible_notices(desk.actor, page=at)):
        for one in page.rows:
            yield (
                one.number,
                one.state.value,
                one.brand_name,
                one.party_name,
                one.filed_by,
                one.reason,
                one.received_at.isoformat(),
                one.lifted_at.isoformat() if one.lifted_at else "",
            )


def notice_page(notice_id: UUID, *, desk: Desk) -> NoticeDesk:
    """
    Return the page of one notice.

    Raises: NotFoundError.
    """
    page = access.notice_for(desk.actor, notice_id)
    notice = page.notice
    cases = takedowns.cases(notice.hold_id, limit=CASES_SHOWN) if notice.hold_id else []
    proof = takedowns.is_everyone_whole(notice.hold_id) if notice.hold_id else None
    return NoticeDesk(
        number=notice.number,
        state=state_word(notice.state.value),
        kind=state_kind(notice.state.value),
        reason=notice.reason,
        facts=(
            Fact("Brand", notice.brand_name),
            Fact("Filed by", f"{notice.filed_by} for {notice.party_name}"),
            Fact("Scope", ", ".join(page.scope_words)),
            Fact("Right", page.right_reference or "none named"),
        ),
        explanation=page.explanation,
        preview=preview_stats(page.preview),
        events=events_of(page, zone=desk.zone),
        picture=cases_picture(page.cases),
        affected=page.affected,
        whole=page.whole,
        problems=proof.problems if proof else (),
        cases=cases_table(cases, now=desk.now, zone=desk.zone),
        statements=tuple(_statement(one, zone=desk.zone) for one in page.statements),
        hold_url=f"/console/holds/{print_id(IdKind.HOLD, notice.hold_id)}/"
        if notice.hold_id
        else "",
        is_moving=notice.state is NoticeState.IN_FORCE
        and (notice.aftermath_done_at is None or page.whole < page.affected),
    )


def preview_stats(preview: dict[str, object]) -> tuple[Stat, ...]:
    """Return what a notice's sender was shown before sending."""
    return tuple(
        Stat(words, str(preview[name])) for name, words in PREVIEW_WORDS.items() if name in preview
    )


def cases_picture(cases: dict[CaseState, int]) -> str:
    """Draw where the cases of a hold stand."""
    return whole_svg(
        [Part(state_word(one.value), cases[one], state_kind(one.value)) for one in CaseState],
        label="Cases by state",
    )


def events_of(page: NoticePage, *, zone: str) -> tuple[EventShown, ...]:
    """Return what happened to a notice, oldest first."""
    notice = page.notice
    told = len(page.statements)
    events = (
        ("Received", notice.received_at, f"from {notice.party_name}", "done"),
        ("Sales stopped", notice.effective_at, "everywhere at once", "no"),
        (
            "Everyone affected was found",
            notice.aftermath_done_at,
            f"{plural(page.affected, 'case')}, {plural(told, 'seller')} told",
            "done",
        ),
        ("Lifted", notice.lifted_at, page.lift_reason, "part"),
    )
    return tuple(
        EventShown(what, at.isoformat(), instant_text(at, zone=zone), note, state)
        for what, at, note, state in events
        if at is not None
    )


def cases_table(cases: list[CaseRow], *, now: datetime, zone: str) -> Table:
    """Return the cases of a hold, those due first before others."""
    return Table(
        caption="Cases",
        note=plural(len(cases), "case"),
        columns=plain_headings(
            Column("Order"),
            Column("State"),
            Column("Phone"),
            Column("Remedy"),
            Column("Money back", is_number=True),
            Column("Due"),
            Column("Made whole"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.order_number),
                    state_cell(one.state.value),
                    Cell(one.title),
                    Cell(REMEDIES.get(one.remedy.value, one.remedy.value)),
                    number(money(one.refund)),
                    Cell("done")
                    if one.state in {CaseState.MADE_WHOLE, CaseState.CHOICE_OFFERED}
                    else due_cell(one.due_at, now=now),
                    time_cell(one.made_whole_at, zone=zone),
                ),
                url=f"/console/orders/{one.order_public_id}/",
            )
            for one in cases
        ),
    )


def _row(one: NoticeRow, *, zone: str) -> Row:
    counts = takedowns.case_counts(one.hold_id) if one.hold_id else {}
    whole = counts.get(CaseState.MADE_WHOLE, 0) + counts.get(CaseState.CHOICE_OFFERED, 0)
    return Row(
        url=f"/console/notices/{one.public_id}/",
        cells=(
            Cell(one.number),
            state_cell(one.state.value),
            Cell(one.brand_name),
            Cell(one.filed_by),
            Cell(one.reason or "–"),
            number(f"{whole} of {sum(counts.values())}"),
            time_cell(one.received_at, zone=zone),
        ),
    )


def _statement(one: StatementRow, *, zone: str) -> StatementShown:
    redress = one.body.get("redress")
    ways = redress if isinstance(redress, dict) else {}
    return StatementShown(
        seller=one.seller_name,
        when_text=instant_text(one.stated_at, zone=zone),
        facts=(
            Fact("Number", str(one.body.get("puid", ""))),
            Fact("Decision", str(one.body.get("decision_facts", ""))),
            Fact(
                "Ground",
                str(
                    one.body.get("incompatible_content_ground")
                    or one.body.get("illegal_content_legal_ground")
                    or ""
                ),
            ),
            *(Fact("Ways out", str(way)) for way in ways.values()),
        ),
    )
