"""Commands that keep an installation in order."""

import sys

import click
from django.core.management import execute_from_command_line

from bandstand.config import preparing
from bandstand.config.cli.output import json_option, print_json
from bandstand.config.environment import SETTINGS


@click.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    preparing.migrate(verbosity=1)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Run one of Django's own commands, e.g. bandstand manage makemigrations --check."""
    execute_from_command_line([sys.argv[0], *words])


@click.command("settings")
@json_option
def settings_table(*, as_json: bool) -> None:
    """Print every setting, what it holds when absent, and what it is for."""
    if as_json:
        print_json([{"name": s.name, "default": s.default, "meaning": s.meaning} for s in SETTINGS])
        return
    for setting in SETTINGS:
        click.echo(f"{setting.name:<26} {setting.default or '(empty)':<34} {setting.meaning}")
