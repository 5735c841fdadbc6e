"""``bandstand demo …``: fill the demo shop, set its clock ahead, or throw it away."""

from pathlib import Path

import click
from django.conf import settings
from django.db import connection

from bandstand.config import demo as shop
from bandstand.config.demo.ahead import go_ahead
from bandstand.config.preparing import require_tables
from bandstand.kernel.errors import RefusedError
from bandstand.plumbing import clock


@click.group()
def demo() -> None:
    """Fill the demo shop, set its clock ahead, or throw it away."""


@demo.command()
def fill() -> None:
    """Load facts and set up the demo shop; a second run adds nothing."""
    require_tables(may_migrate=not settings.ENVIRONMENT.is_production)
    shop.fill(now=clock.now(), say=click.echo)


@demo.command()
@click.option("--days", type=int, required=True, help="How many days to go ahead.")
@click.option("--at-once", is_flag=True, help="Do not stop at each day on the way.")
def ahead(*, days: int, at_once: bool) -> None:
    """
    Set the demo's clock ahead and live through the days: instalments fall due, letters go out.

    The shop must be running. Refused in production, and there is no way back but a reset.
    """
    if settings.ENVIRONMENT.is_production:
        raise RefusedError("A shop in production goes by the world's clock.")
    go_ahead(days=days, at_once=at_once, say=click.echo)


@demo.command()
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def reset(*, is_sure: bool) -> None:
    """
    Throw every table of this database away; the next start fills it afresh.

    Refused in production.
    """
    if settings.ENVIRONMENT.is_production:
        raise RefusedError(
            "A production database is not reset. Restore a backup, or drop it yourself."
        )
    name = connection.settings_dict["NAME"]
    if not is_sure:
        click.confirm(f"Throw away everything in the database “{name}”?", abort=True)
    with connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
    Path(settings.CLOCK_FILE).unlink(missing_ok=True)
    click.echo(f"The database “{name}” is empty.")
