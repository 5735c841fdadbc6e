"""
The buyers of the hold drill: each on a connection of its own, committing real order lines.

A decision is asked of the gate once and used until the guard calls it stale, as a shop with many
buyers would.
"""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from bandstand.config.rehearsals.drill_world import ACTOR, DrillOffer, DrillWorld
from bandstand.gate import guard, services
from bandstand.gate.rules import HOLD_ACTIVE, Activity, DecisionRow
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.plumbing import clock
from bandstand.plumbing.ids import new_id

TRIES_MAX: Final = 20
ORDER_SQL: Final = """
insert into orders_order(id, number, checkout_id, email, buyer_name, address, market_id, currency,
       total_minor, tax_minor, due_today_minor, placed_at)
values (%(order)s, %(number)s, %(unit)s, 'mira@example.org', 'Mira', '{}', %(market)s, 'USD',
        29900, 0, 29900, clock_timestamp())"""
LINE_SQL: Final = """
insert into orders_orderline(id, order_id, offer_id, unit_id, title, price_minor, tax_minor,
       due_today_minor, currency, commission_minor, fit, offer_seen, state, committed_at,
       brand_path, category_path, device_model_id, variant_id, seller_id, market_code, condition,
       serials, lot, stocked_at, decision_id, decision_valid_until, decision_epochs)
values (%(line)s, %(order)s, %(offer)s, %(unit)s, 'A phone', 29900, 0, 29900, 'USD', 0, '{}', '{}',
        'committed', clock_timestamp(), %(brands)s, %(categories)s, %(model)s, %(variant)s,
        %(seller)s, %(market)s, %(condition)s, '{}', 'drill', null, %(decision_id)s,
        %(decision_valid_until)s, %(decision_epochs)s)"""
MOVE_SQL: Final = """
insert into orders_linemoverecord(id, line_id, move, from_state, to_state, moved_at, actor, reason)
values (%(move)s, %(line)s, 'commit', '', 'committed', clock_timestamp(), 'system:drill', '')"""
UNIT_SQL: Final = "update offers_unit set state = 'sold' where id = %(unit)s"


@dataclass(frozen=True, slots=True)
class Refusal:
    """That an offer was refused because of a hold, or for no hold at all."""

    offer_id: UUID
    hold_id: UUID | None


@dataclass
class Tally:
    """What one buyer saw."""

    refusals: Counter[Refusal] = field(default_factory=Counter)
    error: BaseException | None = None


class DecisionShelf:
    """The newest decision of each offer, shared by all buyers."""

    def __init__(self) -> None:
        self._rows: dict[UUID, DecisionRow] = {}
        self._locks: dict[UUID, threading.Lock] = {}
        self._guard = threading.Lock()

    def current(self, one: DrillOffer, *, but_not: DecisionRow | None = None) -> DecisionRow:
        """Return a decision about an offer, asking the gate if there is none but a stale one."""
        key = one.offer.id
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            row = self._rows.get(key)
            if row is None or row is but_not or not row.is_allowed:
                row = self._rows[key] = _ask(one)
        return row


def buy_until(
    ends: threading.Event,
    *,
    world: DrillWorld,
    shelf: DecisionShelf,
    units: list[tuple[UUID, UUID]],
) -> Tally:
    """
    Buy one unit after another until told to stop; what is refused is tried again later.

    Shape: ``units`` are pairs of unit and offer, of this buyer alone.
    """
    tally, waiting = Tally(), deque(units)
    try:
        while waiting and not ends.is_set():
            unit_id, offer_id = waiting.popleft()
            refusal = _buy(unit_id, one=world.offers[offer_id], shelf=shelf)
            if refusal is not None:
                tally.refusals[refusal] += 1
                waiting.append((unit_id, offer_id))
    except BaseException as error:  # noqa: BLE001 -- a thread hands its failure to the drill
        tally.error = error
    finally:
        connection.close()
    return tally


def _ask(one: DrillOffer) -> DecisionRow:
    offer = one.offer
    return services.may(
        action=Activity.ORDER_COMMIT,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        offer_id=offer.id,
        actor=ACTOR,
        now=clock.now(),
    )


def _buy(unit_id: UUID, *, one: DrillOffer, shelf: DecisionShelf) -> Refusal | None:
    stale: DecisionRow | None = None
    for _ in range(TRIES_MAX):
        decision = shelf.current(one, but_not=stale)
        if not decision.is_allowed:
            return Refusal(one.offer.id, _hold_of(decision))
        try:
            commit_order(unit_id, one=one, decision=decision)
        except guard.HeldError as held:
            return Refusal(one.offer.id, held.hold_id)
        except guard.StaleDecisionError:
            stale = decision
        else:
            return None
    return Refusal(one.offer.id, None)


def _hold_of(decision: DecisionRow) -> UUID | None:
    about = next((one.about for one in decision.reasons if one.code == HOLD_ACTIVE), None)
    return parse_id(IdKind.HOLD, about) if about else None


def commit_order(unit_id: UUID, *, one: DrillOffer, decision: DecisionRow) -> None:
    """
    Commit an order of one unit, with the very rows that a shop's order writes.

    Raises: HeldError, StaleDecisionError.
    """
    target = one.target
    words: dict[str, Any] = {
        "order": new_id(),
        "line": new_id(),
        "move": new_id(),
        "number": unit_id.hex[:20],
        "unit": unit_id,
        "offer": one.offer.id,
        "market": target.market,
        "brands": list(target.brand_path),
        "categories": list(target.category_path),
        "model": target.model_id,
        "variant": target.variant_id,
        "seller": target.seller_id,
        "condition": target.condition,
        **guard.stamp(decision),
        "decision_epochs": Jsonb(decision.epochs),
    }
    with guard.guarded(), connection.cursor() as cursor:
        for statement in (ORDER_SQL, LINE_SQL, MOVE_SQL, UNIT_SQL):
            cursor.execute(statement, words)
