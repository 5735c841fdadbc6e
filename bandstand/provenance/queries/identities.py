"""Whose identifiers are whose: parties by GLN or URI, and who may make a brand's phones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from bandstand.kernel.errors import NotFoundError
from bandstand.parties.models import Party
from bandstand.provenance.models import BrandGln, PartyGln
from bandstand.provenance.queries.unit_events import EventRow
from bandstand.provenance.rules.custody import PartyFact
from bandstand.provenance.rules.party_keys import identity_key, own_name, party_key

OWNER_SQL: Final = """
with recursive up(root, id, parent_id, owner_id, depth) as (
    select id, id, parent_id, owner_id, 0 from catalogue_brand where id = any(%s)
    union all
    select up.root, b.id, b.parent_id, b.owner_id, up.depth + 1
      from up join catalogue_brand b on b.id = up.parent_id
     where up.owner_id is null and up.depth < 32
)
select root, (array_agg(owner_id order by depth) filter (where owner_id is not null))[1]
  from up group by root"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRow:
    """That somebody may put a brand's phones into the world: its owner, or an identity it named."""

    party_id: UUID | None
    identifier: str = ""
    company_prefix: str = ""
    country: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identities:
    """The parties that some events name, by the keys of the custody check."""

    parties: dict[str, PartyFact]
    by_identifier: dict[str, PartyFact]

    def find(self, identifier: str) -> PartyFact | None:
        """Return the party of a registered identifier."""
        return self.by_identifier.get(identifier)

    def key(self, uri: str) -> str:
        """Return the key of whoever an identifier names: our party, or the identifier itself."""
        if not uri:
            return ""
        identifier = identity_key(uri)
        found = self.by_identifier.get(identifier)
        if found is not None:
            return found.key
        self.parties.setdefault(identifier, PartyFact(key=identifier, name=own_name(identifier)))
        return identifier

    def key_of_right(self, right: RightRow) -> str:
        """Return the key of whoever holds a brand's right."""
        return party_key(right.party_id) if right.party_id else self.key(right.identifier)


def rights_of(brand_ids: Iterable[UUID]) -> dict[UUID, tuple[RightRow, ...]]:
    """
    Return who may put the phones of each brand into the world.

    That is the brand's owner, or the owner of the house it belongs to if it has none, and every
    identity registered for it.

    Raises: NotFoundError for a brand that is not known.
    """
    asked = sorted(set(brand_ids))
    with connection.cursor() as cursor:
        cursor.execute(OWNER_SQL, [asked])
        owners = dict(cursor.fetchall())
    missing = [brand for brand in asked if brand not in owners]
    if missing:
        raise NotFoundError(f"There is no brand {missing[0]}.", brand_id=str(missing[0]))
    found = {brand: [RightRow(party_id=owner)] if owner else [] for brand, owner in owners.items()}
    for row in BrandGln.objects.filter(brand_id__in=asked).order_by("id"):
        found[row.brand_id].append(
            RightRow(
                party_id=row.party_id,
                identifier=row.identifier,
                company_prefix=row.company_prefix,
                country=row.country,
                from_at=row.from_at,
                until_at=row.until_at,
            )
        )
    return {brand: tuple(rows) for brand, rows in found.items()}


def identities_in(rows: Sequence[EventRow], *, rights: Sequence[RightRow]) -> Identities:
    """Return the parties that events and rights name."""
    identifiers = {identity_key(name) for row in rows for _, _, name in row.sides}
    identifiers |= {identity_key(row.biz_location or row.read_point) for row in rows}
    registered = {
        one.identifier: (one.party_id, one.country)
        for one in PartyGln.objects.filter(identifier__in=identifiers)
    }
    for right in rights:
        if right.identifier and right.party_id:
            registered.setdefault(right.identifier, (right.party_id, right.country))
    keys = {party for party, _ in registered.values()} | {right.party_id for right in rights}
    keys |= {row.sender_id for row in rows}
    known = {one.id: one for one in Party.objects.filter(pk__in=[key for key in keys if key])}
    parties = {
        party_key(key): PartyFact(
            key=party_key(key), name=one.trading_name, party_id=key, country=one.country
        )
        for key, one in known.items()
    }
    by_identifier = {
        identifier: PartyFact(
            key=party_key(key),
            name=known[key].trading_name,
            party_id=key,
            country=country or known[key].country,
        )
        for identifier, (key, country) in registered.items()
    }
    return Identities(parties=parties, by_identifier=by_identifier)
