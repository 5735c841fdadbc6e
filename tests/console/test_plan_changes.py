"""Changes of plans at the desk: pauses by cause, proposals, late charges, the policies."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.models import CollectingCalendar, Instalment, LateFeePolicy, PlanProposal
from bandstand.credit.queries.changes import changes_of
from bandstand.credit.rules.hardship import ChangeKind, ProposalState, Wish
from bandstand.credit.rules.pausing import PauseCause
from bandstand.plumbing import clock
from tests.console.conftest import Callers
from tests.console.test_plans import here, sold
from tests.factories import catalogue

pytestmark = pytest.mark.django_db
POLICIES = "/console/plans/policies/"
FEE = {"market": "us", "grace_days": "10", "fixed": "5.00", "share": "5", "source": "Counsel"}
CALENDAR = {
    "market": "US",
    "from_on": "2030-01-01",
    "tries": "0, 5",
    "reminder": "4",
    "charge_off": "150",
    "skips_weekends": "on",
    "skips_holidays": "on",
    "on_resume": "keep",
    "source": "the operator",
}
YES = {"confirmed": "yes"}


def ask(plan_id: UUID) -> None:
    credit.ask_for_change(
        plan_id=plan_id,
        wish=Wish(kind=ChangeKind.LOWER, months=2, amount_minor=500),
        reason="I lost my job.",
        asked_by="mira@example.org",
        now=clock.now(),
    )


def test_strangers_change_nothing(callers: Callers) -> None:
    plan_id = sold()

    for client in callers.strangers.values():
        assert client.get(POLICIES).status_code in {302, 403}
        assert client.post(f"{POLICIES}fee/", {**FEE, **YES}).status_code in {302, 403}
        assert client.post(f"{here(plan_id)}change/", {"kind": "skip"}).status_code in {302, 403}
    assert not LateFeePolicy.objects.exists()
    assert not PlanProposal.objects.exists()


def test_wish_of_a_buyer_waits_is_previewed_and_proposed(operator: Client) -> None:
    plan_id = sold()
    ask(plan_id)

    assert "I lost my job." in operator.get("/console/plans/").content.decode()
    form = operator.get(f"{here(plan_id)}change/").content.decode()
    assert 'value="5.00"' in form
    assert "I lost my job." in form
    words = {"kind": "extend", "months": "6", "reason": "Longer is what we can offer."}
    preview = operator.post(f"{here(plan_id)}change/", words).content.decode()
    assert "Every payment" in preview
    assert "Number of payments" in preview
    assert changes_of(plan_id).proposals[0].state is ProposalState.ASKED
    operator.post(f"{here(plan_id)}change/", {**words, **YES})

    assert changes_of(plan_id).proposals[0].state is ProposalState.PROPOSED
    shown = operator.get(here(plan_id)).content.decode()
    assert "The plan runs 6 months longer" in shown
    assert "What happens when" in shown


def test_change_that_makes_no_plan_is_told_and_not_proposed(operator: Client) -> None:
    plan_id = sold()

    answer = operator.post(
        f"{here(plan_id)}change/", {"kind": "extend", "months": "60", "reason": "x", **YES}
    )

    assert answer.status_code == 422
    assert "1 to 24 months longer" in answer.content.decode()
    assert not PlanProposal.objects.exists()


def test_wish_is_refused_with_a_reason_the_buyer_reads(operator: Client) -> None:
    plan_id = sold()
    ask(plan_id)

    operator.post(
        f"{here(plan_id)}deed/", {"deed": "refuse_change", "reason": "It ends next month."}
    )

    answered = changes_of(plan_id).proposals[0]
    assert (answered.state, answered.answer) == (ProposalState.REFUSED, "It ends next month.")


def test_reasons_for_a_pause_come_and_go_alone(operator: Client) -> None:
    plan_id = sold()
    url = f"{here(plan_id)}deed/"
    credit.pause_plan(
        plan_id=plan_id,
        reason="held",
        actor="system:holds",
        now=clock.now(),
        cause=PauseCause.HOLD,
        about="hld_1",
    )

    operator.post(url, {"deed": "suspend", "reason": "Unpaid bill."})
    operator.post(url, {"deed": "resume:hold:hld_1", "reason": "Looked into."})
    assert [row.cause for row in changes_of(plan_id).open_pauses] == [PauseCause.SUSPENDED]
    assert credit_queries.plan_money(plan_id).is_paused
    operator.post(url, {"deed": "resume:suspended:", "reason": "Paid."})

    assert not credit_queries.plan_money(plan_id).is_paused
    assert operator.post(url, {"deed": "resume:hold:hld_9", "reason": "x"}).status_code == 200


def test_late_charge_is_set_after_a_second_look_and_taken_back(operator: Client) -> None:
    catalogue.market(code="US")
    preview = operator.post(f"{POLICIES}fee/", FEE).content.decode()
    assert "the lower of $5.00 and 5 % of that payment" in preview
    assert not LateFeePolicy.objects.exists()
    operator.post(f"{POLICIES}fee/", {**FEE, **YES})
    assert "Counsel" in operator.get(POLICIES).content.decode()
    plan_id = sold()
    late = clock.now().date() - timedelta(days=40)
    Instalment.objects.filter(plan_id=plan_id, number=1).update(due_on=late)
    assert credit.charge_late_fees(now=clock.now()) == 1
    (fee,) = changes_of(plan_id).fees

    operator.post(f"{here(plan_id)}deed/", {"deed": f"waive:{fee.number}", "reason": "Goodwill."})

    assert not changes_of(plan_id).fees[0].open.is_positive
    assert "Waived" in operator.get(here(plan_id)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"market": "XX"}, "XX"),
        ({"grace_days": "2"}, "Days of grace are 5"),
        ({"source": ""}, "required"),
        ({"fixed": "five"}, "five"),
        ({"fixed": "", "share": "", "cap": "9"}, "a cap but no fee"),
    ],
)
def test_late_charge_that_makes_no_sense_is_told(
    operator: Client, wrong: dict[str, str], words: str
) -> None:
    catalogue.market(code="US")

    answer = operator.post(f"{POLICIES}fee/", {**FEE, **wrong, **YES})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LateFeePolicy.objects.exists()


def test_calendar_shows_what_it_does_around_christmas_and_is_set(operator: Client) -> None:
    catalogue.market(code="US")

    preview = operator.post(f"{POLICIES}calendar/", CALENDAR).content.decode()
    assert "Mon 28 Dec 2026, Wed 30 Dec 2026" in preview
    assert "Mon 21 Dec 2026" in preview
    assert not CollectingCalendar.objects.exists()
    operator.post(f"{POLICIES}calendar/", {**CALENDAR, **YES})

    assert CollectingCalendar.objects.get().tries == [0, 5]
    assert "not on weekends or public holidays" in operator.get(POLICIES).content.decode()
    wrong = operator.post(f"{POLICIES}calendar/", {**CALENDAR, "tries": "5, 0", **YES})
    assert wrong.status_code == 422
    past = operator.post(f"{POLICIES}calendar/", {**CALENDAR, "from_on": "2020-01-01", **YES})
    assert "today or later" in past.content.decode()
    assert CollectingCalendar.objects.count() == 1
