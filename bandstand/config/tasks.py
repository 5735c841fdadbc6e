"""Jobs that belong to the whole installation."""

from procrastinate.contrib.django import app

from bandstand.config.demo import brand_desks_answer, is_filled
from bandstand.plumbing import clock


@app.periodic(cron="17 */6 * * *")
@app.task(queueing_lock="config.demo_desks")
def demo_desks(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Let the demo's invented brands confirm their grants, so that a demo left open stays open."""
    if is_filled():
        brand_desks_answer(now=clock.now())
