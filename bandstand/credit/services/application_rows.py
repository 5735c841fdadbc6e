"""The rows of applications: what was asked, what was decided, and what it takes of a limit."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bandstand.credit.models import Application, ApplicationDecision, LimitClaim
from bandstand.credit.rules import PriceDisclosure, TermsRow, disclose
from bandstand.credit.rules.eligibility import (
    ApplicationFacts,
    ApplicationOutcome,
    Assessment,
    Finding,
)
from bandstand.credit.rules.rule_set import with_down_payment
from bandstand.kernel.errors import RefusedError
from bandstand.money import Money

PERSON: Final = "person"
CLAIMED_FOR: Final = timedelta(minutes=30)
"""As long as a checkout that came of it may take to be kept."""
STANDS_FOR: Final = timedelta(days=30)
"""How long a yes or an offer stands, as long as price and facts stay."""


class ApprovalMissingError(RefusedError):
    """A plan whose application nobody approved, or approved on other figures."""

    code = "approval_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who asks for plans, and all that is looked at about them."""

    email: str
    name: str
    address_sha256: str
    place: str
    is_verified: bool = False
    income_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAsked:
    """One plan asked for: what for, and on exactly which figures."""

    subject_id: UUID
    title: str
    terms: TermsRow
    told: PriceDisclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An assessment, and who stands for it."""

    assessment: Assessment
    decided_by: str
    words: str = ""
    rests_on: ApplicationDecision | None = None
    answer_by: datetime | None = None


def known_decision(plan: PlanAsked, *, facts: ApplicationFacts) -> ApplicationDecision | None:
    """Return what the same request with the same facts got, if it was asked before."""
    return (
        ApplicationDecision.objects.filter(
            application__subject_id=plan.subject_id,
            application__told_sha256=plan.told.sha256,
            application__facts_sha256=facts.sha256,
        )
        .select_related("application")
        .order_by("-serial")
        .first()
    )


def standing_yes(plan: PlanAsked, *, now: datetime) -> ApplicationDecision | None:
    """Return a person's yes to the same plan at the same price, if one still stands."""
    return (
        ApplicationDecision.objects.filter(
            application__subject_id=plan.subject_id,
            application__terms_id=plan.told.terms_id,
            application__currency=plan.told.currency,
            application__price_minor=plan.told.price.minor,
            application__down_payment_minor__lte=plan.told.down_payment.minor,
            engine=PERSON,
            outcome=ApplicationOutcome.APPROVED.value,
            rests_on=None,
            valid_until__gt=now,
        )
        .order_by("-decided_at")
        .first()
    )


def write_application(
    plan: PlanAsked,
    *,
    applicant: Applicant,
    facts: ApplicationFacts,
    group_id: UUID,
    now: datetime,
) -> Application:
    """Keep a request as it was made, with every fact looked at."""
    told = plan.told
    return Application.objects.create(
        group_id=group_id,
        subject_id=plan.subject_id,
        market_id=told.market,
        email=applicant.email,
        buyer_name=applicant.name,
        address_sha256=applicant.address_sha256,
        title=plan.title[:200],
        terms_id=told.terms_id,
        told=told.as_json(),
        told_sha256=told.sha256,
        currency=told.currency,
        price_minor=told.price.minor,
        down_payment_minor=told.down_payment.minor,
        financed_minor=told.amount_financed.minor,
        facts=facts.as_json(),
        facts_sha256=facts.sha256,
        asked_at=now,
    )


def write_decision(
    application: Application, answered: Answered, *, terms: TermsRow, now: datetime
) -> ApplicationDecision:
    """Keep a decision; a counter-offer with the whole disclosure it offers."""
    assessment = answered.assessment
    return ApplicationDecision.objects.create(
        application=application,
        serial=application.decisions.count() + 1,
        outcome=assessment.outcome.value,
        engine=assessment.engine,
        version=assessment.version,
        findings=_as_json(assessment.findings),
        reasons=_as_json(assessment.reasons),
        score={} if assessment.score is None else assessment.score.as_json(),
        counter_down_minor=assessment.counter_down_minor,
        counter=_counter(application, assessment, terms=terms),
        rests_on=answered.rests_on,
        decided_by=answered.decided_by,
        words=answered.words[:500],
        decided_at=now,
        valid_until=now + STANDS_FOR,
        answer_by=answered.answer_by,
    )


def claim_limit(application: Application, *, now: datetime) -> None:
    """Let an approval take its part of the buyer's limit; one that stands firm stays so."""
    claim, is_new = LimitClaim.objects.get_or_create(
        application=application, defaults={"until_at": now + CLAIMED_FOR}
    )
    if is_new or (claim.until_at is None and claim.ended_at is None):
        return
    claim.until_at, claim.ended_at = now + CLAIMED_FOR, None
    claim.save(update_fields=["until_at", "ended_at"])


def granted(facts: ApplicationFacts, decision: ApplicationDecision) -> tuple[int, int]:
    """Return what a decision would lend, and its regular payment: nothing for a no."""
    outcome = ApplicationOutcome(decision.outcome)
    if outcome is ApplicationOutcome.DECLINED:
        return 0, 0
    if outcome is ApplicationOutcome.COUNTER_OFFER and decision.counter_down_minor:
        facts = with_down_payment(facts, down=decision.counter_down_minor)
    return facts.financed_minor, facts.month_minor


def _counter(application: Application, assessment: Assessment, *, terms: TermsRow) -> Any:  # noqa: ANN401 -- JSON
    if assessment.counter_down_minor is None:
        return {}
    return counter_disclosure(
        price=Money(application.price_minor, application.currency),
        terms=terms,
        down_minor=assessment.counter_down_minor,
        on=date.fromisoformat(application.told["contract_date"]),
        market=application.market_id,
    ).as_json()


def counter_disclosure(
    *, price: Money, terms: TermsRow, down_minor: int, on: date, market: str
) -> PriceDisclosure:
    """Return everything a buyer must be told of the same plan with another down payment."""
    stepped = replace(terms, down_payment_minor=down_minor)
    return disclose(price, stepped, contract_date=on, market=market)


def _as_json(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [one.as_json() for one in findings]
