"""How a right is told: the name of the thing once, and a question as a question."""

import pytest

from bandstand.catalogue.models import Variant
from bandstand.kernel.words import Ground
from bandstand.rights.paths import steps_of
from bandstand.rights.queries.facts import facts_for, subject_of
from bandstand.rights.rules import Outcome, ReasonCode, RightsReason, RightsVerdict
from tests.factories import catalogue, parties
from tests.rights import world


def reason(outcome: Outcome) -> RightsReason:
    code = next(iter(ReasonCode))
    return RightsReason(code, "Somebody must look.", "Wait.", Ground.TERMS, outcome)


@pytest.mark.parametrize(("outcome", "state"), [(Outcome.REVIEW, "part"), (Outcome.DENY, "no")])
def test_what_needs_review_is_in_question_and_not_refused(outcome: Outcome, state: str) -> None:
    verdict = RightsVerdict(
        outcome=outcome, reasons=(reason(outcome),), evidence=(), valid_until=world.AT,
        policy_version="1",
    )  # fmt: skip

    (step,) = steps_of(verdict, facts=world.facts(), sources={})

    assert (step.state, step.ok) == (state, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("brand", "model", "code", "name"),
    [
        ("Fairphone", "Fairphone 5", "FP5", "Fairphone 5 (FP5)"),
        ("Nothing", "Phone (3)", "", "Nothing Phone (3)"),
        ("POCO", "Poco X7", "2412", "Poco X7 (2412)"),
        ("Aster", "One", "A1", "Aster One (A1)"),
    ],
)
def test_a_thing_is_named_once(brand: str, model: str, code: str, name: str) -> None:
    made = catalogue.device_model(brand=catalogue.brand(name=brand), name=model)
    variant = catalogue.variant(model=made)
    Variant.objects.filter(pk=variant.pk).update(code=code)

    assert subject_of(variant.id).name == name
    facts = facts_for(
        seller_id=parties.party().id,
        variant_id=variant.id,
        market=catalogue.market(code="US").code,
        condition="new",
        at=world.AT,
    )
    assert facts.subject.name == name
