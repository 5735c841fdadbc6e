"""Doors for those who check credentials: brands' keys, and the status lists kept for brands."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing import clock
from bandstand.rights import shop_key
from bandstand.rights.queries import credentials, keys
from bandstand.rights.rules.credentials import StatusPurpose, status_list_claims

LIST_LIFE: Final = timedelta(hours=1)
MEDIA_TYPE: Final = "application/vc+jwt"


@require_safe
@cache_control(public=True, max_age=300)
def brand_keys(request: HttpRequest, brand: str) -> JsonResponse:  # noqa: ARG001 -- Django passes it
    """Return a brand's standing public keys."""
    try:
        return JsonResponse(keys.jwks_of(brand))
    except NotFoundError as refused:
        return _not_here(refused)


@require_safe
@cache_control(public=True, max_age=300)
def shop_keys(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- Django passes it
    """Return the key that the status lists below are signed with."""
    return JsonResponse(shop_key.public_keys())


@require_safe
@cache_control(public=True, max_age=300)
def status_list(request: HttpRequest, brand: str) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Return the revocation list kept for a brand, signed by the shop."""
    try:
        keys.facts_of_brand(brand)
    except NotFoundError as refused:
        return _not_here(refused)
    claims = status_list_claims(
        url=credentials.hosted_url(brand),
        issuer=settings.BASE_URL.replace("http://", "https://", 1),
        purpose=StatusPurpose.REVOCATION,
        set_indexes=credentials.revoked_indexes(brand),
        from_at=clock.now().replace(microsecond=0),
        life=LIST_LIFE,
    )
    return HttpResponse(shop_key.sign_list(claims), content_type=MEDIA_TYPE)


def _not_here(refused: NotFoundError) -> JsonResponse:
    body = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": refused.message}
    return JsonResponse(body, status=404, content_type="application/problem+json")
