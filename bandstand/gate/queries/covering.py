"""The condition by which pages leave out what a hold stops."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    Q,
    UUIDField,
    Value,
)

from bandstand.gate.models import Hold
from bandstand.gate.queries.rows import in_force, scope_of
from bandstand.gate.rules import Activity


def covering_hold(
    activity: Activity,
    *,
    prefix: str = "",
    unit_prefix: str | None = None,
    but_not: UUID | None = None,
    only: UUID | None = None,
) -> Expression:
    """
    Return a condition that is true where a hold in force stops an activity.

    For offers, ``prefix`` leads to the offer's fields. A hold on a lot, on serials or on stock of
    before a day covers units and no offer; to test units, ``unit_prefix`` leads to the unit's
    fields too: ``covering_hold(activity, prefix="offer__", unit_prefix="")`` on a queryset of
    units.

    ``but_not`` leaves one hold out, as if it were lifted; ``only`` leaves all others out.

    The holds are read when this is called, with the clock of the database, so call it for each
    query.
    """
    found = in_force(activity)
    found = found.exclude(pk=but_not) if but_not else found
    rows = (found.filter(pk=only) if only else found).annotate(
        brands_under=_under("gate_brands_under", "brand_id"),
        categories_under=_under("gate_categories_under", "category_id"),
    )
    terms = [
        _sale_term(row, reach=_Reach(row.brands_under, row.categories_under), prefix=prefix)
        & _unit_term(row, unit_prefix)
        for row in rows
        if unit_prefix is not None or not scope_of(row).is_about_units
    ]
    if not terms:
        return Value(False, output_field=BooleanField())  # noqa: FBT003 -- a value, not a switch
    return ExpressionWrapper(reduce(or_, terms), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class _Reach:
    """The brand and the category of a hold with everything below them."""

    brands: list[UUID]
    categories: list[UUID]


def _under(function: str, field: str) -> Func:
    return Func(F(field), function=function, output_field=ArrayField(UUIDField()))


def _sale_term(row: Hold, *, reach: _Reach, prefix: str) -> Q:
    wanted: dict[str, object] = {
        "variant__model": row.model_id,
        "variant": row.variant_id,
        "seller": row.seller_id,
        "id": row.offer_id,
        "market": row.market_id,
        "condition": row.condition,
        # Always there, so that a hold on everything is a condition too and not an empty one.
        "id__isnull": False,
    }
    if row.brand_id is not None:
        wanted["variant__model__brand__in"] = (
            reach.brands if row.include_sub_brands else [row.brand_id]
        )
    if row.category_id is not None:
        wanted["variant__model__category__in"] = reach.categories
    return Q(**{prefix + field: value for field, value in wanted.items() if value is not None})


def _unit_term(row: Hold, prefix: str | None) -> Q:
    term = Q()
    if row.lot is not None:
        term &= Q(**{f"{prefix}lot": row.lot})
    if row.serials is not None:
        # A unit without IMEI must come out as false, not as unknown, or its negation would hide it.
        by_imei = Q(**{f"{prefix}imei__isnull": False, f"{prefix}imei__in": row.serials})
        term &= Q(**{f"{prefix}serial__in": row.serials}) | by_imei
    if row.stock_before is not None:
        term &= Q(**{f"{prefix}stocked_at__lt": row.stock_before})
    return term
