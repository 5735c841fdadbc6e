"""Stored decisions, and the waivers and units a new one looks at."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from bandstand.gate.models import Decision, Waiver
from bandstand.gate.rules import (
    Activity,
    DecisionRow,
    Evidence,
    GateReason,
    Outcome,
    Target,
    WaiverFact,
)
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights import queries as rights
from bandstand.rights.rules import ListingFact
from bandstand.rights.rules.frozen import thaw

EPOCHS_SQL: Final = """
select (select json_object_agg(a.anchor, coalesce(e.epoch, 0))
          from unnest(gate_anchors(s.brand_path, %s, %s)) as a(anchor)
          left join gate_epoch e on e.key = a.anchor)::text
  from gate_subject(%s) s where s.model_id is not null"""
UNIT_SQL: Final = "select imei, serial, lot, stocked_at from offers_unit where id = %s"
STOCK_SQL: Final = """
select imei, serial, lot, stocked_at from offers_unit
 where offer_id = %s and state = 'in_stock' order by id"""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One phone as the gate sees it."""

    imei: str | None
    serial: str
    lot: str
    stocked_at: datetime

    @property
    def serials(self) -> tuple[str, ...]:
        return tuple(one for one in (self.serial, self.imei) if one)


def decision_row(decision_id: UUID) -> DecisionRow:
    """
    Return a stored decision.

    Raises: NotFoundError.
    """
    row = Decision.objects.filter(pk=decision_id).first()
    if row is None:
        raise NotFoundError(f"There is no decision {print_id(IdKind.DECISION, decision_id)}.")
    return decision_of(row)


def last_decision(offer_id: UUID, *, activity: Activity | None = None) -> DecisionRow | None:
    """Return the newest decision about an offer."""
    rows = Decision.objects.filter(offer_id=offer_id).order_by("-decided_at", "-id")
    row = (rows.filter(action=activity.value) if activity else rows).first()
    return decision_of(row) if row else None


def decision_of(row: Decision) -> DecisionRow:
    """Return a stored decision as others receive it."""
    return DecisionRow(
        id=row.id,
        action=Activity(row.action),
        result=Outcome(row.result),
        reasons=tuple(GateReason(**reason) for reason in row.reasons),
        evidence=tuple(Evidence(**one) for one in row.evidence),
        epochs=row.epochs,
        valid_until=row.valid_until,
        decided_at=row.decided_at,
        policy_version=row.policy_version,
        seller_id=row.seller_id,
        variant_id=row.variant_id,
        market=row.market_id,
        condition=row.condition,
        offer_id=row.offer_id,
        listing=None if row.listing is None else thaw(ListingFact, row.listing),
        inputs_hash=row.inputs_hash,
    )


def frozen_case(decision_id: UUID) -> dict[str, Any]:
    """Return everything that a decision was made from; empty if the records could not be read."""
    found = Decision.objects.filter(pk=decision_id).values_list("facts", flat=True).first()
    return dict(found or {})


def decision_at(
    offer_id: UUID, *, at: datetime, activity: Activity | None = None
) -> DecisionRow | None:
    """Return the decision about an offer that was the newest at an instant."""
    rows = Decision.objects.filter(offer_id=offer_id, decided_at__lte=at)
    if activity is not None:
        rows = rows.filter(action=activity.value)
    row = rows.order_by("-decided_at", "-id").first()
    return decision_of(row) if row else None


def epochs_of_sale(*, variant_id: UUID, seller_id: UUID) -> dict[str, int]:
    """
    Return what the anchors of a sale stand at, in one reading.

    Raises: NotFoundError if there is no such variant.
    """
    with connection.cursor() as cursor:
        cursor.execute(EPOCHS_SQL, [seller_id, variant_id, variant_id])
        row = cursor.fetchone()
    if row is None:
        rights.subject_of(variant_id)
        raise NotFoundError(f"There is no variant {variant_id}.")
    found: dict[str, int] = json.loads(row[0])
    return found


def unit_row(unit_id: UUID) -> UnitRow:
    """
    Return a unit.

    Units stand above this room; the guard reads the same table by name.

    Raises: NotFoundError.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNIT_SQL, [unit_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError(f"There is no unit {print_id(IdKind.UNIT, unit_id)}.")
    return UnitRow(*row)


def units_in_stock(offer_id: UUID) -> tuple[UnitRow, ...]:
    """Return the units of an offer that are in stock."""
    with connection.cursor() as cursor:
        cursor.execute(STOCK_SQL, [offer_id])
        return tuple(UnitRow(*row) for row in cursor.fetchall())


def live_waivers(target: Target, *, now: datetime) -> tuple[WaiverFact, ...]:
    """Return the waivers given for a sale and not withdrawn."""
    rows = Waiver.objects.filter(
        seller=target.seller_id,
        variant=target.variant_id,
        market=target.market,
        condition=target.condition,
        withdrawn_at=None,
        given_at__lte=now,
        until_at__gt=now,
    )
    return tuple(
        WaiverFact(row.id, frozenset(row.codes), row.reason, row.given_by, row.until_at)
        for row in rows
    )
