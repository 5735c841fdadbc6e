"""What phones are worth, on a day; the list and its history; the terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from bandstand.catalogue.queries import VariantRow
from bandstand.catalogue.queries.variants import row_of
from bandstand.catalogue.rules import title_of
from bandstand.kernel.errors import near_matches
from bandstand.money import Money
from bandstand.trade_in.models import ListedValue, TradeInPolicy
from bandstand.trade_in.rules import Grade, TradeInNotFoundError, TradeInTerms, in_force

NEAR_MAX: Final = 6
LISTED_MAX: Final = 500
GRADE_ORDER: Final = {grade.value: at for at, grade in enumerate(Grade)}


class NotTakenError(TradeInNotFoundError):
    """A phone without a listed value; the message names others that are taken."""

    code = "trade_in_not_taken"


@dataclass(frozen=True, slots=True)
class GradeValue:
    """What one grade of a phone is worth."""

    grade: Grade
    value: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedValueRow:
    """One row of the list."""

    id: UUID
    market: str
    variant_id: UUID
    title: str
    key: str
    grade: Grade
    value: Money
    from_at: datetime
    until_at: datetime | None
    listed_by: str


def values_of(variant_id: UUID, *, market: str, at: datetime) -> tuple[GradeValue, ...]:
    """Return what each grade of a variant is worth at an instant, best grade first."""
    found = _counting(market=market, at=at).filter(variant=variant_id)
    rows = sorted(found, key=lambda row: GRADE_ORDER[row.grade])
    return tuple(GradeValue(Grade(row.grade), Money(row.value_minor, row.currency)) for row in rows)


def value_of(variant_id: UUID, *, grade: Grade, market: str, at: datetime) -> Money | None:
    """Return what a variant in a grade is worth at an instant; None if it is not taken."""
    listed = values_of(variant_id, market=market, at=at)
    return next((one.value for one in listed if one.grade is grade), None)


def require_taken(phone: VariantRow, *, market: str, at: datetime) -> tuple[GradeValue, ...]:
    """
    Return what a phone is worth in each grade.

    Raises: NotTakenError naming phones that we do take.
    """
    found = values_of(phone.id, market=market, at=at)
    if not found:
        near = _near(phone, market=market, at=at)
        hint = f" We take {', '.join(near)}." if near else ""
        raise NotTakenError(f"We do not take {phone.title}.{hint}", near=near)
    return found


def taken(*, market: str, at: datetime) -> tuple[VariantRow, ...]:
    """Return every variant that has a value at an instant, by title."""
    rows = _counting(market=market, at=at).distinct("variant").order_by("variant")
    found = {row.variant_id: row_of(row.variant) for row in rows}
    return tuple(sorted(found.values(), key=lambda one: (one.title, one.code)))


def listed_values(
    *, market: str = "", text: str = "", with_history: bool = False, at: datetime
) -> tuple[ListedValueRow, ...]:
    """Return rows of the list, by title, at most five hundred; ended ones only if asked."""
    found = _listed()
    if market:
        found = found.filter(market=market)
    if not with_history:
        found = found.filter(Q(until_at=None) | Q(until_at__gt=at))
    if text:
        found = found.filter(
            Q(variant__model__name__icontains=text)
            | Q(variant__model__brand__name__icontains=text)
            | Q(variant__code__icontains=text)
        )
    rows = found.order_by(
        "variant__model__brand__name", "variant__model__name", "variant__code", "from_at"
    )
    shown = [_row(row) for row in rows[:LISTED_MAX]]
    return tuple(sorted(shown, key=lambda one: (one.title, one.key, GRADE_ORDER[one.grade])))


def counts_by_market() -> dict[str, int]:
    """Return how many values stand in each market."""
    found = ListedValue.objects.filter(until_at=None).values("market_id")
    return {row["market_id"]: row["count"] for row in found.annotate(count=Count("id"))}


def terms_at(market: str, *, now: datetime) -> TradeInTerms:
    """
    Return the terms of trading in that count in a market.

    Raises: TermsError if the market has none: then no phones are taken there.
    """
    found = TradeInPolicy.objects.filter(market=market, from_at__lte=now)
    return in_force(map(_terms, found.order_by("-from_at")[:1]), market=market, at=now)


def all_terms() -> tuple[TradeInTerms, ...]:
    """Return the terms of every market, newest first in each."""
    rows = TradeInPolicy.objects.order_by("market_id", "-from_at")
    return tuple(_terms(row) for row in rows)


def _near(phone: VariantRow, *, market: str, at: datetime) -> list[str]:
    """Return titles we take: of the same brand first, else written alike."""
    known = {one.title: one for one in taken(market=market, at=at)}
    same = [title for title, one in known.items() if one.brand_id == phone.brand_id]
    close = near_matches(phone.title, same or list(known), limit=NEAR_MAX)
    return close or sorted(same)[:NEAR_MAX]


def _counting(*, market: str, at: datetime) -> QuerySet[ListedValue]:
    return _listed().filter(Q(until_at=None) | Q(until_at__gt=at), market=market, from_at__lte=at)


def _listed() -> QuerySet[ListedValue]:
    return ListedValue.objects.select_related("variant__model__brand", "variant__model__category")


def _row(row: ListedValue) -> ListedValueRow:
    model = row.variant.model
    return ListedValueRow(
        id=row.id,
        market=row.market_id,
        variant_id=row.variant_id,
        title=title_of(brand=model.brand.name, model=model.name),
        key=row_of(row.variant).key,
        grade=Grade(row.grade),
        value=Money(row.value_minor, row.currency),
        from_at=row.from_at,
        until_at=row.until_at,
        listed_by=row.listed_by,
    )


def _terms(row: TradeInPolicy) -> TradeInTerms:
    return TradeInTerms(
        market=row.market_id,
        quote_days=row.quote_days,
        arrive_days=row.arrive_days,
        remind_days=row.remind_days,
        inspect_days=row.inspect_days,
        answer_days=row.answer_days,
        send_to=row.send_to,
        source=row.source,
        from_at=row.from_at,
    )
