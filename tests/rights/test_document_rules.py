"""The life of a document and its terms, pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bandstand.rights.rules.documents import (
    MOVES,
    DocumentMove,
    DocumentRefusedError,
    DocumentState,
    is_same_contact,
    last_instant,
    next_state,
    reminder_due,
)
from tests.rights.document_world import NOW


@pytest.mark.parametrize("state", list(DocumentState))
@pytest.mark.parametrize("move", list(DocumentMove))
def test_moves_are_those_of_the_table(state: DocumentState, move: DocumentMove) -> None:
    expected = MOVES.get((state, move))
    if expected is None:
        with pytest.raises(DocumentRefusedError):
            next_state(state, move)
    else:
        assert next_state(state, move) is expected


def test_leap_day_letter_proves_until_the_last_of_february() -> None:
    assert last_instant(date(2028, 2, 29)) == datetime(2029, 2, 28, tzinfo=UTC)


def test_reminder_is_the_nearest_that_has_come() -> None:
    assert reminder_due(NOW + timedelta(days=40), now=NOW) is None
    assert reminder_due(NOW + timedelta(days=30), now=NOW) == timedelta(days=30)
    assert reminder_due(NOW + timedelta(days=3), now=NOW) == timedelta(days=7)
    assert reminder_due(NOW, now=NOW) is None


def test_short_numbers_are_alike_only_when_equal() -> None:
    assert not is_same_contact("12345", "912345")
    assert is_same_contact("+49 30 5550 1234", "0049 30 55501234")
    assert not is_same_contact("a1234567@x.example", "b1234567@x.example")
