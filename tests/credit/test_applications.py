"""Applications as they are kept: once, with their facts, and never edited."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.credit import services
from bandstand.credit.models import (
    AdverseNotice,
    Application,
    ApplicationDecision,
    CreditApproval,
    EligibilityPolicyRecord,
    Instalment,
    Plan,
    PlanTerms,
)
from bandstand.credit.queries.applications import (
    DecisionRow,
    application_page,
    referred_count,
    unsent_notices,
    unwritten_notices,
    waiting_decision,
)
from bandstand.credit.rules import PlanState, TermsRow
from bandstand.credit.rules.eligibility import (
    ApplicationOutcome,
)
from bandstand.credit.services.application_rows import ApprovalMissingError
from bandstand.credit.services.applications import (
    PlanAsked,
    bind_approval,
    end_claims,
)
from bandstand.credit.services.deciding import (
    REASON_WORDS,
    AlreadyDecidedError,
    decide_application,
    reasons_to_give,
)
from bandstand.kernel.errors import BadInputError
from bandstand.money import Money
from bandstand.plumbing.models import Letter
from tests.credit.applying_world import HOUR, MIRA, asked, decide, opened, outcomes, shop
from tests.factories import credit
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db


def test_the_same_request_with_the_same_facts_is_the_same_decision() -> None:
    plan, basket = asked(shop()), uuid4()

    first = decide(plan, group=basket)
    again = decide(plan, group=basket, now=NOON + HOUR)

    assert [row.id for row in again] == [row.id for row in first]
    assert first[0].outcome is ApplicationOutcome.APPROVED
    assert Application.objects.count() == ApplicationDecision.objects.count() == 1
    kept = Application.objects.get()
    assert kept.told_sha256 == plan.told.sha256
    assert kept.facts["price_minor"] == 100_000
    assert kept.facts_sha256 == application_page(kept.id).facts.sha256
    assert not Letter.objects.exists()


def test_other_facts_are_another_decision_of_the_newest_policy() -> None:
    terms = shop()
    plan, basket = asked(terms), uuid4()
    before = decide(plan, group=basket)[0]

    decide(asked(terms, price=20_000))
    credit.eligibility(from_at=NOON + HOUR, financed_max_minor=90_000)
    after = decide(plan, group=basket, now=NOON + 2 * HOUR)[0]

    assert before.outcome is ApplicationOutcome.APPROVED
    assert after.outcome is ApplicationOutcome.COUNTER_OFFER
    assert after.version != before.version


def test_what_is_owed_counts_until_it_is_repaid() -> None:
    terms = shop(financed_max_minor=150_000)
    first = asked(terms)
    line = opened(first, decide(first)[0])
    second = asked(terms, price=60_000)

    offer = decide(second)[0]
    assert offer.outcome is ApplicationOutcome.COUNTER_OFFER
    assert offer.counter is not None
    assert offer.counter.down_payment == Money(10_000, "USD")
    assert offer.counter.amount_financed == Money(50_000, "USD")

    Instalment.objects.filter(plan__order_line_id=line, number__lte=3).update(
        state="paid", paid_minor=4_166
    )
    assert outcomes(second) == ["approved"]


def test_an_approval_counts_against_the_limit_until_its_basket_is_given_up() -> None:
    terms = shop(financed_max_minor=150_000)
    basket = uuid4()
    decide(asked(terms), group=basket)
    other = asked(terms)

    assert outcomes(other) == ["counter_offer"]
    assert end_claims(group_id=basket, now=NOON) == 1
    assert outcomes(other) == ["approved"]


def test_an_approval_that_nobody_used_stops_counting_after_half_an_hour() -> None:
    terms = shop(financed_max_minor=150_000)
    decide(asked(terms))

    assert outcomes(asked(terms), now=NOON + timedelta(minutes=29)) == ["counter_offer"]
    assert outcomes(asked(terms), now=NOON + timedelta(minutes=31)) == ["approved"]


def test_plans_asked_for_together_are_summed_and_in_their_order() -> None:
    terms = shop(financed_max_minor=150_000, open_plans_max=2)
    plans = [asked(terms) for _ in range(3)]

    rows = decide(*plans)

    assert [row.outcome.value for row in rows] == ["approved", "counter_offer", "declined"]
    assert [row.subject_id for row in rows] == [plan.subject_id for plan in plans]
    # The offer is reckoned into what comes after it.
    assert rows[1].counter is not None
    assert rows[1].counter.amount_financed == Money(50_000, "USD")


@pytest.mark.parametrize("spell", ["late", "lost"])
def test_a_plan_now_late_or_given_up_bars_another(spell: str) -> None:
    terms = shop(late_days_max=5, charged_off_days=365)
    plan = asked(terms)
    line = opened(plan, decide(plan)[0])
    services.activate_plan(order_line_id=line, now=NOON)
    if spell == "late":
        due = (NOON - timedelta(days=6)).date()
        Instalment.objects.filter(plan__order_line_id=line, number=1).update(due_on=due)
    else:
        ended = NOON - timedelta(days=364)
        Plan.objects.filter(order_line_id=line).update(
            state=PlanState.CHARGED_OFF.value, ended_at=ended
        )

    row = decide(asked(terms))[0]

    assert row.outcome is ApplicationOutcome.DECLINED
    assert [one.code.value for one in row.reasons] == [
        "late_plan" if spell == "late" else "charged_off"
    ]
    assert outcomes(asked(terms), email="noor@example.org") == ["approved"]


def test_applications_are_counted_by_address_too_but_never_the_basket_asked_for() -> None:
    terms = shop(applications_max=3, applications_days=7)
    for name in ("a", "b", "c"):
        decide(asked(terms, price=10_000), email=f"{name}@example.org")
    plan, basket = asked(terms), uuid4()

    assert outcomes(plan, group=basket) == ["referred"]
    assert outcomes(plan, group=basket, now=NOON + HOUR) == ["referred"]
    assert outcomes(plan, address_sha256="b" * 64) == ["approved"]
    assert outcomes(asked(terms, days=8), now=NOON + timedelta(days=8)) == ["approved"]


def test_a_no_is_told_at_once_byte_for_byte() -> None:
    terms = shop(open_plans_max=0)

    row = decide(asked(terms))[0]

    notice = AdverseNotice.objects.get()
    letter = Letter.objects.get()
    assert notice.decision_id == row.id
    assert notice.sha256 == hashlib.sha256(notice.text.encode()).hexdigest()
    assert letter.body == notice.text
    assert (letter.key, letter.to_address) == (notice.letter_key, "mira@example.org")
    assert "we lend at most 0 at a time" in notice.text
    assert "Equal Credit Opportunity Act" in notice.text
    assert notice.give_by == NOON + timedelta(days=30)
    assert unsent_notices() == (1, notice.give_by)
    Letter.objects.update(sent_at=NOON)
    assert unsent_notices() == (0, None)
    assert unwritten_notices() == 0


def test_a_counter_offer_is_a_whole_disclosure_that_is_approved_when_accepted() -> None:
    terms = shop(financed_max_minor=75_050)
    subject, basket = uuid4(), uuid4()

    offer = decide(asked(terms, subject=subject), group=basket)[0]

    assert offer.counter is not None
    assert offer.counter.down_payment == Money(25_000, "USD")
    stepped = replace(terms, down_payment_minor=25_000)
    accepted = asked(stepped, subject=subject)
    assert accepted.told.as_json() == offer.counter.as_json()
    row = decide(accepted, group=basket)[0]
    assert row.outcome is ApplicationOutcome.APPROVED
    opened(accepted, row)
    assert Plan.objects.get().financed_minor == 75_000
    assert "down" in AdverseNotice.objects.get().text


def referred(terms: TermsRow) -> tuple[PlanAsked, DecisionRow, UUID]:
    basket = uuid4()
    decide(asked(terms, price=10_000))
    plan = asked(terms)
    return plan, decide(plan, group=basket)[0], basket


def test_a_persons_yes_stands_for_the_same_plan_on_another_day() -> None:
    terms = shop(applications_max=1, applications_days=30, answer_hours=5)
    plan, row, basket = referred(terms)
    assert row.answer_by == NOON + 5 * HOUR
    assert "A person decides, by 1 March 2026" in Letter.objects.get().body
    assert referred_count() == 1

    decide_application(
        application_id=row.application_id,
        is_approved=True,
        reasons=[],
        words="I rang them.",
        actor="ada@lark.example",
        now=NOON + HOUR,
    )

    assert referred_count() == 0
    assert "is approved" in Letter.objects.latest("queued_at").body
    assert outcomes(plan, group=basket, now=NOON + HOUR) == ["approved"]
    tomorrow = asked(terms, subject=plan.subject_id, days=1)
    carried = decide(tomorrow, group=basket, now=NOON + 24 * HOUR)[0]
    assert carried.outcome is ApplicationOutcome.APPROVED
    assert carried.decided_by == "ada@lark.example"
    dearer = asked(terms, price=100_100, subject=plan.subject_id)
    assert outcomes(dearer, group=basket, now=NOON + 24 * HOUR) == ["referred"]


def test_a_person_declines_with_reasons_of_the_list_once() -> None:
    terms = shop(applications_max=1, applications_days=30)
    _, row, _ = referred(terms)
    known = reasons_to_give(waiting_decision(row.application_id))
    words: dict[str, Any] = {
        "application_id": row.application_id,
        "is_approved": False,
        "words": "No answer.",
        "actor": "ada@lark.example",
        "now": NOON + HOUR,
    }

    (found,) = [name for name in known if name.startswith("found-")]
    assert set(REASON_WORDS) < set(known)
    for wrong in ([], ["bad hair"], [*REASON_WORDS][:5]):
        with pytest.raises(BadInputError):
            decide_application(reasons=wrong, **words)
    assert ApplicationDecision.objects.filter(engine="person").count() == 0
    decide_application(reasons=["identity", found], **words)
    with pytest.raises(AlreadyDecidedError):
        decide_application(reasons=["identity"], **words)

    notice = AdverseNotice.objects.get()
    assert "We could not verify your identity." in notice.text
    assert "other applications from your e-mail" in notice.text
    assert "No answer." not in notice.text
    page = application_page(row.application_id)
    assert [one.serial for one in page.decisions] == [2, 1]


def test_a_plan_needs_an_approval_of_its_own_figures_and_buyer() -> None:
    terms = shop()
    plan, other = asked(terms), asked(terms, price=90_000)
    row, another = decide(plan)[0], decide(other)[0]
    told = services.store_disclosure(disclosure=plan.told, market="US", now=NOON)
    credit.accepted(told)
    line: dict[str, Any] = {
        "order_line_id": uuid4(),
        "terms_id": terms.id,
        "disclosure_id": told,
        "buyer_email": MIRA.email,
        "now": NOON,
    }

    with pytest.raises(ApprovalMissingError):
        services.open_plan(**line)
    with pytest.raises(ApprovalMissingError):
        bind_approval(disclosure_id=told, decision_id=another.id, now=NOON)
    refuses(lambda: CreditApproval.objects.create(
        disclosure_id=told, decision_id=another.id, bound_at=NOON
    ), sqlstate="P0471")  # fmt: skip
    refuses(lambda: by_hand(terms, disclosure_id=told, email=MIRA.email), sqlstate="P0470")
    bind_approval(disclosure_id=told, decision_id=row.id, now=NOON)
    refuses(lambda: by_hand(terms, disclosure_id=told, email="eve@example.org"), sqlstate="P0470")
    assert not Plan.objects.exists()
    assert services.open_plan(**line) == Plan.objects.get().id


@pytest.mark.parametrize(
    "table",
    [Application, ApplicationDecision, AdverseNotice, EligibilityPolicyRecord],
)
def test_what_was_decided_is_never_edited(table: type[Any]) -> None:
    decide(asked(shop(open_plans_max=0)))

    emptied = f"delete from credit_{table.__name__.lower()}"  # noqa: S608 -- the name of a class above
    refuses(lambda: run(emptied), sqlstate="P0460")
    column = {Application: "email", AdverseNotice: "text", ApplicationDecision: "words"}.get(
        table, "source"
    )
    refuses(lambda: table.objects.update(**{column: "x"}), sqlstate="P0460")
    assert table.objects.exists()


def by_hand(terms: TermsRow, *, disclosure_id: UUID, email: str) -> Plan:
    return Plan.objects.create(
        order_line_id=uuid4(),
        terms=PlanTerms.objects.get(pk=terms.id),
        disclosure_id=disclosure_id,
        buyer_email=email,
        currency="USD",
        financed_minor=100_000,
        state="agreed",
        agreed_at=NOON,
    )


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refuses(act: Callable[[], object], *, sqlstate: str) -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        act()
    assert refused.value.__cause__.sqlstate == sqlstate  # type: ignore[union-attr]  # psycopg's
