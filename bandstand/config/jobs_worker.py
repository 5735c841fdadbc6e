"""The job worker: procrastinate over the shop's own database, with a beat that readiness reads."""

import os
import socket
import threading
from typing import Final

import structlog
from django.db import connection
from procrastinate.contrib.django import app

from bandstand.plumbing import beats, clock

logger = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 5
CONCURRENCY: Final = 4


def run() -> None:
    """Run jobs until SIGTERM; finished ones are deleted, so the table stays small."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    stopping = threading.Event()
    beating = threading.Thread(target=_keep_beating, args=(name, stopping), daemon=True)
    beating.start()
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]  # the Django connector has it
            worker_app.run_worker(
                name=name,
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=1,
                delete_jobs="successful",
                shutdown_graceful_timeout=8,
            )
    finally:
        stopping.set()


def _keep_beating(name: str, stopping: threading.Event) -> None:
    while True:
        try:
            beats.beat(name, now=clock.now())
        except Exception:
            # A database that is away for a moment must not silence the beat for good.
            logger.exception("worker.beat_failed")
            connection.close()
        if stopping.wait(BEAT_SECONDS):
            return
