"""``bandstand hold …``: rehearse holds."""

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.config.rehearsals.hold_drill import run_drill


@click.group()
def hold() -> None:
    """Drill holds against orders on real connections."""


@hold.command()
@click.option("--buyers", type=click.IntRange(1, 128), default=16, show_default=True)
@click.option("--seconds", type=click.IntRange(1, 3600), default=20, show_default=True)
@click.option(
    "--without-guard", is_flag=True, help="Drop the guard first; the drill must then fail."
)
@json_option
@click.pass_context
def drill(
    context: click.Context, *, buyers: int, seconds: int, without_guard: bool, as_json: bool
) -> None:
    """
    Let buyers commit orders while holds are placed and lifted, on a scratch database.

    Judged by the database's own commit timestamps. Exit 1 if any order committed under a hold, or
    any out of a hold's scope was refused.
    """
    report = run_drill(buyers=buyers, seconds=seconds, without_guard=without_guard)
    figures = report.as_json()
    if as_json:
        print_json(figures)
    else:
        for name, figure in figures.items():
            click.echo(f"{name:<24}{figure}")
    context.exit(1 if figures["violations"] or figures["out_of_scope_refusals"] else 0)
