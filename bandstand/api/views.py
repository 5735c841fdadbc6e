"""Doors for machines: the keys that passports are checked with, and the providers' webhooks."""

from http import HTTPStatus
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from bandstand.kernel.errors import DomainError
from bandstand.orders import passport
from bandstand.payments import services
from bandstand.payments.gateways import UnknownGatewayError
from bandstand.plumbing import clock

PROBLEM: Final = "application/problem+json"


@require_safe
@cache_control(public=True, max_age=300)
def jwks(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- Django passes the request
    return JsonResponse(passport.public_jwks())


@csrf_exempt
@require_POST
def payment_webhook(request: HttpRequest, gateway: str) -> JsonResponse:
    """
    Keep a provider's event and answer at once; what it means is worked out by a job.

    202 for a new event and for one that was sent before, so that the provider stops sending it.
    """
    try:
        is_new = services.receive_webhook(
            gateway_name=gateway, raw=request.body, headers=dict(request.headers), now=clock.now()
        )
    except RequestDataTooBig:
        return _problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, code="too_large", detail="The event is too large."
        )
    except UnknownGatewayError as refused:
        return _problem(HTTPStatus.NOT_FOUND, code=refused.code, detail=refused.message)
    except DomainError as refused:
        return _problem(HTTPStatus.BAD_REQUEST, code=refused.code, detail=refused.message)
    return JsonResponse({"new": is_new}, status=HTTPStatus.ACCEPTED)


def _problem(status: HTTPStatus, *, code: str, detail: str) -> JsonResponse:
    """Return a refusal as RFC 9457 says it."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
    }
    return JsonResponse(body, status=status.value, content_type=PROBLEM)
