"""The custody check by itself: no database."""

import time
from dataclasses import replace

import pytest

from bandstand.provenance.rules import (
    CustodyStatus,
    EventFact,
    FindingCode,
    RightFact,
    StepKind,
)
from tests.provenance.facts import (
    ASTER,
    CONFLICT,
    GAP,
    HARBOR,
    HOUR,
    MIRA,
    NORTHGATE,
    T0,
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

CHAIN = [made(), *hops(ASTER, HARBOR, NORTHGATE)]


def test_whole_chain_has_nothing_against_it() -> None:
    found = check(CHAIN)

    assert found.status is CustodyStatus.COMPLETE
    assert found.findings == ()
    assert found.holder is not None
    assert found.holder.key == NORTHGATE
    assert found.first_sale_country == "GB"
    assert all(step.ok for step in found.steps)


@pytest.mark.parametrize(
    ("events", "code", "words"),
    [
        ([made(by=HARBOR), *hops(HARBOR, NORTHGATE)], GAP, "begins with Harbor"),
        (hops(HARBOR, NORTHGATE), GAP, "begins with Harbor"),
        ([received(NORTHGATE, at=1)], GAP, "begins with Northgate"),
        ([made(), received(NORTHGATE, at=2)], GAP, "nothing says Aster shipped it"),
        (
            [made(), shipped(ASTER, HARBOR, at=1), *hops(HARBOR, NORTHGATE, start=2)],
            GAP,
            "no record says it arrived",
        ),
        ([made(), *hops(HARBOR, NORTHGATE, start=2)], GAP, "from Aster to Harbor"),
        ([made(), shipped(ASTER, "", at=1)], GAP, "does not say to whom"),
        (
            [*CHAIN, shipped(NORTHGATE, HARBOR, at=9, source_owner=ASTER)],
            GAP,
            "passes on a phone that Northgate owns",
        ),
        (
            [made(), shipped(ASTER, HARBOR, at=1), received(NORTHGATE, at=2)],
            CONFLICT,
            "Shipped to Harbor, and received by Northgate",
        ),
        (
            [made(), shipped(ASTER, HARBOR, at=1), shipped(ASTER, NORTHGATE, at=2)],
            CONFLICT,
            "under way to Harbor",
        ),
        ([*CHAIN, received(HARBOR, at=9), sold(NORTHGATE, at=10)], CONFLICT, "in two places"),
        (
            [*CHAIN, fact("stocking", 9, place_party=HARBOR)],
            CONFLICT,
            "Seen at Harbor while Northgate has it",
        ),
        ([made(), made(5, by=ASTER)], CONFLICT, "was there already"),
        (
            [made(), received(NORTHGATE, at=1), shipped(ASTER, NORTHGATE, at=4)],
            CONFLICT,
            "before it was shipped",
        ),
        (
            [made(), fact("void_shipping", 1, source_holder=ASTER)],
            CONFLICT,
            "not under way",
        ),
        (
            [*CHAIN, fact("destroying", 8, source_holder=NORTHGATE), sold(NORTHGATE, at=9)],
            CONFLICT,
            "taken out of the world",
        ),
        ([*CHAIN, sold(NORTHGATE, at=8), sold(NORTHGATE, at=9)], CONFLICT, "sold before"),
    ],
)
def test_what_does_not_fit_is_found_and_said(
    events: list[EventFact], code: FindingCode, words: str
) -> None:
    found = check(events)

    assert found.status.value == {GAP: "gap", CONFLICT: "conflict"}[code]
    assert any(one.code is code and words in one.text and one.cure for one in found.findings), [
        one.text for one in found.findings
    ]


def test_shipment_that_was_called_off_never_left() -> None:
    found = check(
        [
            made(),
            shipped(ASTER, HARBOR, at=1),
            fact("void_shipping", 2, source_holder=ASTER),
            *hops(ASTER, NORTHGATE, start=3),
        ]
    )

    assert found.status is CustodyStatus.COMPLETE


def test_sold_phone_that_came_back_may_be_sold_again() -> None:
    sold_once = [*CHAIN, sold(NORTHGATE, at=8)]
    came_back = [*sold_once, received(NORTHGATE, at=20, disposition="returned")]

    assert check(sold_once).codes() == {FindingCode.SOLD}
    assert check(came_back).codes() == frozenset()
    assert check(came_back).steps[-1].kind is StepKind.RETURNED
    assert check([*came_back, sold(NORTHGATE, at=30)]).status is CustodyStatus.COMPLETE


@pytest.mark.parametrize(
    ("word", "code"), [("stolen", FindingCode.STOLEN), ("recalled", FindingCode.RECALLED)]
)
def test_mark_stands_until_whoever_made_it_takes_it_back(word: str, code: FindingCode) -> None:
    marked = [*CHAIN, fact("other", 8, sender=NORTHGATE, persists=(word,))]
    by_another = [*marked, fact("other", 9, sender=HARBOR, unsets=(word,))]
    by_itself = [*marked, fact("other", 9, sender=NORTHGATE, unsets=(word,))]
    other_state = [*marked, fact("other", 9, sender=NORTHGATE, disposition="in_progress")]

    assert code in check([*CHAIN, fact("other", 8, disposition=word)]).codes()
    assert code in check(marked).codes()
    assert code in check(by_another).codes()
    assert code in check(other_state).codes()
    assert code not in check(by_itself).codes()


def test_strangers_word_moves_and_marks_nothing() -> None:
    stranger = "kowloon"
    said = [
        shipped(NORTHGATE, HARBOR, at=8, sender=stranger),
        received(HARBOR, at=9, sender=stranger),
        fact("stocking", 9, sender=stranger, place_party=HARBOR),
        fact("other", 10, sender=stranger, disposition="stolen"),
        fact("destroying", 11, sender=stranger, source_holder=NORTHGATE),
        sold(NORTHGATE, at=12, sender=stranger),
        made(13, by=ASTER, sender=stranger),
    ]

    found = check([*CHAIN, *said])

    assert found.status is CustodyStatus.COMPLETE
    assert found.findings == ()
    assert {step.kind for step in found.steps[len(CHAIN) :]} == {StepKind.TOLD}


def test_stranger_cannot_put_a_phone_into_its_own_box_and_move_that() -> None:
    box = "urn:box:1"
    found = check(
        [
            *CHAIN,
            packed(UNIT, box, at=8, sender="kowloon", place_party="kowloon"),
            shipped("kowloon", MIRA, at=9, sender="kowloon", name=box),
        ]
    )

    assert found.status is CustodyStatus.COMPLETE


def test_forger_who_speaks_for_the_maker_leaves_a_gap() -> None:
    forged = [replace(event, sender=NORTHGATE) for event in CHAIN]

    found = check(forged)

    assert found.status is CustodyStatus.GAP
    assert "came from Aster is said by Northgate alone" in found.findings[0].text


def test_owner_and_holder_are_followed_apart() -> None:
    forwarder = "forwarder"
    found = check(
        [
            made(),
            fact("shipping", 1, source_holder=ASTER, new_holder=forwarder, new_owner=NORTHGATE),
            received(forwarder, at=2),
            fact("shipping", 3, source_holder=forwarder, new_holder=NORTHGATE),
            received(NORTHGATE, at=4),
        ]
    )

    assert found.status is CustodyStatus.COMPLETE
    assert [(step.holder, step.owner) for step in found.steps[2:3]] == [(forwarder, NORTHGATE)]


def test_clocks_may_differ_by_the_skew_and_no_more() -> None:
    def early(minutes: float) -> CustodyStatus:
        return check(
            [made(), shipped(ASTER, NORTHGATE, at=2), received(NORTHGATE, at=2 - minutes / 60)]
        ).status

    assert early(5) is CustodyStatus.COMPLETE
    assert early(5.1) is CustodyStatus.CONFLICT


def test_event_of_tomorrow_does_not_count_today_and_says_when_it_will() -> None:
    coming = shipped(NORTHGATE, HARBOR, at=50)
    found = check([*CHAIN, coming], at=T0 + 20 * HOUR)

    assert not found.is_under_way
    assert found.turns == (coming.at,)


def test_right_counts_at_the_time_it_was_used() -> None:
    until = (RightFact(key=ASTER, until_at=T0 + HOUR),)
    since = (RightFact(key=ASTER, from_at=T0 + HOUR),)

    assert check(CHAIN, rights=until).status is CustodyStatus.COMPLETE
    assert check(CHAIN, rights=since).status is CustodyStatus.GAP


def test_first_sale_is_where_it_left_the_brands_own_hands() -> None:
    region = frozenset({"DE", "FR"})
    events = [made(), *hops(ASTER, NORTHGATE)]

    found = check(events, region=region, region_name="the EEA")

    assert found.codes() == {FindingCode.OUTSIDE}
    assert "US, outside the EEA" in found.findings[0].text
    at_home = [replace(event, country="FR") for event in events]
    assert check(at_home, region=region, region_name="the EEA").findings == ()


def test_boxes_in_boxes_carry_and_circles_are_found() -> None:
    ring = [packed(f"b{at}", f"b{(at + 1) % 3}", at=2 + at / 10) for at in range(3)]

    found = check([made(), packed(UNIT, "b0", at=1), *ring, *hops(ASTER, NORTHGATE, start=5)])

    assert found.status is CustodyStatus.CONFLICT
    assert any("inside itself" in one.text for one in found.findings)


def test_ten_thousand_boxes_in_a_row_end_quickly() -> None:
    boxes = [packed(f"b{at}", f"b{at + 1}", at=1 + at / 1e6) for at in range(10_000)]
    start = time.perf_counter()

    found = check([made(), packed(UNIT, "b0", at=0.5), *boxes])

    assert time.perf_counter() - start < 5
    assert found.status is CustodyStatus.GAP
    assert any("more events or boxes" in one.text for one in found.findings)


def test_fifty_events_are_checked_in_milliseconds() -> None:
    names = [ASTER, *([HARBOR, NORTHGATE] * 12), HARBOR]
    events = [made(), *hops(*names)][:50]
    check(events)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        check(events)
        times.append(time.perf_counter() - start)

    assert len(events) == 50
    assert min(times) < 0.005
