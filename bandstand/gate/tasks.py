"""Jobs of the gate: holds turn at their instants."""

from procrastinate.contrib.django import app

from bandstand.gate import services
from bandstand.plumbing import clock


@app.task(retry=5)
def turn_holds() -> None:
    """Turn the holds whose instant has come."""
    services.turn_holds(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="gate.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Turn whatever a lost job left."""
    services.turn_holds(now=clock.now())
