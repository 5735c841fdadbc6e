"""Jobs of the plumbing: deliver events, send letters, sweep what was left."""

from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.plumbing import clock, letters, outbox


@app.task(retry=5)
def deliver_event(event_id: str) -> None:
    """Deliver one outbox event."""
    outbox.deliver(UUID(event_id), now=clock.now())


@app.task(retry=5)
def deliver_waiting() -> None:
    """Deliver events that were written together, page by page."""
    while outbox.deliver_waiting(now=clock.now()) >= outbox.PAGE:
        continue


@app.task(retry=5)
def send_letter(letter_id: str) -> None:
    """Send one letter."""
    letters.send_letter(UUID(letter_id), now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="plumbing.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Deliver and send whatever a lost job left waiting."""
    outbox.deliver_waiting(now=clock.now())
    letters.send_waiting(now=clock.now())
