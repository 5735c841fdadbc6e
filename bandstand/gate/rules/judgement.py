"""The pure judgement: rights, holds and waivers become one answer; deny beats review."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bandstand.gate.rules.scope import HoldFact, Target, covers
from bandstand.gate.rules.verdict import HOLD_ACTIVE, GateReason, WaiverFact
from bandstand.gate.rules.words import Activity
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.rights.rules import Evidence, Outcome, RightsVerdict, worst

RIGHTS_STORE_UNAVAILABLE: Final = "RIGHTS_STORE_UNAVAILABLE"
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
    told = (*sorted(map(_held, live), key=lambda one: (one.text, one.about)), *reasons)
    return Judgement(
        result=worst(Outcome(reason.outcome) for reason in told),
        reasons=told,
        evidence=(*verdict.evidence, *(_waiver_evidence(one) for one in used)),
        valid_until=min(_ends(verdict, holds=mine, waivers=used, now=now)),
        policy_version=verdict.policy_version,
    )


def unreadable(*, now: datetime) -> Judgement:
    """Answer when the facts cannot be read: nothing is sold on a guess."""
    reason = GateReason(
        RIGHTS_STORE_UNAVAILABLE,
        "The records that this decision needs could not be read, so nothing is sold for now.",
        "The records can be read again; ask once more.",
        Ground.TERMS.value,
        Outcome.DENY.value,
    )
    return Judgement(Outcome.DENY, (reason,), (), now + RETRY_AFTER, "")


def _is_in_force(hold: HoldFact, now: datetime) -> bool:
    return hold.effective_at <= now and (hold.expires_at is None or now < hold.expires_at)


def _held(hold: HoldFact) -> GateReason:
    return GateReason(
        code=HOLD_ACTIVE,
        text=hold.reason,
        cure="The hold is lifted.",
        ground=hold.ground.value,
        outcome=Outcome.DENY.value,
        about=print_id(IdKind.HOLD, hold.id),
    )


def _waived(
    verdict: RightsVerdict, *, waivers: tuple[WaiverFact, ...], now: datetime
) -> tuple[list[GateReason], list[WaiverFact]]:
    live = sorted((one for one in waivers if now < one.until_at), key=lambda one: str(one.id))
    reasons, used = list[GateReason](), dict[str, WaiverFact]()
    for found in verdict.reasons:
        reason = GateReason(
            found.code.value, found.text, found.cure, found.ground.value, found.outcome.value
        )
        waiver = next((one for one in live if reason.code in one.codes), None)
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
