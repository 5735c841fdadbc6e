"""
Which offers a fact would turn: the write itself, judged and rolled back, so it cannot differ.

Nothing is kept, no decision either. While it runs, the anchors that the write takes are held; that
is why only so many offers are judged, those on the shelf first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from bandstand.gate import services as gate
from bandstand.gate.rules import Activity, Judgement, Outcome
from bandstand.kernel.errors import NotFoundError
from bandstand.offers.queries import OfferRow, offer_rows

JUDGED_MAX: Final = 200
EPOCHS_SQL: Final = "select key, epoch from gate_epoch"
RESTING_SQL: Final = """
select o.id from offers_offer o
  join gate_decision d on d.id = o.last_decision_id
 where o.state in ('listed', 'in_review', 'refused') and d.epochs ?| %s
 order by o.state <> 'listed', o.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTurn:
    """An offer that would be judged otherwise, and what would then be told of it."""

    offer: OfferRow
    was: Outcome
    now: Outcome
    codes: tuple[str, ...]
    """What would then stand against it."""

    @property
    def is_stopped(self) -> bool:
        """Whether it is on the shelf now and would leave it."""
        return self.offer.is_listed and self.now is not Outcome.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a fact would do to the offers that rest on what it changes."""

    turns: tuple[OfferTurn, ...]
    judged: int
    left: int
    """How many more offers rest on it that were not judged."""

    @property
    def stopped(self) -> int:
        return sum(one.is_stopped for one in self.turns)

    @property
    def opened(self) -> int:
        return sum(one.now is Outcome.ALLOW for one in self.turns)


def foresee(write: Callable[[], object], *, now: datetime) -> Foreseen:
    """
    Do a write, see which offers the gate would then judge otherwise, and undo it.

    Raises: whatever the write raises.
    """
    with transaction.atomic():
        before = _epochs()
        write()
        touched = [key for key, epoch in _epochs().items() if before.get(key) != epoch]
        resting = _resting_on(touched)
        after = _judged(resting[:JUDGED_MAX], now=now)
        transaction.set_rollback(True)
    was = _judged(list(after), now=now)
    rows = offer_rows(list(after))
    turns = [
        OfferTurn(
            offer=rows[key],
            was=was[key].result,
            now=judgement.result,
            codes=tuple(one.code for one in judgement.reasons if one.outcome != "allow"),
        )
        for key, judgement in after.items()
        if key in was and was[key].result is not judgement.result
    ]
    return Foreseen(turns=tuple(turns), judged=len(after), left=len(resting) - len(after))


def _epochs() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(EPOCHS_SQL)
        return dict(cursor.fetchall())


def _resting_on(anchors: list[str]) -> list[UUID]:
    if not anchors:
        return []
    with connection.cursor() as cursor:
        cursor.execute(RESTING_SQL, [anchors])
        return [key for (key,) in cursor.fetchall()]


def _judged(offer_ids: list[UUID], *, now: datetime) -> dict[UUID, Judgement]:
    found: dict[UUID, Judgement] = {}
    for offer_id in offer_ids:
        try:
            told = gate.explain_offer(offer_id=offer_id, now=now, activity=Activity.OFFER_PUBLISH)
        except NotFoundError:  # an offer that was never asked about as a listing
            continue
        found[offer_id] = told.today
    return found
