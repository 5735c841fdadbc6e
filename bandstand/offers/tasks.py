"""Jobs of the offers room: put back units whose reservation ran out."""

from procrastinate.contrib.django import app

from bandstand.offers import services
from bandstand.plumbing import clock


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="offers.expire_reservations")
def expire_reservations(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Put back every unit whose time has run out."""
    services.expire_reservations(now=clock.now())
