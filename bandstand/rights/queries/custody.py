"""What the record of custody says of the units of a sale, as a decision takes it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bandstand.provenance.models import EventTerm
from bandstand.provenance.queries.custody import custodies_of
from bandstand.provenance.rules.custody import Custody
from bandstand.provenance.rules.ids import MalformedIdentifierError, UnitIds, names_of
from bandstand.rights.models import VariantGtin
from bandstand.rights.rules import CustodyFact, CustodyFlag, CustodyStatus, ReasonCode


@dataclass(frozen=True, slots=True)
class UnitNumbers:
    """What is printed on one phone."""

    imei: str | None
    serial: str


def custody_fact(
    units: Sequence[UnitNumbers], *, variant_id: UUID, brand_id: UUID, market: str, at: datetime
) -> CustodyFact | None:
    """
    Return the way of one unit from its maker, or the weakest way among several; None for no units.

    What stands against single units of several is left to the question about the unit.
    """
    if not units:
        return None
    gtins = VariantGtin.objects.filter(variant=variant_id).values_list("gtin", flat=True)[:2]
    gtin = gtins[0] if len(gtins) == 1 else ""
    known = [_ids(one, gtin=gtin) for one in units]
    if not _is_any_on_record(known):
        return CustodyFact(CustodyStatus.NONE, units=len(units), weak=len(units))
    found = custodies_of([(one, brand_id) for one in known], at=at, market=market)
    return _weakest([_fact(one) for one in found])


def _ids(unit: UnitNumbers, *, gtin: str) -> UnitIds:
    ids = UnitIds(imeis=(unit.imei,) if unit.imei else (), serial=unit.serial, gtin=gtin)
    try:
        names_of(ids)
    except MalformedIdentifierError:
        # A number that can be no IMEI names nothing in any event; the serial still may.
        return UnitIds(serial=unit.serial)
    return ids


def _is_any_on_record(units: Sequence[UnitIds]) -> bool:
    names = {name for one in units for name in names_of(one)}
    serials = {number for one in units for number in (*one.imeis, one.serial) if number}
    # Two questions, each answered by an index of its own.
    terms = EventTerm.objects.order_by()
    by_serial = Q(serial__in=sorted(serials)) & ~Q(serial="")
    return terms.filter(value__in=sorted(names)).exists() or terms.filter(by_serial).exists()


def _fact(custody: Custody) -> CustodyFact:
    status = CustodyStatus(custody.status.value)
    return CustodyFact(
        status=status,
        flags=tuple(
            CustodyFlag(ReasonCode(one.code.value), one.text, one.cure) for one in custody.findings
        ),
        first_sale_country=custody.first_sale_country,
        first_sale_at=custody.first_sale_at,
        event_ids=custody.event_ids,
        turns=custody.turns,
        weak=0 if status is CustodyStatus.COMPLETE else 1,
    )


def _weakest(ways: Sequence[CustodyFact]) -> CustodyFact:
    if len(ways) == 1:
        return ways[0]
    weakest = max(ways, key=lambda one: one.status.weakness)
    return CustodyFact(
        status=weakest.status,
        flags=tuple(_of_all(ways)),
        event_ids=weakest.event_ids,
        turns=tuple(turn for one in ways for turn in one.turns),
        units=len(ways),
        weak=sum(one.weak for one in ways),
    )


def _of_all(ways: Collection[CustodyFact]) -> Iterator[CustodyFlag]:
    shared = set.intersection(*({flag.code for flag in one.flags} for one in ways))
    told: set[ReasonCode] = set()
    for flag in next(iter(ways)).flags:
        if flag.code in shared and flag.code not in told:
            told.add(flag.code)
            yield flag
