"""Keeping a unit for a checkout that the gate lets be sold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.gate.rules import Activity, DecisionRow
from bandstand.offers import queries as offer_queries, services as offers
from bandstand.offers.queries import OfferRow, UnitRow
from bandstand.offers.rules import SoldOutError
from bandstand.orders.rules import LineRefusal
from bandstand.orders.services.asking import ACTOR, ask, reasons_text, refusal_of

UNIT_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """A unit kept for a checkout, and the gate's yes to selling it."""

    unit: UnitRow
    decision: DecisionRow


class RefusedLineError(Exception):
    """One line cannot be kept; carries the refusal that the buyer will read."""

    def __init__(self, refusal: LineRefusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def keep_unit(offer: OfferRow, *, holder: UUID, until: datetime, now: datetime) -> KeptUnit:
    """
    Keep a unit of an offer that the gate lets be sold.

    A hold may name single units by lot, serial or day of receipt. Such a unit is set apart and the
    next one is tried, a few times.
    Raises: RefusedLineError.
    """
    for _ in range(UNIT_TRIES):
        try:
            unit = offers.reserve(offer_id=offer.id, holder=holder, until=until, now=now)
        except SoldOutError as sold_out:
            raise RefusedLineError(sold_out_refusal(offer, reason=sold_out.message)) from sold_out
        decision = ask(Activity.ORDER_COMMIT, offer=offer, unit_id=unit.id, now=now)
        if decision.is_allowed:
            return KeptUnit(unit, decision)
        if not decision.is_held or offer_queries.hold_on(offer.id) is not None:
            raise RefusedLineError(refusal_of(decision, offer=offer))
        offers.quarantine_unit(unit_id=unit.id, now=now, reason=reasons_text(decision), actor=ACTOR)
    raise RefusedLineError(sold_out_refusal(offer, reason="The units left may not be sold now."))


def sold_out_refusal(offer: OfferRow, *, reason: str) -> LineRefusal:
    """Return the refusal for an offer without a free unit."""
    return LineRefusal(offer_id=offer.id, title=offer.title, code="sold_out", reason=reason)
