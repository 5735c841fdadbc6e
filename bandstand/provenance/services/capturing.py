"""Capturing documents: each is kept, read strictly, and stored whole or as far as it is right."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from bandstand.plumbing import audit, jobs, locks
from bandstand.provenance.models import CaptureJob
from bandstand.provenance.queries.jobs import CaptureJobRow, job_row
from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.json_text import Limits
from bandstand.provenance.rules.parse import EventText, open_document, read_event_text
from bandstand.provenance.rules.words import JobState, OnError
from bandstand.provenance.services.storing import Batch, store_batch
from bandstand.provenance.services.telling import tell_changes

AT_ONCE_MAX: Final = 500
BATCH: Final = 1_000
ERRORS_MAX: Final = 1_000
CAPTURE_LOCK: Final = "epcis:capture"


def limits() -> Limits:
    """Return how much one document may hold, by the settings."""
    return Limits(
        size_max=int(settings.EPCIS_SIZE_MAX_MB) * 1024 * 1024,
        events_max=int(settings.EPCIS_EVENTS_MAX),
    )


@transaction.atomic
def capture(
    *,
    document: bytes,
    sender_party_id: UUID | None,
    on_error: str,
    actor: str,
    now: datetime,
    at_once: bool = False,
) -> CaptureJobRow:
    """
    Capture a document: at once if it is small or must be, else as a job.

    ``sender_party_id`` is who answers for it; None is the operator's own staff. The same document
    again captures nothing new.

    Raises: DocumentRefusedError, and nothing is kept, if it is no EPCIS document or too large.
    """
    texts = open_document(document, limits=limits())
    job = CaptureJob.objects.create(
        sender_id=sender_party_id,
        actor=actor,
        on_error=OnError(on_error).value,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
        created_at=now,
        events_total=len(texts),
    )
    audit.record(
        actor=actor, action="epcis.capture", subject=str(job.id), now=now, events=len(texts)
    )
    if at_once or len(texts) <= AT_ONCE_MAX:
        _store(job, texts, now=now)
    else:
        jobs.defer("bandstand.provenance.tasks.run_capture", job_id=str(job.id))
    job.refresh_from_db()
    return job_row(job)


def run_capture(*, job_id: UUID, now: datetime) -> CaptureJobRow:
    """
    Do a capture that waits; one that is done is left alone.

    With ``proceed`` each batch is committed by itself, so its progress shows; a job that died goes
    on where it stopped, since what is known is not captured twice.
    """
    job = CaptureJob.objects.get(pk=job_id)
    if job.state == JobState.DONE.value:
        return job_row(job)
    texts = open_document(bytes(job.document), limits=limits())
    with transaction.atomic():
        CaptureJob.objects.filter(pk=job_id).update(events_read=0, events_known=0)
    if job.on_error == OnError.ROLLBACK.value:
        with transaction.atomic():
            _store(job, texts, now=now)
    else:
        _proceed(job, texts, now=now)
    job.refresh_from_db()
    return job_row(job)


def _proceed(job: CaptureJob, texts: Sequence[EventText], *, now: datetime) -> None:
    faults: list[Fault] = []
    for batch in _batches(texts):
        with transaction.atomic():
            faults += _store_texts(job, batch, now=now).faults
    with transaction.atomic():
        _finish(job, faults, now=now)


def _store(job: CaptureJob, texts: Sequence[EventText], *, now: datetime) -> None:
    """Store a whole document in the caller's transaction, or nothing of it."""
    faults: list[Fault] = []
    with transaction.atomic():
        for batch in _batches(texts):
            faults += _store_texts(job, batch, now=now).faults
        is_refused = bool(faults) and job.on_error == OnError.ROLLBACK.value
        transaction.set_rollback(is_refused)
    if is_refused:
        CaptureJob.objects.filter(pk=job.pk).update(events_read=len(texts))
    _finish(job, faults, now=now)


def _store_texts(job: CaptureJob, texts: Sequence[EventText], *, now: datetime) -> Batch:
    """
    Read and store a batch.

    Lock: one capture stores at a time, so that an event that two send at once is stored once.
    """
    locks.lock(CAPTURE_LOCK)
    read = [read_event_text(one) for one in texts]
    batch = store_batch(job, read, now=now)
    tell_changes(batch.events, now=now)
    CaptureJob.objects.filter(pk=job.pk).update(
        events_read=F("events_read") + len(texts),
        events_new=F("events_new") + len(batch.events),
        events_known=F("events_known") + batch.known,
    )
    return batch


def _finish(job: CaptureJob, faults: Sequence[Fault], *, now: datetime) -> None:
    told = [{"path": one.path, "message": one.message} for one in faults[:ERRORS_MAX]]
    CaptureJob.objects.filter(pk=job.pk).update(
        state=JobState.DONE.value, finished_at=now, errors=told
    )


def _batches(texts: Sequence[EventText]) -> Iterator[Sequence[EventText]]:
    for start in range(0, len(texts), BATCH):
        yield texts[start : start + BATCH]
