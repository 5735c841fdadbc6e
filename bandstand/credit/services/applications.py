"""
Applications for plans: assessed before anything is kept, decided once, told at once.

The same request with the same facts is the same decision. Two requests of one buyer wait for each
other, so that together they cannot pass a limit that each alone would keep.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit.engines import engine_for
from bandstand.credit.models import (
    ApplicationDecision,
    CreditApproval,
    Disclosure,
    LimitClaim,
)
from bandstand.credit.queries.eligibility import BuyerStanding, buyer_standing, policy_on
from bandstand.credit.rules import TermsRow, read_disclosure
from bandstand.credit.rules.eligibility import (
    ApplicationFacts,
    ApplicationOutcome,
    Assessment,
    EligibilityEngine,
    EligibilityPolicy,
    RuleCode,
    referred_because,
)
from bandstand.credit.services.application_rows import (
    PERSON,
    Answered,
    Applicant,
    ApprovalMissingError,
    PlanAsked,
    claim_limit,
    granted,
    known_decision,
    standing_yes,
    write_application,
    write_decision,
)
from bandstand.credit.services.notices import tell_decision
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing import locks

CHANGED: Final = "Your plans changed while we asked, so a person decides."
ANSWER_HOURS: Final = 48
"""How soon a person decides where no policy says."""
NOTHING: Final = BuyerStanding(0, 0, 0, 0, None, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What one buyer asks for together."""

    applicant: Applicant
    plans: Sequence[PlanAsked]
    group_id: UUID
    policy: EligibilityPolicy | None
    now: datetime


@dataclass(slots=True)
class _Recalled:
    """Says again what an outside service said of the same facts; of others it knows nothing."""

    name: str
    answers: Mapping[str, Assessment] = field(default_factory=dict)
    is_outside: bool = False

    def assess(self, facts: ApplicationFacts) -> Assessment:
        known = self.answers.get(facts.sha256)
        return known or referred_because(RuleCode.FACTS_CHANGED, CHANGED, engine=self.name)


def apply_for_plans(
    *, applicant: Applicant, plans: Sequence[PlanAsked], group_id: UUID, now: datetime
) -> tuple[UUID, ...]:
    """
    Decide on every plan that a buyer asks for together; return the decisions in their order.

    An outside service is asked before the transaction; if the buyer's facts changed meanwhile, a
    person decides.
    Lock: the buyer's identity, inside.
    """
    if not plans:
        return ()
    policy = policy_on(market=plans[0].told.market, at=now)
    asked = _Round(applicant=applicant, plans=plans, group_id=group_id, policy=policy, now=now)
    engine = engine_for(policy, now=now)
    if engine.is_outside:
        engine = _Recalled(engine.name, _rehearsed(asked, engine=engine))
    return _decide(asked, engine=engine)


@transaction.atomic
def bind_approval(*, disclosure_id: UUID, decision_id: UUID, now: datetime) -> UUID:
    """
    Let a stored disclosure rest on an approved application for exactly its figures.

    What it takes of the buyer's limit stands from now on until its checkout ends.
    Raises: ApprovalMissingError; NotFoundError.
    """
    told = _disclosure(disclosure_id)
    decision = ApplicationDecision.objects.select_related("application").get(pk=decision_id)
    is_approved = decision.outcome == ApplicationOutcome.APPROVED.value
    if not is_approved or decision.application.told_sha256 != told.sha256:
        raise ApprovalMissingError("This plan was not approved on these figures. Ask again.")
    claims = LimitClaim.objects.filter(application=decision.application)
    claims.update(until_at=None, ended_at=None)
    row, _ = CreditApproval.objects.get_or_create(
        disclosure=told, defaults={"decision": decision, "bound_at": now}
    )
    return row.id


@transaction.atomic
def end_claims(*, group_id: UUID, now: datetime) -> int:
    """Give back what approvals of a basket took of its buyer's limit; return how many did."""
    standing = LimitClaim.objects.filter(application__group_id=group_id, ended_at=None)
    return standing.update(ended_at=now)


@transaction.atomic
def approve_by_hand(
    *, disclosure_id: UUID, terms: TermsRow, email: str, actor: str, words: str, now: datetime
) -> UUID:
    """
    Record that a person of the operator's lends on a stored disclosure, and bind it.

    For plans agreed outside the checkout. Nothing but the figures is looked at; the same disclosure
    is approved once.
    Raises: NotFoundError.
    """
    row = _disclosure(disclosure_id)
    bound = CreditApproval.objects.filter(disclosure=row).first()
    if bound is not None:
        return bound.id
    applicant = Applicant(email=email.lower(), name=email, address_sha256="", place="")
    plan = PlanAsked(
        subject_id=row.id, title="By hand", terms=terms, told=read_disclosure(row.body)
    )
    facts = _facts(plan, applicant=applicant, standing=NOTHING, beside=[])
    application = write_application(
        plan, applicant=applicant, facts=facts, group_id=row.id, now=now
    )
    yes = Assessment(outcome=ApplicationOutcome.APPROVED, engine=PERSON, version="")
    answered = Answered(assessment=yes, decided_by=actor, words=words)
    decision = write_decision(application, answered, terms=terms, now=now)
    return bind_approval(disclosure_id=row.id, decision_id=decision.id, now=now)


