"""Stored decisions, and the waivers and units a new one looks at."""

from datetime import datetime
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
    )


def unit_words(unit_id: UUID) -> tuple[tuple[str, ...], str, datetime]:
    """
    Return a unit's serials, its lot and when it was received.

    Units stand above this room; the guard reads the same table by name.

    Raises: NotFoundError.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select serial, imei, lot, stocked_at from offers_unit where id = %s", [unit_id]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError(f"There is no unit {print_id(IdKind.UNIT, unit_id)}.")
    serial, imei, lot, stocked_at = row
    return tuple(one for one in (serial, imei) if one), lot, stocked_at


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
