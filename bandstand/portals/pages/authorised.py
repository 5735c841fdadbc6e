"""Everybody who may sell under a brand's marks, however the right is proved, in one list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.models import models_of_brands
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    page_links,
    pill,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import plural, span_text
from bandstand.portals.desk import Desk
from bandstand.portals.pages.domains import own_brands
from bandstand.rights.paths import LEVEL_WORDS
from bandstand.rights.queries import grants_over
from bandstand.rights.rules import STATUS_AGE_MAX, GrantFact, GrantLevel

HERE: Final = "/portals/brand/sellers/"
PAGE_SIZE: Final = 50
NAMES_SHOWN: Final = 3
STATES: Final = MappingProxyType(
    {
        "in_force": ("In force", "good"),
        "to_begin": ("To begin", "info"),
        "sell_off": ("Sells off its stock", "part"),
        "run_out": ("Run out", ""),
        "revoked": ("Revoked", "bad"),
        "no_proof": ("Its proof fails", "bad"),
    }
)
HEADS: Final = (
    "seller", "state", "level", "issued_by", "brands", "categories", "markets", "conditions",
    "models", "from", "until", "sell_off_until", "status_confirmed", "may_pass_on", "passed_on_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Book:
    """The grants of a brand's marks, with what hangs below each, and names by key."""

    grants: tuple[GrantFact, ...]
    below: dict[UUID, list[str]]
    names: dict[UUID, str]
    now: datetime


def sellers_page(desk: Desk) -> Listing:
    """Return everybody who may sell under the brand's marks."""
    asking = Asking.of(desk.request)
    book = _book(desk)
    found = list(_asked(book, asking))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    at = min(asking.page(), pages)
    live = [one for one in book.grants if _state(one, now=book.now) == "in_force"]
    stale = [one for one in live if _status(one, now=book.now)[1] == "bad"]
    level, state = asking.params.get("level", ""), asking.params.get("state", "")
    return Listing(
        title="Authorised sellers",
        lead="Everybody who may sell under your marks, by credential, by list or by document.",
        stats=(
            Stat("In force", str(len(live)), kind="good" if live else ""),
            Stat("Sellers", str(len({one.grantee_id for one in live}))),
            Stat("Not confirmed", str(len(stale)), kind="bad" if stale else ""),
        ),
        text=asking.text(),
        text_label="Seller",
        filters=(
            select("level", "Proof", values=_levels(), chosen=level, any_label="Any proof"),
            select("state", "State", values=_states(), chosen=state, any_label="Any state"),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Authorised sellers",
            note=plural(len(found), "grant"),
            columns=plain_headings(
                Column("Seller"), Column("State"), Column("Proof"), Column("From whom"),
                Column("For"), Column("Period"), Column("Status"), Column("Passed on to"),
            ),
            rows=tuple(
                _row(one, book=book) for one in found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
            ),
        ),
        pages=page_links(page=at, pages=pages, address=lambda to: asking.address(page=str(to))),
        export_url=asking.address(format="csv", page=""),
        clear_url=HERE if asking.text() or level or state else "",
        action_url="/portals/brand/grants/new/",
        action_label="Sign a grant",
        empty_title="Nobody is on record",
        empty_text="Sign a grant, or publish a list of authorised sellers.",
    )  # fmt: skip


def sellers_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield everybody who may sell under the brand's marks, for a spreadsheet."""
    book = _book(desk)
    for one in _asked(book, Asking.of(desk.request)):
        scope = one.scope
        yield (
            one.grantee_name,
            _state(one, now=book.now),
            one.level.value,
            one.issuer_name,
            _named(scope.brands, book),
            _named(scope.categories, book),
            " | ".join(sorted(scope.markets)),
            " | ".join(sorted(one.value for one in scope.conditions)),
            _named(scope.models, book) or "every model",
            one.from_at.isoformat(),
            one.until_at.isoformat(),
            one.sell_off_until.isoformat() if one.sell_off_until else "",
            one.status_checked_at.isoformat() if one.status_checked_at else "",
            one.delegate_depth,
            " | ".join(book.below.get(one.id, [])),
        )


def _book(desk: Desk) -> _Book:
    own = own_brands(desk)
    grants = tuple(grants_over(own))
    below: dict[UUID, list[str]] = {}
    for one in grants:
        if one.parent_id is not None and _state(one, now=desk.now) == "in_force":
            below.setdefault(one.parent_id, []).append(one.grantee_name)
    names = {one.id: one.name for one in catalogue.brands()}
    names |= {one.id: one.name for one in catalogue.categories()}
    names |= {one.id: one.name for one in models_of_brands(own)}
    return _Book(grants, below, names, desk.now)


def _asked(book: _Book, asking: Asking) -> Iterator[GrantFact]:
    level = asking.word("level", known=_levels())
    state = asking.word("state", known=_states())
    text = asking.text().casefold()
    for one in book.grants:
        is_level = not level or one.level.value == level
        is_state = not state or _state(one, now=book.now) == state
        if is_level and is_state and text in one.grantee_name.casefold():
            yield one


def _row(one: GrantFact, *, book: _Book) -> Row:
    scope, below = one.scope, book.below.get(one.id, [])
    word, kind = STATES[_state(one, now=book.now)]
    places = ", ".join((*sorted(scope.markets), *sorted(part.value for part in scope.conditions)))
    models = _named(scope.models, book)
    more = f" and {len(below) - NAMES_SHOWN} more" if len(below) > NAMES_SHOWN else ""
    depth = f"may pass it on {plural(one.delegate_depth, 'time')}" if one.delegate_depth else ""
    return Row(
        (
            Cell(one.grantee_name),
            pill(word, kind, note=one.revoke_reason),
            Cell(LEVEL_WORDS[one.level]),
            Cell(one.issuer_name),
            Cell(f"{_named(scope.brands, book)}: {_named(scope.categories, book)}",
                 note=f"{places}{f'; only {models}' if models else ''}"),
            Cell(f"{_day(one.from_at)} to {_day(one.until_at)}",
                 note=f"sold off by {_day(one.sell_off_until)}" if one.sell_off_until else ""),
            pill(*_status(one, now=book.now)),
            Cell(f"{', '.join(sorted(below)[:NAMES_SHOWN])}{more}" or "–", note=depth),
        )
    )  # fmt: skip


def _state(one: GrantFact, *, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if one.from_at > now:
        return "to_begin"
    if one.until_at <= now:
        is_selling_off = one.sell_off_until is not None and one.sell_off_until > now
        return "sell_off" if is_selling_off else "run_out"
    return "no_proof" if one.proof_faults else "in_force"


def _status(one: GrantFact, *, now: datetime) -> tuple[str, str]:
    if one.status_checked_at is None:
        is_needed = one.level is GrantLevel.CREDENTIAL
        return ("Never confirmed", "bad") if is_needed else ("None to ask", "")
    age = now - one.status_checked_at
    word = f"Confirmed {span_text(max(age, age * 0))} ago"
    return (word, "good") if age < STATUS_AGE_MAX else (word, "bad")


def _named(keys: Iterable[UUID], book: _Book) -> str:
    return ", ".join(sorted(book.names.get(key, "another") for key in keys))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _levels() -> dict[str, str]:
    return {one.value: LEVEL_WORDS[one] for one in GrantLevel}


def _states() -> dict[str, str]:
    return {key: word for key, (word, _) in STATES.items()}
