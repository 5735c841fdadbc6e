"""A brand's notices: the list, the preview of one, and one with everything that came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django import forms

from bandstand.gate import queries as gate
from bandstand.gate.rules.requests import RequestKind
from bandstand.plumbing.desk.asking import Asking
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
    instant_text,
    plural,
    state_cell,
    state_kind,
    state_word,
    time_cell,
)
from bandstand.portals.desk import Desk, money
from bandstand.takedowns import access, queries as takedowns
from bandstand.takedowns.queries import NoticePage, NoticePreview, NoticeRow
from bandstand.takedowns.rules import CaseState, NoticeState

REMEDIES: Final = {
    "basket_cleared": "basket cleared",
    "cancel_and_void": "cancelled, money let go",
    "cancel_and_refund": "cancelled, money back",
    "offer_return": "may keep it or return it",
}


@dataclass(frozen=True, slots=True)
class EventShown:
    """Something that happened to a notice, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """A notice as the brand that filed it sees it: counts of buyers, never their names."""

    number: str
    state: str
    kind: str
    reason: str
    facts: tuple[Fact, ...]
    explanation: str
    preview: tuple[Stat, ...]
    events: tuple[EventShown, ...]
    picture: str
    remedies: Table
    affected: int
    whole: int
    problems: tuple[str, ...]
    is_moving: bool
    is_in_force: bool
    withdraw_url: str
    """Empty once it ended, and while a proposal to end it waits."""
    withdrawal_text: str
    """Who proposed to end it, while that waits."""
    form: forms.Form


