"""A case of one question: its facts are recorded, the gate is asked, the answer compared."""

from datetime import datetime
from typing import Final

from bandstand.config.cases.answers import (
    Observed,
    as_expected,
    check_expectation,
    differences,
    of_decisions,
)
from bandstand.config.cases.book import Case
from bandstand.config.cases.changes import change_world
from bandstand.config.cases.clock import set_clock
from bandstand.config.cases.facts import publish_statement
from bandstand.config.cases.fields import Part
from bandstand.config.cases.grants import named_grants, record_grants
from bandstand.config.cases.outage import take_rights_away
from bandstand.config.cases.questions import Question, ask, listing_of, question_of
from bandstand.config.cases.report import CaseFinding
from bandstand.config.cases.stops import place_held
from bandstand.config.cases.world import World

GRANTS: Final = ("grants", "extra_grants")
HOLDS: Final = ("holds", "extra_holds", "hold")


def decide_case(case: Case, *, world: World) -> CaseFinding:
    """Run a decision case in a world that may be changed and thrown away."""
    words = Part(case.words, where=case.id)
    words.nothing_more("id", "kind", "title", "note", "rule", "rules", "source", "expect")
    expected = check_expectation(words.raw("expect"), where=case.id)
    asked = words.part("ask")
    world.at = asked.instant("at")
    set_clock(world.at)
    notes = _record(world, words, at=world.at)
    question = question_of(world, asked, custody=words.raw("custody"))
    _place_holds(world, words, question=question)
    take_rights_away(words)
    observed = _answer(world, question, words=words, asked=asked)
    wrong = differences(expected, observed)
    return CaseFinding(
        id=case.id,
        kind=case.kind,
        title=case.title,
        passed=not wrong,
        expected=dict(expected),
        got=as_expected(expected, observed),
        notes=(*notes, *words.unread()),
    )


def _record(world: World, words: Part, *, at: datetime) -> list[str]:
    change_world(world, words, at=at)
    notes = record_grants(world, named_grants(world, words, *GRANTS), at=at)
    for statement in words.parts("brand_statements"):
        publish_statement(world, statement, at=at)
    return notes


def _place_holds(world: World, words: Part, *, question: Question) -> None:
    for name in HOLDS:
        for hold in words.parts(name):
            place_held(world, hold, at=question.at)


def _answer(world: World, question: Question, *, words: Part, asked: Part) -> Observed:
    written = next((one for one in (words, asked) if "listing" in one), None)
    listing = None
    if written is not None and isinstance(written.raw("listing"), dict):
        part = written.part("listing")
        listing = listing_of(part)
    return of_decisions(ask(world, question, listing=listing), world=world)
