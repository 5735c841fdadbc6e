"""Brings an installation's own database to the tables and facts that a command needs."""

import sys
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bandstand.catalogue import queries as catalogue, services as catalogue_services
from bandstand.config.database_role import grant_app_role
from bandstand.config.guard_clock import set_guard_clock
from bandstand.kernel.errors import UnavailableError
from bandstand.plumbing import clock

UNPREPARED: Final = "The database is not at this version's tables. Run: bandstand migrate"


def require_tables(*, may_migrate: bool) -> None:
    """
    Migrate a database that is ours to migrate; refuse to work on another that waits for it.

    Raises: UnavailableError naming the command to run.
    """
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not may_migrate:
        raise UnavailableError(UNPREPARED)
    print("Preparing the database …", file=sys.stderr)  # noqa: T201 -- progress for whoever waits
    migrate()


def migrate(*, verbosity: int = 0) -> bool:
    """Bring the tables to this version and grant the shop's role; say whether there is one."""
    call_command("migrate", verbosity=verbosity)
    set_guard_clock(clock.ahead())
    return grant_app_role()


def require_facts() -> None:
    """Load the project's own tables of devices and networks into an empty catalogue."""
    if not catalogue.networks():
        print("Loading device and network facts …", file=sys.stderr)  # noqa: T201 -- same
        catalogue_services.load_tables(now=clock.now())
