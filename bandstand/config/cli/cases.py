"""``bandstand cases …``: run a book of cases against the real services."""

from pathlib import Path

import click

from bandstand.config.cases import read_book, run_book
from bandstand.config.cases.book import KINDS
from bandstand.config.cases.running import STRESS_SECONDS
from bandstand.config.cli.output import json_option, print_json


@click.group()
def cases() -> None:
    """Run acceptance cases on a scratch database."""


@cases.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--kind",
    "kinds",
    default="decision,sequence",
    show_default=True,
    help=f"Kinds of case to run, separated by commas: {', '.join(KINDS)}.",
)
@click.option("--only", default="", help="Ids of the cases to run, separated by commas.")
@click.option(
    "--stress-seconds",
    type=click.IntRange(1, 3600),
    default=STRESS_SECONDS,
    show_default=True,
    help="How long a stress step may run.",
)
@json_option
@click.pass_context
def run(
    context: click.Context,
    *,
    file: Path,
    kinds: str,
    only: str,
    stress_seconds: int,
    as_json: bool,
) -> None:
    """
    Build the world of FILE, run its cases through the real services and the real gate.

    Exit 1 if any case failed; 2 if FILE cannot be read or its world cannot be built.
    """
    report = run_book(
        read_book(file),
        kinds=_kinds(kinds),
        ids=[one for one in only.split(",") if one],
        stress_seconds=stress_seconds,
    )
    for line in report.warnings():
        click.echo(f"bandstand: {line}", err=True)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo("\n".join(report.lines()))
    context.exit(1 if report.failed else 0)


def _kinds(text: str) -> list[str]:
    asked = [one.strip() for one in text.split(",") if one.strip()]
    for one in asked:
        if one not in KINDS:
            raise click.BadParameter(f"“{one}” is no kind of case: {', '.join(KINDS)}.")
    return asked
