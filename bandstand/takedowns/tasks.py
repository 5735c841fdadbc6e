"""Jobs of takedowns: walk the aftermath of a hold, and sweep what was left."""

from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.plumbing import clock
from bandstand.takedowns import services
from bandstand.takedowns.services.trader_duties import review_traders


@app.task(retry=5)
def run_aftermath(hold_id: str) -> None:
    """Walk the aftermath of one hold."""
    services.run_aftermath(hold_id=UUID(hold_id), now=clock.now())


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="takedowns.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Walk every aftermath that a lost job left, and look again at cases that wait."""
    services.sweep(now=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="takedowns.traders")
def look_at_traders(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Ask, remind or suspend each seller whose clock has come to it."""
    review_traders(now=clock.now())
