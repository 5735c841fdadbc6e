"""Jobs of the offers room: units whose reservation ran out, offers whose facts have changed."""

from procrastinate.contrib.django import app

from bandstand.offers import services
from bandstand.plumbing import clock


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="offers.expire_reservations")
def expire_reservations(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Put back every unit whose time has run out."""
    services.expire_reservations(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="offers.recheck_listed")
def recheck_listed(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Ask the gate again about offers on the shelf whose decision no longer stands."""
    services.recheck_listed(now=clock.now())
