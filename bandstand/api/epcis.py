"""
EPCIS 2.0 over HTTP: capture, jobs, events, and the top-level lists.

Source: GS1 EPCIS 2.0, section 12 (REST binding), from the published OpenAPI description (read
2026-11-22). Problems are RFC 9457 (which replaced RFC 7807), typed by EPCIS's own exceptions.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from bandstand.api.epcis_answers import (
    LD_JSON,
    answered,
    job_body,
    problem_of,
    refused_capture,
)
from bandstand.kernel.errors import BadInputError, DomainError
from bandstand.plumbing import clock
from bandstand.provenance import access, services
from bandstand.provenance.access import EpcisCaller
from bandstand.provenance.queries import search
from bandstand.provenance.rules.faults import QueryRefusedError
from bandstand.provenance.rules.query import read_query
from bandstand.provenance.rules.vocabulary import TYPE_NAMES
from bandstand.provenance.rules.words import OnError, Scope
from bandstand.provenance.rules.writing import written_alone, written_results

View = Callable[..., HttpResponse]
BEARER: Final = "Bearer "
BEHAVIOUR: Final = "GS1-Capture-Error-Behaviour"
TOP_LEVEL: Final[Mapping[str, tuple[str, str]]] = {
    "eventTypes": ("type", "eventType"),
    "bizSteps": ("step", "EQ_bizStep"),
    "dispositions": ("disposition", "EQ_disposition"),
    "bizLocations": ("biz_location", "EQ_bizLocation"),
    "readPoints": ("read_point", "EQ_readPoint"),
    "epcs": ("", "MATCH_anyEPC"),
}
"""Each list: the field it lists, and the parameter that narrows to one of it."""


def for_key_holders(*, reads: Scope, writes: Scope = Scope.CAPTURE) -> Callable[[View], View]:
    """Open a view to whoever holds a key with the scope; tell refusals as problems."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- whatever the address holds
            said = request.headers.get("Authorization", "")
            scope = writes if request.method == "POST" else reads
            try:
                token = said.removeprefix(BEARER) if said.startswith(BEARER) else ""
                caller = access.caller_of(token, scope=scope)
                return answered(view(request, caller, **arguments))
            except DomainError as refused:
                return problem_of(refused)

        return answer

    return wrap


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_key_holders(reads=Scope.CAPTURE)
def captures(request: HttpRequest, caller: EpcisCaller) -> HttpResponse:
    """Take a document, or list what was sent before."""
    if request.method != "POST":
        return JsonResponse([job_body(job) for job in access.captures_for(caller)], safe=False)
    return _captured(request, caller, body=_body(request))


@require_safe
@for_key_holders(reads=Scope.CAPTURE)
def capture_job(request: HttpRequest, caller: EpcisCaller, *, job: UUID) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    """Say how far a capture came, and what was wrong with its document."""
    return JsonResponse(job_body(access.capture_for(caller, job)))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_key_holders(reads=Scope.QUERY)
def events(request: HttpRequest, caller: EpcisCaller) -> HttpResponse:
    """Find events, or take one by itself."""
    if request.method == "POST":
        return _captured(request, caller, body=_body(request), is_single=True)
    return _found(request, caller)


@require_safe
@for_key_holders(reads=Scope.QUERY)
def event(request: HttpRequest, caller: EpcisCaller, *, event_id: str) -> HttpResponse:
    """Return one event by its id."""
    asked = request.META.get("QUERY_STRING", "")
    # A hash id ends in ?ver=CBV2.0, which a client may have left unescaped.
    name = f"{event_id}?{asked}" if event_id.startswith("ni:") and asked else event_id
    return HttpResponse(written_alone(access.event_for(caller, name)), content_type=LD_JSON)


@require_safe
@for_key_holders(reads=Scope.QUERY)
def top_level(request: HttpRequest, caller: EpcisCaller, *, kind: str) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    """List the words, places or things of the events that the caller sees."""
    field, _ = TOP_LEVEL[kind]
    if kind == "eventTypes":
        members = sorted(TYPE_NAMES)
    elif field:
        members = search.listed(field, seen_by=caller.sees)
    else:
        members = search.listed_epcs(seen_by=caller.sees)
    return JsonResponse({"type": "Collection", "member": members})


@require_safe
@for_key_holders(reads=Scope.QUERY)
def top_level_events(
    request: HttpRequest, caller: EpcisCaller, *, kind: str, name: str
) -> HttpResponse:
    """Find the events of one word, place or thing."""
    return _found(request, caller, narrowed={TOP_LEVEL[kind][1]: [name]})


def _found(
    request: HttpRequest, caller: EpcisCaller, *, narrowed: Mapping[str, list[str]] | None = None
) -> HttpResponse:
    asked = dict(request.GET.lists())
    twice = next((name for name in narrowed or {} if name in asked), None)
    if twice:
        raise QueryRefusedError(f"{twice}: the address says it already.", parameter=twice)
    page = search.events_matching(read_query({**asked, **(narrowed or {})}), seen_by=caller.sees)
    text = written_results(page.texts, query="SimpleEventQuery", at=clock.now())
    response = HttpResponse(text, content_type=LD_JSON)
    if page.next_token:
        parameters = request.GET.copy()
        parameters["nextPageToken"] = page.next_token
        address = request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")
        response["Link"] = f'<{address}>; rel="next"'
        response["GS1-Next-Page-Token"] = page.next_token
    return response


def _captured(
    request: HttpRequest, caller: EpcisCaller, *, body: bytes, is_single: bool = False
) -> HttpResponse:
    on_error = request.headers.get(BEHAVIOUR, OnError.ROLLBACK.value).lower()
    if on_error not in {one.value for one in OnError}:
        raise BadInputError(f"{BEHAVIOUR} is “{on_error[:20]}”; say rollback or proceed.")
    if is_single:
        _require_single(body)
    job = services.capture(
        document=body,
        sender_party_id=caller.party_id,
        on_error=on_error,
        actor=caller.actor,
        now=clock.now(),
    )
    place = f"/epcis/v2/capture/{job.id}"
    if job.faults and job.on_error is OnError.ROLLBACK:
        response = refused_capture(job)
    else:
        status = HTTPStatus.CREATED if is_single else HTTPStatus.ACCEPTED
        response = JsonResponse(job_body(job), status=status)
    response["Location"] = place
    return response


def _require_single(body: bytes) -> None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return  # the capture says what is wrong with it
    if isinstance(value, dict) and "epcisBody" in value:
        raise BadInputError("This address takes one event; send documents to /epcis/v2/capture.")


def _body(request: HttpRequest) -> bytes:
    """
    Return what was sent, read only as far as a document may be.

    Raises: DocumentRefusedError beyond that.
    """
    largest = services.limits().size_max
    return request.read(largest + 1)
