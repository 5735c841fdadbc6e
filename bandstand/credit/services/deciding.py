"""A person decides on an application that was referred to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit.models import Application, ApplicationDecision
from bandstand.credit.rules.eligibility import (
    REASONS_MAX,
    ApplicationOutcome,
    Assessment,
    Finding,
    RuleCode,
    read_facts,
    read_finding,
    read_score,
)
from bandstand.credit.services.application_rows import PERSON, Answered, write_decision
from bandstand.credit.services.notices import tell_decision
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.plumbing import audit, locks

REASON_WORDS: Final = {
    "income": "Your income is too low for the payments you asked for.",
    "income_proof": "We could not verify your income.",
    "identity": "We could not verify your identity.",
    "address": "We could not verify your address.",
    "obligations": "What you owe already is too much for another plan.",
    "history": "Payments on plans with us were late.",
    "unfinished": "Your application was not complete, and we could not reach you.",
}
"""
What a person may give as a reason besides what the rules found.

Source: after 12 CFR 1002, Appendix C, form C-1, part I; known 2026-11-22, not re-read.
"""


class AlreadyDecidedError(RefusedError):
    """An application that does not wait for a person."""

    code = "already_decided"


@transaction.atomic
def decide_application(
    *,
    application_id: UUID,
    is_approved: bool,
    reasons: Sequence[str],
    words: str,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Approve or decline an application that waits for a person, and tell its buyer.

    ``reasons`` are names out of ``reasons_to_give``; a no needs one to four.
    Lock: the application's identity.
    Raises: NotFoundError; AlreadyDecidedError; BadInputError.
    """
    locks.lock(f"credit-application:{application_id}")
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise NotFoundError("There is no such application.")
    waiting = application.decisions.order_by("-serial").first()
    if waiting is None or waiting.outcome != ApplicationOutcome.REFERRED.value:
        raise AlreadyDecidedError("Somebody has decided on this application already.")
    if not words.strip():
        raise BadInputError("Say why; it is kept with the decision.")
    assessment = Assessment(
        outcome=ApplicationOutcome.APPROVED if is_approved else ApplicationOutcome.DECLINED,
        engine=PERSON,
        version=waiting.version,
        findings=() if is_approved else _reasons(waiting, chosen=reasons),
        score=read_score(waiting.score),
    )
    decision = write_decision(
        application,
        Answered(assessment=assessment, decided_by=actor, words=words),
        terms=read_facts(application.facts).terms,
        now=now,
    )
    audit.record(
        actor=actor,
        action=f"credit.{assessment.outcome.value}",
        subject=f"application:{application.id.hex}",
        now=now,
        words=words,
    )
    tell_decision(application, decision, now=now)
    return decision.id


def reasons_to_give(waiting: ApplicationDecision) -> dict[str, str]:
    """Return every reason that a person may give for a no, by a short name."""
    found = {
        f"found-{at}": read_finding(one).text
        for at, one in enumerate(waiting.findings)
        if not one["is_passed"] and one["code"] not in {"no_policy", "no_answer", "facts_changed"}
    }
    return found | REASON_WORDS


def _reasons(waiting: ApplicationDecision, *, chosen: Sequence[str]) -> tuple[Finding, ...]:
    known = reasons_to_give(waiting)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise BadInputError(f"“{unknown[0]}” is not a reason. Choose from {', '.join(known)}.")
    if not 1 <= len(chosen) <= REASONS_MAX:
        raise BadInputError(
            f"A no needs one to {REASONS_MAX} reasons; the buyer is told exactly these."
        )
    return tuple(
        Finding(RuleCode.PERSON, is_passed=False, seen=name, limit="–", text=known[name])
        for name in chosen
    )
