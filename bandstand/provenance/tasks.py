"""Captures of large documents, in the background."""

from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.plumbing import clock
from bandstand.provenance import services


@app.task(retry=5)
def run_capture(job_id: str) -> None:
    """Do one capture that waits."""
    services.run_capture(job_id=UUID(job_id), now=clock.now())
