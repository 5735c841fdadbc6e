"""
The front door: hands out kept pages before the rest of the shop wakes up.

It stands around the whole application, as WSGI, and answers only visitors who bring neither a
session nor a form token. What it hands out is what an earlier visitor got through every middleware,
headers included. It still asks the database for the display epoch at every request, on the
thread's own connection; where it cannot, or the page is not kept or too old, it steps aside.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from bandstand.storefront.page_bytes import KEPT_MAX, TOKEN_SLOT, Kept

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PHONES: Final = "/phones/"
NOT_SHARED: Final = frozenset({"content-length", "set-cookie", "date"})
EPOCH: Final = b"bandstand_display_epoch"
EPOCH_SQL: Final = b"select epoch from gate_epoch where key = 'display'"
OK: Final = "200 OK"
TOKEN_BYTES: Final = 16
"""A form token is 32 letters and digits, as Django's own are."""

Application = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A page ready to be handed out: cut at its form token, if it has one."""

    kept: Kept
    parts: tuple[bytes, ...]
    headers: Headers
    cookie_name: str
    cookie_rest: str
    """By which Django knows the form token again, with its settings."""


class FrontDoor:
    """A WSGI application that hands out kept pages; everything else walks through."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._ready: OrderedDict[tuple[str, str, str], Ready] = OrderedDict()
        self._lock = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        if not _is_for_anyone(environ):
            return self.application(environ, start_response)
        # The host is part of the key: one that the shop does not serve never got a page kept.
        key = (environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        ready = self._ready.get(key)
        if ready is not None:
            epoch = _display_epoch()
            if epoch is not None and ready.kept.may_stand(epoch=epoch):
                return _handed_out(ready, start_response)
        return self._walked_through(environ, start_response, key=key)

    def _walked_through(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        *,
        key: tuple[str, str, str],
    ) -> Iterable[bytes]:
        seen: Headers = []

        def noted(status: str, headers: Headers, *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's own
            seen.extend(headers)
            return start_response(status, headers, *rest)

        response = self.application(environ, noted)
        kept = getattr(response, "kept", None)
        if isinstance(kept, Kept):
            self._keep(key, kept=kept, headers=seen)
        return response

    def _keep(self, key: tuple[str, str, str], *, kept: Kept, headers: Headers) -> None:
        ready = Ready(
            kept=kept,
            parts=tuple(kept.for_nobody.split(TOKEN_SLOT.encode())),
            headers=[(name, value) for name, value in headers if name.lower() not in NOT_SHARED],
            cookie_name=str(settings.CSRF_COOKIE_NAME),
            cookie_rest=_cookie_rest(),
        )
        with self._lock:
            self._ready.pop(key, None)
            self._ready[key] = ready
            while len(self._ready) > KEPT_MAX:
                self._ready.popitem(last=False)


def _is_for_anyone(environ: "WSGIEnvironment") -> bool:
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] != "GET" or not (path == "/" or path.startswith(PHONES)):
        return False
    cookies = environ.get("HTTP_COOKIE", "")
    return not cookies or (
        settings.SESSION_COOKIE_NAME not in cookies and settings.CSRF_COOKIE_NAME not in cookies
    )


def _display_epoch() -> int | None:
    """
    Return the gate's display epoch, or None where the thread's connection cannot tell it now.

    The same question as ``gate.queries.display_epoch``, without the layers that take fifty times
    as long as the question itself.
    """
    ours = connections[DEFAULT_DB_ALIAS]
    open_one = ours.connection
    if open_one is None or ours.in_atomic_block:
        return None
    try:
        found = _asked(open_one)
        value = found.get_value(0, 0) if found.ntuples else b"0"
    except psycopg.Error:
        return None
    return int(value or 0)


def _asked(open_one: psycopg.Connection[Any]) -> psycopg.pq.abc.PGresult:
    raw = open_one.pgconn
    found = raw.exec_prepared(EPOCH, [])
    if found.status != psycopg.pq.ExecStatus.TUPLES_OK:
        # A new connection has not heard the question yet.
        raw.prepare(EPOCH, EPOCH_SQL)
        found = raw.exec_prepared(EPOCH, [])
    return found


def _handed_out(ready: Ready, start_response: "StartResponse") -> Iterable[bytes]:
    headers, body = ready.headers, ready.parts[0]
    if len(ready.parts) > 1:
        token = secrets.token_hex(TOKEN_BYTES)
        body = token.encode().join(ready.parts)
        headers = [*headers, ("Set-Cookie", f"{ready.cookie_name}={token}; {ready.cookie_rest}")]
    start_response(OK, [*headers, ("Content-Length", str(len(body)))])
    return (body,)


def _cookie_rest() -> str:
    parts = [
        f"Max-Age={settings.CSRF_COOKIE_AGE}",
        f"Path={settings.CSRF_COOKIE_PATH}",
        f"SameSite={settings.CSRF_COOKIE_SAMESITE}",
        *(["Secure"] if settings.CSRF_COOKIE_SECURE else []),
        *([f"Domain={settings.CSRF_COOKIE_DOMAIN}"] if settings.CSRF_COOKIE_DOMAIN else []),
    ]
    return "; ".join(parts)
