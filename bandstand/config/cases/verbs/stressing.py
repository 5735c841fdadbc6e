"""The step that lets many buyers race against holds: the hold drill, on its own database."""

from collections.abc import Mapping
from typing import Any, Final

from bandstand.config.cases.answers import Observed
from bandstand.config.cases.fields import Part
from bandstand.config.cases.play import Play
from bandstand.config.rehearsals.hold_drill import run_drill

BUYERS_MAX: Final = 128


def stress(play: Play, step: Part) -> Observed:
    """Run the hold drill with the case's buyers for as long as the command allows."""
    parameters = {
        **play.stress,
        **{name: step.raw(name) for name in ("buyers", "seconds") if name in step},
    }
    buyers = min(max(int(parameters.get("buyers", 16)), 1), BUYERS_MAX)
    seconds = min(int(parameters.get("seconds", play.stress_seconds)), play.stress_seconds)
    report = run_drill(buyers=buyers, seconds=max(seconds, 1))
    found = report.as_json()
    latency = found["hold_latency_ms"]
    return Observed(
        {
            "violations": report.violations,
            "out_of_scope_refusals": report.out_of_scope_refusals,
            "hold_latency_max_ms": latency["max"],
            "hold_latency_p50_ms": latency["p50"],
            "commits": report.commits,
            "holds": report.holds,
        }
    )


VERBS: Final[Mapping[str, Any]] = {"stress": stress, "drill": stress}
