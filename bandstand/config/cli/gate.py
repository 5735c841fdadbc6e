"""``bandstand gate …``: what the gate said of an offer, why, and whether it still would."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.gate.rules import DecisionRow, GateReason, Judgement
from bandstand.gate.services import Explanation, explain_offer
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.plumbing import clock
from bandstand.rights.rules import REASONS, ReasonCode, group_of


@click.group()
def gate() -> None:
    """Explain decisions."""


@gate.command()
@click.option("--offer", required=True, help="The offer's printed id, ofr_…")
@click.option("--at", "at_text", default="", help="The decision in force at this instant (UTC).")
@json_option
def explain(*, offer: str, at_text: str, as_json: bool) -> None:
    """
    Print a decision on an offer as a tree, with evidence, and make it again from its kept facts.

    Says too whether today's facts would give the same.
    """
    found = explain_offer(
        offer_id=parse_id(IdKind.OFFER, offer), at=_instant(at_text), now=clock.now()
    )
    if as_json:
        print_json(_as_json(found))
    else:
        click.echo("\n".join(_lines(found)))


@gate.command()
@json_option
def reasons(*, as_json: bool) -> None:
    """Print every reason the gate can give, with what would cure it."""
    if as_json:
        print_json([_sheet(code) for code in ReasonCode])
        return
    for code in ReasonCode:
        sheet = REASONS[code]
        click.echo(f"{code}  ({group_of(code)}, {sheet.ground}, {sheet.outcome})")
        click.echo(f"    {sheet.text}\n    cure: {sheet.cure}")


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadInputError(
            f"“{text}” is not an instant. Write it like 2026-11-22T10:00 (UTC)."
        ) from None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _lines(found: Explanation) -> Iterator[str]:
    decision = found.decision
    yield f"{decision.action.value}: {decision.result.value}"
    yield f"├─ decision  {print_id(IdKind.DECISION, decision.id)}"
    yield f"├─ decided   {decision.decided_at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"├─ stands    until {decision.valid_until:%Y-%m-%d %H:%M:%S} UTC"
    yield f"├─ policy    {decision.policy_version or 'none'}"
    yield f"├─ facts     SHA-256 {decision.inputs_hash or 'not kept'}"
    yield f"├─ reasons   {len(decision.reasons) or 'none: nothing stands in the way'}"
    yield from _reason_lines(decision.reasons)
    yield f"├─ evidence  {len(decision.evidence)}"
    yield from (f"│    {one.kind}: {one.summary}" for one in decision.evidence)
    yield f"├─ epochs    {', '.join(f'{key}@{at}' for key, at in sorted(decision.epochs.items()))}"
    yield f"├─ its kept facts by today's rules: {_rules_words(found)}"
    yield f"└─ today's facts: {_today_words(found)}"
    if not found.is_same_today:
        yield from _reason_lines(found.today.reasons)


def _reason_lines(reasons: Iterable[GateReason]) -> Iterator[str]:
    for reason in reasons:
        yield f"│    {reason.outcome:<7}{reason.code} ({reason.ground})"
        yield f"│           {reason.text}"
        yield f"│           cure: {reason.cure}"


def _rules_words(found: Explanation) -> str:
    if found.again is None:
        return "none were kept, because they could not be read"
    same = "the same answer" if found.is_same_by_rules else "ANOTHER ANSWER"
    return f"{found.again.result.value}, {same}"


def _today_words(found: Explanation) -> str:
    same = "the same answer" if found.is_same_today else "another answer"
    return f"{found.today.result.value}, {same}"


def _as_json(found: Explanation) -> dict[str, object]:
    return {
        **_decision_json(found.decision),
        "replay": None if found.again is None else _judgement_json(found.again),
        "replay_is_same": found.is_same_by_rules,
        "today": _judgement_json(found.today),
        "today_is_same": found.is_same_today,
    }


def _decision_json(decision: DecisionRow) -> dict[str, object]:
    return {
        "id": print_id(IdKind.DECISION, decision.id),
        "action": decision.action.value,
        "result": decision.result.value,
        "reasons": [_reason_json(one) for one in decision.reasons],
        "evidence": [
            {"kind": one.kind, "id": one.id, "summary": one.summary} for one in decision.evidence
        ],
        "epochs": decision.epochs,
        "decided_at": decision.decided_at.isoformat(),
        "valid_until": decision.valid_until.isoformat(),
        "policy_version": decision.policy_version,
        "inputs_hash": decision.inputs_hash,
    }


def _judgement_json(judgement: Judgement) -> dict[str, object]:
    return {
        "result": judgement.result.value,
        "reasons": [_reason_json(one) for one in judgement.reasons],
        "valid_until": judgement.valid_until.isoformat(),
    }


def _reason_json(reason: GateReason) -> dict[str, str]:
    return {
        "code": reason.code,
        "text": reason.text,
        "cure": reason.cure,
        "ground": reason.ground,
        "outcome": reason.outcome,
        "about": reason.about,
    }


def _sheet(code: ReasonCode) -> dict[str, str]:
    sheet = REASONS[code]
    return {
        "code": code.value,
        "group": group_of(code).value,
        "text": sheet.text,
        "cure": sheet.cure,
        "ground": sheet.ground.value,
        "outcome": sheet.outcome.value,
    }
