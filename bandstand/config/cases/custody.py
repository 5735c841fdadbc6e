"""
Where a unit has been, as a case says: events that the parties themselves capture.

``complete`` is made by the brand, shipped by it and received by the seller. ``gap`` lacks the
shipment to the seller. ``conflict`` was shipped to one and received by another. ``none`` is on no
record. A case may also write its events out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bandstand.config.cases.fields import CaseWordsError, Part, unknown_text
from bandstand.config.cases.world import ACTOR, LONG_AGO, World
from bandstand.parties import services as parties
from bandstand.provenance import services as provenance
from bandstand.provenance.rules.words import OnError

STATUSES: Final = ("complete", "gap", "conflict", "none")
SAME: Final = {"partial": "gap", "broken": "gap", "missing": "none", "unknown": "none"}
FLAGS: Final = ("stolen", "recalled", "sold")
FLAG_WORDS: Final = {
    "already_sold": "sold",
    "retail_sold": "sold",
    "UNIT_STOLEN": "stolen",
    "UNIT_RECALLED": "recalled",
    "UNIT_ALREADY_SOLD": "sold",
}
FIRST_SALE: Final = ("first_sale", "first_sale_country", "first_placed_in", "first_sold_in")
CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PREFIX: Final = "9506000"  # GS1's own company prefix for examples
HOP: Final = timedelta(days=2)
IMPORTER: Final = "importer"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """How a unit came to its seller, as a case says."""

    status: str = "none"
    flags: tuple[str, ...] = ()
    first_sale: str = ""
    events: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit whose way it is."""

    serial: str
    gtin: str
    brand: str
    seller_id: UUID
    received_at: datetime

    @property
    def epc(self) -> str:
        return f"https://id.gs1.org/01/{self.gtin}/21/{self.serial}"


@dataclass
class Log:
    """The events of a way in order, each with the party that captures it."""

    unit: Unit
    events: list[tuple[UUID, Json]] = field(default_factory=list)

    def add(
        self,
        step: str,
        *,
        by: UUID,
        at: datetime,
        giver: str = "",
        taker: str = "",
        **more: Any,  # noqa: ANN401 -- JSON
    ) -> None:
        """Write down one event."""
        event: Json = {
            "type": "ObjectEvent",
            "eventTime": at.isoformat(),
            "eventTimeZoneOffset": "+00:00",
            "epcList": [self.unit.epc],
            "action": "ADD" if step == "commissioning" else "OBSERVE",
            "bizStep": step,
            **more,
        }
        for side, name in (("source", giver), ("destination", taker)):
            if name:
                event[f"{side}List"] = [
                    {"type": kind, side: name} for kind in ("possessing_party", "owning_party")
                ]
        self.events.append((by, event))


def way_of(unit: Part, *, custody: Any) -> Way:  # noqa: ANN401 -- whatever the book says
    """Read how a unit came to its seller. Raises: CaseWordsError."""
    said = unit.raw("custody", custody)
    named = unit.first(*FIRST_SALE)
    flags = [flag for one in ("state", "disposition") for flag in unit.texts(one)]
    flags += [flag for flag in (*FLAGS, *FLAG_WORDS) if flag in unit and unit.flag(flag)]
    first_sale = unit.text(named) if named else ""
    if isinstance(said, Mapping):
        part = Part(said, where=f"{unit.where}.custody")
        inner = part.first(*FIRST_SALE)
        flags += [*part.texts("flags"), *part.texts("state"), *part.texts("disposition")]
        first_sale = part.text(inner) if inner else first_sale
        events = tuple(part.list_of("events"))
        status = part.text("status", "complete")
        _require_read(part)
    else:
        events = tuple(said) if isinstance(said, list) else ()
        status = "complete" if events else str(said or "none")
    return Way(
        _status(status, where=unit.where), _flags(flags, where=unit.where), first_sale, events
    )


def record_way(world: World, unit: Unit, *, way: Way) -> None:
    """Capture the events of a unit's way, each by whoever did it."""
    log = Log(unit)
    if way.events:
        _write_out(world, log, events=way.events)
    elif way.status != "none":
        _walk(world, log, way=way)
    _flag(world, log, way=way)
    by_sender: dict[UUID, list[Json]] = {}
    for sender, event in log.events:
        by_sender.setdefault(sender, []).append(event)
    for sender, events in by_sender.items():
        _capture(events, sender=sender, now=unit.received_at)


def _walk(world: World, log: Log, *, way: Way) -> None:
    unit, maker = log.unit, world.brand(log.unit.brand)
    start, end = unit.received_at - 3 * HOP, unit.received_at
    seller = name_party(world, unit.seller_id)
    source = name_maker(world, unit.brand)
    log.add("commissioning", by=maker.owner, at=start, taker=source)
    if way.status == "complete" and not way.first_sale:
        log.add("shipping", by=maker.owner, at=start + HOP, giver=source, taker=seller)
        log.add("receiving", by=unit.seller_id, at=end, giver=source, taker=seller)
        return
    importer_id, importer = importer_in(world, way.first_sale or "HK")
    log.add("shipping", by=maker.owner, at=start + HOP / 2, giver=source, taker=importer)
    if way.status != "conflict":
        log.add("receiving", by=importer_id, at=start + HOP, giver=source, taker=importer)
    if way.status == "complete":
        log.add("shipping", by=importer_id, at=start + 2 * HOP, giver=importer, taker=seller)
    log.add("receiving", by=unit.seller_id, at=end, taker=seller)


