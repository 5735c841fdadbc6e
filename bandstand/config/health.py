"""Liveness and readiness, for whoever supervises the shop."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from bandstand.plumbing import beats, clock


def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- Django passes the request
    """Answer while the process can answer."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- Django passes the request
    """Answer 200 when the database answers, no migration waits and a worker was seen lately."""
    checks = _checks()
    is_ready = all(checks.values())
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks},
        status=200 if is_ready else 503,
    )


def _checks() -> dict[str, bool]:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return {
            "database": True,
            "migrations": not waiting,
            "worker": not waiting and beats.is_worker_alive(now=clock.now()),
        }
    except DatabaseError:
        return {"database": False, "migrations": False, "worker": False}
