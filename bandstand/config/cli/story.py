"""``bandstand story``: February 2016 against the running system."""

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.config.rehearsals import story as rehearsal
from bandstand.plumbing import clock


@click.command()
@json_option
@click.pass_context
def story(context: click.Context, *, as_json: bool) -> None:
    """Replay February 2016 on a scratch database; exit 1 if a promise broke."""
    report = rehearsal.run_story(now=clock.now())
    if as_json:
        print_json(report.as_json())
    else:
        click.echo("\n".join(report.lines()))
    context.exit(1 if report.broken_promises else 0)
