"""Jobs of parties: what is kept of a seller goes when its time has run out."""

from procrastinate.contrib.django import app

from bandstand.parties import services
from bandstand.plumbing import clock


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="parties.keeping")
def erase_past_identities(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Delete what is kept of parties whose contract ended long enough ago."""
    services.erase_past_identities(now=clock.now())
