"""
February 2016, replayed against the running system on a scratch database.

A shop lists four imported phones. The gate refuses each and says what is missing; an operator
overrides it in writing; forty people buy; the brand says stop while others are ordering; nothing
commits after it, and everyone who had bought is made whole.
"""

import time
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from bandstand.config.rehearsals.scratch import scratch_database
from bandstand.config.rehearsals.story import acts, judge
from bandstand.config.rehearsals.story.acts import Story
from bandstand.config.rehearsals.story.cast import OPENS_AT
from bandstand.config.rehearsals.story.clock import StoryClock
from bandstand.config.rehearsals.story.promises import broken
from bandstand.config.rehearsals.story.report import StoryReport
from bandstand.config.rehearsals.story.staff import Staff
from bandstand.config.wiring import wire
from bandstand.gate import queries as gate
from bandstand.ledger import queries as ledger
from bandstand.plumbing.models import Letter
from bandstand.takedowns import queries as takedowns
from bandstand.takedowns.models import Case

__all__ = ["StoryReport", "run_story"]

BLINDFOLD: Final = """
do $do$ declare asked record;
begin
  for asked in select pronamespace::regnamespace as home,
                      pg_get_function_arguments(oid) as arguments
                 from pg_proc where proname = 'gate_check' loop
    execute format('create or replace function %s.gate_check(%s) returns void language plpgsql as '
                   '$body$ begin end $body$', asked.home, asked.arguments);
  end loop;
end $do$
"""


def run_story(*, now: datetime, without_guard: bool = False) -> StoryReport:
    """
    Replay February 2016 on a scratch database and judge it.

    ``without_guard`` blinds the database's guard before the notice, to show that the judgement can
    fail.
    """
    began = time.monotonic()
    wire()
    with scratch_database():
        clock = StoryClock(starts_at=OPENS_AT, real_now=now)
        return _play(clock, began=began, without_guard=without_guard)


def _play(clock: StoryClock, *, began: float, without_guard: bool) -> StoryReport:
    story = Story(clock=clock, staff=Staff(clock.now))
    cast = acts.open_shop(story)
    answers = acts.ask_the_gate(story, cast)
    acts.override(story, cast, answers=answers)
    crowd = acts.sell(story, cast)
    if without_guard:
        _blind_guard()
    hold_id = acts.stop(story, cast)
    judged = judge.commits(hold_id=hold_id, brand_id=cast.brand_id)
    surfaces = acts.agree(story, cast, crowd=crowd)
    acts.make_whole(story, crowd, hold_id=hold_id)
    return _report(story, hold_id=hold_id, judged=judged, surfaces=surfaces, began=began)


def _blind_guard() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BLINDFOLD)


def _report(
    story: Story,
    *,
    hold_id: UUID,
    judged: judge.Commits,
    surfaces: list[dict[str, object]],
    began: float,
) -> StoryReport:
    whole = takedowns.is_everyone_whole(hold_id)
    passports, passports_bad = judge.passports()
    settled = Case.objects.filter(hold_id=hold_id, made_whole_at__isnull=False)
    figures = StoryReport(
        listed_without_override=story.listed_without_override,
        orders_in_scope=judged.in_scope,
        orders_after_hold=judged.after_hold,
        orders_elsewhere_after_hold=judged.elsewhere_after_hold,
        refused_after_hold=story.refused_after_hold,
        oversold=judge.sold_twice(),
        affected=whole.affected,
        money_back=settled.filter(refund_minor__gt=0).count(),
        never_charged=settled.filter(refund_minor=0).count(),
        choice_offered=whole.choice_offered,
        letters=Letter.objects.count(),
        ledger_imbalance=ledger.imbalance(),
        refund_due_left=judge.refund_due_left(),
        passports=passports,
        passports_bad=passports_bad,
        late_script=story.late_script,
        hold_at=gate.hold_row(hold_id).effective_at.isoformat(),
        notice_ms=story.notice_ms,
        seconds=round(time.monotonic() - began, 1),
        fits=story.fits,
        refusals=story.refusals,
        surfaces=surfaces,
        entries=story.timeline.entries,
    )
    figures.broken_promises.extend(broken(figures, whole=whole))
    return figures
