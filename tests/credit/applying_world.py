"""Mira asks for plans in Lark's shop."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bandstand.credit import services
from bandstand.credit.queries.applications import (
    DecisionRow,
    decisions_of,
)
from bandstand.credit.rules import TermsRow
from bandstand.credit.services.applications import (
    Applicant,
    PlanAsked,
    apply_for_plans,
    bind_approval,
)
from bandstand.money import Money
from bandstand.parties.models import OperatorProfile
from tests.factories import credit, parties
from tests.factories.credit import NOON

MIRA = Applicant(
    email="mira@example.org", name="Mira", address_sha256="a" * 64, place="US-IL", is_verified=False
)
HOUR = timedelta(hours=1)


def shop(**policy: Any) -> TermsRow:  # noqa: ANN401 -- parts of a policy
    """Open Lark's shop with a policy, and offer 24 months without a down payment."""
    if not OperatorProfile.objects.exists():
        parties.operator_profile()
    if policy:
        credit.terms(months=12)
        credit.eligibility(from_at=NOON - HOUR, **policy)
    return credit.terms(months=24, down_payment_bps=0)


def asked(
    terms: TermsRow, *, price: int = 100_000, subject: UUID | None = None, days: int = 0
) -> PlanAsked:
    on = (NOON + timedelta(days=days)).date()
    told = credit.disclosure(price=Money(price, "USD"), terms=terms, on=on)
    return PlanAsked(subject_id=subject or uuid4(), title="Aster One", terms=terms, told=told)


def decide(*plans: PlanAsked, group: UUID | None = None, **changes: Any) -> tuple[DecisionRow, ...]:  # noqa: ANN401 -- of an applicant
    now = changes.pop("now", NOON)
    ids = apply_for_plans(
        applicant=replace(MIRA, **changes), plans=plans, group_id=group or uuid4(), now=now
    )
    return decisions_of(ids)


def outcomes(*plans: PlanAsked, **changes: Any) -> list[str]:  # noqa: ANN401 -- of an applicant
    return [row.outcome.value for row in decide(*plans, **changes)]


def opened(plan: PlanAsked, decision: DecisionRow, *, email: str = MIRA.email) -> UUID:
    """Go on to the plan, as a checkout does."""
    told = services.store_disclosure(disclosure=plan.told, market="US", now=NOON)
    credit.accepted(told)
    bind_approval(disclosure_id=told, decision_id=decision.id, now=NOON)
    line = uuid4()
    services.open_plan(
        order_line_id=line,
        terms_id=plan.terms.id,
        disclosure_id=told,
        buyer_email=email,
        now=NOON,
    )
    return line
