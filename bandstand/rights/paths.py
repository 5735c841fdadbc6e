"""
The path of a right in plain words, for the page that shows why this seller may sell this phone
here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.rights.rules import (
    ApprovalFact,
    Evidence,
    GrantFact,
    GrantLevel,
    Outcome,
    RightsFacts,
    RightsVerdict,
    StatementFact,
)

LEVEL_WORDS: Final = {
    GrantLevel.CREDENTIAL: "signed credential",
    GrantLevel.LIST: "brand's published list",
    GrantLevel.DOCUMENT: "document on file",
    GrantLevel.NONE: "no proof",
}
KIND_WORDS: Final = {
    "policy": "published policy",
    "custody": "record of custody",
    "label": "photograph on file",
    "certification": "host network",
}


@dataclass(frozen=True, slots=True)
class RightStep:
    """
    One step: what is so, for how long, where it is written, how it is proved, and whether it
    helps.
    """

    text: str
    period_text: str
    source: str
    level: str
    ok: bool
    is_in_question: bool = False
    """Somebody must look at it first: that is neither yes nor no."""

    @property
    def state(self) -> str:
        """Return how it is drawn: yes, part (in question) or no."""
        if self.ok:
            return "yes"
        return "part" if self.is_in_question else "no"


def steps_of(
    verdict: RightsVerdict, *, facts: RightsFacts, sources: Mapping[UUID, str]
) -> tuple[RightStep, ...]:
    """Tell a verdict as steps: first what it rests on, then everything that stands in the way."""
    if verdict.outcome is Outcome.ALLOW:
        return tuple(_good_steps(verdict, facts=facts, sources=sources))
    return tuple(
        RightStep(
            reason.text,
            "",
            reason.cure,
            reason.ground.value,
            ok=False,
            is_in_question=reason.outcome is Outcome.REVIEW,
        )
        for reason in verdict.reasons
    )


def _good_steps(
    verdict: RightsVerdict, *, facts: RightsFacts, sources: Mapping[UUID, str]
) -> Iterator[RightStep]:
    statements = {str(one.id): one for one in facts.statements}
    approvals = {str(one.id): one for one in facts.approvals}
    grants = {str(one.id): one for one in facts.grants}
    for evidence in verdict.evidence:
        if evidence.kind == "grant":
            yield _grant_step(grants[evidence.id], sources)
        elif evidence.kind == "statement":
            yield _statement_step(statements[evidence.id], facts)
        elif evidence.kind == "approval":
            yield _approval_step(approvals[evidence.id], facts)
        else:
            yield _told_step(evidence)


def _grant_step(grant: GrantFact, sources: Mapping[UUID, str]) -> RightStep:
    return RightStep(
        f"{grant.issuer_name} authorises {grant.grantee_name}.",
        _period(grant.from_at, grant.until_at),
        sources.get(grant.id, ""),
        LEVEL_WORDS[grant.level],
        ok=True,
    )


def _statement_step(statement: StatementFact, facts: RightsFacts) -> RightStep:
    words = statement.status.value.replace("_", " ")
    return RightStep(
        f"{statement.brand_name} has published its channels in {facts.market.name}: {words}.",
        _period(statement.from_at, statement.until_at),
        statement.source,
        "brand's statement",
        ok=True,
    )


def _approval_step(approval: ApprovalFact, facts: RightsFacts) -> RightStep:
    return RightStep(
        f"{approval.scheme.upper()} approval {approval.reference} of this hardware for "
        f"{facts.market.name}.",
        _period(approval.from_at, approval.until_at),
        approval.reference,
        "equipment approval",
        ok=True,
    )


def _told_step(evidence: Evidence) -> RightStep:
    return RightStep(evidence.summary, "", "", KIND_WORDS.get(evidence.kind, ""), ok=True)


def _period(from_at: datetime | None, until_at: datetime | None) -> str:
    begins = f"from {_day(from_at)}" if from_at else ""
    ends = f"until {_day(until_at)}" if until_at else ""
    return f"{begins} {ends}".strip()


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"
