"""Time passes for phones that are being traded in."""

from procrastinate.contrib.django import app

from bandstand.plumbing import clock
from bandstand.trade_in import services


@app.periodic(cron="40 * * * *")
@app.task(queueing_lock="trade_in.hourly")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Remind, let lapse, tell of a promise missed, and take silence for a no."""
    while services.sweep_trade_ins(now=clock.now()):
        pass
