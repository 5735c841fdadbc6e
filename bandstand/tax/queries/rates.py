"""Rates and policies, as they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from bandstand.money import Money
from bandstand.tax.models import Acquisition, TaxPolicy, TaxRate
from bandstand.tax.rules import (
    AcquiredFrom,
    Ambiguity,
    EngineName,
    Place,
    Rate,
    TaxKind,
    WithoutAnswer,
    jurisdictions,
)


@dataclass(frozen=True, slots=True)
class TaxPolicyRow:
    """A market's policy from an instant."""

    market: str
    engine: EngineName
    collected_by: str
    ambiguity: Ambiguity
    without_answer: WithoutAnswer
    source: str
    from_at: datetime
    until_at: datetime | None
    set_by: str


@dataclass(frozen=True, slots=True)
class AcquisitionRow:
    """What each used phone of an offer was bought for, and from whom."""

    offer_id: UUID
    cost: Money
    acquired_from: AcquiredFrom


def policy_in(market: str, *, now: datetime) -> TaxPolicyRow | None:
    """Return the policy that counts in a market; None where nobody has set one."""
    found = (
        TaxPolicy.objects.filter(market_id=market, from_at__lte=now)
        .filter(Q(until_at=None) | Q(until_at__gt=now))
        .order_by("-from_at")
        .first()
    )
    return None if found is None else _policy(found)


def policies() -> tuple[TaxPolicyRow, ...]:
    """Return every policy, by market, the latest first."""
    return tuple(_policy(one) for one in TaxPolicy.objects.order_by("market_id", "-from_at"))


def rates_of(place: Place) -> tuple[Rate, ...]:
    """Return every rate of the jurisdictions that a place lies in."""
    found = TaxRate.objects.filter(jurisdiction__in=jurisdictions(place))
    return tuple(rate_row(one) for one in found)


def rates_on(day: date, *, countries: Sequence[str]) -> tuple[Rate, ...]:
    """Return the rates in force on a day in some countries, by jurisdiction."""
    wanted = Q()
    for country in countries:
        wanted |= Q(jurisdiction__startswith=country)
    found = (
        TaxRate.objects.filter(wanted, from_date__lte=day)
        .filter(Q(until_date=None) | Q(until_date__gt=day))
        .order_by("jurisdiction", "is_estimate", "-from_date")
    )
    latest: dict[tuple[str, bool], TaxRate] = {}
    for one in found:
        latest.setdefault((one.jurisdiction, one.is_estimate), one)
    return tuple(rate_row(one) for one in latest.values())


def acquisitions_of(offer_ids: Sequence[UUID]) -> dict[UUID, AcquisitionRow]:
    """Return what the phones of offers were bought for, by offer; none where nobody has said."""
    found = (
        Acquisition.objects.filter(offer_id__in=offer_ids)
        .order_by("offer_id", "-stated_at", "-id")
        .distinct("offer_id")
    )
    return {
        one.offer_id: AcquisitionRow(
            one.offer_id, Money(one.cost_minor, one.currency), AcquiredFrom(one.acquired_from)
        )
        for one in found
    }


def acquisitions() -> tuple[AcquisitionRow, ...]:
    """Return the latest statement of every offer that has one, the newest offers first."""
    ids = list(Acquisition.objects.values_list("offer_id", flat=True).distinct())
    return tuple(acquisitions_of(sorted(ids, reverse=True)).values())


def rate_row(one: TaxRate) -> Rate:
    """Return a stored rate as the rules take it."""
    return Rate(
        jurisdiction=one.jurisdiction,
        title=one.title,
        kind=TaxKind(one.kind),
        rate_ppm=one.rate_ppm,
        from_date=one.from_date,
        until_date=one.until_date,
        source=one.source,
        is_estimate=one.is_estimate,
    )


def _policy(one: TaxPolicy) -> TaxPolicyRow:
    return TaxPolicyRow(
        market=one.market_id,
        engine=EngineName(one.engine),
        collected_by=one.collected_by,
        ambiguity=Ambiguity(one.ambiguity),
        without_answer=WithoutAnswer(one.without_answer),
        source=one.source,
        from_at=one.from_at,
        until_at=one.until_at,
        set_by=one.set_by,
    )
