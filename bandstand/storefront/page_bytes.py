"""
Pages kept as bytes in the process, for visitors who are nobody in particular.

A page is kept under its path and the filters it knows, with the gate's display epoch that was read
before any of its facts. The epoch is read again for every request, so a hold that was just placed
is on every page at the next one, in every process. Stock and prices may be as old as
``KEPT_SECONDS``; a hold that begins at an instant set in advance, too. What belongs to one visitor
(basket count, form token) is a slot, filled for each answer.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from bandstand.gate import queries as gate
from bandstand.storefront import visits
from bandstand.storefront.shop import may_keep
from bandstand.storefront.site import NOBODY, Site, site_of

KEPT_SECONDS: Final = 3.0
FRESH_SECONDS: Final = 2.4
"""From here on one visitor renders the page anew; the others get the kept one until it is."""
KEPT_MAX: Final = 1024
VALUE_LENGTH_MAX: Final = 200
# Random, so that nothing a seller writes can be taken for a slot.
TOKEN_SLOT: Final = f"token-{secrets.token_hex(12)}"
YOURS_SLOT: Final = f"yours-{secrets.token_hex(12)}"
KNOWN: Final = frozenset(
    {
        "q", "brand", "max", "condition", "tier", "5g", "esim", "category", "seller", "works",
        "sort", "show", "page", "months",
    }
)  # fmt: skip
"""The parameters that change a page; any other is dropped from the key."""

View = Callable[..., HttpResponse]


@dataclass(slots=True)
class Kept:
    """One page's bytes, cut at its slots."""

    epoch: int
    made_at: float
    body: bytes
    for_nobody: bytes
    """The page for a visitor who has no basket and no account; only the token is still a slot."""
    has_token: bool
    renewing: Lock = field(default_factory=Lock)
    """Taken once, by whoever renders the page anew."""

    def is_fresh(self, *, epoch: int) -> bool:
        """Say whether the page stands and need not be rendered anew yet."""
        return self.epoch == epoch and time.monotonic() - self.made_at < FRESH_SECONDS

    def may_stand(self, *, epoch: int) -> bool:
        """Say whether the page may be handed out; the first to ask of an ageing one renews it."""
        if self.epoch != epoch:
            return False
        age = time.monotonic() - self.made_at
        is_ageing = age >= FRESH_SECONDS
        return age < KEPT_SECONDS and not (is_ageing and self.renewing.acquire(blocking=False))

    def filled(self, *, yours: bytes, token: str) -> bytes:
        """Return the page for one visitor."""
        body = self.body.replace(YOURS_SLOT.encode(), yours, 1)
        return body.replace(TOKEN_SLOT.encode(), token.encode()) if self.has_token else body


_pages: OrderedDict[str, Kept] = OrderedDict()
_lock = Lock()


def key_of(request: HttpRequest) -> str:
    """Return what a page is kept under: its path and the parameters it knows, sorted."""
    if not request.META.get("QUERY_STRING"):
        return request.path_info
    asked = sorted(
        (name, value[:VALUE_LENGTH_MAX])
        for name, values in request.GET.lists()
        if name in KNOWN
        for value in values
        if value
    )
    return f"{request.path_info}?{urlencode(asked)}"


def find(key: str, *, epoch: int) -> Kept | None:
    """Return a page that was kept at this epoch and is young enough."""
    found = _pages.get(key)
    return found if found is not None and found.is_fresh(epoch=epoch) else None


def kept_pages() -> dict[str, Kept]:
    """Return what is kept now, by its key."""
    with _lock:
        return dict(_pages)


def clear() -> None:
    """Forget every page."""
    with _lock:
        _pages.clear()


def kept_as_bytes(view: View) -> View:
    """Serve a view's page from kept bytes to visitors without messages who are not signed in."""

    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- whatever the address holds
        if not _may_be_kept(request):
            return view(request, **arguments)
        key = key_of(request)
        # Read before any fact of the page: a change in between makes it too old, not too new.
        epoch = gate.display_epoch()
        kept = find(key, epoch=epoch)
        if kept is None:
            fresh = _rendered(view, request, arguments=arguments)
            if fresh.status_code != HttpResponse.status_code:
                return _unslotted(request, fresh)
            kept = _keep(key, body=fresh.content, epoch=epoch)
        return _answered(request, kept)

    return answer


def _rendered(view: View, request: HttpRequest, *, arguments: Mapping[str, Any]) -> HttpResponse:
    request.yours_slot = YOURS_SLOT  # type: ignore[attr-defined]  # read by site_of and page_shown
    try:
        return view(request, **arguments)
    finally:
        del request.yours_slot  # type: ignore[attr-defined]  # the answer's own parts come next


def _keep(key: str, *, body: bytes, epoch: int) -> Kept:
    page = Kept(
        epoch=epoch,
        made_at=time.monotonic(),
        body=body,
        for_nobody=body.replace(YOURS_SLOT.encode(), _links(NOBODY), 1),
        has_token=TOKEN_SLOT.encode() in body,
    )
    with _lock:
        _pages.pop(key, None)
        _pages[key] = page
        while len(_pages) > KEPT_MAX:
            _pages.popitem(last=False)
    return page


def _answered(request: HttpRequest, kept: Kept) -> HttpResponse:
    token = get_token(request) if kept.has_token else ""
    response = HttpResponse(kept.filled(yours=_yours_of(request), token=token))
    response["Cache-Control"] = "no-cache, private"
    if not visits.has_session(request):
        response.kept = kept  # type: ignore[attr-defined]  # the front door keeps it with its headers
    return response


def _unslotted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if YOURS_SLOT.encode() in response.content:
        body = response.content.replace(YOURS_SLOT.encode(), _yours_of(request), 1)
        response.content = body.replace(TOKEN_SLOT.encode(), get_token(request).encode())
    return response


def _yours_of(request: HttpRequest) -> bytes:
    return _links(site_of(request))


def _links(site: Site) -> bytes:
    """Return a visitor's own links of the frame."""
    return render_to_string("components/yours.html", {"site": site}).encode()


def _may_be_kept(request: HttpRequest) -> bool:
    if request.method != "GET" or not may_keep() or visits.is_signed_in(request):
        return False
    return not (visits.has_session(request) and request.session.get("_messages"))
