from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given, strategies as st
from stdnum import luhn

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.payments import rules
from bandstand.payments.gateways.sandbox import CARDS
from bandstand.payments.rules import CommandState, PaymentState

S = PaymentState
WALKS = {
    (S.CREATED, S.ACTION_NEEDED): (S.ACTION_NEEDED,),
    (S.CREATED, S.AUTHORISED): (S.AUTHORISED,),
    (S.CREATED, S.DECLINED): (S.DECLINED,),
    (S.CREATED, S.VOIDED): (S.VOIDED,),
    (S.CREATED, S.CAPTURED): (S.AUTHORISED, S.CAPTURED),
    (S.ACTION_NEEDED, S.AUTHORISED): (S.AUTHORISED,),
    (S.ACTION_NEEDED, S.DECLINED): (S.DECLINED,),
    (S.ACTION_NEEDED, S.VOIDED): (S.VOIDED,),
    (S.ACTION_NEEDED, S.CAPTURED): (S.AUTHORISED, S.CAPTURED),
    (S.AUTHORISED, S.CAPTURED): (S.CAPTURED,),
    (S.AUTHORISED, S.VOIDED): (S.VOIDED,),
}
TEN, FIVE = Money(1000, "USD"), Money(500, "USD")


@pytest.mark.parametrize(("state", "reported"), list(product(PaymentState, PaymentState)))
def test_payment_walks_only_forwards(state: PaymentState, reported: PaymentState) -> None:
    assert rules.steps(state, reported) == WALKS.get((state, reported), ())


@given(st.lists(st.sampled_from(PaymentState), max_size=8))
def test_news_in_any_order_never_leaves_an_end(news: list[PaymentState]) -> None:
    state, ended = S.CREATED, None
    for reported in news:
        for step in rules.steps(state, reported):
            assert rules.may_become(state, step)
            state = step
        if ended is not None:
            assert state is ended
        if not rules.PAYMENT_AFTER[state]:
            ended = state


def test_open_commands_are_those_whose_outcome_is_to_be_learnt() -> None:
    assert {state for state in CommandState if rules.is_open(state)} == {
        CommandState.WRITTEN,
        CommandState.SENT,
        CommandState.UNKNOWN,
    }


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "card:378282246310005!",
        "tok_4111111111111111",
        "x4111111111111111x",
        "0000 4111111111111111 0000",
        "6304000000000000000",
    ],
)
def test_card_number_is_seen_however_it_is_written(text: str) -> None:
    assert rules.has_card_number(text)
    with pytest.raises(rules.CardNumberRefusedError) as refused:
        rules.require_no_card_number(where="card token", text=text)
    assert "4111" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tok_ok",
        "LK-7F3K-92QD",
        "4111111111111112",
        "12345",
        "2026-03-01T12:00:00",
        "41111111111",
    ],
)
def test_other_text_is_no_card_number(text: str) -> None:
    assert not rules.has_card_number(text)


@given(st.text("0123456789", min_size=11, max_size=18))
def test_every_luhn_number_of_a_cards_length_is_seen(digits: str) -> None:
    assert rules.has_card_number(digits + luhn.calc_check_digit(digits))


@pytest.mark.parametrize("shape", ["{0}", "evt_sbx_{0.hex}", "checkout:{0}:1", "auth:x:{0.hex}"])
def test_keys_of_our_own_are_never_card_numbers(shape: str) -> None:
    # One key in some hundred holds a run of digits that passes Luhn, so many are tried.
    texts = [shape.format(uuid4()) for _ in range(3000)]

    assert [text for text in texts if rules.has_card_number(text)] == []
    assert not rules.has_card_number(print_id(IdKind.PAYMENT, uuid4()))


def test_names_and_values_of_details_are_scanned() -> None:
    for details in ({"note": "4111111111111111"}, {"4111111111111111": "note"}):
        with pytest.raises(rules.CardNumberRefusedError, match="detail"):
            rules.require_no_card_numbers(details)
    rules.require_no_card_numbers({"order": "LK-7F3K-92QD"})


def test_capture_takes_part_or_all_of_what_was_authorised() -> None:
    for parts in ([FIVE], [FIVE, FIVE]):
        total = rules.capture_total(parts, state=S.AUTHORISED, authorised=TEN)
        assert total.minor == 500 * len(parts)


@pytest.mark.parametrize("state", [state for state in S if state is not S.AUTHORISED])
def test_only_an_authorised_payment_is_captured(state: PaymentState) -> None:
    with pytest.raises(rules.CaptureRefusedError, match=state.value):
        rules.capture_total([FIVE], state=state, authorised=TEN)


@pytest.mark.parametrize("parts", [[], [Money(0, "USD")], [TEN, Money(1, "USD")]])
def test_capture_of_nothing_or_too_much_is_refused(parts: list[Money]) -> None:
    with pytest.raises(rules.CaptureRefusedError):
        rules.capture_total(parts, state=S.AUTHORISED, authorised=TEN)


def test_void_is_needed_only_while_money_may_be_set_aside() -> None:
    assert {state for state in S if state is not S.CAPTURED and rules.needs_void(state)} == {
        S.CREATED,
        S.ACTION_NEEDED,
        S.AUTHORISED,
    }
    with pytest.raises(rules.VoidRefusedError, match="refund"):
        rules.needs_void(S.CAPTURED)


def test_capture_that_was_sent_cannot_be_withdrawn() -> None:
    assert rules.may_withdraw(CommandState.WRITTEN)
    assert not rules.may_withdraw(CommandState.FAILED)
    for state in (CommandState.SENT, CommandState.UNKNOWN):
        with pytest.raises(rules.CaptureInFlightError):
            rules.may_withdraw(state)


amounts = st.integers(0, 20)


@given(st.tuples(st.integers(-5, 20), amounts, amounts, st.none() | amounts))
def test_refunds_never_exceed_what_can_go_back(drawn: tuple[int, int, int, int | None]) -> None:
    asked, captured, drawn_promised, line = drawn
    promised = min(drawn_promised, captured)
    left = captured - promised if line is None else min(captured - promised, line)

    def ask() -> None:
        rules.require_refundable(
            Money(asked, "USD"),
            captured=Money(captured, "USD"),
            promised=Money(promised, "USD"),
            line_captured=None if line is None else Money(line, "USD"),
        )

    if 0 < asked <= left:
        ask()
    else:
        with pytest.raises(rules.RefundRefusedError):
            ask()


def test_every_sandbox_decline_has_words_for_the_buyer() -> None:
    codes = {card.decline_code for card in CARDS.values() if card.decline_code}

    assert codes <= set(rules.DECLINE_TEXTS)
    assert rules.decline_text("") == ""
    assert rules.decline_text("something_new") == rules.OTHERWISE
