"""A case of several acts: each is done at its instant, and what came of it is compared."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bandstand.config.cases.answers import (
    Observed,
    as_expected,
    check_expectation,
    differences,
)
from bandstand.config.cases.book import Case
from bandstand.config.cases.changes import change_world
from bandstand.config.cases.clock import set_clock
from bandstand.config.cases.facts import publish_statement
from bandstand.config.cases.fields import CaseWordsError, Part, unknown_text
from bandstand.config.cases.grants import every_grant, named_grants, record_grants
from bandstand.config.cases.outage import NAMES as STORES, rights_back, take_rights_away
from bandstand.config.cases.play import Play
from bandstand.config.cases.report import CaseFinding
from bandstand.config.cases.verbs import acting, asking, changing, listing, stopping, stressing
from bandstand.config.cases.verbs.stopping import place_first
from bandstand.config.cases.world import World
from bandstand.kernel.errors import DomainError

Verb = Callable[[Play, Part], Observed]
VERBS: Final[Mapping[str, Verb]] = {
    **asking.VERBS,
    **stopping.VERBS,
    **acting.VERBS,
    **changing.VERBS,
    **listing.VERBS,
    **stressing.VERBS,
}
STATUS_VERBS: Final = ("status.fetch", "status.check", "status.fail", "status.unreachable")


def play_case(case: Case, *, world: World, stress_seconds: int) -> CaseFinding:
    """Run a sequence in a database of its own."""
    words = Part(case.words, where=case.id)
    words.nothing_more("id", "kind", "title", "note", "property", "rule", "rules", "source")
    steps = words.parts("steps")
    if not steps:
        raise CaseWordsError(f"{case.id}: a sequence has “steps”.")
    play = _begin(world, words, steps=steps, stress_seconds=stress_seconds)
    notes = _record(play, words)
    expected, got = [], []
    for number, step in enumerate(steps, start=1):
        play.step_number = number
        wanted, found, wrong = _take(play, step, number=number)
        if wrong:
            expected.append(wanted)
            got.append(found)
    return CaseFinding(
        id=case.id,
        kind=case.kind,
        title=case.title,
        passed=not got,
        expected=expected[0] if len(expected) == 1 else expected,
        got=got[0] if len(got) == 1 else got,
        notes=(*notes, *words.unread()),
    )


def _begin(world: World, words: Part, *, steps: list[Part], stress_seconds: int) -> Play:
    instants = [at for at in (step.maybe_instant("at") for step in steps) if at is not None]
    world.at = words.instant("at", min(instants, default=world.at))
    verbs = {step.text("do", "") for step in steps}
    return Play(
        world=world,
        at=world.at,
        custody=words.raw("custody", "complete"),
        stress_seconds=stress_seconds,
        steps=steps,
        stress=dict(words.raw("parameters") or {}),
        lists_told=frozenset(
            step.text("brand", "") for step in steps if step.text("do", "").startswith("list.")
        ),
        is_status_kept=not verbs & set(STATUS_VERBS),
    )


def _record(play: Play, words: Part) -> list[str]:
    """Record what stands before the first step; every grant unless the case names some."""
    set_clock(play.at)
    change_world(play.world, words, at=play.at)
    names = ("grants", "extra_grants")
    grants = named_grants(play.world, words, *names)
    if "grants" not in words:
        grants = [*every_grant(play.world), *grants]
    notes = record_grants(play.world, grants, at=play.at)
    for statement in words.parts("brand_statements"):
        publish_statement(play.world, statement, at=play.at)
    for hold in words.parts("holds"):
        place_first(play, hold)
    play.asked_at = play.at
    play.told()
    return notes


def _take(play: Play, step: Part, *, number: int) -> tuple[object, object, bool]:
    """Do one step; return what was expected, what was got, and whether they differ."""
    verb = step.text("do")
    expectation = step.raw("expect")
    step.nothing_more("note", "title", "why", "comment")
    try:
        observed = _do(play, step, verb=verb)
    except DomainError as refused:
        return (
            {"step": number, "expect": expectation},
            {"step": number, "error": refused.message},
            True,
        )
    if expectation is None:
        return None, None, False
    expected = check_expectation(expectation, where=step.where)
    if "notified" in expected or "told" in expected:
        play.hear_holds()
        told = play.told()
        observed.note(notified=told, told=told)
    wrong = differences(expected, observed)
    found: dict[str, Any] = {"step": number, "do": verb, **as_expected(expected, observed)}
    return {"step": number, "do": verb, **expected}, found, bool(wrong)


def _do(play: Play, step: Part, *, verb: str) -> Observed:
    act = VERBS.get(verb)
    if act is None:
        raise CaseWordsError(unknown_text(verb, among=VERBS, what="step verb", where=step.where))
    at = step.maybe_instant("at")
    if at is not None and at != play.at:
        play.go_to(at)
    take_rights_away(step)
    observed = act(play, step)
    if any(name in step for name in STORES) and not verb.startswith(STORES):
        rights_back()
    return observed
