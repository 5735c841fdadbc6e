"""``bandstand money drill``: whole lives of plans on a bad provider."""

import sys

import click

from bandstand.config.cli.output import json_option, print_json
from bandstand.config.rehearsals.money_drill import run_money_drill


@click.command()
@click.option("--plans", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--without-dedupe",
    is_flag=True,
    help="Believe every report as if it were the first; the drill must then fail.",
)
@json_option
@click.pass_context
def drill(
    context: click.Context, *, plans: int, seed: int, without_dedupe: bool, as_json: bool
) -> None:
    """
    Let plans live to their ends on a scratch database while workers are killed.

    Exit 1 if money was lost, doubled or cannot be explained, or a plan came to no end.
    """
    report = run_money_drill(plans=plans, seed=seed, without_dedupe=without_dedupe, say=_say)
    if as_json:
        print_json(report.as_json())
    else:
        for name, figure in report.as_json().items():
            click.echo(f"{name:<14}{figure}")
    context.exit(0 if report.is_promise_kept else 1)


def _say(line: str) -> None:
    # Only to somebody who watches: what is kept or read by a machine is the report alone.
    if sys.stderr.isatty():
        click.echo(line, err=True)
