"""
A small real HTTP server that speaks Stripe Tax's wire format on the loopback address.

It shares no code with the adapter, so that a slip there is not repeated here.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Book = dict[str, Any]
KEY = "sk_test_a_tax_double"
VERSION = "2026-10-28.endive"
RATES = {"IL": ("Illinois", "6.25"), "CA": ("California", "7.25")}
ENDS = 1_900_000_000


@dataclass
class TaxDouble:
    """What Stripe keeps: calculations and transactions; and what to do wrong next."""

    calculations: dict[str, Book] = field(default_factory=dict)
    transactions: dict[str, Book] = field(default_factory=dict)
    remembered: dict[str, Book] = field(default_factory=dict)
    fault: str = ""
    url: str = ""
    asked: list[Book] = field(default_factory=list)

    def do(self, path: str, wanted: Book, key: str) -> tuple[int, Book]:
        """Do what is asked once per key."""
        if key in self.remembered:
            return 200, self.remembered[key]
        self.asked.append({"path": path, **wanted})
        acts = {
            "/v1/tax/calculations": self._calculate,
            "/v1/tax/transactions/create_from_calculation": self._record,
            "/v1/tax/transactions/create_reversal": self._reverse,
        }
        if path not in acts:
            return 404, _refusal("resource_missing", f"Unrecognized request URL {path}")
        status, made = acts[path](wanted)
        if status == 200:
            self.remembered[key] = made
        return status, made

    def _calculate(self, wanted: Book) -> tuple[int, Book]:
        address = wanted["customer_details"]["address"]
        if not address.get("postal_code"):
            return 400, _refusal("customer_tax_location_invalid", "The address is not enough.")
        name, percent = RATES[address["state"]]
        amount = int(wanted["line_items"]["0"]["amount"])
        tax = round(amount * float(percent) / 100)
        detail = {"display_name": "Sales Tax", "percentage_decimal": percent}
        where = {"country": "US", "display_name": name, "level": "state", "state": address["state"]}
        line = {
            "id": "tax_li_1",
            "object": "tax.calculation_line_item",
            "amount": amount,
            "amount_tax": tax,
            "reference": wanted["line_items"]["0"]["reference"],
            "tax_behavior": wanted["line_items"]["0"]["tax_behavior"],
            "tax_breakdown": [
                {
                    "amount": tax,
                    "jurisdiction": where,
                    "tax_rate_details": {**detail, "tax_type": "sales_tax"},
                    "taxability_reason": "standard_rated",
                },
                {
                    "amount": 0,
                    "jurisdiction": {**where, "level": "county", "display_name": "Sangamon"},
                    "tax_rate_details": None,
                    "taxability_reason": "not_collecting",
                },
            ],
        }
        made = {
            "id": f"taxcalc_{len(self.calculations) + 1}",
            "object": "tax.calculation",
            "currency": wanted["currency"],
            "tax_amount_exclusive": tax,
            "expires_at": ENDS,
            "line_items": {"object": "list", "data": [line], "has_more": False, "url": "/x"},
        }
        self.calculations[made["id"]] = made
        return 200, made

    def _record(self, wanted: Book) -> tuple[int, Book]:
        if wanted["calculation"] not in self.calculations:
            return 404, _refusal("resource_missing", "No such calculation.")
        return self._transaction(wanted["reference"], {"type": "transaction", **wanted})

    def _reverse(self, wanted: Book) -> tuple[int, Book]:
        if wanted["original_transaction"] not in self.transactions:
            return 404, _refusal("resource_missing", "No such transaction.")
        assert wanted["mode"] == "full"
        return self._transaction(wanted["reference"], {"type": "reversal", **wanted})

    def _transaction(self, reference: str, facts: Book) -> tuple[int, Book]:
        if any(one["reference"] == reference for one in self.transactions.values()):
            return 400, _refusal("reference_in_use", "The reference was used before.")
        made = {
            "id": f"tax_{len(self.transactions) + 1}",
            "object": "tax.transaction",
            **facts,
            "reference": reference,
        }
        self.transactions[made["id"]] = made
        return 200, made


def _refusal(code: str, message: str) -> Book:
    return {"error": {"type": "invalid_request_error", "code": code, "message": message}}


def _nested(pairs: list[tuple[str, str]]) -> Book:
    found: Book = {}
    for name, value in pairs:
        parts = re.findall(r"[^\[\]]+", name)
        at = found
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return found


def _door_of(double: TaxDouble) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            assert self.headers.get("Stripe-Version") == VERSION
            key = self.headers.get("Idempotency-Key") or ""
            if double.fault == "fail":
                status, found = 500, {"error": {"type": "api_error", "message": KEY}}
            elif self.headers.get("Authorization") != f"Bearer {KEY}":
                status, found = 401, _refusal("", f"Invalid API Key: {KEY}")
            else:
                status, found = double.do(self.path, _nested(parse_qsl(body)), key)
            if double.fault == "lose":
                double.fault = ""
                status, found = 503, {"error": {"type": "api_error", "message": "gone"}}
            shown = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(shown)))
            self.end_headers()
            self.wfile.write(shown)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 -- the base's signature
            """Keep the test's output clean."""

    return Door


@contextmanager
def serving() -> Iterator[TaxDouble]:
    """Serve a double on a free port of the loopback address until the block ends."""
    double = TaxDouble()
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
