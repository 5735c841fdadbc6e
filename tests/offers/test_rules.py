from itertools import product

import pytest
from hypothesis import given, strategies as st

from bandstand.gate.rules import Outcome
from bandstand.money import Money
from bandstand.offers import rules
from bandstand.offers.rules import OfferMove, OfferState, UnitArrival, UnitMove, UnitState
from bandstand.radio import Tier
from tests.factories.offers import imei_of as valid_imei


@pytest.mark.parametrize(("state", "move"), list(product(OfferState, OfferMove)))
def test_an_offer_moves_only_as_its_table_says(state: OfferState, move: OfferMove) -> None:
    after = rules.OFFER_MOVES.get((state, move))

    if after is None:
        with pytest.raises(rules.OfferMoveRefusedError):
            rules.next_offer_state(state, move)
    else:
        assert rules.next_offer_state(state, move) is after


@pytest.mark.parametrize(("state", "move"), list(product(UnitState, UnitMove)))
def test_a_unit_moves_only_as_its_table_says(state: UnitState, move: UnitMove) -> None:
    after = rules.UNIT_MOVES.get((state, move))

    if after is None:
        with pytest.raises(rules.UnitMoveRefusedError):
            rules.next_unit_state(state, move)
    else:
        assert rules.next_unit_state(state, move) is after


def test_a_unit_is_sold_only_out_of_a_reservation() -> None:
    before_sold = {state for (state, _), after in rules.UNIT_MOVES.items() if after == "sold"}

    assert before_sold == {UnitState.RESERVED}


@pytest.mark.parametrize(("state", "outcome"), list(product(OfferState, Outcome)))
def test_every_answer_of_the_gate_leads_somewhere(state: OfferState, outcome: Outcome) -> None:
    target = {
        Outcome.ALLOW: OfferState.LISTED,
        Outcome.REVIEW: OfferState.IN_REVIEW,
        Outcome.DENY: OfferState.REFUSED,
    }[outcome]

    move = rules.move_of_outcome(state, outcome)

    assert (state if move is None else rules.next_offer_state(state, move)) is target


@pytest.mark.parametrize(
    ("storage_gb", "colour", "text"),
    [
        (256, "Titan Grey", "256 GB · Titan Grey"),
        (1024, "Black", "1 TB · Black"),
        (1536, "", "1536 GB"),
        (None, "White", "White"),
        (None, "", ""),
    ],
)
def test_configuration_tells_offers_apart(storage_gb: int | None, colour: str, text: str) -> None:
    assert rules.configuration_text(storage_gb=storage_gb, colour=colour) == text


def test_title_does_not_name_the_brand_twice() -> None:
    assert rules.title_text(brand="Aster", model="One") == "Aster One"
    assert rules.title_text(brand="Nothing", model="Nothing Phone") == "Nothing Phone"


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        (UnitArrival(serial="S1", imei="490154203237519"), "wrong check digit"),
        (UnitArrival(serial="S1", imei="49015420323751"), "15 digits"),
        (UnitArrival(serial="S1", imei="49015420323751X"), "15 digits"),
        (UnitArrival(serial="S1"), "IMEI is missing"),
        (UnitArrival(serial=" ", imei="490154203237518"), "serial is missing"),
        (UnitArrival(serial="S" * 41, imei="490154203237518"), "longer than 40"),
    ],
)
def test_a_wrong_unit_is_named_by_its_line(unit: UnitArrival, reason: str) -> None:
    good = UnitArrival(serial="S0", imei=valid_imei(7))

    (problem,) = rules.arrival_problems([good, unit], is_cellular=True)

    assert problem.line == 2
    assert reason in problem.reason


def test_a_number_twice_on_one_note_is_refused() -> None:
    twice = UnitArrival(serial="S1", imei=valid_imei(1))

    problems = rules.arrival_problems([twice, twice], is_cellular=True)

    assert {problem.line for problem in problems} == {2}
    assert all("already on line 1" in problem.reason for problem in problems)


def test_a_thing_that_joins_no_network_has_no_imei() -> None:
    arrival = UnitArrival(serial="S1", imei=valid_imei(1))
    wrong = rules.arrival_problems([arrival], is_cellular=False)
    fine = rules.arrival_problems([UnitArrival(serial="S1")], is_cellular=False)

    assert "no mobile network" in wrong[0].reason
    assert fine == ()


@pytest.mark.parametrize(
    ("is_radio", "category", "tier", "is_told"),
    [
        (True, "phone", Tier.UNKNOWN, True),
        (True, "phone", None, True),
        (True, "audio", Tier.UNKNOWN, False),
        (True, "wearable", None, False),
        (True, "wearable", Tier.GOOD, True),
        (False, "phone", Tier.FULL, False),
    ],
)
def test_a_fit_is_told_of_what_is_meant_for_a_network(
    *, is_radio: bool, category: str, tier: Tier | None, is_told: bool
) -> None:
    assert rules.is_for_network(is_radio=is_radio, category=category, tier=tier) is is_told


@given(st.integers(0, 10**9 - 1), st.integers(0, 14), st.integers(1, 9))
def test_any_single_wrong_digit_of_an_imei_is_noticed(number: int, place: int, shift: int) -> None:
    imei = valid_imei(number)
    wrong = f"{imei[:place]}{(int(imei[place]) + shift) % 10}{imei[place + 1 :]}"

    assert rules.arrival_problems([UnitArrival(serial="S", imei=imei)], is_cellular=True) == ()
    assert rules.arrival_problems([UnitArrival(serial="S", imei=wrong)], is_cellular=True)


@pytest.mark.parametrize(
    ("price", "colour_hex", "field"),
    [
        (Money(0, "USD"), "#8a8a93", "price"),
        (Money(-1, "USD"), "#8a8a93", "price"),
        (Money(100, "GBP"), "#8a8a93", "price"),
        (Money(100, "USD"), "grey", "colour_hex"),
        (Money(100, "USD"), "#12345g", "colour_hex"),
    ],
)
def test_an_unsound_offer_names_its_field(price: Money, colour_hex: str, field: str) -> None:
    with pytest.raises(rules.MalformedOfferError) as refused:
        rules.require_sound_offer(price=price, currency="USD", colour_hex=colour_hex)

    assert refused.value.fields["field"] == field