def notices_page(desk: Desk) -> Listing:
    """Return the notices of the caller's own party."""
    asking = Asking.of(desk.request)
    states = {one.value: state_word(one.value) for one in NoticeState}
    state = asking.word("state", known=states)
    found = access.visible_notices(
        desk.actor, state=NoticeState(state) if state else None, page=asking.page()
    )
    return Listing(
        title="Notices",
        lead="What you have asked us to stop. A notice takes effect the moment it is filed.",
        filters=(select("state", "State", values=states, chosen=state, any_label="Any state"),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Your notices",
            note=plural(found.total, "notice"),
            columns=plain_headings(
                Column("Number"),
                Column("State"),
                Column("Stops"),
                Column("Cases whole", is_number=True),
                Column("Filed"),
            ),
            rows=tuple(_row(one, zone=desk.zone) for one in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        action_url="/portals/brand/notices/new/",
        action_label="File a notice",
        empty_title="You have filed no notice",
        empty_text="File one to stop what bears your mark and may not be sold.",
    )


def notice_page(notice_id: UUID, *, desk: Desk, form: forms.Form | None = None) -> NoticeShown:
    """
    Return one notice of the caller's own party.

    Raises: NotFoundError.
    """
    page = access.notice_for(desk.actor, notice_id)
    notice = page.notice
    is_in_force = notice.state is NoticeState.IN_FORCE
    waiting = _end_proposed_by(notice.hold_id, now=desk.now)
    return NoticeShown(
        number=notice.number,
        state=state_word(notice.state.value),
        kind=state_kind(notice.state.value),
        reason=notice.reason,
        facts=(
            Fact("Scope", ", ".join(page.scope_words)),
            Fact("Filed by", notice.filed_by),
            Fact("Your right", page.right_reference or "none named"),
            Fact("Sellers told", str(len(page.statements))),
        ),
        explanation=page.explanation,
        preview=_stored_preview(page.preview),
        events=_events(page, zone=desk.zone),
        picture=whole_svg(
            [
                Part(state_word(one.value), page.cases[one], state_kind(one.value))
                for one in CaseState
            ],
            label="Cases by state",
        ),
        remedies=_remedies(notice.hold_id),
        affected=page.affected,
        whole=page.whole,
        problems=(),
        is_moving=is_in_force and (notice.aftermath_done_at is None or page.whole < page.affected),
        is_in_force=is_in_force and notice.lifted_at is None,
        withdraw_url=f"/portals/brand/notices/{notice.public_id}/withdraw/"
        if is_in_force and notice.lifted_at is None and not waiting
        else "",
        withdrawal_text=f"{waiting} has proposed to end it. The operator's staff decides."
        if waiting
        else "",
        form=form or WithdrawForm(),
    )


class WithdrawForm(forms.Form):
    """Why a brand takes its own notice back."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        help_text="The operator's staff reads it and decides.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it may be sold again; staff reads it."},
    )


def _end_proposed_by(hold_id: UUID | None, *, now: datetime) -> str:
    found = gate.requests_of(hold_id) if hold_id else ()
    waiting = [one for one in found if one.kind is RequestKind.LIFT and one.is_open(now)]
    return waiting[0].proposed_by if waiting else ""


def preview_stats(preview: NoticePreview) -> tuple[Stat, ...]:
    """Return what a notice would stop, in figures."""
    return (
        Stat("Offers on the shelf", str(preview.offers)),
        Stat("Sellers", str(preview.sellers)),
        Stat("Phones in stock", str(preview.units)),
        Stat("Open baskets", str(preview.open_baskets)),
        Stat("Open checkouts", str(preview.open_checkouts)),
        Stat("Orders, unpaid", str(preview.orders_unpaid)),
        Stat("Orders, paid and not shipped", str(preview.orders_paid_unshipped)),
        Stat("Orders, shipped", str(preview.orders_shipped)),
        Stat(
            "Buyers' money",
            " + ".join(money(one) for one in preview.money) or "none",
            note="for phones that have not left",
        ),
    )


def _stored_preview(preview: dict[str, object]) -> tuple[Stat, ...]:
    words = {
        "offers": "Offers",
        "sellers": "Sellers",
        "units": "Phones in stock",
        "open_checkouts": "Open checkouts",
        "orders_unpaid": "Orders, unpaid",
        "orders_paid_unshipped": "Paid, not shipped",
        "orders_shipped": "Shipped",
    }
    return tuple(Stat(said, str(preview.get(name, 0))) for name, said in words.items())


def _row(one: NoticeRow, *, zone: str) -> Row:
    counts = takedowns.case_counts(one.hold_id) if one.hold_id else {}
    whole = counts.get(CaseState.MADE_WHOLE, 0) + counts.get(CaseState.CHOICE_OFFERED, 0)
    return Row(
        url=f"/portals/brand/notices/{one.public_id}/",
        cells=(
            Cell(one.number),
            state_cell(one.state.value),
            Cell(one.reason or "–"),
            number(f"{whole} of {sum(counts.values())}"),
            time_cell(one.received_at, zone=zone),
        ),
    )


def _events(page: NoticePage, *, zone: str) -> tuple[EventShown, ...]:
    notice = page.notice
    events = (
        ("You filed it", notice.received_at, "", "done"),
        ("Sales stopped", notice.effective_at, "everywhere at once", "no"),
        (
            "Everyone affected was found",
            notice.aftermath_done_at,
            f"{plural(page.affected, 'case')}, {plural(len(page.statements), 'seller')} told",
            "done",
        ),
        ("Lifted", notice.lifted_at, page.lift_reason, "part"),
    )
    return tuple(
        EventShown(what, at.isoformat(), instant_text(at, zone=zone), note, state)
        for what, at, note, state in events
        if at is not None
    )


def _remedies(hold_id: UUID | None) -> Table:
    counts: dict[tuple[str, str], int] = {}
    for one in takedowns.cases(hold_id) if hold_id else ():
        counts[one.remedy.value, one.state.value] = (
            counts.get((one.remedy.value, one.state.value), 0) + 1
        )
    return Table(
        caption="What is done for buyers",
        note="Buyers are counted, not named.",
        columns=plain_headings(Column("Remedy"), Column("State"), Column("Buyers", is_number=True)),
        rows=tuple(
            Row(
                (
                    Cell(REMEDIES.get(remedy, remedy).capitalize()),
                    state_cell(state),
                    number(count),
                )
            )
            for (remedy, state), count in sorted(counts.items())
        ),
    )
