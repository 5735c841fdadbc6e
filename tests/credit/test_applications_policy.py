"""To whom plans are lent, tried on what was asked before; lists; and a service that is believed."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from bandstand.credit.models import (
    Application,
)
from bandstand.credit.queries.applications import (
    ApplicationFilters,
    applications,
    foreseen,
    outcomes_by_week,
)
from bandstand.credit.queries.eligibility import asks_income, policies, policy_on
from bandstand.credit.rules.eligibility import (
    ApplicationFacts,
    ApplicationOutcome,
    Assessment,
    EligibilityPolicyError,
)
from bandstand.credit.services import applications as applying
from bandstand.credit.services.eligibility_policies import set_eligibility_policy
from tests.credit.applying_world import HOUR, asked, decide, outcomes, shop
from tests.factories import credit
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db


def test_a_policy_counts_from_its_instant_and_two_never_meet() -> None:
    shop()
    now = NOON + HOUR
    first = policy_on(market="US", at=NOON)
    assert first is not None
    newer = replace(first, from_at=now, financed_max_minor=1_000, income_ratio_bps=1_000)
    set_eligibility_policy(policy=newer, actor="ada@lark.example", now=NOON)

    assert policy_on(market="US", at=NOON) == first
    in_force = policy_on(market="US", at=now)
    assert in_force is not None
    assert in_force.financed_max_minor == 1_000
    assert asks_income("US", now=now)
    assert not asks_income("US", now=NOON)
    assert policy_on(market="DE", at=now) is None
    with pytest.raises(EligibilityPolicyError, match="this very instant"):
        set_eligibility_policy(
            policy=replace(newer, financed_max_minor=2_000), actor="ada@lark.example", now=NOON
        )
    with pytest.raises(EligibilityPolicyError, match="are in USD"):
        set_eligibility_policy(
            policy=replace(newer, currency="EUR"), actor="ada@lark.example", now=NOON
        )
    assert len(policies(market="US")) == 2


def test_a_new_policy_is_tried_on_what_was_asked_before() -> None:
    terms = shop()
    decide(asked(terms, price=40_000), email="a@example.org")
    decide(asked(terms), email="b@example.org")
    now = policy_on(market="US", at=NOON)
    assert now is not None

    counts = foreseen(replace(now, financed_max_minor=50_000), since=NOON - HOUR)

    approved, offered = ApplicationOutcome.APPROVED, ApplicationOutcome.COUNTER_OFFER
    assert counts == {(approved, approved): 1, (approved, offered): 1}
    assert Application.objects.count() == 2
    assert foreseen(now, since=NOON + HOUR) == {}


def test_the_list_is_filtered_sorted_and_counted_by_week() -> None:
    terms = shop(financed_max_minor=60_000)
    decide(asked(terms, price=40_000), email="a@example.org")
    decide(asked(terms), email="b@example.org")

    offered = applications(filters=ApplicationFilters(outcome="counter_offer"))
    by_amount = applications(filters=ApplicationFilters(), sort="financed")

    assert [row.email for row in offered.rows] == ["b@example.org"]
    assert [row.financed.minor for row in by_amount.rows] == [40_000, 100_000]
    assert applications(filters=ApplicationFilters(text="b@ex")).total == 1
    assert applications(filters=ApplicationFilters(market="DE")).total == 0
    assert applications(filters=ApplicationFilters(until_on=NOON.date())).total == 2
    assert applications(filters=ApplicationFilters(until_on=(NOON - 24 * HOUR).date())).total == 0
    ((_, counted),) = outcomes_by_week(since=NOON - HOUR)
    assert counted == {"approved": 1, "counter_offer": 1}


class Bureau:
    """A service that counts how often it is asked, and may let the world change meanwhile."""

    name = "outside"
    is_outside = True

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.asked: list[ApplicationFacts] = []
        self._meanwhile = meanwhile

    def assess(self, facts: ApplicationFacts) -> Assessment:
        self.asked.append(facts)
        self._meanwhile()
        return Assessment(outcome=ApplicationOutcome.APPROVED, engine="acme", version="3")


def test_a_service_is_asked_once_and_only_believed_about_what_it_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terms = shop()
    calm = Bureau()
    monkeypatch.setattr(applying, "engine_for", lambda *_, **__: calm)
    plan, basket = asked(terms), uuid4()

    assert decide(plan, group=basket)[0].engine == "acme"
    assert outcomes(plan, group=basket) == ["approved"]
    assert len(calm.asked) == 1

    hasty = Bureau(lambda: credit.plan(terms=terms))
    monkeypatch.setattr(applying, "engine_for", lambda *_, **__: hasty)
    row = decide(asked(terms))[0]
    assert row.outcome is ApplicationOutcome.REFERRED
    assert [one.code.value for one in row.reasons] == ["facts_changed"]
