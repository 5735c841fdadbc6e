"""Matching alone, without a database: each movement once, in any order."""

from datetime import UTC, datetime

from hypothesis import given, strategies as st

from bandstand.money import Money
from bandstand.payments import rules
from bandstand.payments.rules import MoveKind, OurMove, ReportRow, RowKind
from bandstand.plumbing.ids import new_id

USD = "USD"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def moved(minor: int, *, ref: str) -> OurMove:
    return OurMove(new_id(), MoveKind.CAPTURE, Money(minor, USD), NOON, frozenset({ref}))


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc")), max_size=6), st.data())
def test_each_movement_is_matched_once_in_any_order(
    parts: list[tuple[int, str]], data: st.DataObject
) -> None:
    moves = [moved(minor, ref=ref) for minor, ref in parts]
    rows = [
        ReportRow(
            id=f"txn_{at}",
            kind=RowKind.CHARGE,
            gross=Money(minor, USD),
            fee=Money(0, USD),
            occurred_at=datetime(2026, 3, 1, tzinfo=UTC),
            source_ref=ref,
        )
        for at, (minor, ref) in enumerate([*parts, *parts[:2]])
    ]

    found = rules.match_rows(data.draw(st.permutations(rows)), moves)

    assert len(found) == len(moves)
    assert len({match.move.id for match in found}) == len(found)
    assert len({match.row_id for match in found}) == len(found)
