"""
A small real HTTP server that speaks Stripe's wire format on the loopback address.

Requests are form-encoded, answers are JSON objects and Stripe's error bodies; a key sent again is
answered from memory with the replay header, and refused when it comes with another body. It can be
told to lose an answer after doing the work, to fail, or to be too busy.
"""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.payments.contract.stripe_book import Book, StripeBook, StripeRefusal

KEY = "sk_test_a_double"
VERSION = "2026-10-28.endive"
Reply = tuple[int, Book, dict[str, str]]
BUSY = {"lose": 0, "fail": 500, "slow_down": 429}


@dataclass
class StripeDouble:
    """The server's state: the book, remembered calls, and what to do wrong next."""

    book: StripeBook = field(default_factory=StripeBook)
    remembered: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    next_fault: str = ""
    url: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)

    def forget_keys(self) -> None:
        """Let a day pass: Stripe forgets idempotency keys after 24 hours."""
        self.remembered.clear()

    def answer(self, method: str, target: str, body: str, key: str) -> Reply:
        """Do what is asked once per key, and answer."""
        self.calls.append((method, urlsplit(target).path))
        asked = f"{method} {target}\n{body}"
        if key and key in self.remembered:
            earlier, status, kept = self.remembered[key]
            if earlier != asked:
                raise StripeRefusal(
                    "Keys for idempotent requests can only be used with the same parameters.",
                    kind="idempotency_error",
                )
            return status, json.loads(kept), {"Idempotent-Replayed": "true"}
        try:
            status, found = 200, self._do(method, urlsplit(target).path, target, body)
        except StripeRefusal as refused:
            status, found = refused.status, {"error": refused.body}
        shown = json.dumps(found)
        if key and method == "POST":
            self.remembered[key] = (asked, status, shown)
        return status, json.loads(shown), {}

    def _do(self, method: str, path: str, target: str, body: str) -> Book:
        wanted = _nested(parse_qsl(body if method == "POST" else urlsplit(target).query))
        for verb, pattern, act in ROUTES:
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                return act(self.book, wanted, *match.groups())
        raise StripeRefusal(f"Unrecognized request URL ({method}: {path}).", status=404)


def _nested(pairs: list[tuple[str, str]]) -> Book:
    """Return ``a[b][0]=c`` as nested mappings, as Stripe reads forms."""
    found: Book = {}
    for name, value in pairs:
        parts = re.findall(r"[^\[\]]+", name)
        at = found
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return found


def _list(rows: list[Book]) -> Book:
    return {"object": "list", "data": rows, "has_more": False, "url": "/v1/list"}


def _search(book: StripeBook, wanted: Book) -> Book:
    match = re.fullmatch(r"metadata\['(\w+)'\]:'(.*)'", wanted["query"])
    assert match, wanted["query"]
    name, value = match.groups()
    rows = [one for one in book.intents.values() if one["metadata"].get(name) == value]
    return {"object": "search_result", "data": rows, "has_more": False, "url": "/v1/search"}


def _marked(found: Book, wanted: Book) -> Book:
    found["metadata"] |= wanted.get("metadata") or {}
    return found


def _sessions(book: StripeBook, wanted: Book) -> Book:
    rows = [
        one for one in book.sessions.values() if one["payment_intent"] == wanted["payment_intent"]
    ]
    return _list(rows)


ROUTES: tuple[tuple[str, str, Callable[..., Book]], ...] = (
    ("POST", "/v1/customers", lambda book, _: book.customer()),
    ("POST", "/v1/payment_intents", lambda book, wanted: book.intent(wanted)),
    ("GET", "/v1/payment_intents/search", _search),
    (
        "GET",
        r"/v1/payment_intents/(\w+)",
        lambda book, wanted, at: book.expanded(book.found(book.intents, at), wanted),
    ),
    ("POST", r"/v1/payment_methods/(\w+)/detach", lambda book, _, at: book.detach(at)),
    (
        "POST",
        r"/v1/payment_intents/(\w+)",
        lambda book, wanted, at: _marked(book.found(book.intents, at), wanted),
    ),
    (
        "POST",
        r"/v1/payment_intents/(\w+)/capture",
        lambda book, wanted, at: book.capture(book.found(book.intents, at), wanted),
    ),
    (
        "POST",
        r"/v1/payment_intents/(\w+)/cancel",
        lambda book, _, at: book.cancel(book.found(book.intents, at)),
    ),
    ("POST", "/v1/checkout/sessions", lambda book, wanted: book.session(wanted)),
    ("GET", "/v1/checkout/sessions", _sessions),
    (
        "GET",
        r"/v1/checkout/sessions/(\w+)",
        lambda book, wanted, at: book.expanded_session(book.found(book.sessions, at), wanted),
    ),
    (
        "POST",
        r"/v1/checkout/sessions/(\w+)",
        lambda book, wanted, at: _marked(book.found(book.sessions, at), wanted),
    ),
    (
        "POST",
        r"/v1/checkout/sessions/(\w+)/expire",
        lambda book, _, at: book.expire(book.found(book.sessions, at)),
    ),
    ("POST", "/v1/refunds", lambda book, wanted: book.refund(wanted)),
    ("GET", "/v1/refunds", lambda book, wanted: _list(book.refunds_of(wanted["payment_intent"]))),
    ("GET", "/v1/disputes", lambda book, wanted: _list(book.disputes_of(wanted["payment_intent"]))),
)


def _door_of(double: StripeDouble) -> type[BaseHTTPRequestHandler]:  # noqa: C901 -- one small server, read top to bottom
    """Return the handler that speaks for one double."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            self._answer(self.rfile.read(size).decode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 -- the base's signature
            """Keep the test's output clean."""

        def _answer(self, body: str) -> None:
            fault = double.next_fault if self.command == "POST" else ""
            if fault:
                double.next_fault = ""
            if fault in {"fail", "slow_down"}:
                wait = {"Retry-After": "7"} if fault == "slow_down" else {}
                error = {"type": "api_error", "message": "busy"}
                self._write(BUSY[fault], {"error": error}, wait)
                return
            reply = self._reply(body)
            if fault == "lose":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._write(*reply)

        def _reply(self, body: str) -> Reply:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                error = {"type": "invalid_request_error", "message": "Invalid API Key: sk_test_*"}
                return 401, {"error": error}, {}
            assert self.headers.get("Stripe-Version") == VERSION
            try:
                key = self.headers.get("Idempotency-Key") or ""
                return double.answer(self.command, self.path, body, key)
            except StripeRefusal as refused:
                return refused.status, {"error": refused.body}, {}

        def _write(self, status: int, found: Book, headers: dict[str, str]) -> None:
            shown = json.dumps(found).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

    return Door


@contextmanager
def serving() -> Iterator[StripeDouble]:
    """Serve a double on a free port of the loopback address until the block ends."""
    double = StripeDouble()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _door_of(double))
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
