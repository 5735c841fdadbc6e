"""Running a book: the world once, then each case in a transaction or a copy of its own."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import structlog

from bandstand.config.cases.book import RUN_BY_DEFAULT, Case, CaseBook
from bandstand.config.cases.building import build_world
from bandstand.config.cases.clock import cover_clock, prefer_clock, set_clock
from bandstand.config.cases.deciding import decide_case
from bandstand.config.cases.report import BookReport, CaseFinding
from bandstand.config.cases.scratch import cloned, undone
from bandstand.config.cases.sequences import play_case
from bandstand.config.cases.world import LONG_AGO, World
from bandstand.config.rehearsals.scratch import scratch_database
from bandstand.config.wiring import wire
from bandstand.kernel.errors import DomainError

DECISION: Final = "decision"
SEQUENCE: Final = "sequence"
NOT_RUN: Final = "this kind of case is not run yet; run decision and sequence"
STRESS_SECONDS: Final = 10

logger = structlog.get_logger(__name__)


def run_book(
    book: CaseBook,
    *,
    kinds: Iterable[str] = RUN_BY_DEFAULT,
    ids: Iterable[str] = (),
    stress_seconds: int = STRESS_SECONDS,
) -> BookReport:
    """
    Run the cases of some kinds on a scratch database and report what became of each.

    Raises: CaseWordsError if the world of the book cannot be built.
    """
    wire()
    chosen = _chosen(book, kinds=set(kinds), ids=set(ids))
    with scratch_database():
        cover_clock()
        prefer_clock()
        set_clock(LONG_AGO)
        world, unread = build_world(book.world)
        findings = tuple(_run(case, world=world, stress_seconds=stress_seconds) for case in chosen)
    left_out = Counter(case.kind for case in book.cases if case not in chosen)
    notes = [f"{place} was not read." for place in (*book.unknown_sections, *unread)]
    return BookReport(findings, notes=tuple(notes), left_out=dict(left_out))


def _chosen(book: CaseBook, *, kinds: set[str], ids: set[str]) -> list[Case]:
    return [case for case in book.cases if case.kind in kinds and (not ids or case.id in ids)]


def _run(case: Case, *, world: World, stress_seconds: int) -> CaseFinding:
    """Run one case; whatever it falls over is told as its finding, and the next one runs."""
    fallen = CaseFinding(case.id, case.kind, case.title, passed=False, expected=_expected(case))
    try:
        if case.kind == DECISION:
            with undone():
                return decide_case(case, world=world.copy())
        if case.kind == SEQUENCE:
            with cloned():
                return play_case(case, world=world.copy(), stress_seconds=stress_seconds)
        return replace(fallen, got=NOT_RUN)
    except DomainError as refused:
        return replace(fallen, got=refused.message)
    except Exception as error:
        logger.exception("cases.case_fell_over", case=case.id)
        return replace(fallen, got=f"the case fell over: {error!r}")


def _expected(case: Case) -> object:
    if case.kind != SEQUENCE:
        return case.words.get("expect")
    steps = case.words.get("steps") or []
    return [one["expect"] for one in steps if isinstance(one, dict) and "expect" in one]
