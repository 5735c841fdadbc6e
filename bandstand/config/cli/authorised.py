"""``bandstand authorised …``: look at a published list of sellers, or read a brand's now."""

from pathlib import Path

import click

from bandstand.catalogue import queries as catalogue
from bandstand.config.cli.output import json_option, print_json
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing import clock
from bandstand.rights.inspection import inspect_address, inspect_text
from bandstand.rights.queries.lists import SourceRow, sources_of
from bandstand.rights.rules.lists.inspecting import Inspection
from bandstand.rights.services.lists import ListOutcome, fetch_list


@click.group()
def authorised() -> None:
    """Check and read brands' published lists of authorised sellers."""


@authorised.command()
@click.argument("target", metavar="URL|DOMAIN|FILE")
@json_option
@click.pass_context
def check(context: click.Context, *, target: str, as_json: bool) -> None:
    """Look at a list: every error with its place, and what it would authorise. Exit 1 on errors."""
    file = Path(target)
    if file.is_file():
        found = inspect_text(file.read_bytes(), now=clock.now())
    elif "/" in target and "://" not in target:
        raise NotFoundError(f"There is no file {target}.")
    else:
        found = inspect_address(target, now=clock.now())
    if as_json:
        print_json(found.as_json())
    else:
        click.echo("\n".join(_lines(found)))
    context.exit(0 if found.is_valid else 1)


@authorised.command("fetch")
@click.argument("brand")
@json_option
@click.pass_context
def fetch_now(context: click.Context, *, brand: str, as_json: bool) -> None:
    """Read every list of a brand, named by its slug, now. Exit 1 if one is not believed."""
    found = catalogue.brand_by_slug(brand)
    sources = sources_of([found.id])
    if not sources:
        raise NotFoundError(f"{found.name} has no verified domain, so there is no list to read.")
    outcomes = [(one, fetch_list(source_id=one.id, now=clock.now())) for one in sources]
    if as_json:
        print_json([_as_json(source, outcome) for source, outcome in outcomes])
    else:
        for source, outcome in outcomes:
            click.echo("\n".join(_outcome_lines(source, outcome)))
    context.exit(1 if any(outcome.alert for _, outcome in outcomes) else 0)


def _lines(found: Inspection) -> list[str]:
    lines = [f"error    {one.path} {one.text}" for one in found.errors]
    lines += [f"warning  {one.path} {one.text}" for one in found.warnings]
    if found.document is None:
        return lines
    lines.append(
        f"{found.document.domain}, number {found.document.sequence}, "
        f"issued {found.document.issued_at:%Y-%m-%d %H:%M} UTC"
    )
    lines += [
        f"  {one.state:<11}{one.seller}: {one.goods}; {one.countries}; {one.period}"
        for one in found.entries
    ]
    return lines


def _outcome_lines(source: SourceRow, outcome: ListOutcome) -> list[str]:
    if outcome.alert:
        return [f"{source.url}: {outcome.alert}", f"  {outcome.text}"]
    lines = [f"{source.url}: number {outcome.sequence}"]
    lines += [f"  authorises {key.partition(':')[2]}" for key in outcome.listed]
    lines += [f"  ended      {key.partition(':')[2]}" for key in outcome.revoked]
    return lines


def _as_json(source: SourceRow, outcome: ListOutcome) -> dict[str, object]:
    return {
        "url": source.url,
        "sequence": outcome.sequence,
        "listed": list(outcome.listed),
        "revoked": list(outcome.revoked),
        "alert": outcome.alert,
        "text": outcome.text,
    }
