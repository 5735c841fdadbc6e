"""The custody of units: their events, the parties in them, the brand's right; then the check."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from bandstand.catalogue.models import Market
from bandstand.kernel.errors import NotFoundError
from bandstand.parties.models import OperatorProfile
from bandstand.provenance.models import EventTerm
from bandstand.provenance.queries.identities import Identities, identities_in, rights_of
from bandstand.provenance.queries.unit_events import EventRow, families_of, rows_about
from bandstand.provenance.rules.custody import (
    OPERATOR,
    Custody,
    CustodyFacts,
    Document,
    EventFact,
    RightFact,
    check_custody,
)
from bandstand.provenance.rules.exhaustion import NO_REGION, Region, region_for
from bandstand.provenance.rules.ids import UnitIds, names_of
from bandstand.provenance.rules.party_keys import identity_key, party_key
from bandstand.provenance.rules.vocabulary import Action, EventType

SERIALS_MAX: Final = 5_000
GTIN_AT: Final = len("https://id.gs1.org/01/")

UnitOfBrand = tuple[UnitIds, UUID]


def custody_of(*, identifiers: UnitIds, brand_id: UUID, at: datetime, market: str = "") -> Custody:
    """
    Return what the captured events show of one unit at an instant.

    With a market, a first sale outside its region stands against the unit.

    Raises: NotFoundError if the brand or the market is not known; MalformedIdentifierError if an
    IMEI or GTIN cannot be one.
    """
    return custodies_of([(identifiers, brand_id)], at=at, market=market)[0]


def custodies_of(
    units: Sequence[UnitOfBrand], *, at: datetime, market: str = ""
) -> tuple[Custody, ...]:
    """
    Return the custody of many units, in a number of queries that does not depend on how many.

    Shape: one custody per unit, in order.
    """
    return tuple(check_custody(facts) for facts in facts_of(units, at=at, market=market))


def facts_of(
    units: Sequence[UnitOfBrand], *, at: datetime, market: str = ""
) -> tuple[CustodyFacts, ...]:
    """Fetch what the custody checks of some units rest on."""
    region = _region(market)
    rights = rights_of({brand for _, brand in units})
    names = _names(units, rights=rights)
    families, cut = families_of({name for one in names for name in one})
    rows = rows_about({name for family in families.values() for name in family})
    identities = identities_in(rows, rights=[one for found in rights.values() for one in found])
    operator = OperatorProfile.objects.order_by("id").values_list("party_id", flat=True).first()
    by_name: dict[str, dict[str, EventFact]] = {}
    for row in rows:
        fact = _fact(row, identities, operator=operator)
        for _, name in fact.named:
            by_name.setdefault(name, {})[fact.id] = fact
    return tuple(
        CustodyFacts(
            names=one,
            events=_events(one, families=families, by_name=by_name),
            rights=tuple(
                RightFact(
                    key=identities.key_of_right(right),
                    from_at=right.from_at,
                    until_at=right.until_at,
                )
                for right in rights[brand]
            ),
            parties=identities.parties,
            at=at,
            region=region.countries,
            region_name=region.name,
            is_cut=bool(cut & one),
        )
        for one, (_, brand) in zip(names, units, strict=True)
    )


def custody_events_of(ids: UnitIds) -> tuple[EventRow, ...]:
    """Return the events that name a unit or a box it may have been in, declared errors left out."""
    families, _ = families_of(names_of(ids))
    return tuple(rows_about({name for family in families.values() for name in family}))


def _region(market: str) -> Region:
    if not market:
        return NO_REGION
    members = Market.objects.filter(code=market).values_list("members", flat=True).first()
    if members is None:
        raise NotFoundError(f"There is no market “{market}”.", market=market)
    return region_for(tuple(members))


def _names(
    units: Sequence[UnitOfBrand], *, rights: Mapping[UUID, Sequence[object]]
) -> list[frozenset[str]]:
    """Return the canonical names of each unit; a serial without a GTIN is looked for among all."""
    serials = {
        serial for ids, _ in units if not ids.gtin for serial in (*ids.imeis, ids.serial) if serial
    }
    by_serial: dict[str, set[str]] = {}
    if serials:
        found = EventTerm.objects.filter(~Q(serial=""), serial__in=serials)
        pairs = found.order_by().values_list("serial", "value").distinct()[:SERIALS_MAX]
        for serial, value in pairs:
            by_serial.setdefault(serial, set()).add(value)
    return [
        names_of(ids) | _by_serial(ids, by_serial, prefixes=_prefixes(rights[brand]))
        for ids, brand in units
    ]


def _prefixes(rights: Sequence[object]) -> tuple[str, ...]:
    found = (getattr(right, "company_prefix", "") for right in rights)
    return tuple(prefix for prefix in found if prefix)


def _by_serial(
    ids: UnitIds, by_serial: Mapping[str, set[str]], *, prefixes: tuple[str, ...]
) -> frozenset[str]:
    if ids.gtin:
        return frozenset()
    found = {value for imei in ids.imeis for value in by_serial.get(imei, ())}
    # A maker's serial is its own only among its own GTINs: the prefix stands behind the indicator.
    own = {
        value
        for value in by_serial.get(ids.serial, ())
        if prefixes and value[GTIN_AT + 1 :].startswith(prefixes)
    }
    return frozenset(found | own)


def _events(
    names: frozenset[str],
    *,
    families: Mapping[str, set[str]],
    by_name: Mapping[str, Mapping[str, EventFact]],
) -> tuple[EventFact, ...]:
    """Return the events about a unit or the boxes around it, each once."""
    found: dict[str, EventFact] = {}
    for name in names:
        for member in families.get(name, ()):
            found.update(by_name.get(member, {}))
    return tuple(found.values())


def _fact(row: EventRow, identities: Identities, *, operator: UUID | None) -> EventFact:
    place = row.biz_location or row.read_point
    home = identities.find(identity_key(place)) if place else None
    is_operators = row.sender_id is None or row.sender_id == operator
    return EventFact(
        id=row.event_id,
        type=EventType(row.type),
        at=row.event_at,
        action=Action(row.action) if row.action else None,
        step=row.step,
        disposition=row.disposition,
        persists=row.persists,
        unsets=row.unsets,
        sender=OPERATOR if is_operators or not row.sender_id else party_key(row.sender_id),
        source_owner=identities.key(row.side("source", "owning_party")),
        source_holder=identities.key(row.side("source", "possessing_party")),
        new_owner=identities.key(row.side("destination", "owning_party")),
        new_holder=identities.key(row.side("destination", "possessing_party")),
        place=place,
        place_party=home.key if home else "",
        country=row.country or (home.country if home else ""),
        documents=tuple(Document(kind, name) for kind, name in row.documents),
        named=row.named,
    )
