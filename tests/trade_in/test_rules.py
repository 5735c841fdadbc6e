"""Grades, moves, values over time, inspections, accounts: no database."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, strategies as st

from bandstand.ledger.rules import AccountCode, Entry, require_balanced
from bandstand.money import Money
from bandstand.trade_in.rules import (
    MOVES,
    OPEN,
    AnswerMissingError,
    BankAccountError,
    CreditMoney,
    DisposalRefusedError,
    Finding,
    Grade,
    Listed,
    LockedPhoneError,
    Outcome,
    PayoutRefusedError,
    Question,
    Said,
    TermsError,
    TradeInMove,
    TradeInMoveRefusedError,
    TradeInNotFoundError,
    TradeInState,
    TradeInTerms,
    ValueChange,
    ValueSpanError,
    credit_entries,
    differences,
    disposal_entries,
    fit_value,
    grade_of,
    judge_inspection,
    next_state,
    paid_entries,
    parse_reference,
    print_reference,
    read_account,
    read_answers,
    require_sound_terms,
    require_two_people,
)

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TWO_HUNDRED = Money(20_000, "USD")


def said(**others: str) -> dict[Question, Said]:
    return {one: Said(others.get(one.value, "yes")) for one in Question}


@pytest.mark.parametrize(
    ("answers", "grade"),
    [
        ({}, Grade.GOOD),
        ({"battery_healthy": "unsure"}, Grade.WORN),
        ({"body_whole": "no"}, Grade.WORN),
        ({"screen_whole": "no"}, Grade.BROKEN),
        ({"all_works": "no"}, Grade.BROKEN),
        ({"stayed_dry": "unsure"}, Grade.PARTS),
        ({"powers_on": "no"}, Grade.PARTS),
    ],
)
def test_answers_come_to_a_grade(answers: dict[str, str], grade: Grade) -> None:
    assert grade_of(said(**answers), on=DAY) is grade


@given(st.fixed_dictionaries({one: st.sampled_from(Said) for one in Question}))
def test_a_worse_answer_never_raises_the_grade(answers: dict[Question, Said]) -> None:
    answers[Question.LOCK_REMOVED] = Said.YES
    order = list(Grade)
    before = order.index(grade_of(answers, on=DAY))
    for one in Question:
        if one is not Question.LOCK_REMOVED:
            after = order.index(grade_of({**answers, one: Said.NO}, on=DAY))
            assert after >= before


@pytest.mark.parametrize("lock", ["no", "unsure"])
def test_a_locked_phone_has_no_grade(lock: str) -> None:
    with pytest.raises(LockedPhoneError, match="Find My"):
        grade_of(said(lock_removed=lock), on=DAY)


def test_an_answer_that_is_missing_is_named() -> None:
    given_answers = {one.value: "yes" for one in Question}
    given_answers.pop("screen_whole")

    with pytest.raises(AnswerMissingError, match="Is the screen whole"):
        read_answers(given_answers)
    with pytest.raises(AnswerMissingError):
        read_answers({**given_answers, "screen_whole": "maybe"})


def test_only_losses_are_differences() -> None:
    told = said(body_whole="no")
    found = said(screen_whole="no", body_whole="yes")

    assert len(differences(told=told, found=found)) == 1
    assert "cracked" in differences(told=told, found=found)[0]


def test_every_state_and_move_is_the_tables() -> None:
    for state, move in product(TradeInState, TradeInMove):
        if (state, move) in MOVES:
            assert next_state(state, move) is MOVES[state, move]
        else:
            with pytest.raises(TradeInMoveRefusedError):
                next_state(state, move)


def test_silence_and_refusal_never_lead_to_a_credit() -> None:
    credit = {key for key, after in MOVES.items() if after is TradeInState.CREDITED}

    assert credit == {
        (TradeInState.RECEIVED, TradeInMove.CREDIT),
        (TradeInState.REVALUED, TradeInMove.TAKE),
    }
    for move in (TradeInMove.SILENCE, TradeInMove.REFUSE, TradeInMove.DECLINE):
        ends = {after for (_, one), after in MOVES.items() if one is move}
        assert ends == {TradeInState.RETURN_DUE}


def test_a_phone_that_lies_with_us_can_always_go_back_or_be_credited() -> None:
    for state in (TradeInState.RECEIVED, TradeInState.REVALUED):
        ends = {after for (before, _), after in MOVES.items() if before is state}
        assert {TradeInState.RETURN_DUE, TradeInState.CREDITED} <= ends
    assert TradeInState.CREDITED not in OPEN


def finding(**fields: object) -> Finding:
    return Finding(
        **{  # type: ignore[arg-type]  # the fields are named by each test
            "answers": said(),
            "grade": Grade.GOOD,
            "listed": TWO_HUNDRED,
            "is_same_phone": True,
            "is_same_variant": True,
            "is_reported": False,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "is_guaranteed", "outcome", "value"),
    [
        ({}, False, Outcome.CREDIT, 20_000),
        ({"listed": Money(25_000, "USD")}, False, Outcome.CREDIT, 25_000),
        ({"listed": Money(6_000, "USD"), "answers": said(screen_whole="no")}, False,
         Outcome.REVALUE, 6_000),
        ({"listed": Money(6_000, "USD"), "answers": said(screen_whole="no")}, True,
         Outcome.CREDIT, 20_000),
        ({"listed": None}, True, Outcome.CREDIT, 20_000),
        ({"listed": None}, False, Outcome.REFUSE, 0),
        ({"is_reported": True}, True, Outcome.REFUSE, 0),
        ({"grade": None, "answers": said(lock_removed="no"), "listed": None}, True,
         Outcome.REFUSE, 0),
        ({"is_same_phone": False, "listed": Money(6_000, "USD")}, True, Outcome.REVALUE, 6_000),
        ({"is_same_variant": False, "listed": Money(6_000, "USD")}, True, Outcome.REVALUE, 6_000),
    ],
)  # fmt: skip
def test_an_inspection_comes_to_a_verdict(
    *, fields: dict[str, object], is_guaranteed: bool, outcome: Outcome, value: int
) -> None:
    verdict = judge_inspection(
        finding(**fields), told=said(), quoted=TWO_HUNDRED, is_guaranteed=is_guaranteed
    )

    assert (verdict.outcome, verdict.value.minor) == (outcome, value)
    assert bool(verdict.reasons) is (outcome is not Outcome.CREDIT)


@given(
    listed=st.none() | st.integers(1, 50_000),
    same_phone=st.booleans(),
    same_variant=st.booleans(),
    reported=st.booleans(),
    guaranteed=st.booleans(),
    answers=st.fixed_dictionaries({one: st.sampled_from(Said) for one in Question}),
)
def test_less_than_quoted_is_never_credited_unasked(
    *,
    listed: int | None,
    same_phone: bool,
    same_variant: bool,
    reported: bool,
    guaranteed: bool,
    answers: dict[Question, Said],
) -> None:
    found = finding(
        listed=None if listed is None else Money(listed, "USD"),
        is_same_phone=same_phone,
        is_same_variant=same_variant,
        is_reported=reported,
        answers=answers,
    )
    verdict = judge_inspection(found, told=said(), quoted=TWO_HUNDRED, is_guaranteed=guaranteed)

    if verdict.outcome is Outcome.CREDIT:
        assert verdict.value >= TWO_HUNDRED
        assert not reported
    if verdict.outcome is Outcome.REVALUE:
        assert Money.zero("USD") < verdict.value < TWO_HUNDRED
        assert not (guaranteed and same_phone and same_variant)


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (Listed(NOON, None, 5), ValueChange.UNCHANGED),
        (Listed(NOON + timedelta(days=3), None, 5), ValueChange.UNCHANGED),
        (Listed(NOON + timedelta(days=3), None, 4), ValueChange.REPLACED),
        (Listed(NOON + timedelta(days=3), NOON + timedelta(days=9), 5), ValueChange.REPLACED),
    ],
)
def test_a_new_value_ends_the_standing_one(new: Listed, change: ValueChange) -> None:
    assert fit_value(new, listed=[Listed(NOON, None, 5)], now=NOON) is change
    assert fit_value(Listed(NOON, None, 5), listed=[], now=NOON) is ValueChange.ADDED


@pytest.mark.parametrize(
    ("new", "listed", "said_why"),
    [
        (Listed(NOON - timedelta(days=2), None, 4), [], "past"),
        (Listed(NOON, NOON, 4), [], "ends after"),
        (Listed(NOON, None, 4), [Listed(NOON, None, 5)], "listed already"),
        (Listed(NOON, None, 4), [Listed(NOON + timedelta(days=5), None, 5)], "listed already"),
        (
            Listed(NOON + timedelta(days=1), None, 4),
            [Listed(NOON, NOON + timedelta(days=2), 5)],
            "begin on that day",
        ),
    ],
)
def test_history_is_not_rewritten(new: Listed, listed: list[Listed], said_why: str) -> None:
    with pytest.raises(ValueSpanError, match=said_why):
        fit_value(new, listed=listed, now=NOON)


@given(st.integers(min_value=0, max_value=2**40 - 1))
def test_a_reference_is_read_back_however_it_is_typed(random: int) -> None:
    printed = print_reference(random)

    assert parse_reference(printed.lower().replace("-", " ")) == printed


@pytest.mark.parametrize("text", ["", "TI-1234", "XX-1234-5678", "TI-1234-567U"])
def test_what_is_no_reference_is_not_found(text: str) -> None:
    with pytest.raises(TradeInNotFoundError, match="such as TI-7F3K-92QD"):
        parse_reference(text)


def test_an_account_is_shown_by_its_end_only() -> None:
    us = read_account(holder=" Mira  Lind ", routing="021000021", number="000123456")
    eu = read_account(holder="Mira Lind", routing="", number="DE89 3704 0044 0532 0130 00")

    assert us.masked == "Mira Lind, account ending 3456"
    assert eu.number == "DE89370400440532013000"


@pytest.mark.parametrize(
    ("holder", "routing", "number", "said_why"),
    [
        ("", "021000021", "5555001", "holder"),
        ("Mira", "021000022", "5555001", "routing"),
        ("Mira", "", "5555001", "routing"),
        ("Mira", "021000021", "12", "digits"),
        ("Mira", "", "DE89370400440532013001", "IBAN"),
        ("Mira", "021000021", "4242 4242 4242 4242", "card"),
    ],
)
def test_a_bad_account_is_told_how_to_be_mended(
    holder: str, routing: str, number: str, said_why: str
) -> None:
    with pytest.raises(BankAccountError, match=said_why) as refused:
        read_account(holder=holder, routing=routing, number=number)
    assert number not in str(refused.value)


def test_one_person_cannot_pay_alone() -> None:
    with pytest.raises(PayoutRefusedError, match="Another member"):
        require_two_people(proposed_by="ada@lark.example", confirmed_by="Ada@Lark.example")


@given(cost=st.integers(1, 10**7), proceeds=st.integers(0, 2 * 10**7))
def test_a_disposal_balances_and_empties_the_stock(cost: int, proceeds: int) -> None:
    entries = disposal_entries(
        cost=Money(cost, "USD"), proceeds=Money(proceeds, "USD"), phone="TI-1"
    )

    require_balanced(entries)
    assert _moved(entries, AccountCode.TRADE_IN_STOCK) == -cost
    assert _moved(entries, AccountCode.BANK) == proceeds


def test_a_phone_is_not_sold_for_less_than_nothing() -> None:
    with pytest.raises(DisposalRefusedError):
        disposal_entries(cost=TWO_HUNDRED, proceeds=Money(-1, "USD"), phone="TI-1")


def test_credit_and_payout_balance() -> None:
    for entries in (
        credit_entries(TWO_HUNDRED, phone="TI-1", line="lin_1"),
        paid_entries(TWO_HUNDRED, line="lin_1"),
    ):
        require_balanced(entries)
    money = CreditMoney(
        value=TWO_HUNDRED,
        applied=Money(15_000, "USD"),
        kept=Money(15_000, "USD"),
        promised=Money(5_000, "USD"),
    )
    assert money.owed == Money(15_000, "USD")


def test_unsound_terms_are_refused() -> None:
    def terms(**fields: object) -> TradeInTerms:
        return TradeInTerms(
            **{  # type: ignore[arg-type]  # the fields are named by each case
                "market": "US",
                "quote_days": 14,
                "arrive_days": 21,
                "remind_days": 7,
                "inspect_days": 5,
                "answer_days": 10,
                "send_to": "1 Quay Street, Springfield",
                "source": "Terms, version 1",
                "from_at": NOON,
                **fields,
            }
        )

    require_sound_terms(terms())
    for fields in (
        {"inspect_days": 0},
        {"answer_days": 91},
        {"remind_days": 21},
        {"send_to": "here"},
        {"source": " "},
    ):
        with pytest.raises(TermsError):
            require_sound_terms(terms(**fields))


def _moved(entries: tuple[Entry, ...], code: AccountCode) -> int:
    return sum(entry.amount.minor for entry in entries if entry.code is code)
