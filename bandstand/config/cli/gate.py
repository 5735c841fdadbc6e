"""``bandstand gate …``: what the gate last said of an offer, and why."""

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.gate.queries import last_decision
from bandstand.gate.rules import DecisionRow
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id


@click.group()
def gate() -> None:
    """Explain decisions."""


@gate.command()
@click.option("--offer", required=True, help="The offer's printed id, ofr_…")
@json_option
def explain(*, offer: str, as_json: bool) -> None:
    """Print the last decision on an offer with its reasons, cures and evidence."""
    decision = last_decision(parse_id(IdKind.OFFER, offer))
    if decision is None:
        raise NotFoundError(f"The gate was never asked about {offer}.")
    if as_json:
        print_json(_as_json(decision))
    else:
        click.echo("\n".join(_lines(decision)))


def _lines(decision: DecisionRow) -> list[str]:
    lines = [
        f"{decision.action.value}: {decision.result.value}",
        f"  decided {decision.decided_at:%Y-%m-%d %H:%M} UTC",
        f"  stands until {decision.valid_until:%Y-%m-%d %H:%M} UTC",
        f"  policy {decision.policy_version}",
    ]
    for reason in decision.reasons:
        lines += [
            f"  {reason.outcome:<7}{reason.code} ({reason.ground})",
            f"         {reason.text}",
            f"         cure: {reason.cure}",
        ]
    lines += [f"  evidence  {one.kind}: {one.summary}" for one in decision.evidence]
    return lines


def _as_json(decision: DecisionRow) -> dict[str, object]:
    return {
        "id": print_id(IdKind.DECISION, decision.id),
        "action": decision.action.value,
        "result": decision.result.value,
        "reasons": [
            {
                "code": reason.code,
                "text": reason.text,
                "cure": reason.cure,
                "ground": reason.ground,
                "outcome": reason.outcome,
            }
            for reason in decision.reasons
        ],
        "evidence": [
            {"kind": one.kind, "id": str(one.id), "summary": one.summary}
            for one in decision.evidence
        ],
        "epochs": decision.epochs,
        "decided_at": decision.decided_at.isoformat(),
        "valid_until": decision.valid_until.isoformat(),
        "policy_version": decision.policy_version,
    }
