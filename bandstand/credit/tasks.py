"""Drawing agreements, which takes a moment, is nobody's wait."""

from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.credit import services
from bandstand.plumbing import clock


@app.task
def draw_agreement(agreement_id: str) -> None:
    """Draw an accepted agreement as a PDF."""
    services.draw_agreement(agreement_id=UUID(agreement_id), now=clock.now())


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="credit.late_fees")
def charge_late_fees(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Charge what paying late costs where an agreement says so; end proposals nobody answered."""
    now = clock.now()
    services.charge_late_fees(now=now)
    services.lapse_proposals(now=now)
