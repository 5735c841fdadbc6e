"""``bandstand fit``: will this phone work on this network, on this day?"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import asked
from bandstand.config.cli.output import json_option, print_json
from bandstand.config.preparing import require_facts
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.words import Answer
from bandstand.plumbing import clock
from bandstand.radio import (
    BandClaim,
    Capability,
    Evidence,
    Fit,
    parse_bands,
    run_cases,
    sentence,
)
from bandstand.radio.sentences import emergency_number_of


@click.group(invoke_without_command=True)
@click.option("--variant", help="Exact hardware, as BRAND/CODE, e.g. Xiaomi/2013062.")
@click.option("--model", help="By name, as BRAND/NAME: the worst of its variants.")
@click.option("--bands", help='Bands as written, e.g. "LTE 2 4 12; UMTS 2 4; GSM 850 1900".')
@click.option("--volte", type=click.Choice([one.value for one in Answer]), default="unknown")
@click.option("--network", help="MCC-MNC, e.g. 310-260.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today if left out.")
@json_option
@click.pass_context
def fit(  # noqa: PLR0913 -- one option each
    context: click.Context,
    *,
    variant: str | None,
    model: str | None,
    bands: str | None,
    volte: str,
    network: str | None,
    on: datetime | None,
    as_json: bool,
) -> None:
    """Say whether a phone works on a network on a day, and why."""
    if context.invoked_subcommand is not None:
        return
    if network is None or sum(one is not None for one in (variant, model, bands)) != 1:
        raise BadInputError("Say --network and one of --variant, --model or --bands.")
    require_facts()
    day = on.date() if on else clock.now().astimezone(UTC).date()
    verdict = _verdict(
        variant=variant, model=model, bands=bands, volte=Answer(volte), network=network, on=day
    )
    if as_json:
        print_json(verdict.as_json())
    else:
        click.echo("\n".join(_lines(verdict, network=network)))


@fit.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def cases(context: click.Context, *, file: Path, as_json: bool) -> None:
    """Run cases of a JSON Lines file on the stored facts; exit 1 if any differs."""
    require_facts()
    stored = asked.all_network_facts()
    report = run_cases(
        _cases(file),
        variants=asked.variant_directory(),
        networks=stored.directory,
        policies=stored.policies,
    )
    answer = report.as_json()
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{report.passed} of {report.total} cases pass")
        for miss in report.failed:
            click.echo(f"  {json.dumps(miss, ensure_ascii=False, default=str)}")
    context.exit(1 if report.failed else 0)


def _verdict(
    *,
    variant: str | None,
    model: str | None,
    bands: str | None,
    volte: Answer,
    network: str,
    on: date,
) -> Fit:
    host = catalogue.network_by_code(network)
    if variant is not None:
        found = catalogue.variant_by_code(variant)
        return catalogue.fit_on(variant_id=found.id, network_id=host.id, on=on)
    if model is not None:
        brand, _, name = (one.strip() for one in model.partition("/"))
        if not brand or not name:
            raise BadInputError(f"“{model}” is no name. Write BRAND/NAME, such as Xiaomi/Mi 3.")
        return asked.fit_of_name(brand=brand, name=name, network_id=host.id, on=on)
    return asked.fit_of_capability(_written(bands or "", volte), network_id=host.id, on=on)


def _written(bands: str, volte: Answer) -> Capability:
    claims = tuple(BandClaim(band=one, source="as written") for one in parse_bands(bands))
    return Capability(claims=claims, volte=volte, source="as written")


def _cases(file: Path) -> list[dict[str, object]]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except ValueError as error:
            raise BadInputError(f"{file.name} line {number} is not JSON: {error}.") from error
    return found


def _lines(verdict: Fit, *, network: str) -> list[str]:
    answers = {
        "tier": verdict.tier.value,
        "data": verdict.data,
        "calls": verdict.calls.value,
        "emergency calls": verdict.emergency_calls.value,
        "SIM": verdict.sim.value,
        "5G": f"SA {verdict.nr.sa.value}, NSA {verdict.nr.nsa.value}",
        "confidence": verdict.confidence.value,
        "as of": verdict.as_of.isoformat(),
        "changes on": verdict.changes_on.isoformat()
        if verdict.changes_on
        else "no change announced",
    }
    lines = [sentence(verdict, emergency_number=emergency_number_of(network)), ""]
    lines += [f"  {name:<16}{answer}" for name, answer in answers.items()]
    lines.append("")
    for reason in verdict.reasons:
        lines.append(f"  {reason.code.value}: {reason.text}")
        lines += [f"      {_evidence(one)}" for one in reason.evidence]
    return lines


def _evidence(one: Evidence) -> str:
    parts = (one.side.value, one.statement, one.source, f"certainty {one.certainty.value}")
    return " · ".join(part for part in parts if part)
