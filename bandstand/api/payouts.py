"""The door at which payout gateways tell what became of payouts."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bandstand.api.views import PROBLEM
from bandstand.kernel.errors import DomainError
from bandstand.payments.gateways import UnknownGatewayError
from bandstand.payouts import services
from bandstand.plumbing import clock


@csrf_exempt
@require_POST
def payout_webhook(request: HttpRequest, gateway: str) -> JsonResponse:
    """
    Keep a gateway's event and answer at once; what it means is worked out by a job.

    202 for a new event and for one that was sent before, so that the gateway stops sending it.
    """
    try:
        is_new = services.receive_webhook(
            gateway_name=gateway, raw=request.body, headers=dict(request.headers), now=clock.now()
        )
    except RequestDataTooBig:
        status, code, said = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "It is too large."
    except UnknownGatewayError as refused:
        status, code, said = HTTPStatus.NOT_FOUND, refused.code, refused.message
    except DomainError as refused:
        status, code, said = HTTPStatus.BAD_REQUEST, refused.code, refused.message
    else:
        return JsonResponse({"new": is_new}, status=HTTPStatus.ACCEPTED)
    body = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return JsonResponse(
        body | {"code": code, "detail": said}, status=status.value, content_type=PROBLEM
    )
