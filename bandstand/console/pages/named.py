"""Printed ids as people call them: an order's number, whose plan, which seller, which offer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.offers import queries as offers
from bandstand.orders.queries.named import named_orders, orders_of_lines, orders_of_plans
from bandstand.parties import queries as parties

PREFIX_OF: Final = {"plan": IdKind.PLAN, "party": IdKind.PARTY, "offer": IdKind.OFFER}
ROOMS: Final = {IdKind.HOLD: "holds", IdKind.NOTICE: "notices", IdKind.TRANSFER: "ledger/transfers"}


@dataclass(frozen=True, slots=True)
class Named:
    """What an id is about, in words, and where its page is."""

    text: str
    url: str


def named(keys: Iterable[str]) -> Mapping[str, Named]:
    """
    Return what printed ids are about, each kind read once; an id of no page is left out.

    An id may have its kind written before it, as the audit log does: ``plan:pln_…``.
    """
    by_kind: dict[IdKind, dict[UUID, list[str]]] = {}
    for key in set(keys):
        found = _parsed(key)
        if found is not None:
            kind, value = found
            by_kind.setdefault(kind, {}).setdefault(value, []).append(key)
    names: dict[str, Named] = {}
    for kind, values in by_kind.items():
        for value, one in _names(kind, list(values)).items():
            names.update(dict.fromkeys(values[value], one))
    return names


def _parsed(key: str) -> tuple[IdKind, UUID] | None:
    prefix, colon, rest = key.partition(":")
    text = rest if colon else key
    kinds = {kind.value: kind for kind in IdKind}
    kind = kinds.get(text.partition("_")[0])
    try:
        if kind is not None:
            return kind, parse_id(kind, text)
        if colon and prefix in PREFIX_OF:
            return PREFIX_OF[prefix], UUID(text)
    except (BadInputError, ValueError):
        return None
    return None


def _names(kind: IdKind, ids: list[UUID]) -> Mapping[UUID, Named]:
    if kind in READERS:
        return READERS[kind](ids)
    room = ROOMS.get(kind)
    printed = {value: print_id(kind, value) for value in ids} if room else {}
    return {value: Named(text, f"/console/{room}/{text}/") for value, text in printed.items()}


def _orders(ids: list[UUID]) -> Mapping[UUID, Named]:
    return {
        value: Named(f"Order {one.number}", f"/console/orders/{one.public_id}/")
        for value, one in named_orders(ids).items()
    }


def _lines(ids: list[UUID]) -> Mapping[UUID, Named]:
    return {
        value: Named(f"A phone of order {one.number}", f"/console/orders/{one.public_id}/")
        for value, one in orders_of_lines(ids).items()
    }


def _plans(ids: list[UUID]) -> Mapping[UUID, Named]:
    return {
        value: Named(
            f"Plan of {one.email}, order {one.number}",
            f"/console/plans/{print_id(IdKind.PLAN, value)}/",
        )
        for value, one in orders_of_plans(ids).items()
    }


def _offers(ids: list[UUID]) -> Mapping[UUID, Named]:
    return {
        value: Named(f"{one.title}, {one.seller_name}", f"/console/offers/{one.public_id}/")
        for value, one in offers.offer_rows(ids).items()
    }


def _parties(ids: list[UUID]) -> Mapping[UUID, Named]:
    return {value: one for value in ids if (one := _party(value)) is not None}


def _party(party_id: UUID) -> Named | None:
    try:
        found = parties.party(party_id)
    except NotFoundError:
        return None
    return Named(found.trading_name, f"/console/sellers/{found.slug}/")


READERS: Final[Mapping[IdKind, Callable[[list[UUID]], Mapping[UUID, Named]]]] = {
    IdKind.ORDER: _orders,
    IdKind.LINE: _lines,
    IdKind.PLAN: _plans,
    IdKind.OFFER: _offers,
    IdKind.PARTY: _parties,
}
