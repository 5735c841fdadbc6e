"""Jobs of payments: send commands, apply events, play the sandbox's postman, sweep."""

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import httpx
from django.conf import settings
from procrastinate.contrib.django import app

from bandstand.payments import queries, services
from bandstand.payments.gateways import sandbox
from bandstand.payments.services import collecting, collecting_notices
from bandstand.payments.services.hear_many import PAGE as APPLY_PAGE
from bandstand.plumbing import clock, jobs

SEND_SECONDS_MAX: Final = 10.0
NAP_MAX: Final = timedelta(seconds=2)


@app.task(retry=5)
def send_command(command_id: str) -> None:
    """Send one money command."""
    services.send_command(command_id=UUID(command_id), now=clock.now())


@app.task(retry=5)
def send_written() -> None:
    """Send the commands that were written for many plans at once."""
    services.send_written(now=clock.now())


@app.task(retry=5)
def apply_waiting() -> None:
    """Catch up with the provider after many events that came together."""
    while services.apply_waiting(now=clock.now()) >= APPLY_PAGE:
        continue


@app.task(retry=5)
def apply_event(event_id: str) -> None:
    """Catch up with the provider after one event."""
    services.apply_event(event_id=UUID(event_id), now=clock.now())


@app.task(retry=5)
def forget_card(card_id: str) -> None:
    """Tell the provider to forget a removed card."""
    services.forget_card(card_id=UUID(card_id), now=clock.now())


@app.task
def deliver_sandbox_events(due_at: str = "") -> None:
    """
    Deliver the sandbox's due events over HTTP, as a real provider would.

    An event that is due in a moment is waited for; a later one is put off to its time.
    """
    wait = datetime.fromisoformat(due_at) - clock.now() if due_at else timedelta()
    if wait > NAP_MAX:
        later = clock.now() + wait
        jobs.defer("bandstand.payments.tasks.deliver_sandbox_events", at=later, due_at=due_at)
        return
    time.sleep(max(wait.total_seconds(), 0))
    sandbox.deliver_due(now=clock.now(), send=_post)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="payments.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Resolve what a lost job or a lost answer left open."""
    services.send_open_commands(now=clock.now())
    sandbox.deliver_due(now=clock.now(), send=_post)
    services.apply_waiting(now=clock.now())
    services.resolve_setups(now=clock.now())
    services.forget_removed(now=clock.now())
    for gateway in queries.gateways():
        services.match_waiting(gateway_name=gateway, now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="payments.collect")
def collect(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Collect what is due on plans, take up what was left, give up what is long lost."""
    collecting.resolve_stale(now=clock.now())
    collecting.collect_due(now=clock.now())
    collecting.give_up_overdue(now=clock.now())


@app.periodic(cron="0 13 * * *")
@app.task(queueing_lock="payments.tell_buyers")
def tell_buyers(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Remind buyers of what falls due, and tell them what is late."""
    collecting_notices.tell_buyers(now=clock.now())
    services.tell_expiring(now=clock.now())


@app.task
def take_in_report(upload_id: str) -> None:
    """Take in a provider's report that somebody sent in."""
    services.run_report(upload_id=UUID(upload_id), now=clock.now())


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="payments.resume_reports")
def resume_reports(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Go on with reports whose worker was lost."""
    services.resume_reports(now=clock.now())


def _post(raw: bytes, headers: dict[str, str]) -> None:
    answer = httpx.post(
        f"{settings.BASE_URL}/webhooks/payments/sandbox",
        content=raw,
        headers=headers,
        timeout=SEND_SECONDS_MAX,
    )
    answer.raise_for_status()
