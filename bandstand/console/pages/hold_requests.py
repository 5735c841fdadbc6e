"""What a hold's page says about proposals, the second person, and how far its aftermath is."""

from collections.abc import Iterable
from dataclasses import dataclass

from bandstand.console.desk import Desk
from bandstand.console.hold_form import ACTIVITY_WORDS
from bandstand.console.pages.notices import cases_picture
from bandstand.gate import queries as gate
from bandstand.gate.queries import HoldRequestRow, HoldRow
from bandstand.gate.rules import Activity
from bandstand.gate.rules.requests import Answer, RequestKind
from bandstand.plumbing.desk.tables import Fact, Stat
from bandstand.plumbing.desk.words import instant_text, plural
from bandstand.takedowns import queries as takedowns
from bandstand.takedowns.queries import OpeningPreview
from bandstand.takedowns.rules import AftermathExtent

KIND_WORDS = {RequestKind.LIFT: "Lift it", RequestKind.WIDEN: "Widen it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestShown:
    """A proposal that waits, and what the reader may do about it."""

    title: str
    facts: tuple[Fact, ...]
    confirm_url: str
    """Empty for who proposed it: a second person confirms."""
    refuse_url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressShown:
    """How far the aftermath is, as ``console/parts/progress.html`` takes it."""

    text: str
    affected: int
    whole: int
    picture: str
    is_moving: bool
    counts_buyers: bool
    """Whether buyers are made whole under it."""
    problems: tuple[str, ...] = ()


def requests_shown(hold: HoldRow, *, desk: Desk) -> tuple[RequestShown, ...]:
    """Return the proposals about a hold that wait for an answer."""
    waiting = [one for one in gate.requests_of(hold.id) if one.is_open(desk.now)]
    return tuple(_shown(one, desk=desk) for one in waiting if hold.lifted_at is None)


def request_facts(request: HoldRequestRow, *, zone: str) -> tuple[Fact, ...]:
    """Return what a proposal asks for, by whom and why."""
    wider = (
        (Fact("Would cover", request.scope_text), Fact("Would stop", stops(request.activities)))
        if request.kind is RequestKind.WIDEN
        else ()
    )
    return (
        *wider,
        Fact("Proposed by", request.proposed_by),
        Fact("Because", request.reason),
        Fact("Waits until", instant_text(request.open_until, zone=zone)),
    )


def stops(activities: Iterable[Activity]) -> str:
    """Return activities in words."""
    chosen = set(activities)
    return ", ".join(words for one, words in ACTIVITY_WORDS.items() if one in chosen)


def opening_stats(opening: OpeningPreview) -> tuple[Stat, ...]:
    """Return in figures what lifting a hold would open."""
    return (
        Stat("Offers on sale again", str(opening.offers), kind="part" if opening.offers else ""),
        Stat("Phones on sale again", str(opening.units)),
        Stat("Offers another hold keeps closed", str(opening.still_held)),
    )


def opening_facts(opening: OpeningPreview) -> tuple[Fact, ...]:
    """Return which other holds would still stop what this one covers."""
    return tuple(
        Fact(f"{plural(count, 'offer')} stay stopped by", f"{one.scope_text}: {one.reason}")
        for one, count in opening.others
    )


def progress_shown(hold: HoldRow, *, desk: Desk) -> ProgressShown | None:
    """Return how far the buyers of a hold are made whole; None where nothing follows it."""
    found = takedowns.hold_progress(hold.id)
    is_in_force = hold.is_in_force(desk.now)
    if found.extent is AftermathExtent.NONE or not (is_in_force or found.opened):
        return None
    told = plural(found.sellers_told, "seller")
    if found.extent is AftermathExtent.TELL:
        text = f"{told} told. It stops new sales only, so what was sold goes on to its buyers."
    else:
        text = f"{told} told, {found.opened} of {plural(found.affected, 'case')} opened."
    return ProgressShown(
        text=text,
        affected=found.affected,
        whole=found.whole,
        picture=cases_picture(found.cases),
        is_moving=found.is_moving(is_in_force=is_in_force),
        counts_buyers=found.extent is AftermathExtent.MAKE_WHOLE or bool(found.opened),
    )


def _shown(request: HoldRequestRow, *, desk: Desk) -> RequestShown:
    here = f"/console/holds/{request.printed_hold}/requests/{request.id}/"
    is_mine = request.person_id == desk.actor.person_id
    return RequestShown(
        title=f"Proposed: {KIND_WORDS[request.kind].lower()}",
        facts=request_facts(request, zone=desk.zone),
        confirm_url="" if is_mine else f"{here}{Answer.CONFIRM.value}/",
        refuse_url="" if is_mine else f"{here}{Answer.REFUSE.value}/",
        withdraw_url=f"{here}{Answer.WITHDRAW.value}/" if is_mine else "",
    )
