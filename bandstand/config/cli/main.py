"""
The group of commands, loaded only when called.

A command's module imports Django's models at its top, so Django, and the database it needs, must be
up before the module is imported; loading lazily does that and keeps ``--help`` instant.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from bandstand.config.environment import read_environment
from bandstand.kernel.errors import (
    BadInputError,
    DomainError,
    NotFoundError,
    RefusedError,
    near_matches,
)

SUBCOMMAND: Final = "bandstand.subcommand"
EXIT_NEGATIVE: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_FAILURE: Final = 3


class Needs(Enum):
    """What a command needs of the installation."""

    NOTHING = "nothing"
    SERVER = "a database server"
    TABLES = "a migrated database"


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command lives, what it is for, and what must be there before it runs."""

    path: str
    summary: str
    needs: Needs = Needs.TABLES
    needs_server: frozenset[str] = frozenset()
    """The subcommands that need a database server where the others need nothing."""

    def needs_of(self, subcommand: str) -> Needs:
        """Return what a subcommand needs."""
        return Needs.SERVER if subcommand in self.needs_server else self.needs


COMMANDS: Final[Mapping[str, Lazy]] = {
    "up": Lazy("up:up", "Run the whole shop in this terminal.", needs=Needs.SERVER),
    "worker": Lazy("up:worker", "Run the job worker alone."),
    "migrate": Lazy(
        "upkeep:migrate", "Bring the database to this version's tables.", needs=Needs.SERVER
    ),
    "manage": Lazy("upkeep:manage", "Run one of Django's own commands.", needs=Needs.SERVER),
    "settings": Lazy("upkeep:settings_table", "Print the table of settings.", needs=Needs.NOTHING),
    "data": Lazy("data:data", "Load and import device and network facts."),
    "credit": Lazy("credit:credit", "Report plans to credit bureaus, where it is switched on."),
    "tax": Lazy("tax:tax", "Load states' rate and boundary files; look a rate up."),
    "demo": Lazy("demo:demo", "Fill the demo shop, or throw it away.", needs=Needs.SERVER),
    "fit": Lazy("fit:fit", "Say whether a phone works on a network."),
    "money": Lazy(
        "money:money",
        "Quote plans; check APRs and schedules; drill plans.",
        needs=Needs.NOTHING,
        needs_server=frozenset({"drill"}),
    ),
    "authorised": Lazy("authorised:authorised", "Check and read brands' published lists."),
    "gate": Lazy("gate:gate", "Ask the gate, and explain its decisions."),
    "credential": Lazy(
        "credential:credential",
        "Issue and check signed credentials, and their keys.",
        needs=Needs.NOTHING,
    ),
    "cases": Lazy("cases:cases", "Run acceptance cases on a scratch database.", needs=Needs.SERVER),
    "epcis": Lazy("epcis:epcis", "Capture supply-chain events; say where a phone has been."),
    "hold": Lazy("hold:hold", "Rehearse holds against many buyers.", needs=Needs.SERVER),
    "ledger": Lazy("ledger:ledger", "Prove the books."),
    "passport": Lazy(
        "passport:passport", "Check a passport without the shop.", needs=Needs.NOTHING
    ),
    "payouts": Lazy("payouts:payouts", "Close sellers' months and draw their statements."),
    "settlement": Lazy(
        "settlement:settlement", "Import what a payment provider says moved, and list it."
    ),
    "story": Lazy(
        "story:story", "Replay February 2016 against the running system.", needs=Needs.SERVER
    ),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        ctx.meta[SUBCOMMAND] = args[1] if len(args) > 1 else ""
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            near = near_matches(cmd_name, list(COMMANDS))
            ctx.fail(f"No command “{cmd_name}”." + (f" Did you mean {near[0]}?" if near else ""))
        needs = lazy.needs_of(ctx.meta.get(SUBCOMMAND, ""))
        # Asking for help must not start a database server.
        if needs is Needs.NOTHING or "--help" in sys.argv[1:]:
            set_up_django()
        else:
            set_up_shop()
        if needs is Needs.TABLES and "--help" not in sys.argv[1:]:
            require_tables()
        module, _, attribute = lazy.path.partition(":")
        command = getattr(import_module(f"bandstand.config.cli.{module}"), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 -- the table above names commands
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(package_name="bandstand")
def cli() -> None:
    """Run Bandstand, a device marketplace for mobile operators that own no network."""


def main() -> None:
    """Run the command line; map refusals to exit codes."""
    try:
        code = cli(standalone_mode=False)  # an int when the command left with one
    except DomainError as error:
        click.echo(f"bandstand: {error.message}", err=True)
        sys.exit(_exit_code(error))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_BAD_INPUT)
    sys.exit(code if isinstance(code, int) else 0)


def set_up_django() -> None:
    """Load Django with the shop's settings; idempotent."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")
    django = import_module("django")
    django.setup()


def set_up_shop() -> None:
    """Start or join the embedded database unless one is named, then load Django."""
    environment = read_environment(os.environ)
    embedded = import_module("bandstand.config.embedded")
    embedded.ensure_database_url(os.environ, var_dir=Path(environment.text("VAR_DIR")))
    set_up_django()


def require_tables() -> None:
    """Migrate the embedded database if it waits for it; refuse any other that does."""
    preparing = import_module("bandstand.config.preparing")
    preparing.require_tables(may_migrate="BANDSTAND_EMBEDDED" in os.environ)


def _exit_code(error: DomainError) -> int:
    if isinstance(error, BadInputError | NotFoundError):
        return EXIT_BAD_INPUT
    return EXIT_NEGATIVE if isinstance(error, RefusedError) else EXIT_FAILURE
