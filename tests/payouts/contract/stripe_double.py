"""
A small real HTTP server that speaks Stripe's wire format for transfers, on the loopback address.

It shares no code with the adapter. A key sent again is answered from memory and refused with
another body; it can be told to lose an answer after doing the work, to fail, or to be too busy.
"""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Book = dict[str, Any]
Reply = tuple[int, Book]
KEY = "sk_test_a_double"
FAULTS = {"fail": 500, "slow_down": 429}


class Refusal(Exception):  # noqa: N818 -- it is Stripe's refusal, not an error of the double
    def __init__(self, message: str, *, code: str = "", status: int = 400, kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"type": kind or "invalid_request_error", "message": message, "code": code}


@dataclass
class ConnectBook:
    """What Stripe keeps: our balance, accounts with theirs, transfers and what was reversed."""

    ours: int = 1_000_000
    accounts: dict[str, int] = field(default_factory=dict)
    transfers: dict[str, Book] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def transfer(self, wanted: Book) -> Book:
        amount, to = int(wanted["amount"]), wanted["destination"]
        if to not in self.accounts:
            raise Refusal(f"No such destination: '{to}'", code="resource_missing")
        if amount > self.ours:
            raise Refusal("Insufficient funds in Stripe account.", code="balance_insufficient")
        self.ours -= amount
        self.accounts[to] += amount
        made = {
            "id": f"tr_{next(self.numbers)}",
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "currency": wanted["currency"],
            "destination": to,
            "metadata": dict(wanted.get("metadata") or {}),
            "reversals": {"object": "list", "data": [], "has_more": False, "url": "/v1/r"},
            "reversed": False,
            "transfer_group": wanted.get("transfer_group"),
        }
        self.transfers[made["id"]] = made
        return made

    def found(self, at: str) -> Book:
        if at not in self.transfers:
            raise Refusal(f"No such transfer: '{at}'", code="resource_missing", status=404)
        return self.transfers[at]

    def reverse(self, at: str, wanted: Book) -> Book:
        of = self.found(at)
        amount = int(wanted.get("amount") or of["amount"] - of["amount_reversed"])
        if amount > of["amount"] - of["amount_reversed"]:
            raise Refusal("Reversal exceeds the transfer.", code="amount_too_large")
        if amount > self.accounts[of["destination"]]:
            raise Refusal("The account has too little.", code="balance_insufficient")
        self.accounts[of["destination"]] -= amount
        self.ours += amount
        of["amount_reversed"] += amount
        of["reversed"] = of["amount_reversed"] == of["amount"]
        made = {
            "id": f"trr_{next(self.numbers)}",
            "object": "transfer_reversal",
            "amount": amount,
            "metadata": dict(wanted.get("metadata") or {}),
        }
        of["reversals"]["data"].insert(0, made)
        return made

    def balance(self, account: str) -> Book:
        minor = self.accounts.get(account, self.ours if not account else 0)
        return {"object": "balance", "available": [{"amount": minor, "currency": "usd"}]}


@dataclass
class ConnectDouble:
    book: ConnectBook = field(default_factory=ConnectBook)
    remembered: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    next_fault: str = ""
    url: str = ""

    def answer(self, method: str, target: str, body: str, *, key: str, account: str) -> Reply:
        """Do what is asked once per key, and answer with a status and a body."""
        asked = f"{method} {target}\n{body}"
        if key and key in self.remembered:
            earlier, status, kept = self.remembered[key]
            if earlier != asked:
                raise Refusal(
                    "Keys can only be used with the same parameters.", kind="idempotency_error"
                )
            return status, json.loads(kept)
        try:
            status, found = 200, self._do(method, target, body, account=account)
        except Refusal as refused:
            status, found = refused.status, {"error": refused.body}
        # Stripe remembers what it did and what failed there, not what it refused to begin.
        if key and method == "POST" and status == 200:
            self.remembered[key] = (asked, status, json.dumps(found))
        return status, found

    def _do(self, method: str, target: str, body: str, *, account: str) -> Book:
        path = urlsplit(target).path
        wanted = nested(body if method == "POST" else urlsplit(target).query)
        if (method, path) == ("GET", "/v1/balance"):
            return self.book.balance(account)
        if (method, path) == ("POST", "/v1/transfers"):
            return self.book.transfer(wanted)
        if (method, path) == ("GET", "/v1/transfers"):
            group = wanted.get("transfer_group")
            rows = [one for one in self.book.transfers.values() if one["transfer_group"] == group]
            return {"object": "list", "data": rows, "has_more": False, "url": "/v1/transfers"}
        match = re.fullmatch(r"/v1/transfers/(\w+)(/reversals)?", path)
        if match and method == "POST" and match.group(2):
            return self.book.reverse(match.group(1), wanted)
        if match and method == "GET":
            return self.book.found(match.group(1))
        raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)


def nested(text: str) -> Book:
    """Return ``a[b]=c`` as nested mappings, as Stripe reads forms."""
    found: Book = {}
    for name, value in parse_qsl(text):
        parts = re.findall(r"[^\[\]]+", name)
        at = found
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return found


def _door_of(double: ConnectDouble) -> type[BaseHTTPRequestHandler]:  # noqa: C901 -- one small server, read top to bottom
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
            if fault in FAULTS:
                self._write(FAULTS[fault], {"error": {"type": "api_error", "message": "busy"}})
                return
            status, found = self._reply(body)
            if fault == "lose":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._write(status, found)

        def _reply(self, body: str) -> Reply:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                return 401, {"error": {"type": "invalid_request_error", "message": "Invalid key"}}
            try:
                status, found = double.answer(
                    self.command,
                    self.path,
                    body,
                    key=self.headers.get("Idempotency-Key") or "",
                    account=self.headers.get("Stripe-Account") or "",
                )
            except Refusal as refused:
                return refused.status, {"error": refused.body}
            return status, found

        def _write(self, status: int, found: Book) -> None:
            shown = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

    return Door


@contextmanager
def serving() -> Iterator[ConnectDouble]:
    """Serve a double on a free port of the loopback address until the block ends."""
    double = ConnectDouble()
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
