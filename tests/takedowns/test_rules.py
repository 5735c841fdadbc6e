from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies as st

from bandstand.gate.rules import Basis
from bandstand.kernel.words import Ground
from bandstand.orders.rules import ENDED, LineState
from bandstand.payments.rules import PaymentState
from bandstand.takedowns import rules
from bandstand.takedowns.rules import (
    CaseMove,
    CaseState,
    LineFacts,
    NoticeMove,
    NoticeScope,
    NoticeState,
    RemedyKind,
    Step,
)
from bandstand.takedowns.rules.scope import BrandRights, require_standing
from bandstand.takedowns.rules.sentences import goods_named, public_sentence

PARTY = UUID(int=1)


def facts(
    line: LineState = LineState.CANCELLED,
    payment: PaymentState | None = PaymentState.AUTHORISED,
    **fields: Any,  # noqa: ANN401 -- columns of many types
) -> LineFacts:
    return LineFacts(line_state=line, payment_state=payment, **fields)


@pytest.mark.parametrize(("state", "move"), list(product(CaseState, CaseMove)))
def test_case_moves_are_those_of_the_table(state: CaseState, move: CaseMove) -> None:
    after = rules.CASE_MOVES.get((state, move))

    if after is None:
        with pytest.raises(rules.CaseMoveRefusedError, match=f"{state} cannot {move}"):
            rules.next_case_state(state, move)
    else:
        assert rules.next_case_state(state, move) is after


@pytest.mark.parametrize(("state", "move"), list(product(NoticeState, NoticeMove)))
def test_notice_moves_are_those_of_the_table(state: NoticeState, move: NoticeMove) -> None:
    after = rules.NOTICE_MOVES.get((state, move))

    if after is None:
        with pytest.raises(rules.NoticeMoveRefusedError):
            rules.next_notice_state(state, move)
    else:
        assert rules.next_notice_state(state, move) is after


def test_a_case_made_whole_stays_so_unless_its_refund_came_back() -> None:
    left = [move for state, move in rules.CASE_MOVES if state is CaseState.MADE_WHOLE]
    assert left == [CaseMove.REOPEN]
    assert rules.CASE_MOVES[CaseState.MADE_WHOLE, CaseMove.REOPEN] is CaseState.IN_PROGRESS


@pytest.mark.parametrize(
    ("found", "step", "remedy"),
    [
        (facts(LineState.COMMITTED), Step.CANCEL, RemedyKind.CANCEL_AND_VOID),
        (
            facts(LineState.PAID, PaymentState.CAPTURED, captured_minor=100),
            Step.CANCEL,
            RemedyKind.CANCEL_AND_REFUND,
        ),
        (facts(LineState.RELEASED), Step.OFFER_RETURN, RemedyKind.OFFER_RETURN),
        (facts(LineState.DELIVERED), Step.OFFER_RETURN, RemedyKind.OFFER_RETURN),
    ],
)
def test_a_line_gets_the_remedy_of_where_it_stands(
    found: LineFacts, step: Step, remedy: RemedyKind
) -> None:
    assert rules.next_step(found) is step
    assert rules.remedy_for(found) is remedy


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (facts(is_plan_open=True), Step.CANCEL),
        (facts(is_capture_open=True), Step.AWAIT),
        (facts(), Step.VOID),
        (facts(shares_payment=True), Step.AWAIT),
        (facts(payment=PaymentState.CAPTURED, shares_payment=True), Step.SETTLED),
        (facts(payment=PaymentState.VOIDED), Step.SETTLED),
        (facts(payment=None), Step.SETTLED),
        (facts(captured_minor=100), Step.AWAIT),
        (facts(captured_minor=100, refund_asked_minor=100), Step.AWAIT),
        (
            facts(captured_minor=100, refund_asked_minor=100, refund_settled_minor=100),
            Step.SETTLED,
        ),
        (facts(captured_minor=100, refunds_failed=1), Step.REFUND),
        (facts(captured_minor=100, refunds_failed=5), Step.ASK_A_PERSON),
        (facts(LineState.RETURNED, captured_minor=100, refund_asked_minor=100), Step.AWAIT),
    ],
)
def test_an_ended_line_needs_what_its_money_says(found: LineFacts, step: Step) -> None:
    assert rules.next_step(found) is step


@given(
    line=st.sampled_from(LineState),
    payment=st.sampled_from([*PaymentState, None]),
    captured=st.integers(0, 3),
    asked=st.integers(0, 3),
    settled=st.integers(0, 3),
    capture_open=st.booleans(),
    plan_open=st.booleans(),
    shares=st.booleans(),
)
def test_settled_means_no_money_and_no_debt_is_left(  # noqa: PLR0913 -- one argument a fact
    line: LineState,
    payment: PaymentState | None,
    captured: int,
    asked: int,
    settled: int,
    capture_open: bool,  # noqa: FBT001 -- hypothesis passes them
    plan_open: bool,  # noqa: FBT001 -- same
    shares: bool,  # noqa: FBT001 -- same
) -> None:
    found = LineFacts(
        line_state=line,
        payment_state=payment,
        captured_minor=captured,
        refund_asked_minor=asked,
        refund_settled_minor=min(asked, settled),
        is_capture_open=capture_open,
        is_plan_open=plan_open,
        shares_payment=shares,
    )

    if rules.next_step(found) is Step.SETTLED:
        assert line in ENDED
        assert not plan_open
        assert found.refund_settled_minor >= captured
        assert captured or not capture_open
        assert captured or payment is not PaymentState.AUTHORISED


