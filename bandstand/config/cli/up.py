"""``bandstand up``: the whole shop in one terminal; ``bandstand worker``: its worker alone."""

import os
import sys
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command

from bandstand.catalogue.queries import asked
from bandstand.config import demo, jobs_worker, preparing
from bandstand.config.database_role import APP_ROLE
from bandstand.config.supervisor import Child, supervise
from bandstand.plumbing import clock


@click.command()
@click.option(
    "--demo/--no-demo", "with_demo", default=None, help="Fill an empty shop with demo data."
)
def up(*, with_demo: bool | None) -> None:
    """Run everything: database, web server, worker. Ctrl-C ends it; the data stays."""
    environment = settings.ENVIRONMENT
    if with_demo is None:
        with_demo = not environment.is_production
    click.echo("Preparing the database …")
    has_role = preparing.migrate()
    call_command("collectstatic", verbosity=0, interactive=False)
    if with_demo and not asked.has_operator_network():
        click.echo("Loading device and network facts, and the demo shop …")
        demo.fill(now=clock.now(), say=click.echo)
    _greet(with_demo=with_demo)
    supervise(_children(role=APP_ROLE if has_role else ""))


@click.command()
def worker() -> None:
    """Run background jobs until stopped."""
    jobs_worker.run()


def _children(*, role: str) -> list[Child]:
    environment = settings.ENVIRONMENT
    shop = {
        **os.environ,
        "DEMO": os.environ.get("DEMO", "1" if demo.is_filled() else ""),
        "DATABASE_ROLE": os.environ.get("DATABASE_ROLE", role),
    }
    here = Path(sys.executable).parent
    web = [
        str(here / "granian"),
        "--interface=wsgi",
        f"--host={environment.text('HOST')}",
        f"--port={environment.text('PORT')}",
        f"--workers={environment.text('WEB_WORKERS')}",
        "--blocking-threads=4",
        "--no-ws",
        "--log-level=warning",
        "bandstand.config.wsgi:application",
    ]
    return [
        Child("web", tuple(web), shop),
        Child("worker", (str(here / "bandstand"), "worker"), shop),
    ]


def _greet(*, with_demo: bool) -> None:
    click.echo(f"\n  The shop is opening at {settings.BASE_URL}/")
    if with_demo and demo.is_filled():
        click.echo(f"\n  Demo accounts (password for all: {demo.PASSWORD})")
        for account in demo.ACCOUNTS:
            click.echo(f"    {account.email:<28} {account.what}")
    click.echo("\n  Ctrl-C ends it; the data stays.\n")
