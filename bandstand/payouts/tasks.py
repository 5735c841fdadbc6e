"""Sellers' money becomes available by itself."""

from procrastinate.contrib.django import app

from bandstand.payouts import services
from bandstand.plumbing import clock


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="payouts.hourly")
def mature(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Make available what no buyer can give back any more, and what was kept long enough."""
    while services.mature_due(now=clock.now()):
        pass
    while services.release_due(now=clock.now()):
        pass
