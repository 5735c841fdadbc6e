"""Jobs of tax: tell the provider what was sold and undone."""

from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.plumbing import clock
from bandstand.tax import services


@app.task(retry=5)
def tell_provider(telling_id: str) -> None:
    """Tell the provider one sale or undoing."""
    services.tell(telling_id=UUID(telling_id), now=clock.now())


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="tax.tell_waiting")
def tell_waiting(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Tell what a lost job or a silent provider left, and forget answers nobody used."""
    services.tell_waiting(now=clock.now())
    services.forget_answers(now=clock.now())
