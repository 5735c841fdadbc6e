"""Jobs of the orders room: finish what fell over, end what ran out."""

from procrastinate.contrib.django import app

from bandstand.orders import services
from bandstand.plumbing import clock


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="orders.sweep_checkouts")
def sweep_checkouts(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Finish paid checkouts, end those that ran out, put back units."""
    services.sweep_checkouts(now=clock.now())
