"""
Who answers whether a plan can be lent: the shop's own rules, or a service in their place.

A service is asked over HTTPS with signed JSON and signs its answer (Standard Webhooks, both ways).
Silence, an error, a wrong signature or an answer that cannot be read is *no answer*, and a person
decides: nothing is ever approved by a failure.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import httpx
import structlog
from django.conf import settings
from standardwebhooks import Webhook, WebhookVerificationError

from bandstand.credit.rules.eligibility import (
    ApplicationFacts,
    ApplicationOutcome,
    Assessment,
    BureauScore,
    EligibilityEngine,
    EligibilityPolicy,
    Finding,
    RuleCode,
    referred_because,
)
from bandstand.credit.rules.rule_set import RuleSet
from bandstand.kernel.canonical import canonical_bytes

logger = structlog.get_logger(__name__)

VERSION: Final = "bandstand.eligibility/1"
NO_POLICY: Final = "We have not yet set to whom we lend in this market, so a person decides."
NO_ANSWER: Final = "The service that assesses applications did not answer, so a person decides."
BYTES_MAX: Final = 100_000
TEXT_MAX: Final = 300


class NoPolicyEngine:
    """Answers where the operator has set no policy: a person decides everything."""

    name = "none"
    is_outside = False

    def assess(self, facts: ApplicationFacts) -> Assessment:  # noqa: ARG002 -- the port's signature
        """Return a referral."""
        return referred_because(RuleCode.NO_POLICY, NO_POLICY, engine=self.name)


class OutsideEngine:
    """A bureau or scoring service that answers over HTTPS."""

    name = "outside"
    is_outside = True

    def __init__(
        self, *, url: str, secret: str, now: datetime, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._url = url
        self._webhook = Webhook(secret)
        self._now = now
        self._transport = transport

    def assess(self, facts: ApplicationFacts) -> Assessment:
        """Return the service's answer; whatever goes wrong refers to a person."""
        try:
            return _read(self._ask(facts))
        except (
            httpx.HTTPError,
            WebhookVerificationError,
            ValueError,
            KeyError,
            TypeError,
        ) as error:
            logger.warning("credit.engine_silent", error=type(error).__name__)
            return referred_because(RuleCode.NO_ANSWER, NO_ANSWER, engine=self.name)

    def _ask(self, facts: ApplicationFacts) -> Mapping[str, Any]:
        # The facts name nobody: a service that needs a person's name is the operator's to contract.
        body = canonical_bytes({"version": VERSION, "facts": facts.as_json()}).decode()
        key = f"app_{facts.sha256}"
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(int(self._now.timestamp())),
            "webhook-signature": self._webhook.sign(key, self._now, body),
        }
        with httpx.Client(
            timeout=settings.ELIGIBILITY_SECONDS, transport=self._transport
        ) as client:
            answer = client.post(self._url, content=body, headers=headers)
        answer.raise_for_status()
        if len(answer.content) > BYTES_MAX or answer.headers.get("webhook-id") != key:
            raise ValueError("not the answer to this question")
        self._webhook.verify(answer.content, dict(answer.headers))
        read = json.loads(answer.content)
        if not isinstance(read, dict) or read.get("facts_sha256") != facts.sha256:
            raise ValueError("an answer about other facts")
        return read


def engine_for(policy: EligibilityPolicy | None, *, now: datetime) -> EligibilityEngine:
    """Return who answers: the service that the settings name, or the policy's own rules."""
    if settings.ELIGIBILITY_URL:
        return OutsideEngine(
            url=settings.ELIGIBILITY_URL, secret=settings.ELIGIBILITY_SECRET, now=now
        )
    return NoPolicyEngine() if policy is None else RuleSet(policy)


def _read(body: Mapping[str, Any]) -> Assessment:
    outcome = ApplicationOutcome(body["outcome"])
    score = _score(body.get("score"))
    reasons = tuple(_reason(one) for one in body.get("reasons", ()))
    if outcome is not ApplicationOutcome.APPROVED and not reasons:
        raise ValueError("a no without a reason cannot be told to anybody")
    counter = body.get("down_payment_minor")
    if outcome is ApplicationOutcome.COUNTER_OFFER and (
        not isinstance(counter, int) or counter <= 0
    ):
        raise ValueError("a counter-offer without its down payment")
    return Assessment(
        outcome=outcome,
        engine=str(body["engine"])[:60],
        version=str(body["engine_version"])[:80],
        findings=reasons,
        counter_down_minor=counter if outcome is ApplicationOutcome.COUNTER_OFFER else None,
        score=score,
    )


def _reason(row: Mapping[str, Any]) -> Finding:
    text = str(row["text"]).strip()[:TEXT_MAX]
    if not text:
        raise ValueError("a reason without words")
    return Finding(
        RuleCode.CREDIT_REPORT, is_passed=False, seen=str(row["code"])[:60], limit="–", text=text
    )


def _score(row: Mapping[str, Any] | None) -> BureauScore | None:
    """Return the score with all that must be told of it; a part of it alone is no answer."""
    if row is None:
        return None
    factors = tuple(str(one) for one in row["factors"])
    texts = {name: str(row[name]).strip() for name in ("bureau", "address", "phone", "made_on")}
    if not factors or not all(texts.values()):
        raise ValueError("a score that cannot be explained")
    return BureauScore(
        **texts,
        score=int(row["score"]),
        lowest=int(row["lowest"]),
        highest=int(row["highest"]),
        factors=factors[:5],
    )
