"""Events and identities, boring by default: Aster makes a phone, Northgate gets it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from uuid import UUID

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.provenance import services
from bandstand.provenance.models import PartyGln
from bandstand.provenance.queries.jobs import CaptureJobRow
from bandstand.provenance.rules import UnitIds, canonical
from bandstand.provenance.rules.party_keys import identity_key

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PREFIX = "4099999"
MADE_AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GTIN = canonical(f"urn:epc:id:sgtin:{PREFIX}.012345.1").split("/")[4]
_number = count(1)

Json = dict[str, Any]


def epc(serial: str = "A1") -> str:
    """Return the URN of one Aster phone."""
    return f"urn:epc:id:sgtin:{PREFIX}.012345.{serial}"


def box(number: int = 1) -> str:
    """Return the URN of a box."""
    return f"urn:epc:id:sscc:{PREFIX}.{number:010d}"


def unit(serial: str = "A1") -> UnitIds:
    """Return what one Aster phone is known by."""
    return UnitIds(serial=serial, gtin=GTIN)


def pgln(number: int) -> str:
    """Return the URN of a party."""
    return f"urn:epc:id:pgln:{PREFIX}.{number:05d}"


def event(
    step: str = "inspecting",
    *,
    at: datetime | None = None,
    epcs: Sequence[str] = (),
    **fields: Any,  # noqa: ANN401 -- JSON
) -> Json:
    """Make an ObjectEvent; ``giver`` and ``taker`` are parties that hand over hold and title."""
    giver, taker = fields.pop("giver", ""), fields.pop("taker", "")
    made: Json = {
        "type": "ObjectEvent",
        "eventTime": (at or MADE_AT).isoformat(),
        "eventTimeZoneOffset": "+00:00",
        "epcList": list(epcs) or [epc()],
        "action": "ADD" if step == "commissioning" else "OBSERVE",
        "bizStep": step,
    }
    for side, name in (("source", giver), ("destination", taker)):
        if name:
            made[f"{side}List"] = [
                {"type": kind, side: name} for kind in ("possessing_party", "owning_party")
            ]
    return {**made, **fields}


def packing(
    *,
    at: datetime,
    parent: str,
    children: Sequence[str],
    action: str = "ADD",
    **fields: Any,  # noqa: ANN401 -- JSON
) -> Json:
    """Make an AggregationEvent."""
    return {
        "type": "AggregationEvent",
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+00:00",
        "parentID": parent,
        "childEPCs": list(children),
        "action": action,
        "bizStep": "unpacking" if action == "DELETE" else "packing",
        **fields,
    }


def document(*events: Json, **head: Any) -> bytes:  # noqa: ANN401 -- JSON
    """Make an EPCISDocument."""
    return json.dumps(
        {
            "@context": [CONTEXT, {"example": "https://ns.example.org/epcis/"}],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-11-22T10:00:00Z",
            "epcisBody": {"eventList": list(events)},
            **head,
        }
    ).encode()


def captured(
    *events: Json,
    sender: Party | None = None,
    on_error: str = "rollback",
    now: datetime = NOW,
    at_once: bool = True,
) -> CaptureJobRow:
    """Capture events."""
    return services.capture(
        document=document(*events),
        sender_party_id=sender.id if sender else None,
        on_error=on_error,
        actor="test",
        now=now,
        at_once=at_once,
    )


def party_gln(*, party: Party, identifier: str = "", country: str = "") -> str:
    """Register an identifier of a party; return it as events write it."""
    said = identifier or pgln(next(_number))
    PartyGln.objects.create(
        party=party,
        identifier=identity_key(canonical(said)),
        country=country or party.country,
        source="operator",
        recorded_at=NOW,
    )
    return said


def brand_identity(*, brand: Brand, identifier: str, party_id: UUID | None = None) -> None:
    """Register an identity under which a brand makes phones."""
    services.name_brand_identity(
        brand_id=brand.id,
        identifier=identifier,
        company_prefix=PREFIX,
        party_id=party_id,
        source="operator",
        from_at=MADE_AT - timedelta(days=365),
        actor="test",
        now=NOW,
    )


def chain(
    *parties: str,
    epcs: Sequence[str] = (),
    first_at: datetime = MADE_AT,
    hop: timedelta = timedelta(days=2),
) -> list[Json]:
    """Make the events of a phone that passes through parties, made by the first of them."""
    maker = parties[0]
    events = [event("commissioning", at=first_at, epcs=epcs, taker=maker)]
    at = first_at
    for giver, taker in pairwise(parties):
        events.append(event("shipping", at=at + hop / 2, epcs=epcs, giver=giver, taker=taker))
        events.append(event("receiving", at=at + hop, epcs=epcs, giver=giver, taker=taker))
        at += hop
    return events
