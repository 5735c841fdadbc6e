"""Holds: the list, one hold, and the preview of one that is about to be placed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django import forms

from bandstand.console.desk import Desk, money
from bandstand.console.hold_form import (
    ACTIVITY_WORDS,
    BASIS_WORDS,
    GROUND_WORDS,
    ConfirmForm,
)
from bandstand.console.pages.hold_requests import (
    ProgressShown,
    RequestShown,
    progress_shown,
    requests_shown,
)
from bandstand.gate import queries as gate
from bandstand.gate.queries import HoldRow
from bandstand.gate.queries.desk_lists import HoldMoveRow, hold_moves
from bandstand.gate.rules import Activity, HoldScope
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders import queries as orders
from bandstand.orders.queries import AffectedLine
from bandstand.plumbing.desk.asking import Asking
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
from bandstand.plumbing.desk.words import instant_text, plural, state_word, time_cell
from bandstand.takedowns import queries as takedowns

PAGE_SIZE: Final = 50
COLUMNS: Final = (
    Column("Hold"),
    Column("State"),
    Column("Covers"),
    Column("Public reason"),
    Column("On whose word"),
    Column("From"),
    Column("By"),
)
LINES_SHOWN: Final = 200
LIFT_WAITS: Final = "Proposed: lift it"
MOVE_WORDS: Final = {
    "place": "Placed",
    "begin": "In force",
    "expire": "Ran out",
    "lift": "Lifted",
    "confirm": "Confirmed to stand",
    "widen": "Widened by another hold",
    "propose": "A change was proposed",
    "refuse": "The proposal was refused",
    "withdraw": "The proposal was withdrawn",
    "lapse": "The proposal lapsed",
}


@dataclass(frozen=True, slots=True)
class MoveShown:
    """A step of a hold, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str = "done"


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A way to another page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDesk:
    """Everything the page of one hold says."""

    public_id: str
    state: str
    kind: str
    reason: str
    facts: tuple[Fact, ...]
    stats: tuple[Stat, ...]
    moves: tuple[MoveShown, ...]
    lines: Table
    notice_url: str
    links: tuple[LinkShown, ...]
    """Holds that stand over this one, or under it."""
    requests: tuple[RequestShown, ...]
    progress: ProgressShown | None
    lift_url: str
    """Empty once it was lifted, and while a proposal to lift it waits."""
    widen_url: str
    stay_url: str
    """Empty unless it is provisional and can still be confirmed."""
    form: forms.Form
    confirm_form: forms.Form


def holds_page(desk: Desk) -> Listing:
    """Return the list of holds as its address asks."""
    asking = Asking.of(desk.request)
    states = {"active": "Active", "all": "All"}
    state = asking.word("state", known=states, unless="active")
    is_active = state == "active"
    total = gate.hold_count(active_only=is_active)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(asking.page(), pages)
    found = gate.holds(active_only=is_active, page=page, page_size=PAGE_SIZE)
    return Listing(
        title="Holds",
        lead="A hold stops activities for everything it covers, in the database, at once.",
        filters=(select("state", "Holds", values=states, chosen=state),),
        problems=tuple(asking.problems),
        table=Table(
            caption="Holds",
            note=plural(total, "hold"),
            columns=plain_headings(*COLUMNS),
            rows=tuple(_row(one, desk=desk) for one in found),
        ),
        pages=page_links(page=page, pages=pages, address=lambda at: asking.address(page=str(at))),
        export_url=asking.address(format="csv", page=""),
        action_url="/console/holds/new/",
        action_label="Place a hold",
        empty_title="No hold is active" if is_active else "No hold was ever placed",
        empty_text="Nothing is stopped.",
    )


def holds_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every hold that the list's address asks for, for a spreadsheet."""
    is_active = desk.request.GET.get("state", "active") == "active"
    for one in gate.holds(active_only=is_active, page_size=20_000):
        yield (
            one.printed_id, hold_state(one, now=desk.now)[0], one.scope_text, one.reason,
            one.basis.value, one.ground.value, one.legal_reference, one.placed_by,
            one.effective_at.isoformat(), one.expires_at.isoformat() if one.expires_at else "",
            one.lifted_at.isoformat() if one.lifted_at else "", one.lift_reason,
        )  # fmt: skip


def hold_page(
    hold_id: UUID, *, desk: Desk, form: forms.Form, confirm_form: forms.Form | None = None
) -> HoldDesk:
    """
    Return the page of one hold.

    Raises: NotFoundError.
    """
    hold = gate.hold_row(hold_id)
    word, kind = hold_state(hold, now=desk.now)
    waiting = requests_shown(hold, desk=desk)
    is_lifting = any(one.title == LIFT_WAITS for one in waiting)
    is_open = hold.lifted_at is None and (hold.expires_at is None or hold.expires_at > desk.now)
    over = gate.holds_over(hold_id)
    here = f"/console/holds/{hold.printed_id}/"
    return HoldDesk(
        public_id=hold.printed_id,
        state=word,
        kind=kind,
        reason=hold.reason,
        facts=_facts(hold, zone=desk.zone),
        stats=preview_stats(hold.scope),
        moves=tuple(_move(one, zone=desk.zone) for one in hold_moves(hold_id)),
        lines=_lines(orders.affected_lines(hold.scope), zone=desk.zone),
        notice_url=f"/console/notices/{print_id(IdKind.NOTICE, hold.notice_id)}/"
        if hold.notice_id
        else "",
        links=_links(hold, over=over),
        requests=waiting,
        progress=progress_shown(hold, desk=desk),
        lift_url=f"{here}lift/" if is_open and not is_lifting else "",
        widen_url=f"{here}widen/" if is_open and not hold.is_provisional else "",
        stay_url=f"{here}stay/" if is_open and hold.is_provisional and not over else "",
        form=form,
        confirm_form=confirm_form or ConfirmForm(),
    )