def _rehearsed(asked: _Round, *, engine: EligibilityEngine) -> dict[str, Assessment]:
    """Ask an outside service about everything that was not decided before. No transaction."""
    answers: dict[str, Assessment] = {}

    def answer(plan: PlanAsked, facts: ApplicationFacts) -> tuple[int, int]:
        known = known_decision(plan, facts=facts)
        if known is not None:
            return granted(facts, known)
        if standing_yes(plan, now=asked.now) is not None:
            return facts.financed_minor, facts.month_minor
        answers[facts.sha256] = engine.assess(facts)
        return _granted_by(facts, answers[facts.sha256])

    _walk(asked, answer)
    return answers


@transaction.atomic
def _decide(asked: _Round, *, engine: EligibilityEngine) -> tuple[UUID, ...]:
    locks.lock(f"credit-buyer:{asked.applicant.email}")
    decisions: list[ApplicationDecision] = []

    def answer(plan: PlanAsked, facts: ApplicationFacts) -> tuple[int, int]:
        decision = known_decision(plan, facts=facts)
        if decision is None:
            decision = _decided(plan, asked=asked, facts=facts, engine=engine)
        if decision.outcome == ApplicationOutcome.APPROVED.value:
            claim_limit(decision.application, now=asked.now)
        decisions.append(decision)
        return granted(facts, decision)

    _walk(asked, answer)
    others = LimitClaim.objects.filter(application__group_id=asked.group_id, ended_at=None)
    kept = [decision.application_id for decision in decisions]
    others.exclude(application__in=kept).update(ended_at=asked.now)
    return tuple(decision.id for decision in decisions)


def _decided(
    plan: PlanAsked, *, asked: _Round, facts: ApplicationFacts, engine: EligibilityEngine
) -> ApplicationDecision:
    application = write_application(
        plan,
        applicant=asked.applicant,
        facts=facts,
        group_id=asked.group_id,
        now=asked.now,
    )
    answered = _answered(plan, asked=asked, facts=facts, engine=engine)
    decision = write_decision(application, answered, terms=plan.terms, now=asked.now)
    tell_decision(application, decision, now=asked.now)
    return decision


def _answered(
    plan: PlanAsked, *, asked: _Round, facts: ApplicationFacts, engine: EligibilityEngine
) -> Answered:
    yes = standing_yes(plan, now=asked.now)
    if yes is not None:
        assessment = Assessment(
            outcome=ApplicationOutcome.APPROVED, engine=PERSON, version=yes.version
        )
        return Answered(assessment=assessment, decided_by=yes.decided_by, rests_on=yes)
    hours = asked.policy.answer_hours if asked.policy else ANSWER_HOURS
    assessment = engine.assess(facts)
    is_referred = assessment.outcome is ApplicationOutcome.REFERRED
    return Answered(
        assessment=assessment,
        decided_by=f"system:{assessment.engine}",
        answer_by=asked.now + timedelta(hours=hours) if is_referred else None,
    )


def _walk(asked: _Round, answer: Callable[[PlanAsked, ApplicationFacts], tuple[int, int]]) -> None:
    """Ask about each plan in turn, with what the earlier ones of the same buyer would lend."""
    first = asked.plans[0].told
    standing = buyer_standing(
        email=asked.applicant.email,
        address_sha256=asked.applicant.address_sha256,
        currency=first.currency,
        group_id=asked.group_id,
        on=first.contract_date,
        now=asked.now,
    )
    beside: list[tuple[int, int]] = []
    for plan in asked.plans:
        facts = _facts(plan, applicant=asked.applicant, standing=standing, beside=beside)
        lent = answer(plan, facts)
        if lent[0]:
            beside.append(lent)


def _granted_by(facts: ApplicationFacts, assessment: Assessment) -> tuple[int, int]:
    unsaved = ApplicationDecision(
        outcome=assessment.outcome.value, counter_down_minor=assessment.counter_down_minor
    )
    return granted(facts, unsaved)


def _facts(
    plan: PlanAsked,
    *,
    applicant: Applicant,
    standing: BuyerStanding,
    beside: Sequence[tuple[int, int]],
) -> ApplicationFacts:
    told = plan.told
    return ApplicationFacts(
        market=told.market,
        currency=told.currency,
        price_minor=told.price.minor,
        down_minor=told.down_payment.minor,
        financed_minor=told.amount_financed.minor,
        month_minor=told.month.minor,
        terms=plan.terms,
        contract_date=told.contract_date,
        open_minor=standing.open_minor + sum(lent for lent, _ in beside),
        open_month_minor=standing.open_month_minor + sum(most for _, most in beside),
        open_plans=standing.open_plans + len(beside),
        late_days=standing.late_days,
        charged_off_days=standing.charged_off_days,
        applied_days=standing.applied_days,
        is_verified=applicant.is_verified,
        place=applicant.place,
        income_minor=applicant.income_minor,
    )


def _disclosure(disclosure_id: UUID) -> Disclosure:
    row = Disclosure.objects.filter(pk=disclosure_id).first()
    if row is None:
        raise NotFoundError("There is no disclosure by that id.", disclosure_id=str(disclosure_id))
    return row


__all__ = [
    "Applicant",
    "ApprovalMissingError",
    "PlanAsked",
    "apply_for_plans",
    "approve_by_hand",
    "bind_approval",
    "end_claims",
]
