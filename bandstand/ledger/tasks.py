"""The nightly work of the ledger: seal the day, prove the books, fold the balances."""

from procrastinate.contrib.django import app

from bandstand.ledger import services
from bandstand.plumbing import clock


@app.periodic(cron="10 0 * * *")
@app.task(queueing_lock="ledger.nightly")
def close_day(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Seal everything posted so far, then prove the books from the first transfer to the last."""
    while services.seal_books(now=clock.now()):
        pass
    services.prove_books(now=clock.now())
    while services.fold_balances():
        pass
