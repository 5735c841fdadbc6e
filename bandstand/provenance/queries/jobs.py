"""Captures, as whoever sent them sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.provenance.models import CaptureJob
from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.words import JobState, OnError


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureJobRow:
    """One capture, how far it came, and what was wrong with its document."""

    id: UUID
    sender_id: UUID | None
    on_error: OnError
    state: JobState
    sha256: str
    created_at: datetime
    finished_at: datetime | None
    events_total: int
    events_read: int
    events_new: int
    events_known: int
    faults: tuple[Fault, ...]

    @property
    def is_running(self) -> bool:
        return self.state is JobState.WAITING

    @property
    def is_success(self) -> bool:
        return not self.is_running and not self.faults


def job_row(job: CaptureJob) -> CaptureJobRow:
    """Return the frozen row of a capture."""
    return CaptureJobRow(
        id=job.id,
        sender_id=job.sender_id,
        on_error=OnError(job.on_error),
        state=JobState(job.state),
        sha256=job.sha256,
        created_at=job.created_at,
        finished_at=job.finished_at,
        events_total=job.events_total,
        events_read=job.events_read,
        events_new=job.events_new,
        events_known=job.events_known,
        faults=tuple(Fault(one["path"], one["message"]) for one in job.errors),
    )