def preview_stats(scope: HoldScope) -> tuple[Stat, ...]:
    """Return what a scope covers now, in figures."""
    found = takedowns.scope_preview(scope)
    return (
        Stat("Offers on the shelf", str(found.offers)),
        Stat("Sellers", str(found.sellers)),
        Stat("Units here", str(found.units)),
        Stat("Open baskets", str(found.open_baskets)),
        Stat("Open checkouts", str(found.open_checkouts)),
        Stat("Sold, unpaid", str(found.lines_unpaid)),
        Stat("Paid, not shipped", str(found.lines_paid)),
        Stat("Shipped", str(found.lines_shipped)),
        Stat(
            "Buyers' money",
            " + ".join(money(one) for one in found.money) or "none",
            note="for lines that have not left",
        ),
    )


def hold_state(hold: HoldRow, *, now: datetime) -> tuple[str, str]:
    """Return the word and the colour of where a hold stands."""
    if hold.lifted_at is not None:
        return "Lifted", ""
    if hold.expires_at is not None and hold.expires_at <= now:
        return "Run out", ""
    if not hold.is_in_force(now):
        return "To begin", "part"
    return ("Provisional", "bad") if hold.is_provisional else ("In force", "bad")


def activities_text(activities: Iterable[Activity]) -> str:
    """Return what a hold stops, in words."""
    stopped = set(activities)
    return ", ".join(words for one, words in ACTIVITY_WORDS.items() if one in stopped)


def _row(hold: HoldRow, *, desk: Desk) -> Row:
    word, kind = hold_state(hold, now=desk.now)
    return Row(
        url=f"/console/holds/{hold.printed_id}/",
        cells=(
            Cell(f"{hold.printed_id[:14]}…"),
            pill(word, kind),
            Cell(hold.scope_text),
            Cell(hold.reason),
            Cell(BASIS_WORDS[hold.basis]),
            time_cell(hold.effective_at, zone=desk.zone),
            Cell(hold.placed_by),
        ),
    )


def _facts(hold: HoldRow, *, zone: str) -> tuple[Fact, ...]:
    confirmed = f", confirmed by {hold.lift_confirmed_by}" if hold.lift_confirmed_by else ""
    ended = (
        (
            Fact(
                "Lifted",
                f"{instant_text(hold.lifted_at, zone=zone)}, proposed by {hold.lifted_by}"
                f"{confirmed}",
            ),
            Fact("Why lifted", hold.lift_reason),
        )
        if hold.lifted_at
        else ()
    )
    until = instant_text(hold.expires_at, zone=zone) if hold.expires_at else "until lifted"
    return (
        Fact("Covers", hold.scope_text),
        Fact("Stops", activities_text(hold.activities)),
        Fact("On whose word", BASIS_WORDS[hold.basis]),
        Fact("Ground", GROUND_WORDS[hold.ground]),
        Fact("Reference", hold.legal_reference or "–"),
        Fact("Placed", f"{instant_text(hold.placed_at, zone=zone)} by {hold.placed_by}"),
        Fact("In force", f"{instant_text(hold.effective_at, zone=zone)}, {until}"),
        *ended,
    )


def _move(move: HoldMoveRow, *, zone: str) -> MoveShown:
    return MoveShown(
        what=MOVE_WORDS.get(move.move, move.move),
        when_iso=move.moved_at.isoformat(),
        when_text=instant_text(move.moved_at, zone=zone),
        note=" · ".join(part for part in (move.actor, move.reason) if part),
        state="no" if move.move == "begin" else "done",
    )


def _links(hold: HoldRow, *, over: tuple[UUID, ...]) -> tuple[LinkShown, ...]:
    under = (hold.supersedes,) if hold.supersedes else ()
    return tuple(
        LinkShown(label, f"/console/holds/{print_id(IdKind.HOLD, key)}/")
        for label, keys in (
            ("The hold it was placed over", under),
            ("A hold placed over it", over),
        )
        for key in keys
    )


def _lines(lines: tuple[AffectedLine, ...], *, zone: str) -> Table:
    note = plural(len(lines), "order line")
    return Table(
        caption="Order lines it covers",
        note=note if len(lines) <= LINES_SHOWN else f"{note}, the first {LINES_SHOWN} shown",
        columns=plain_headings(
            Column("Order"),
            Column("State"),
            Column("Phone"),
            Column("Buyer"),
            Column("Price", is_number=True),
            Column("Taken", is_number=True),
            Column("Sold"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.order_number),
                    Cell(state_word(one.state.value)),
                    Cell(one.title),
                    Cell(one.email),
                    Cell(money(one.price), is_number=True),
                    Cell(money(one.captured), is_number=True),
                    time_cell(one.committed_at, zone=zone),
                ),
                url=f"/console/orders/{print_id(IdKind.ORDER, one.order_id)}/",
            )
            for one in lines[:LINES_SHOWN]
        ),
    )
