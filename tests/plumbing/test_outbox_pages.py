"""Events told by the page: together, once, and none kept back by another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import connection

from bandstand.plumbing import outbox
from bandstand.plumbing.models import OutboxEvent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class BellRung:
    """An event only these tests know."""

    KIND: ClassVar[str] = "tests.bell_rung_by_the_page"
    tower: str


@dataclass
class Ears:
    """What was heard, page by page, and the tower whose bell cannot be borne."""

    pages: list[list[str]]
    broken: str = ""

    def hear(self, news: Sequence[BellRung], now: datetime) -> None:
        assert now == NOW
        towers = [one.tower for one in news]
        if self.broken in towers:
            raise RuntimeError(f"{self.broken} is cracked")
        self.pages.append(towers)


@pytest.fixture
def ears() -> Iterator[Ears]:
    heard = Ears(pages=[])
    outbox.listen_many(BellRung, heard.hear)
    yield heard
    outbox._heard.pop(BellRung.KIND)  # noqa: SLF001 -- leave no listener behind


def ring(*towers: str) -> None:
    outbox.emit_many([BellRung(tower=tower) for tower in towers], now=NOW)


def left() -> set[str]:
    waiting = OutboxEvent.objects.filter(kind=BellRung.KIND, delivered_at=None)
    return set(waiting.values_list("payload__tower", flat=True))


def test_events_emitted_together_are_told_together_with_one_job(ears: Ears) -> None:
    ring("north", "south", "east")
    with connection.cursor() as cursor:
        cursor.execute("select task_name from procrastinate_jobs")
        jobs = cursor.fetchall()

    assert jobs == [("bandstand.plumbing.tasks.deliver_waiting",)]
    assert outbox.deliver_waiting(now=NOW) == 3
    assert outbox.deliver_waiting(now=NOW) == 0
    assert ears.pages == [["north", "south", "east"]]
    assert left() == set()


def test_one_bad_event_does_not_keep_the_others_back(ears: Ears) -> None:
    ears.broken = "south"
    ring("north", "south", "east")

    with pytest.raises(RuntimeError, match="cracked"):
        outbox.deliver_waiting(now=NOW)

    assert ears.pages == [["north"], ["east"]]
    row = OutboxEvent.objects.get(delivered_at=None)
    assert (row.payload["tower"], row.attempts) == ("south", 1)
    assert "cracked" in row.last_error


def test_event_that_failed_comes_after_all_others(ears: Ears) -> None:
    ears.broken = "south"
    ring("south", "north")
    with pytest.raises(RuntimeError):
        outbox.deliver_waiting(now=NOW)
    ears.pages.clear()
    ring("west", "east")

    assert outbox.deliver_waiting(now=NOW, limit=2) == 2
    assert ears.pages == [["west", "east"]]
    ears.broken = ""
    assert outbox.deliver_waiting(now=NOW) == 1
    assert left() == set()


def test_event_that_somebody_hears_singly_is_told_alone(ears: Ears) -> None:
    alone: list[str] = []

    def hear_one(event: BellRung, _now: datetime) -> None:
        alone.append(event.tower)

    outbox.listen(BellRung, hear_one, about=lambda event: event.tower == "minster")
    ring("north", "minster", "east")

    assert outbox.deliver_waiting(now=NOW) == 3
    assert alone == ["minster"]
    assert sorted(ears.pages) == [["minster"], ["north", "east"]]


def test_events_nobody_is_concerned_by_are_delivered_and_kept() -> None:
    outbox.listen_many(BellRung, lambda _news, _now: pytest.fail("told"), about=lambda _: False)
    try:
        ring("north", "south")
        assert outbox.deliver_waiting(now=NOW) == 2
    finally:
        outbox._heard.pop(BellRung.KIND)  # noqa: SLF001 -- leave no listener behind

    assert OutboxEvent.objects.filter(kind=BellRung.KIND, delivered_at=NOW).count() == 2
