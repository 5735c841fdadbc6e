"""Jobs of payouts: what matures by itself, the calls that pay, what gateways tell, the sweep."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import httpx
from django.conf import settings
from procrastinate.contrib.django import app

from bandstand.payouts import gateways, services
from bandstand.payouts.gateways import sandbox_post
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.plumbing import clock

SEND_SECONDS_MAX: Final = 10.0
SLACK: Final = timedelta(seconds=2)


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="payouts.hourly")
def mature(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Make available what no buyer can give back any more, and what was kept long enough."""
    while services.mature_due(now=clock.now()):
        pass
    while services.release_due(now=clock.now()):
        pass


@app.task(retry=5)
def send_command(command_id: str) -> None:
    """Make one call to a payout gateway."""
    services.send_command(command_id=UUID(command_id), now=clock.now())


@app.task(retry=5)
def apply_notice(notice_id: str) -> None:
    """Catch up with a payout gateway after one event."""
    services.apply_notice(notice_id=UUID(notice_id), now=clock.now())


@app.task
def deliver_sandbox_events() -> None:
    """Deliver the sandbox's due events over HTTP, as a real gateway would."""
    _deliver_due(slack=SLACK)


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="payouts.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Resolve what a lost job, a lost answer or a lost event left open."""
    services.send_open_commands(now=clock.now())
    _deliver_due(slack=timedelta())
    services.apply_waiting(now=clock.now())


@app.periodic(cron="30 13 * * *")
@app.task(queueing_lock="payouts.close")
def close(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Close the last month once it is over everywhere, and correct earlier ones if need be."""
    services.close_due(now=clock.now())


@app.task
def draw_statement(statement_id: str) -> None:
    """Draw one statement as a PDF and keep it."""
    services.statement_pdf(statement_id=UUID(statement_id), now=clock.now())


@app.periodic(cron="40 4 * * *")
@app.task(queueing_lock="payouts.watch")
def watch(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Ask after payouts that arrived lately: a bank gives one back days later."""
    services.watch_paid(now=clock.now())


def _deliver_due(*, slack: timedelta) -> None:
    gateway = gateways.gateway(SandboxPayouts.name)
    if isinstance(gateway, SandboxPayouts):
        # A job may start a moment before the event is due.
        sandbox_post.deliver_due(secret=gateway.secret, now=clock.now() + slack, send=_post)


def _post(raw: bytes, headers: dict[str, str]) -> None:
    answer = httpx.post(
        f"{settings.BASE_URL}/webhooks/payouts/sandbox",
        content=raw,
        headers=headers,
        timeout=SEND_SECONDS_MAX,
    )
    answer.raise_for_status()
