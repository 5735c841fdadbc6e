"""The pure judgement: rights, holds and waivers become one answer; deny beats review."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bandstand.gate.rules.scope import HoldFact, Target, covers
from bandstand.gate.rules.verdict import GateReason, WaiverFact
from bandstand.gate.rules.words import Activity
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights.rules import (
    NEVER_WAIVED,
    Evidence,
    Outcome,
    ReasonCode,
    RightsReason,
    RightsVerdict,
    tell,
    worst,
)

RETRY_AFTER: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer before it is stored."""

    result: Outcome
    reasons: tuple[GateReason, ...]
    evidence: tuple[Evidence, ...]
    valid_until: datetime
    policy_version: str


def judge(
    verdict: RightsVerdict,
    *,
    activity: Activity,
    target: Target,
    holds: tuple[HoldFact, ...],
    waivers: tuple[WaiverFact, ...],
    now: datetime,
) -> Judgement:
    """
    Join what rights, holds and waivers say, evaluating all of it.

    A waiver answers reasons of rights and never a hold. A hold that begins later shortens the
    answer.
    """
    mine = [one for one in holds if activity in one.activities and covers(one.scope, target)]
    live = [one for one in mine if _is_in_force(one, now)]
    reasons, used = _waived(verdict, waivers=waivers, now=now)
    held = (one for hold in live for one in _held(hold))
    told = (
        *sorted(held, key=lambda one: (one.code, one.text, one.about)),
        *_unsold(verdict, activity=activity),
        *reasons,
    )
    return Judgement(
        result=worst(Outcome(reason.outcome) for reason in told),
        reasons=told,
        evidence=(*verdict.evidence, *(_waiver_evidence(one) for one in used)),
        valid_until=min(_ends(verdict, holds=mine, waivers=used, now=now)),
        policy_version=verdict.policy_version,
    )


def unreadable(*, now: datetime) -> Judgement:
    """Answer when the facts cannot be read: nothing is sold on a guess."""
    reason = _gate_reason(tell(ReasonCode.RIGHTS_STORE_UNAVAILABLE))
    return Judgement(Outcome.DENY, (reason,), (), now + RETRY_AFTER, "")


def stale_reason(detail: str) -> GateReason:
    """Tell why a decision no longer stands: it has run out, or a fact has changed since."""
    has_run_out = detail == "valid_until"
    code = ReasonCode.DECISION_STALE if has_run_out else ReasonCode.EPOCH_CHANGED
    return _gate_reason(tell(code))


def _is_in_force(hold: HoldFact, now: datetime) -> bool:
    return hold.effective_at <= now and (hold.expires_at is None or now < hold.expires_at)


def _held(hold: HoldFact) -> Iterator[GateReason]:
    about = print_id(IdKind.HOLD, hold.id)
    active = tell(ReasonCode.HOLD_ACTIVE, ground=hold.ground, reason=hold.reason)
    yield replace(_gate_reason(active), about=about)
    if hold.is_provisional and hold.expires_at is not None:
        until = f"{hold.expires_at:%d %B %Y %H:%M} UTC"
        provisional = tell(ReasonCode.HOLD_PROVISIONAL, ground=hold.ground, until=until)
        yield replace(_gate_reason(provisional), about=about)


def _unsold(verdict: RightsVerdict, *, activity: Activity) -> Iterator[GateReason]:
    # A listing nobody has matched yet may wait for a person; money and parcels may not move on it.
    unknown = [one for one in verdict.reasons if one.code is ReasonCode.VARIANT_UNKNOWN]
    if activity is not Activity.OFFER_PUBLISH:
        yield from (replace(_gate_reason(one), outcome=Outcome.DENY.value) for one in unknown)


def _gate_reason(reason: RightsReason) -> GateReason:
    return GateReason(
        reason.code.value, reason.text, reason.cure, reason.ground.value, reason.outcome.value
    )


def _waived(
    verdict: RightsVerdict, *, waivers: tuple[WaiverFact, ...], now: datetime
) -> tuple[list[GateReason], list[WaiverFact]]:
    live = sorted((one for one in waivers if now < one.until_at), key=lambda one: str(one.id))
    reasons, used = list[GateReason](), dict[str, WaiverFact]()
    for found in verdict.reasons:
        reason = _gate_reason(found)
        can_be = found.code not in NEVER_WAIVED
        waiver = next((one for one in live if can_be and reason.code in one.codes), None)
        if waiver is not None:
            reason = replace(reason, outcome=Outcome.ALLOW.value, cure=_waiver_words(waiver))
            used[str(waiver.id)] = waiver
        reasons.append(reason)
    return reasons, list(used.values())


def _waiver_words(waiver: WaiverFact) -> str:
    return f"Waived by {waiver.given_by}: {waiver.reason}"


def _waiver_evidence(waiver: WaiverFact) -> Evidence:
    return Evidence("waiver", str(waiver.id), _waiver_words(waiver))


def _ends(
    verdict: RightsVerdict,
    *,
    holds: Iterable[HoldFact],
    waivers: Iterable[WaiverFact],
    now: datetime,
) -> Iterator[datetime]:
    yield verdict.valid_until
    yield from (waiver.until_at for waiver in waivers)
    for hold in holds:
        turns = (hold.effective_at, hold.expires_at)
        yield from (turn for turn in turns if turn is not None and turn > now)
