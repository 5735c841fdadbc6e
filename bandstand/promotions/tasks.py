"""Credits are given by themselves, proved every night, and alarm when they are missed."""

from procrastinate.contrib.django import app

from bandstand.plumbing import clock
from bandstand.promotions import services


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="promotions.give")
def give(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Give what is due; collecting leaves a plan alone until its credit is given."""
    services.give_due(now=clock.now())
    services.alarm_missed(now=clock.now())


@app.periodic(cron="25 0 * * *")
@app.task(queueing_lock="promotions.prove")
def prove(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Prove that the books and the credits say the same."""
    services.prove_credits(now=clock.now())
