"""Applications for plans at the operator's desk."""

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bandstand.credit.models import Application, ApplicationDecision, EligibilityPolicyRecord
from bandstand.credit.queries.eligibility import policy_on
from bandstand.money import Money
from bandstand.orders.rules import PlansNotApprovedError
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.console.conftest import Callers
from tests.factories import credit, offers, orders

pytestmark = pytest.mark.django_db
HERE = "/console/applications/"
POLICY = {
    "market": "US",
    "financed_max": "300.00",
    "open_plans_max": "4",
    "late_days_max": "5",
    "charged_off_days": "730",
    "applications_max": "5",
    "applications_days": "7",
    "down_bands": "200.00 10\n400 20%",
    "unverified_max": "",
    "not_served": "us-ak, US-HI",
    "income_ratio": "",
    "financed_min": "40",
    "answer_hours": "24",
    "source": "The board, 20 November 2026",
}


def asked(*, email: str = "mira@example.org", price: int = 50_000, **policy: Any) -> UUID:  # noqa: ANN401 -- parts of a policy
    """Let somebody ask for a plan at the checkout; return the application."""
    terms = credit.terms(months=24, down_payment_bps=0)
    if policy:
        credit.eligibility(from_at=clock.now() - timedelta(minutes=1), **policy)
    basket = orders.basket(offers.offer(price=Money(price, "USD")), terms_id=terms.id)
    with suppress(PlansNotApprovedError):
        orders.prepare(basket, email=email)
    return Application.objects.latest("asked_at").id


def words_of(answer: Any) -> str:  # noqa: ANN401 -- a response
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_strangers_see_and_decide_nothing(callers: Callers) -> None:
    key = asked(unverified_max_minor=0)

    for client in callers.strangers.values():
        for path in (HERE, f"{HERE}{key}/", f"{HERE}policy/"):
            assert client.get(path).status_code in {302, 403}
        sent = {"verdict": "approve", "words": "Please."}
        assert client.post(f"{HERE}{key}/decide/", sent).status_code in {302, 403}
        assert client.post(f"{HERE}policy/new/", POLICY).status_code in {302, 403}
    assert ApplicationDecision.objects.count() == 1
    assert EligibilityPolicyRecord.objects.count() == 2


def test_list_shows_filters_exports_and_never_an_income(operator: Client) -> None:
    terms: dict[str, Any] = {"income_ratio_bps": 1_000, "financed_max_minor": 40_000}
    asked(**terms)
    asked(email="noor@example.org", price=30_000)
    basket = orders.basket(
        offers.offer(price=Money(10_000, "USD")),
        terms_id=credit.terms(months=24, down_payment_bps=0).id,
    )
    orders.prepare(basket, email="ivy@example.org", income=Money(777_777, "USD"))

    shown = words_of(operator.get(f"{HERE}?outcome=approved&sort=-financed"))
    other = words_of(operator.get(f"{HERE}?q=noor&market=US"))
    export = operator.get(f"{HERE}?format=csv").content.decode()

    assert "ivy@example.org" in shown
    assert "noor@example.org" not in shown
    assert "noor@example.org" in other
    assert "Waits for a person" in other
    assert "ivy@example.org" in export
    for text in (shown, other, export):
        assert "7,777" not in text
        assert "777777" not in text
        assert "7777.77" not in text
    assert "Outcomes by week" in shown
    assert "Did you mean" in words_of(operator.get(f"{HERE}?outcome=approve"))


def test_page_shows_facts_rules_decision_and_the_notice_as_sent(operator: Client) -> None:
    key = asked(financed_max_minor=40_000)

    shown = words_of(operator.get(f"{HERE}{key}/"))

    for words in (
        "Counter-offer",
        "Number of open plans",
        "Not kept",
        "at most $400.00",
        "Offered with $100.00 down.",
        "Notice as sent",
        "Equal Credit Opportunity Act",
        "12 CFR 1002.9",
        "Not mailed yet.",
        "US-IL",
    ):
        assert words in shown, words
    assert operator.get(f"{HERE}{UUID(int=1)}/").status_code == 404


