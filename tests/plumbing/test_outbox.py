from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import connection

from bandstand.plumbing import outbox
from bandstand.plumbing.models import OutboxEvent

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class BellRung:
    """An event only these tests know."""

    KIND: ClassVar[str] = "tests.bell_rung"
    tower: str


@pytest.fixture
def heard() -> Iterator[list[str]]:
    towers: list[str] = []

    def listen(event: BellRung, now: datetime) -> None:
        assert now == NOW
        towers.append(event.tower)

    outbox.listen(BellRung, listen)
    yield towers
    outbox._heard.pop(BellRung.KIND)  # noqa: SLF001 -- leave no listener behind


@pytest.mark.django_db
def test_event_is_told_once(heard: list[str]) -> None:
    outbox.emit(BellRung(tower="north"), now=NOW)

    assert outbox.deliver_waiting(now=NOW) == 1
    assert outbox.deliver_waiting(now=NOW) == 0
    assert heard == ["north"]


@pytest.mark.django_db
def test_event_nobody_hears_is_delivered_and_kept() -> None:
    outbox.emit(BellRung(tower="south"), now=NOW)

    outbox.deliver_waiting(now=NOW)

    assert OutboxEvent.objects.get(kind=BellRung.KIND).delivered_at == NOW


@pytest.mark.django_db
def test_failing_handler_leaves_the_event_waiting_with_its_error() -> None:
    def break_down(_event: BellRung, _now: datetime) -> None:
        raise RuntimeError("the rope broke")

    outbox.listen(BellRung, break_down)
    try:
        event_id = outbox.emit(BellRung(tower="east"), now=NOW)
        with pytest.raises(RuntimeError):
            outbox.deliver(event_id, now=NOW)
    finally:
        outbox._heard.pop(BellRung.KIND)  # noqa: SLF001 -- leave no listener behind

    row = OutboxEvent.objects.get(pk=event_id)
    assert row.delivered_at is None
    assert (row.attempts, "rope" in row.last_error) == (1, True)


@pytest.mark.django_db
def test_event_defers_its_job_in_the_same_transaction() -> None:
    outbox.emit(BellRung(tower="west"), now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("select task_name from procrastinate_jobs")
        assert cursor.fetchall() == [("bandstand.plumbing.tasks.deliver_event",)]
