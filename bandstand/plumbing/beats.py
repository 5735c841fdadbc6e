"""Signs of life that readiness asks for."""

from datetime import datetime, timedelta
from typing import Final

from bandstand.plumbing.models import WorkerBeat

SEEN_LATELY: Final = timedelta(seconds=30)


def beat(name: str, *, now: datetime) -> None:
    """Note that a worker is alive."""
    WorkerBeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def is_worker_alive(*, now: datetime) -> bool:
    """Say whether any worker was seen lately."""
    return WorkerBeat.objects.filter(beat_at__gt=now - SEEN_LATELY).exists()
