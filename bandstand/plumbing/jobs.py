"""
Background jobs, deferred by name in the caller's transaction.

A service names the task as text because tasks stand above services; a job that was deferred in a
transaction that rolls back was never there.
"""

from datetime import datetime
from functools import cache

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from bandstand.plumbing import clock


def defer(
    task: str, *, at: datetime | None = None, once: str | None = None, **arguments: str
) -> None:
    """
    Defer a task by its dotted name.

    ``once`` is a queueing lock: while a job with it waits, another is not added.
    """
    starts_at = None if at is None else clock.by_the_world(at)
    configured = configure_task(
        name=task, job_manager=_jobs(), schedule_at=starts_at, queueing_lock=once
    )
    if once is None:
        configured.defer(**arguments)
        return
    try:
        # A savepoint: the refusal of a second job must not spoil the caller's transaction.
        with transaction.atomic():
            configured.defer(**arguments)
    except AlreadyEnqueued:
        return


@cache
def _jobs() -> JobManager:
    # Not the app's own manager: inside a worker that one writes on the worker's connection, so a
    # job would start before the rows it needs are committed, and outlive a rollback.
    return JobManager(DjangoConnector(alias="default"))
