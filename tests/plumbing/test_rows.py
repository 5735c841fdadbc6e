"""Many rows written in one statement, as single ones would be."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from bandstand.plumbing.models import OutboxEvent
from bandstand.plumbing.rows import update_rows

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rows(count: int) -> list[OutboxEvent]:
    return OutboxEvent.objects.bulk_create(
        OutboxEvent(kind=f"tests.{number}", payload={"n": number}, emitted_at=NOW)
        for number in range(count)
    )


def test_each_row_gets_its_own_values_in_one_statement() -> None:
    made = rows(5)
    for number, row in enumerate(made[:4]):
        row.payload, row.attempts, row.delivered_at = {"changed": [number]}, number, NOW

    with CaptureQueriesContext(connection) as asked:
        update_rows(made[:4], fields=("payload", "attempts", "delivered_at"))

    assert len(asked.captured_queries) == 1
    found = list(OutboxEvent.objects.order_by("id"))
    assert [row.payload for row in found[:4]] == [{"changed": [number]} for number in range(4)]
    assert [row.attempts for row in found] == [0, 1, 2, 3, 0]
    assert found[4].payload == {"n": 4}
    assert found[4].delivered_at is None


def test_nothing_to_write_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        update_rows([], fields=("attempts",))

    assert asked.captured_queries == []


def test_text_that_is_too_long_is_refused_and_not_cut() -> None:
    (row,) = rows(1)
    row.kind = "x" * 81

    with pytest.raises(DataError):
        update_rows([row], fields=("kind",))
