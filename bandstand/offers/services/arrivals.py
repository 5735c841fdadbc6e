"""Units arrive at a seller's stock, one row for one physical phone."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.catalogue.rules import CELLULAR
from bandstand.gate.guard import guarded
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers import rules
from bandstand.offers.models import Offer, Unit
from bandstand.offers.rules import ArrivalProblem, UnitArrival
from bandstand.plumbing import audit

SHOWN_MAX = 5


@transaction.atomic
def receive_units(
    *, offer_id: UUID, units: Sequence[UnitArrival], now: datetime, actor: str = "system:stock"
) -> int:
    """
    Take a delivery note into stock and return how many units are new.

    All or nothing. A unit that this offer already has, with the same IMEI and serial, is left
    alone, so that a note may be sent twice.
    Lock: the offer's row.
    Raises: ArrivalRefusedError naming every line that is wrong; OfferNotFoundError; HeldError if a
        hold stops imports of any of them.
    """
    offer = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("variant__model__category")
        .filter(pk=offer_id)
        .first()
    )
    if offer is None:
        raise rules.OfferNotFoundError(f"No offer has the key {offer_id}.", given=str(offer_id))
    problems = rules.arrival_problems(units, is_cellular=_is_cellular(offer))
    known = _known_numbers(units, offer_id=offer_id)
    problems += _clashes(units, known=known)
    if problems:
        raise _refused(problems)
    fresh = [unit for unit in units if (unit.serial, unit.imei) not in known[offer_id]]
    with guarded():
        Unit.objects.bulk_create(
            Unit(
                offer=offer,
                imei=unit.imei or None,
                serial=unit.serial,
                lot=unit.lot,
                stocked_at=now,
            )
            for unit in fresh
        )
    audit.record(
        actor=actor,
        action="offer.receive_units",
        subject=print_id(IdKind.OFFER, offer_id),
        now=now,
        units=len(fresh),
        lots=dict(Counter(unit.lot for unit in fresh)),
    )
    return len(fresh)


def _is_cellular(offer: Offer) -> bool:
    # Earphones are radio equipment, need an approval and have no IMEI: the category decides.
    return offer.variant.model.category.slug in CELLULAR


def _known_numbers(
    units: Sequence[UnitArrival], *, offer_id: UUID
) -> dict[UUID, set[tuple[str, str]]]:
    """Return the (serial, IMEI) pairs that stock already has and this note repeats, by offer."""
    found = Unit.objects.filter(
        Q(imei__in=[unit.imei for unit in units if unit.imei])
        | Q(offer_id=offer_id, serial__in=[unit.serial for unit in units])
    ).values_list("offer_id", "serial", "imei")
    known: dict[UUID, set[tuple[str, str]]] = {offer_id: set()}
    for owner, serial, imei in found:
        known.setdefault(owner, set()).add((serial, imei or ""))
    return known


def _clashes(
    units: Sequence[UnitArrival], *, known: dict[UUID, set[tuple[str, str]]]
) -> tuple[ArrivalProblem, ...]:
    pairs = {pair for pairs in known.values() for pair in pairs}
    own_pairs = next(iter(known.values()))
    imeis = {imei for _, imei in pairs if imei}
    serials = {serial for serial, _ in own_pairs}
    clashes = []
    for line, unit in enumerate(units, start=1):
        if (unit.serial, unit.imei) in own_pairs:
            continue
        if unit.imei in imeis:
            reason = f"IMEI {unit.imei} is already in stock; one phone is one unit"
            clashes.append(ArrivalProblem(line=line, reason=reason))
        elif unit.serial in serials:
            reason = f"serial {unit.serial} is already in stock with another IMEI"
            clashes.append(ArrivalProblem(line=line, reason=reason))
    return tuple(clashes)


def _refused(problems: Sequence[ArrivalProblem]) -> rules.ArrivalRefusedError:
    shown = "; ".join(f"line {one.line}: {one.reason}" for one in problems[:SHOWN_MAX])
    more = f"; and {len(problems) - SHOWN_MAX} more" if len(problems) > SHOWN_MAX else ""
    return rules.ArrivalRefusedError(
        f"No unit was received. {shown}{more}.",
        lines=[{"line": one.line, "reason": one.reason} for one in problems],
    )
