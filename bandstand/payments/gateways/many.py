"""Many calls to a provider at once: as one page where it takes pages, else a few side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from bandstand.payments.gateways.port import (
    BulkGateway,
    CaptureOrder,
    CardAuthorisation,
    Gateway,
)
from bandstand.payments.rules import GatewayAnswer

Outcome = GatewayAnswer | Exception
"""What became of one call of many: the answer, or why there is none."""
Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


def authorise_many(
    gateway: Gateway, orders: Sequence[CardAuthorisation], *, now: datetime
) -> Sequence[Outcome]:
    """Ask for amounts; one outcome per order, in the order given."""
    if isinstance(gateway, BulkGateway):
        return gateway.authorise_many(orders, now=now)
    return _each(gateway, orders, call=lambda order: gateway.authorise(order, now=now))


def capture_many(
    gateway: Gateway, orders: Sequence[CaptureOrder], *, now: datetime
) -> Sequence[Outcome]:
    """Ask to take what was authorised; one outcome per order, in the order given."""
    if isinstance(gateway, BulkGateway):
        return gateway.capture_many(orders, now=now)
    return _each(gateway, orders, call=lambda order: gateway.capture(order, now=now))


def look_up_refs(
    gateway: Gateway, refs: Sequence[str], *, now: datetime
) -> Sequence[Outcome | None]:
    """Return the provider's book by its references; nothing for what it never heard of."""
    if isinstance(gateway, BulkGateway):
        return gateway.look_up_refs(refs, now=now)
    return _each(gateway, refs, call=lambda ref: gateway.look_up(ref=ref, now=now))


def look_up_keys(
    gateway: Gateway, keys: Sequence[str], *, now: datetime
) -> Sequence[Outcome | None]:
    """Return the provider's book by our keys; nothing for what it never heard of."""
    if isinstance(gateway, BulkGateway):
        return gateway.look_up_keys(keys, now=now)
    return _each(gateway, keys, call=lambda key: gateway.look_up(key=key, now=now))


def _each(
    gateway: Gateway,
    asked: Sequence[Asked],
    *,
    call: Callable[[Asked], Answered],
) -> list[Answered | Exception]:
    def outcome(one: Asked) -> Answered | Exception:
        try:
            return call(one)
        except Exception as none:  # noqa: BLE001 -- one call's failure must not lose the others' answers
            return none

    # A gateway that may be called from several threads says so; one with a database may not.
    at_once = getattr(gateway, "calls_at_once", 1)
    if at_once == 1 or len(asked) == 1:
        return [outcome(one) for one in asked]
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        return list(pool.map(outcome, asked))