def _flag(world: World, log: Log, *, way: Way) -> None:
    at, seller = log.unit.received_at, log.unit.seller_id
    maker = world.brand(log.unit.brand)
    name_maker(world, log.unit.brand)
    for flag in way.flags:
        if flag == "sold":
            log.add("retail_selling", by=seller, at=at, giver=name_party(world, seller))
        else:
            log.add("inspecting", by=maker.owner, at=at, disposition=flag)


def _write_out(world: World, log: Log, *, events: Sequence[Any]) -> None:
    for number, one in enumerate(events, start=1):
        part = Part(one, where=f"custody[{number}]")
        named = part.first("step", "bizStep", "do", "event") or "step"
        giver, taker = part.maybe("from"), part.maybe("to")
        doer = part.text("by", (taker if part.text(named) == "receiving" else giver) or taker)
        log.add(
            part.text(named),
            by=_party(world, doer),
            at=part.instant(
                "at", log.unit.received_at - (len(events) - number) * timedelta(hours=1)
            ),
            giver=_name(world, giver),
            taker=_name(world, taker or (doer if part.text(named) == "commissioning" else None)),
            **({"disposition": part.text("disposition")} if "disposition" in part else {}),
        )
        _require_read(part)


def _party(world: World, name: str) -> UUID:
    kind, _, rest = name.partition(":")
    if kind == "brand" or (name in world.brands and name not in world.parties):
        return world.brand(rest or name).owner
    return world.party(rest or name).id


def _name(world: World, name: str | None) -> str:
    if name is None:
        return ""
    kind, _, rest = name.partition(":")
    if kind == "brand" or (name in world.brands and name not in world.parties):
        return name_maker(world, rest or name)
    return name_party(world, world.party(rest or name).id)


def name_party(world: World, party_id: UUID) -> str:
    """Return the GS1 name of a party, registered when events first speak of it."""
    if party_id not in world.glns:
        world.glns[party_id] = f"urn:epc:id:pgln:{PREFIX}.{len(world.glns) + 1:05d}"
        provenance.name_party(
            party_id=party_id, identifier=world.glns[party_id], actor=ACTOR, now=LONG_AGO
        )
    return world.glns[party_id]


def name_maker(world: World, brand_name: str) -> str:
    """Return the GS1 name under which a brand makes its phones, registered at first."""
    brand = world.brand(brand_name)
    name = name_party(world, brand.owner)
    provenance.name_brand_identity(
        brand_id=brand.id,
        identifier=name,
        party_id=brand.owner,
        source="operator",
        from_at=LONG_AGO,
        actor=ACTOR,
        now=LONG_AGO,
    )
    return name


def importer_in(world: World, country: str) -> tuple[UUID, str]:
    """Return an importer of a country, registered when a way first leads through it."""
    slug = f"{IMPORTER}-{country.lower()}"
    party_id = parties.register_party(
        slug=slug,
        legal_name=f"Importer in {country}",
        trading_name=f"Importer in {country}",
        country=country.upper(),
        email=f"office@{slug}.example.org",
        address="as registered",
        verified_at=LONG_AGO,
    )
    return party_id, name_party(world, party_id)


def _capture(events: Sequence[Json], *, sender: UUID, now: datetime) -> None:
    document = {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now.isoformat(),
        "epcisBody": {"eventList": list(events)},
    }
    job = provenance.capture(
        document=json.dumps(document).encode(),
        sender_party_id=sender,
        on_error=OnError.ROLLBACK.value,
        actor=ACTOR,
        now=now,
        at_once=True,
    )
    if not job.is_success:
        fault = job.faults[0]
        raise CaseWordsError(f"The events of a unit are refused: {fault.path}: {fault.message}")


def _status(word: str, *, where: str) -> str:
    found = SAME.get(word, word)
    if found not in STATUSES:
        raise CaseWordsError(unknown_text(word, among=STATUSES, what="custody", where=where))
    return found


def _flags(words: Sequence[str], *, where: str) -> tuple[str, ...]:
    found = tuple(
        FLAG_WORDS.get(one, one) for one in words if one not in {"ok", "in_stock", "good"}
    )
    for one in found:
        if one not in FLAGS:
            raise CaseWordsError(
                unknown_text(one, among=FLAGS, what="state of a unit", where=where)
            )
    return tuple(dict.fromkeys(found))


def _require_read(part: Part) -> None:
    for place in part.unread():
        raise CaseWordsError(f"{place}: this word about custody is not known.")
