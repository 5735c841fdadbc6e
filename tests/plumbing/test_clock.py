"""A demo's clock may be ahead of the world's, for every process and for the database's guard."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from bandstand.config.guard_clock import set_guard_clock
from bandstand.plumbing import clock, jobs

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)


@pytest.fixture
def clock_file(settings: Settings, tmp_path: Path) -> Path:
    """Name the file that a demo's processes read."""
    settings.CLOCK_FILE = str(tmp_path / "clock-ahead")
    return tmp_path / "clock-ahead"


def guard_now() -> datetime:
    """Ask the guard what time it is."""
    with connection.cursor() as cursor:
        cursor.execute("select gate_now() - clock_timestamp() + %s::timestamptz", [NOON])
        (instant,) = cursor.fetchone()
    assert isinstance(instant, datetime)
    return instant


@time_machine.travel(NOON, tick=False)
def test_clock_without_a_file_is_the_worlds(clock_file: Path) -> None:
    assert not clock_file.exists()

    assert clock.now() == NOON


@time_machine.travel(NOON, tick=False)
def test_clock_follows_its_file(clock_file: Path) -> None:
    clock_file.write_text(str(TWO_DAYS.total_seconds()))

    assert clock.now() == NOON + TWO_DAYS
    assert clock.by_the_world(NOON + TWO_DAYS) == NOON


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_job_for_a_demos_instant_starts_when_the_world_gets_there(clock_file: Path) -> None:
    clock_file.write_text(str(TWO_DAYS.total_seconds()))

    jobs.defer("bandstand.plumbing.tasks.send_letter", at=NOON + TWO_DAYS, letter_id="x")

    assert ProcrastinateJob.objects.get().scheduled_at == NOON


@pytest.mark.django_db
def test_guard_goes_by_the_clock_it_is_set_to() -> None:
    set_guard_clock(TWO_DAYS)
    assert abs(guard_now() - NOON - TWO_DAYS) < timedelta(seconds=1)

    set_guard_clock(timedelta())
    assert abs(guard_now() - NOON) < timedelta(seconds=1)