@pytest.mark.parametrize(
    ("market", "zone", "from_at", "due"),
    [
        # Seven working days from Tuesday 2 February 2016: the weekend is not counted.
        (
            "US",
            "America/New_York",
            datetime(2016, 2, 2, 17, tzinfo=UTC),
            datetime(2016, 2, 12, 5, tzinfo=UTC),
        ),
        # Thanksgiving Day, 26 November 2026, is a federal holiday.
        (
            "US",
            "America/New_York",
            datetime(2026, 11, 23, 17, tzinfo=UTC),
            datetime(2026, 12, 4, 5, tzinfo=UTC),
        ),
        # New York's day, not Greenwich's, and the year may turn.
        (
            "US",
            "America/New_York",
            datetime(2026, 12, 24, 3, tzinfo=UTC),
            datetime(2027, 1, 6, 5, tzinfo=UTC),
        ),
        (
            "DE",
            "Europe/Berlin",
            datetime(2026, 11, 22, 12, tzinfo=UTC),
            datetime(2026, 12, 6, 23, tzinfo=UTC),
        ),
    ],
)
def test_refund_deadline_counts_the_days_of_the_market(
    market: str, zone: str, from_at: datetime, due: datetime
) -> None:
    deadline = rules.refund_deadline(market=market, zone=zone, from_at=from_at)

    assert deadline.due_at == due
    assert deadline.rule


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"good_faith": False}, "good_faith"),
        ({"explanation": "  too short  "}, "explanation"),
        ({"explanation": "x" * 5001}, "explanation"),
        ({"right_reference": "x" * 201}, "right_reference"),
    ],
)
def test_a_notice_without_what_it_needs_is_refused(words: dict[str, object], field: str) -> None:
    whole = {
        "explanation": "Nobody may sell these here.",
        "right_reference": "",
        "good_faith": True,
    }

    with pytest.raises(rules.MalformedNoticeError) as refused:
        rules.require_notice_words(**{**whole, **words})  # type: ignore[arg-type]  # one wrong word a case

    assert refused.value.fields["field"] == field


def standing(**fields: object) -> BrandRights:
    whole = {
        "brand_name": "Aster",
        "party_id": PARTY,
        "party_name": "Aster Inc",
        "is_member": True,
        "is_verified": True,
        "is_suspended": False,
        "owner_ids": (PARTY,),
    }
    return BrandRights(**{**whole, **fields})  # type: ignore[arg-type]  # fields of many types


@pytest.mark.parametrize("owners", [(PARTY,), (None, PARTY)])
def test_the_owner_of_a_brand_or_of_its_parent_may_speak(owners: tuple[UUID | None, ...]) -> None:
    require_standing(standing(owner_ids=owners))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_member": False}, "do not act for"),
        ({"is_verified": False}, "not verified"),
        ({"is_suspended": True}, "suspended"),
        ({"owner_ids": (uuid4(), PARTY)}, "does not own"),
        ({"owner_ids": (None,)}, "does not own"),
        ({"foreign_sub_brands": ("Wren",)}, "Wren belongs to another party"),
    ],
)
def test_nobody_else_may_speak_for_a_brand(fields: dict[str, object], words: str) -> None:
    with pytest.raises(rules.NoticeRefusedError, match=words):
        require_standing(standing(**fields))


def test_a_scope_survives_its_storage() -> None:
    scope = NoticeScope(market="US", category_id=uuid4(), model_id=uuid4(), seller_id=uuid4())

    assert NoticeScope.from_json(scope.as_json()) == scope
    assert NoticeScope.from_json(NoticeScope().as_json()) == NoticeScope()


def test_the_public_sentence_names_what_was_asked() -> None:
    goods = goods_named(category_slug="phone", category_name="Phones", model_name="")

    said = public_sentence(brand="Aster", goods=goods, market_name="United States", seller="")

    assert said.startswith("Aster has told us that its phones may not be sold here (United States)")


@pytest.mark.parametrize(
    ("ground", "present", "absent"),
    [
        (Ground.TERMS, "incompatible_content_ground", "illegal_content_legal_ground"),
        (Ground.LAW, "illegal_content_legal_ground", "incompatible_content_ground"),
    ],
)
def test_a_statement_names_its_ground_as_law_or_as_terms(
    ground: Ground, present: str, absent: str
) -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    body = rules.statement_body(
        rules.StatementFacts(
            hold_id=uuid4(),
            seller_id=uuid4(),
            basis=Basis.BRAND_NOTICE,
            ground=ground,
            reason="Aster has stopped these phones.",
            explanation="x" * 6000,
            legal_reference="15 U.S.C. 1114",
            notifier="Aster Inc",
            brand_name="Aster",
            territory=("US",),
            offers=2,
            oldest_offer_at=at - timedelta(days=3),
            effective_at=at,
            support_email="help@lark.example.org",
        )
    )

    assert body[present]
    assert absent not in body
    assert body["source_type"] == "SOURCE_ARTICLE_16"
    assert body["content_date"] == "2026-11-19"
    assert body["application_date"] == "2026-11-22"
    assert len(str(body["decision_facts"])) == 5000
    assert body["redress"]