def test_list_says_which_notices_have_not_left(operator: Client) -> None:
    asked(open_plans_max=0)

    assert re.search(r"Notices not sent 1 .{0,40}due in (29|30) d", words_of(operator.get(HERE)))
    Letter.objects.update(sent_at=clock.now())
    assert "Notices not sent 0" in words_of(operator.get(HERE))


def test_referred_application_is_approved_by_a_person(operator: Client) -> None:
    key = asked(unverified_max_minor=0)
    url = f"{HERE}{key}/decide/"

    assert "Applications 1" in words_of(operator.get("/console/"))
    assert "We could not verify your identity." in words_of(operator.get(url))
    missing = operator.post(url, {"verdict": "approve", "words": ""})
    done = operator.post(url, {"verdict": "approve", "words": "I rang them."}, follow=True)

    assert missing.status_code == 422
    assert "Decided. The buyer has a letter." in words_of(done)
    assert "I rang them." in words_of(done)
    newest = ApplicationDecision.objects.latest("serial")
    assert (newest.outcome, newest.decided_by) == ("approved", "ada@lark.example.org")
    again = operator.post(url, {"verdict": "approve", "words": "Once more."})
    assert "decided on this application already" in words_of(again)
    assert ApplicationDecision.objects.count() == 2


def test_a_no_needs_real_reasons_of_the_list(operator: Client) -> None:
    key = asked(unverified_max_minor=0)
    url = f"{HERE}{key}/decide/"
    sent = {"verdict": "decline", "words": "No answer."}

    none = operator.post(url, sent)
    wrong = operator.post(url, {**sent, "reasons": ["hair"]})
    assert "needs one to 4 reasons" in words_of(none)
    assert "not one of the available choices" in words_of(wrong)
    assert ApplicationDecision.objects.count() == 1
    done = operator.post(url, {**sent, "reasons": ["identity"]}, follow=True)

    assert "We could not verify your identity." in words_of(done)
    assert Letter.objects.filter(kind="credit.notice").count() == 1


def test_policy_is_tried_on_last_months_applications_before_it_counts(operator: Client) -> None:
    asked(price=50_000)
    asked(email="noor@example.org", price=15_000)

    form = words_of(operator.get(f"{HERE}policy/new/"))
    asked_first = operator.post(f"{HERE}policy/new/", POLICY)
    before = EligibilityPolicyRecord.objects.count()
    done = operator.post(f"{HERE}policy/new/", {**POLICY, "confirmed": "yes"}, follow=True)

    assert "The most financed for one buyer" in form
    question = words_of(asked_first)
    assert "Of the 2 applications of the last 30 days" in question
    assert "Counter-offer 1 were approved" in question
    assert "Approved 1 were approved too" in question
    assert "not in US-AK, US-HI" in question
    assert before == 1
    assert "are lent by it from now on" in words_of(done)
    policy = policy_on(market="US", at=clock.now())
    assert policy is not None
    assert policy.financed_max_minor == 30_000
    assert [(band.from_minor, band.bps) for band in policy.down_bands] == [
        (20_000, 1_000),
        (40_000, 2_000),
    ]
    assert policy.not_served == ("US-AK", "US-HI")
    assert policy.unverified_max_minor is None
    listed = words_of(operator.get(f"{HERE}policy/"))
    assert "In force" in listed
    assert "Ended" in listed
    begun = operator.get(f"{HERE}policy/new/").content.decode()
    assert 'value="300.00"' in begun


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("financed_max", "lots", "lots"),
        ("down_bands", "800", "write a price and a per cent"),
        ("down_bands", "100 20\n200 10", "no smaller share"),
        ("not_served", "Alaska", "US-AK"),
        ("source", "", "This field is required"),
        ("income_ratio", "0", "share of income"),
        ("market", "ZZ", "valid choice"),
    ],
)
def test_policy_that_cannot_be_meant_is_told_and_not_set(
    operator: Client, field: str, value: str, told: str
) -> None:
    credit.terms()

    answer = operator.post(f"{HERE}policy/new/", {**POLICY, field: value, "confirmed": "yes"})

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert EligibilityPolicyRecord.objects.count() == 1
