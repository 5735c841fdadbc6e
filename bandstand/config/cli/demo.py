"""``bandstand demo …``: fill the demo shop, or throw it away."""

import click
from django.conf import settings
from django.db import connection

from bandstand.config import demo as shop
from bandstand.config.preparing import require_tables
from bandstand.kernel.errors import RefusedError
from bandstand.plumbing import clock


@click.group()
def demo() -> None:
    """Fill the demo shop, or throw it away."""


@demo.command()
def fill() -> None:
    """Load facts and set up the demo shop; a second run adds nothing."""
    require_tables(may_migrate=not settings.ENVIRONMENT.is_production)
    shop.fill(now=clock.now(), say=click.echo)


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
    click.echo(f"The database “{name}” is empty.")
