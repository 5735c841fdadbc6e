"""
Reports that somebody sends in: looked at first, then taken in, a big one part by part.

What was sent in is kept only in the columns that are needed, and only until it was taken in. Each
part is a transaction; a worker that dies goes on where the last part ended.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.payments import gateways, rules
from bandstand.payments.models import SettlementFile, SettlementUpload
from bandstand.payments.rules import ReportForm, RowFault, UploadState
from bandstand.payments.services.settling import (
    SettlementPreview,
    keep_rows,
    match_waiting,
    new_rows,
    preview_settlement,
)
from bandstand.plumbing import audit, jobs
from bandstand.plumbing.locks import lock

PART: Final = 2_000
TASK: Final = "bandstand.payments.tasks.take_in_report"


class UploadMovedOnError(RefusedError):
    """A report that was taken in or dropped already."""

    code = "upload_moved_on"


@dataclass(frozen=True, slots=True)
class UploadLook:
    """What a report that was sent in holds: faults by line, or what taking it in would do."""

    upload_id: UUID | None
    form: ReportForm
    faults: tuple[RowFault, ...]
    preview: SettlementPreview | None


def look_at_report(
    *, gateway_name: str, name: str, text: str, actor: str, now: datetime
) -> UploadLook:
    """
    Look at a report and keep it until it is taken in or dropped; one with faults is not kept.

    Raises: SettlementFileError if it has no rows to name faults in; SettlementChangedError;
        UnknownGatewayError.
    """
    gateways.gateway(gateway_name)
    form, plain = rules.form_of(text), rules.itemised(text)
    rows, faults = rules.inspect_report(plain)
    if faults:
        return UploadLook(None, form, faults, None)
    preview = preview_settlement(gateway_name=gateway_name, text=plain)
    upload = SettlementUpload.objects.create(
        gateway=gateway_name,
        form=form.value,
        name=name[:200],
        text=plain,
        state=UploadState.LOOKED_AT.value,
        row_count=len(rows),
        uploaded_at=now,
        uploaded_by=actor[:200],
    )
    return UploadLook(upload.id, form, (), preview)


def preview_upload(*, upload_id: UUID) -> SettlementPreview:
    """
    Return what taking in a report that was looked at would do now.

    Raises: NotFoundError; UploadMovedOnError; SettlementChangedError.
    """
    upload = SettlementUpload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise NotFoundError("There is no such report. Send it in again.")
    _require(upload, UploadState.LOOKED_AT)
    return preview_settlement(gateway_name=upload.gateway, text=upload.text)


@transaction.atomic
def take_report(*, upload_id: UUID, actor: str, now: datetime) -> None:
    """
    Have a report taken in by a job; asked twice, it is taken in once.

    Raises: NotFoundError; UploadMovedOnError if it was dropped.
    """
    upload = _locked(upload_id)
    if upload.state in {UploadState.RUNNING.value, UploadState.DONE.value}:
        return
    _require(upload, UploadState.LOOKED_AT)
    upload.state = UploadState.RUNNING.value
    upload.save(update_fields=["state"])
    audit.record(
        actor=actor, action="settlement.take", subject=f"upload:{upload.id}", now=now,
        rows=upload.row_count,
    )  # fmt: skip
    jobs.defer(TASK, upload_id=str(upload.id))


@transaction.atomic
def drop_report(*, upload_id: UUID, now: datetime) -> None:
    """
    Forget a report that was only looked at.

    Raises: NotFoundError; UploadMovedOnError.
    """
    upload = _locked(upload_id)
    _require(upload, UploadState.LOOKED_AT)
    _end(upload, UploadState.DROPPED, now=now)


def run_report(*, upload_id: UUID, now: datetime) -> UploadState:
    """Take a report in part by part until its end; return where it stands then."""
    try:
        while _take_part(upload_id, now=now):
            pass
    except rules.SettlementChangedError as changed:
        _fail(upload_id, words=changed.message, now=now)
    return UploadState(SettlementUpload.objects.values_list("state", flat=True).get(pk=upload_id))


def resume_reports(*, now: datetime) -> int:
    """Go on with reports whose worker was lost; return how many."""
    running = SettlementUpload.objects.filter(state=UploadState.RUNNING.value)
    ids = list(running.order_by("uploaded_at").values_list("id", flat=True))
    for upload_id in ids:
        run_report(upload_id=upload_id, now=now)
    return len(ids)


@transaction.atomic
def _take_part(upload_id: UUID, *, now: datetime) -> bool:
    """Take in the next part; return whether there is more."""
    upload = _locked(upload_id)
    if upload.state != UploadState.RUNNING.value:
        return False
    lock(f"settlement:{upload.gateway}")
    head, *lines = upload.text.splitlines()
    part = lines[upload.done_count : upload.done_count + PART]
    file = _file_of(upload, now=now)
    rows = rules.read_report("\n".join((head, *part)))
    keep_rows(file, new_rows(upload.gateway, rows), now=now)
    upload.done_count += len(part)
    upload.save(update_fields=["done_count"])
    if upload.done_count < len(lines):
        return True
    match_waiting(gateway_name=upload.gateway, now=now)
    _end(upload, UploadState.DONE, now=now)
    return False


def _file_of(upload: SettlementUpload, *, now: datetime) -> SettlementFile:
    digest = sha256_hex({"text": upload.text})
    known = SettlementFile.objects.filter(gateway=upload.gateway, sha256=digest).first()
    if known is not None:
        return known
    new = new_rows(upload.gateway, rules.read_report(upload.text))
    return SettlementFile.objects.create(
        gateway=upload.gateway,
        name=upload.name,
        sha256=digest,
        row_count=upload.row_count,
        new_count=len(new),
        imported_at=now,
        imported_by=upload.uploaded_by,
    )


@transaction.atomic
def _fail(upload_id: UUID, *, words: str, now: datetime) -> None:
    upload = _locked(upload_id)
    upload.fault = words[:600]
    upload.save(update_fields=["fault"])
    _end(upload, UploadState.FAILED, now=now)


def _end(upload: SettlementUpload, state: UploadState, *, now: datetime) -> None:
    upload.state, upload.text, upload.ended_at = state.value, "", now
    upload.save(update_fields=["state", "text", "ended_at"])


def _require(upload: SettlementUpload, state: UploadState) -> None:
    if upload.state != state.value:
        raise UploadMovedOnError(f"This report is {upload.state.replace('_', ' ')} already.")


def _locked(upload_id: UUID) -> SettlementUpload:
    upload = SettlementUpload.objects.select_for_update().filter(pk=upload_id).first()
    if upload is None:
        raise NotFoundError("There is no such report. Send it in again.")
    return upload
