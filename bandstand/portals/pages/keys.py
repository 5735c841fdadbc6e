"""A brand's keys: which stand, what each signed, and what its revocation would kill."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.catalogue.queries.models import brands_below
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import bound_cell, bound_text, instant_text, plural, time_cell
from bandstand.portals.desk import Desk
from bandstand.portals.key_forms import KeyForm, RevokeKeyForm
from bandstand.rights.queries import keys
from bandstand.rights.queries.keys import KeyRow
from bandstand.takedowns import access

KEYS_URL: Final = "/portals/brand/keys/"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """One key, what rests on it, and the form that revokes it."""

    title: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    grants: Table
    form: RevokeKeyForm | None
    action_url: str


@dataclass(frozen=True, slots=True)
class NewKeyPage:
    """The form that registers a key."""

    form: KeyForm


def own_brands(desk: Desk) -> frozenset[UUID]:
    """Return the brands of the desk's party, with their sub-brands."""
    return brands_below([key for key, _ in access.brands_for(desk.actor)])


def own_keys(desk: Desk) -> list[KeyRow]:
    """Return the keys of the desk's brands, newest first."""
    return keys.keys_of(own_brands(desk))


def keys_page(desk: Desk) -> Listing:
    """Return a brand's keys."""
    rows = own_keys(desk)
    return Listing(
        title="Keys",
        lead="The public keys you sign grants with. The private ones stay with you: nobody here "
        "can sign for you.",
        table=Table(
            caption="Your keys",
            note=plural(len(rows), "key"),
            columns=plain_headings(
                Column("Name"),
                Column("State"),
                Column("Brand"),
                Column("Algorithm"),
                Column("Signed", is_number=True),
                Column("From"),
                Column("Until"),
            ),
            rows=tuple(_row(one, desk=desk) for one in rows),
        ),
        pages=ONE_PAGE,
        action_url=f"{KEYS_URL}new/",
        action_label="Register a key",
        empty_title="No key yet",
        empty_text="Register a public key, or make one in your browser, to sign grants with.",
    )


def key_page(key_id: UUID, *, desk: Desk, form: RevokeKeyForm | None = None) -> KeyPage:
    """
    Return one of the brand's keys.

    Raises: NotFoundError, alike for another brand's key and none.
    """
    row = own_key(key_id, desk=desk)
    state, kind = state_of(row, now=desk.now)
    return KeyPage(
        title=row.kid,
        state=state,
        kind=kind,
        facts=_facts(row, zone=desk.zone),
        grants=_signed(row, zone=desk.zone),
        form=None if row.revoked_at and row.compromised else form or RevokeKeyForm(),
        action_url=f"{KEYS_URL}{row.id}/",
    )


def own_key(key_id: UUID, *, desk: Desk) -> KeyRow:
    """
    Return one of the brand's keys.

    Raises: NotFoundError, alike for another brand's key and none.
    """
    found = next((one for one in own_keys(desk) if one.id == key_id), None)
    if found is None:
        raise NotFoundError("There is no such key among yours.")
    return found


def state_of(row: KeyRow, *, now: datetime) -> tuple[str, str]:
    """Return a key's state in a word, and its colour."""
    if row.compromised:
        return "Compromised", "bad"
    if row.revoked_at is not None:
        return "Revoked", "bad"
    if row.until_at is not None and row.until_at <= now:
        return "Ran out", "part"
    return ("Stands", "good") if row.from_at <= now else ("To begin", "info")


def _row(one: KeyRow, *, desk: Desk) -> Row:
    state, kind = state_of(one, now=desk.now)
    return Row(
        url=f"{KEYS_URL}{one.id}/",
        cells=(
            Cell(one.kid),
            pill(state, kind),
            Cell(one.owner_name),
            Cell(one.algorithm.value),
            number(one.signed),
            time_cell(one.from_at, zone=desk.zone),
            bound_cell(one.until_at, zone=desk.zone),
        ),
    )


def _facts(row: KeyRow, *, zone: str) -> tuple[Fact, ...]:
    facts = [
        Fact("Brand", row.owner_name),
        Fact("Algorithm", row.algorithm.value),
        Fact("Fingerprint", row.thumbprint),
        Fact("Registered", f"{instant_text(row.added_at, zone=zone)} by {row.added_by}"),
        Fact("Signs from", instant_text(row.from_at, zone=zone)),
        Fact(
            "Signs until",
            bound_text(row.until_at, zone=zone) if row.until_at else "it is revoked",
        ),
    ]
    if row.revoked_at is not None:
        facts.append(Fact("Revoked", instant_text(row.revoked_at, zone=zone)))
        facts.append(Fact("Why", row.revoke_reason))
    return tuple(facts)


def _signed(row: KeyRow, *, zone: str) -> Table:
    signed = keys.signed_grants(row.id)
    return Table(
        caption="Grants that rest on it",
        note=plural(len(signed), "grant"),
        columns=plain_headings(Column("To"), Column("Brands"), Column("Until")),
        rows=tuple(
            Row(
                (
                    Cell(one.grantee_name),
                    Cell(", ".join(one.brands)),
                    bound_cell(one.until_at, zone=zone),
                )
            )
            for one in signed
        ),
    )
