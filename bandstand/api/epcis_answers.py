"""How the EPCIS doors answer: jobs, problems, and the headers that name the versions spoken."""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse, JsonResponse

from bandstand.kernel.errors import BadInputError, DomainError, NotFoundError
from bandstand.provenance.access import KeyRefusedError, ScopeMissingError
from bandstand.provenance.queries import CaptureJobRow
from bandstand.provenance.rules.faults import (
    DocumentRefusedError,
    Fault,
    QueryRefusedError,
    TooLargeError,
)

LD_JSON: Final = "application/ld+json"
PROBLEM: Final = "application/problem+json"
VERSIONS: Final = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
    "GS1-EPC-Format": "Never_Translates",
    "GS1-Capture-Limit": "10000",
}
EXCEPTIONS: Final[tuple[tuple[type[DomainError], HTTPStatus, str], ...]] = (
    (KeyRefusedError, HTTPStatus.UNAUTHORIZED, "SecurityException"),
    (ScopeMissingError, HTTPStatus.FORBIDDEN, "SecurityException"),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "CaptureLimitExceededException"),
    (DocumentRefusedError, HTTPStatus.BAD_REQUEST, "ValidationException"),
    (QueryRefusedError, HTTPStatus.BAD_REQUEST, "QueryParameterException"),
    (NotFoundError, HTTPStatus.NOT_FOUND, "NoSuchResourceException"),
    (BadInputError, HTTPStatus.BAD_REQUEST, "ValidationException"),
)
"""Which refusal is which of EPCIS's exceptions: the one table of these doors."""
DEFAULT: Final = (HTTPStatus.CONFLICT, "ImplementationException")


def answered(response: HttpResponse) -> HttpResponse:
    """Return an answer with the versions it speaks."""
    for name, value in VERSIONS.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response


def problem_of(refused: DomainError) -> HttpResponse:
    """Return the problem that a refusal is."""
    status, name = next(
        ((status, name) for kind, status, name in EXCEPTIONS if isinstance(refused, kind)), DEFAULT
    )
    faults = refused.faults if isinstance(refused, DocumentRefusedError) else ()
    response = problem(status, name=name, code=refused.code, detail=refused.message, faults=faults)
    if status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="epcis"'
    return answered(response)


def refused_capture(job: CaptureJobRow) -> HttpResponse:
    """Return the problem that a document with wrong events is, when nothing of it was kept."""
    total = len(job.faults)
    return problem(
        HTTPStatus.BAD_REQUEST,
        name="ValidationException",
        code="epcis_refused",
        detail=f"Nothing was captured: {total} thing{'' if total == 1 else 's'} to mend.",
        faults=job.faults,
    )


def problem(
    status: HTTPStatus, *, name: str, code: str, detail: str, faults: tuple[Fault, ...] = ()
) -> HttpResponse:
    """Return a problem as RFC 9457 says it."""
    body: dict[str, Any] = {
        "type": f"epcisException:{name}",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
    }
    if faults:
        body["errors"] = [_fault(one) for one in faults]
    return JsonResponse(body, status=status.value, content_type=PROBLEM)


def job_body(job: CaptureJobRow) -> dict[str, Any]:
    """Return a capture as JSON; the first fields are the standard's, the rest count."""
    return {
        "captureID": str(job.id),
        "createdAt": job.created_at.isoformat(),
        "finishedAt": job.finished_at.isoformat() if job.finished_at else None,
        "running": job.is_running,
        "success": job.is_success,
        "captureErrorBehaviour": job.on_error.value,
        "errors": [
            {"type": "epcisException:ValidationException", "title": "Bad Request", **_fault(one)}
            for one in job.faults
        ],
        "events": {
            "total": job.events_total,
            "read": job.events_read,
            "captured": job.events_new,
            "known": job.events_known,
        },
        "sha256": job.sha256,
    }


def _fault(one: Fault) -> dict[str, str]:
    return {"path": one.path, "detail": one.message}
