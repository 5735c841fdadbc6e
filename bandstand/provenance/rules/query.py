"""
Queries for events: which parameters there are, and what each asks for.

Source: GS1 EPCIS 2.0, section 8.2.7.1 (SimpleEventQuery) and 12 (REST binding), from the published
OpenAPI description (read 2026-11-22). Several values are joined with ``|`` or given several times.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.faults import QueryRefusedError
from bandstand.provenance.rules.ids import Level, read_identifier
from bandstand.provenance.rules.reading import read_instant
from bandstand.provenance.rules.vocabulary import (
    ACTION_NAMES,
    DISPOSITIONS,
    REASONS,
    SIDES,
    STEPS,
    TRANSACTIONS,
    TYPE_NAMES,
    Vocabulary,
    read_word,
)

PER_PAGE: Final = 30
PER_PAGE_MAX: Final = 1_000
VALUES_MAX: Final = 100
PREFIX_PATTERN: Final = re.compile(r"urn:epc:idpat:(sgtin|sscc):(\d{6,12})((\.\*)+)")
PREFIX_STARS: Final = {"sgtin": ".*.*", "sscc": ".*"}
PREFIX_AIS: Final = {"sgtin": "01", "sscc": "00"}


class Order(StrEnum):
    """By which instant events are listed."""

    EVENT = "eventTime"
    RECORD = "recordTime"


@dataclass(frozen=True, slots=True)
class Match:
    """That an event names one of these, or something that begins so, in one of these roles."""

    roles: tuple[Role, ...]
    values: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """What is asked for; each part narrows."""

    equal: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: tuple[tuple[str, datetime], ...] = ()
    before: tuple[tuple[str, datetime], ...] = ()
    matches: tuple[Match, ...] = ()
    is_declaration: bool | None = None
    order: Order = Order.EVENT
    is_descending: bool = True
    per_page: int = PER_PAGE
    limit: int | None = None
    after: tuple[datetime, UUID] | None = None


EQUAL: Final[Mapping[str, tuple[str, Vocabulary | frozenset[str] | None]]] = {
    "eventType": ("type", TYPE_NAMES),
    "EQ_action": ("action", ACTION_NAMES),
    "EQ_bizStep": ("step", STEPS),
    "EQ_disposition": ("disposition", DISPOSITIONS),
    "EQ_persistentDisposition_set": ("persists", DISPOSITIONS),
    "EQ_persistentDisposition_unset": ("unsets", DISPOSITIONS),
    "EQ_readPoint": ("read_point", None),
    "EQ_bizLocation": ("biz_location", None),
    "EQ_transformationID": ("transformation_id", None),
    "EQ_eventID": ("event_id", None),
    "EQ_errorReason": ("reason", REASONS),
    "EQ_correctiveEventID": ("corrective_ids", None),
}
INSTANTS: Final = {
    "eventTime": "event_at",
    "recordTime": "recorded_at",
    "errorDeclarationTime": "declared_at",
}
MATCHES: Final[Mapping[str, tuple[Role, ...]]] = {
    "MATCH_epc": (Role.EPC, Role.CHILD),
    "MATCH_parentID": (Role.PARENT,),
    "MATCH_inputEPC": (Role.INPUT,),
    "MATCH_outputEPC": (Role.OUTPUT,),
    "MATCH_anyEPC": (Role.EPC, Role.CHILD, Role.PARENT, Role.INPUT, Role.OUTPUT),
    "MATCH_epcClass": (Role.EPC_CLASS, Role.CHILD_CLASS),
    "MATCH_inputEPCClass": (Role.INPUT_CLASS,),
    "MATCH_outputEPCClass": (Role.OUTPUT_CLASS,),
    "MATCH_anyEPCClass": (
        Role.EPC_CLASS, Role.CHILD_CLASS, Role.INPUT_CLASS, Role.OUTPUT_CLASS,
    ),
}  # fmt: skip
SIDED: Final[Mapping[str, tuple[Role, Vocabulary]]] = {
    "EQ_source_": (Role.SOURCE, SIDES),
    "EQ_destination_": (Role.DESTINATION, SIDES),
    "EQ_bizTransaction_": (Role.TRANSACTION, TRANSACTIONS),
}
CONTROLS: Final = (
    "EXISTS_errorDeclaration", "orderBy", "orderDirection", "perPage", "nextPageToken",
    "eventCountLimit", "maxEventCount",
)  # fmt: skip
NAMES: Final = (
    *EQUAL,
    *MATCHES,
    *CONTROLS,
    *(f"{sign}_{name}" for sign in ("GE", "LT") for name in INSTANTS),
    *(f"{start}{word}" for start, (_, words) in SIDED.items() for word in sorted(words.words)),
)


def read_query(asked: Mapping[str, Sequence[str]]) -> EventQuery:
    """
    Return what the parameters of a query ask for.

    Raises: QueryRefusedError naming the parameter that cannot be understood.
    """
    query = EventQuery()
    for name, given in asked.items():
        values = [value for one in given for value in one.split("|") if value]
        if not values or len(values) > VALUES_MAX:
            raise _wrong(name, f"needs 1 to {VALUES_MAX} values")
        try:
            query = _with(query, name, values=values)
        except QueryRefusedError:
            raise
        except BadInputError as refused:
            raise _wrong(name, refused.message) from refused
    return query


def page_token(at: datetime, key: UUID) -> str:
    """Return the token with which the next page is asked for."""
    return urlsafe_b64encode(f"{at.isoformat()} {key}".encode()).decode()


def _with(query: EventQuery, name: str, *, values: list[str]) -> EventQuery:
    if name in EQUAL:
        column, words = EQUAL[name]
        found = tuple(_word(name, one, words=words) for one in values)
        return replace(query, equal=(*query.equal, (column, found)))
    if name in MATCHES:
        return replace(query, matches=(*query.matches, _match(MATCHES[name], values)))
    for start, (role, words) in SIDED.items():
        if name.startswith(start):
            kind = read_word(name.removeprefix(start), words)
            uris = tuple(read_identifier(one).uri for one in values)
            return replace(query, matches=(*query.matches, Match((role,), uris, kind=kind)))
    sign, _, instant = name.partition("_")
    if sign in {"GE", "LT"} and instant in INSTANTS:
        return _with_instant(query, sign, column=INSTANTS[instant], said=_one(name, values))
    return _with_control(query, name, said=_one(name, values))


def _word(name: str, value: str, *, words: Vocabulary | frozenset[str] | None) -> str:
    if words is None:
        return read_identifier(value).uri
    if isinstance(words, Vocabulary):
        return read_word(value, words)
    if value not in words:
        raise _wrong(name, f"“{value[:60]}” is not one of {', '.join(sorted(words))}")
    return value


def _match(roles: tuple[Role, ...], values: list[str]) -> Match:
    exact: list[str] = []
    starts: list[str] = []
    for value in values:
        pattern = PREFIX_PATTERN.fullmatch(value)
        if pattern and pattern[3] == PREFIX_STARS[pattern[1]]:
            # The digit before the company prefix may be any.
            base = f"https://id.gs1.org/{PREFIX_AIS[pattern[1]]}/"
            starts += [f"{base}{digit}{pattern[2]}" for digit in range(10)]
            continue
        found = read_identifier(value)
        exact.append(found.uri)
        if found.level is Level.CLASS:
            starts.append(found.uri + "/")
    return Match(roles, tuple(exact), tuple(starts))


def _with_instant(query: EventQuery, sign: str, *, column: str, said: str) -> EventQuery:
    at = read_instant(said.replace(" ", "+"))  # a plus in an address that was not escaped
    if at is None:
        raise QueryRefusedError(f"{sign}_…: “{said[:60]}” is not an instant with its offset.")
    if sign == "GE":
        return replace(query, since=(*query.since, (column, at)))
    return replace(query, before=(*query.before, (column, at)))


def _with_control(query: EventQuery, name: str, *, said: str) -> EventQuery:
    setter = SETTERS.get(name)
    if setter is None:
        near = near_matches(name, list(NAMES))
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise QueryRefusedError(f"There is no parameter “{name[:80]}”.{hint}", near=near)
    return setter(query, said)


def _set_declaration(query: EventQuery, said: str) -> EventQuery:
    if said not in {"true", "false"}:
        raise _wrong("EXISTS_errorDeclaration", "say true or false")
    return replace(query, is_declaration=said == "true")


def _set_order(query: EventQuery, said: str) -> EventQuery:
    if said not in {one.value for one in Order}:
        raise _wrong("orderBy", "say eventTime or recordTime")
    return replace(query, order=Order(said))


def _set_direction(query: EventQuery, said: str) -> EventQuery:
    if said not in {"ASC", "DESC"}:
        raise _wrong("orderDirection", "say ASC or DESC")
    return replace(query, is_descending=said == "DESC")


def _set_per_page(query: EventQuery, said: str) -> EventQuery:
    return replace(query, per_page=_number("perPage", said))


def _set_limit(query: EventQuery, said: str) -> EventQuery:
    return replace(query, limit=_number("eventCountLimit", said))


def _set_token(query: EventQuery, said: str) -> EventQuery:
    try:
        at, _, key = urlsafe_b64decode(said.encode()).decode().partition(" ")
        return replace(query, after=(datetime.fromisoformat(at), UUID(key)))
    except ValueError as wrong:
        raise _wrong("nextPageToken", "is not one that was given out") from wrong


SETTERS: Final[Mapping[str, Callable[[EventQuery, str], EventQuery]]] = {
    "EXISTS_errorDeclaration": _set_declaration,
    "orderBy": _set_order,
    "orderDirection": _set_direction,
    "perPage": _set_per_page,
    "eventCountLimit": _set_limit,
    "maxEventCount": _set_limit,
    "nextPageToken": _set_token,
}


def _number(name: str, said: str) -> int:
    if not (said.isascii() and said.isdigit()) or not 1 <= int(said[:9]) <= PER_PAGE_MAX:
        raise _wrong(name, f"must be a number from 1 to {PER_PAGE_MAX}")
    return int(said)


def _one(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise _wrong(name, "can be given once")
    return values[0]


def _wrong(name: str, what: str) -> QueryRefusedError:
    return QueryRefusedError(f"{name}: {what.rstrip('.')}.", parameter=name)
