"""A book's words are read strictly, and compared as the book's rules say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bandstand.config.cases import read_book
from bandstand.config.cases.answers import Observed, Words, differences
from bandstand.config.cases.book import book_of
from bandstand.config.cases.fields import CaseWordsError, Part, instant_of, span_of
from tests.cases.small_book import decision, text


def test_norway_is_a_country_and_an_instant_stays_as_written() -> None:
    read = book_of(
        text(decision()) + "\nmarkets: {X: {members: [NO]}}\n".replace("markets", "note")
    )

    assert read.unknown_sections == ("note",)
    assert book_of("scenarios: [{id: NO, kind: decision, at: 2026-11-22}]").cases[0].words == {
        "id": "NO",
        "kind": "decision",
        "at": "2026-11-22",
    }


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("scenarios: [", "not YAML"),
        ("- one", "not a mapping"),
        ("version: 2\nscenarios: [{id: A, kind: decision}]", "Version"),
        ("version: 1", "no “scenarios”"),
        ("scenarios: [{kind: decision}]", "has no id"),
        ("scenarios: [{id: A, kind: decison}]", "Did you mean decision?"),
        ("scenarios: [{id: A, kind: decision}, {id: A, kind: decision}]", "stands twice"),
        ("scenarios: [{id: A, kind: decision, id: B}]", "“id” stands twice"),
    ],
)
def test_a_book_that_cannot_be_read_says_why(written: str, said: str) -> None:
    with pytest.raises(CaseWordsError, match=said):
        book_of(written)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CaseWordsError, match=r"There is no file nowhere\.yaml"):
        read_book(Path("nowhere.yaml"))


def test_words_that_nobody_read_are_told_with_their_place() -> None:
    part = Part({"a": 1, "b": {"c": 2, "d": 3}, "e": 4}, where="A1")

    assert part.number("a", 0) == 1
    assert part.part("b").number("c", 0) == 2

    assert part.unread() == ["A1.e", "A1.b.d"]


def test_spans_and_instants_are_read_or_refused() -> None:
    assert span_of("P1DT2H3M4S", where="x") == timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert instant_of("2026-11-22T10:00:00+01:00", where="x") == datetime(
        2026, 11, 22, 9, tzinfo=UTC
    )
    with pytest.raises(CaseWordsError, match="not a length of time"):
        span_of("24h", where="x")
    with pytest.raises(CaseWordsError, match="not an instant"):
        instant_of("tomorrow", where="x")


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ({"reasons": ["A"]}, []),
        ({"reasons": ["A", "B"]}, []),
        ({"reasons": ["C"]}, ["reasons"]),
        ({"reasons": ["A"], "reasons_exact": True}, ["reasons"]),
        ({"reasons": ["B", "A"], "reasons_exact": True}, []),
        ({"reasons_absent": ["C"]}, []),
        ({"reasons_absent": ["B"]}, ["reasons_absent"]),
        ({"holds": ["h2", "h1"]}, []),
        ({"holds": ["h1"]}, ["holds"]),
        ({"holds": []}, ["holds"]),
        ({"decision_valid_until": "2026-11-22T11:00:00+01:00"}, []),
        ({"decision_valid_until": "2026-11-22T10:00:01Z"}, ["decision_valid_until"]),
        ({"order_state": "void"}, []),
        ({"order_state": "captured"}, ["order_state"]),
        ({"hold_latency_max_ms": 1000}, []),
        ({"hold_latency_max_ms": 100}, ["hold_latency_max_ms"]),
        ({"buyer_told": True}, []),
        ({"buyer_told": False}, ["buyer_told"]),
        ({"buyer_told": "True"}, ["buyer_told"]),
        ({"refund": 312.0}, []),
        ({"refund": 311.99}, ["refund"]),
        ({"alert": None}, []),
        ({"alert": "LIST_ROLLBACK"}, ["alert"]),
        ({"never_heard_of": None}, ["never_heard_of"]),
    ],
)
def test_what_was_observed_is_compared_by_the_books_rules(
    expected: dict[str, Any], wrong: list[str]
) -> None:
    observed = Observed(
        {
            "reasons": ["A", "B"],
            "holds": ["h1", "h2"],
            "decision_valid_until": datetime(2026, 11, 22, 10, tzinfo=UTC),
            "order_state": Words(("voided", "void")),
            "hold_latency_max_ms": 417.5,
            "buyer_told": True,
            "refund": Decimal("312.00"),
            "alert": None,
        }
    )

    assert differences(expected, observed) == wrong
