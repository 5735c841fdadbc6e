"""Events of one phone's custody, told in a word each."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from bandstand.provenance.rules import (
    Action,
    Custody,
    CustodyFacts,
    EventFact,
    EventType,
    FindingCode,
    PartyFact,
    RightFact,
    Role,
    check_custody,
)

T0 = datetime(2026, 9, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
UNIT = "urn:unit:1"
ASTER, NORTHGATE, HARBOR, MIRA = "aster", "northgate", "harbor", "mira"
COUNTRIES = {ASTER: "DE", NORTHGATE: "US", HARBOR: "GB", MIRA: "US"}
GAP, CONFLICT = FindingCode.GAP, FindingCode.CONFLICT


def fact(step: str, hours: float, **fields: Any) -> EventFact:  # noqa: ANN401 -- fields of the fact
    given_name = fields.pop("name", UNIT)
    return EventFact(
        id=fields.pop("id", f"{step}@{hours}"),
        type=fields.pop("type", EventType.OBJECT),
        at=T0 + hours * HOUR,
        action=fields.pop("action", Action.OBSERVE),
        step=step,
        named=fields.pop("named", ((Role.EPC, given_name),)),
        **fields,
    )


def made(hours: float = 0, by: str = ASTER, **fields: Any) -> EventFact:  # noqa: ANN401 -- same
    return fact("commissioning", hours, action=Action.ADD, new_holder=by, **fields)


def shipped(giver: str, taker: str, *, at: float, **fields: Any) -> EventFact:  # noqa: ANN401 -- same
    return fact("shipping", at, source_holder=giver, new_holder=taker, new_owner=taker, **fields)


def received(taker: str, *, at: float, **fields: Any) -> EventFact:  # noqa: ANN401 -- same
    return fact("receiving", at, new_holder=taker, **fields)


def sold(giver: str, *, at: float, **fields: Any) -> EventFact:  # noqa: ANN401 -- same
    return fact("retail_selling", at, source_holder=giver, **fields)


def packed(child: str, parent: str, *, at: float, **fields: Any) -> EventFact:  # noqa: ANN401 -- same
    return fact(
        "packing",
        at,
        type=EventType.AGGREGATION,
        named=((Role.CHILD, child), (Role.PARENT, parent)),
        **{"action": Action.ADD, "id": f"{child}>{parent}@{at}", **fields},
    )


def hops(*parties: str, start: float = 0) -> list[EventFact]:
    events = []
    for giver, taker in pairwise(parties):
        events += [shipped(giver, taker, at=start + 1), received(taker, at=start + 2)]
        start += 2
    return events


def check(events: Sequence[EventFact], **fields: Any) -> Custody:  # noqa: ANN401 -- same
    return check_custody(
        CustodyFacts(
            **{
                "names": frozenset({UNIT}),
                "events": tuple(events),
                "rights": (RightFact(key=ASTER),),
                "parties": {
                    key: PartyFact(key=key, name=key.title(), country=country)
                    for key, country in COUNTRIES.items()
                },
                "at": T0 + 1000 * HOUR,
                **fields,
            }
        )
    )
