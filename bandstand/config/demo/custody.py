"""
Where some of the demo's phones have been: invented events about invented phones.

Most go from their brand's desk over a distributor to the seller; one has a gap and one a conflict,
so that the console has something to show. The GLNs begin with 952, the prefix GS1 keeps for
demonstrations, and the IMEIs are test IMEIs, so no event here can be taken for a real one.

Source: GS1 General Specifications, section 1.4, table of GS1 prefixes (952: demonstrations and
examples), from general knowledge of the document; not re-read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from bandstand.config.demo.people import CONTINENTAL, HARBOR, NORTHGATE
from bandstand.offers import queries as offers
from bandstand.provenance import services
from bandstand.provenance.queries import CaptureJobRow, custody_events_of
from bandstand.provenance.rules import UnitIds, imei_uri
from bandstand.provenance.rules.writing import CONTEXT

ACTOR: Final = "demo"
OFFERS_TOLD: Final = 12
UNITS_TOLD: Final = 3
GLN: Final = "urn:epc:id:pgln:9521000.{:05d}"
SELLERS: Final = (NORTHGATE, HARBOR)
MADE_BEFORE: Final = timedelta(days=90)
HOP: Final = timedelta(days=9)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One phone of the demo, and over whom it came."""

    imei: str
    route: tuple[str, ...]


def custody_is_recorded(*, parties: Mapping[str, UUID], now: datetime) -> CaptureJobRow | None:
    """
    Register the demo parties' GLNs and capture where some phones have been; idempotent.

    Returns None if there is no phone that nothing was told of yet.
    """
    glns = {slug: GLN.format(number) for number, slug in enumerate(sorted(parties), start=1)}
    for slug, gln in glns.items():
        services.name_party(party_id=parties[slug], identifier=gln, actor=ACTOR, now=now)
    told = list(_phones(parties))
    if not told:
        return None
    began = now.replace(hour=8, minute=0, second=0, microsecond=0) - MADE_BEFORE
    stories = [
        _story(phone, number=number, glns=glns, began=began) for number, phone in enumerate(told)
    ]
    return services.capture(
        document=_document([one for story in stories for one in story], now=now),
        sender_party_id=None,
        on_error="rollback",
        actor=ACTOR,
        now=now,
        at_once=True,
    )


def unit_events(
    imei: str, *, route: Sequence[str], began: datetime, hop: timedelta = HOP
) -> list[Json]:
    """Return the events of a phone made by the first of a route and passed on to the last."""
    epc = imei_uri(imei)
    events = [_event("commissioning", epc=epc, at=began, taker=route[0])]
    for number, (giver, taker) in enumerate(pairwise(route)):
        sent = began + hop * number + hop / 3
        paper = f"urn:example:demo:dispatch:{imei[-6:]}-{number}"
        events.append(
            {
                **_event("shipping", epc=epc, at=sent, giver=giver, taker=taker),
                "bizTransactionList": [{"type": "desadv", "bizTransaction": paper}],
            }
        )
        events.append(_event("receiving", epc=epc, at=sent + hop / 3, giver=giver, taker=taker))
    return events


def _phones(parties: Mapping[str, UUID]) -> Iterator[Told]:
    for seller in SELLERS:
        for row in offers.seller_offers(seller_id=parties[seller]).offers[:OFFERS_TOLD]:
            maker = f"{row.brand_slug}-demo"
            if maker not in parties:
                continue
            for unit in offers.units_of(row.id)[:UNITS_TOLD]:
                if unit.imei and not custody_events_of(UnitIds(imeis=(unit.imei,))):
                    yield Told(unit.imei, (maker, CONTINENTAL, seller))


def _story(phone: Told, *, number: int, glns: Mapping[str, str], began: datetime) -> list[Json]:
    route = [glns[slug] for slug in phone.route]
    events = unit_events(phone.imei, route=route, began=began)
    if number == 1:
        return [one for one in events if one["bizStep"] != "shipping" or one is events[1]]
    if number == 2:  # noqa: PLR2004 -- the third phone is the one in two places
        at = began + MADE_BEFORE / 2
        other = glns[HARBOR if phone.route[-1] == NORTHGATE else NORTHGATE]
        epc = imei_uri(phone.imei)
        return [*events, _event("stocking", epc=epc, at=at, place=other)]
    return events


def _event(
    step: str, *, epc: str, at: datetime, giver: str = "", taker: str = "", place: str = ""
) -> Json:
    made: Json = {
        "type": "ObjectEvent",
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+00:00",
        "epcList": [epc],
        "action": "ADD" if step == "commissioning" else "OBSERVE",
        "bizStep": step,
    }
    for side, name in (("source", giver), ("destination", taker)):
        if name:
            made[f"{side}List"] = [
                {"type": kind, side: name} for kind in ("possessing_party", "owning_party")
            ]
    if place:
        made["bizLocation"] = {"id": place}
    return made


def _document(events: Sequence[Json], *, now: datetime) -> bytes:
    return json.dumps(
        {
            "@context": [CONTEXT],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": now.isoformat(timespec="milliseconds"),
            "epcisBody": {"eventList": list(events)},
        }
    ).encode()
