"""What holds of the custody check whatever the events."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.provenance.rules import (
    CustodyStatus,
    EventFact,
)
from tests.provenance.facts import (
    ASTER,
    CONFLICT,
    GAP,
    HARBOR,
    NORTHGATE,
    UNIT,
    check,
    fact,
    hops,
    made,
    packed,
    received,
    shipped,
    sold,
)

PARTY = st.sampled_from([ASTER, HARBOR, NORTHGATE])
HOURS = st.integers(0, 40)


def _seen(party: str, at: int) -> EventFact:
    return fact("stocking", at, place_party=party, id=f"o{party}{at}")


def _shipped(giver: str, taker: str, *, at: int) -> EventFact:
    return shipped(giver, taker, at=at, id=f"s{giver}{taker}{at}")


MOVES = st.lists(
    st.one_of(
        st.builds(_shipped, PARTY, PARTY, at=HOURS),
        st.builds(_seen, PARTY, HOURS),
        st.builds(lambda a, t: received(a, at=t, id=f"r{a}{t}"), PARTY, HOURS),
        st.builds(lambda a, t: sold(a, at=t, id=f"x{a}{t}"), PARTY, HOURS),
        st.builds(lambda t: packed(UNIT, "b0", at=t, id=f"p{t}"), HOURS),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(events=MOVES, order=st.randoms(use_true_random=False))
def test_order_of_capture_changes_nothing(events: list[EventFact], order: Any) -> None:  # noqa: ANN401 -- a random generator
    shuffled = list(events)
    order.shuffle(shuffled)

    assert check(shuffled) == check(events)


@settings(deadline=None)
@given(route=st.lists(PARTY, min_size=1, max_size=8), extra=PARTY)
def test_matching_pair_never_turns_complete_into_gap(route: list[str], extra: str) -> None:
    parties = [ASTER, *[b for a, b in pairwise([ASTER, *route]) if a != b]]
    whole = [made(), *hops(*parties)]
    assert check(whole).status is CustodyStatus.COMPLETE

    if extra != parties[-1]:
        longer = [*whole, *hops(parties[-1], extra, start=100)]
        assert check(longer).status is CustodyStatus.COMPLETE


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(events=MOVES)
def test_every_finding_has_a_cure_and_a_step_or_stands_now(events: list[EventFact]) -> None:
    found = check(events)

    ids = {event.id for event in events}
    assert all(one.cure and set(one.event_ids) <= ids for one in found.findings)
    codes = found.codes()
    assert (found.status is CustodyStatus.CONFLICT) == (CONFLICT in codes)
    assert (found.status is CustodyStatus.GAP) == (GAP in codes and CONFLICT not in codes)
