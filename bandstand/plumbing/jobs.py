"""
Background jobs, deferred by name in the caller's transaction.

A service names the task as text because tasks stand above services; a job that was deferred in a
transaction that rolls back was never there.
"""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def defer(
    task: str, *, at: datetime | None = None, once: str | None = None, **arguments: str
) -> None:
    """
    Defer a task by its dotted name.

    ``once`` is a queueing lock: while a job with it waits, another is not added.
    """
    configured = app.configure_task(task, schedule_at=at, queueing_lock=once, allow_unknown=True)
    if once is None:
        configured.defer(**arguments)
        return
    try:
        # A savepoint: the refusal of a second job must not spoil the caller's transaction.
        with transaction.atomic():
            configured.defer(**arguments)
    except AlreadyEnqueued:
        return
