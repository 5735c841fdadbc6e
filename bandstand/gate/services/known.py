"""What a hold names must be there: its parts are looked up, and what they imply is read."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, Q

from bandstand.catalogue.models import Brand, Category, DeviceModel, Variant
from bandstand.gate.rules import HoldScope, Lineage
from bandstand.gate.rules.requests import Implied
from bandstand.gate.rules.scope import check_lineage
from bandstand.kernel.errors import NotFoundError
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.rights.queries import market_fact


def check_known(scope: HoldScope) -> None:
    """
    Refuse a scope that names what is not there, or parts that contradict each other.

    Raises: NotFoundError, HoldScopeError.
    """
    named: tuple[tuple[type[Record], UUID | None, str], ...] = (
        (Brand, scope.brand_id, "brand"),
        (Category, scope.category_id, "category"),
        (DeviceModel, scope.model_id, "model"),
        (Variant, scope.variant_id, "variant"),
        (Party, scope.seller_id, "seller"),
    )
    for model, key, word in named:
        if key is None:
            continue
        rows = model._default_manager.filter(pk=key)  # noqa: SLF001 -- documented name
        if not rows.exists():
            raise NotFoundError(f"There is no {word} {key}.", **{f"{word}_id": str(key)})
    if scope.market is not None:
        market_fact(scope.market)
    if scope.variant_id is not None or scope.model_id is not None:
        check_lineage(scope, _lineage(model_id=scope.model_id, variant_id=scope.variant_id))


def implied_by(scope: HoldScope) -> Implied:
    """Return what a scope says without naming it, from the catalogue and from its offer."""
    values = _offer_words(scope.offer_id)
    variant_id = scope.variant_id or values.get("variant_id")
    if variant_id is None and scope.model_id is None:
        return Implied(
            brand_path=_path("gate_brand_path", scope.brand_id),
            category_path=_path("gate_category_path", scope.category_id),
            values=values,
        )
    lineage = _lineage(model_id=scope.model_id, variant_id=variant_id)
    return Implied(
        brand_path=lineage.brand_path,
        category_path=lineage.category_path,
        values={**values, "model_id": lineage.model_id},
    )


def _offer_words(offer_id: UUID | None) -> dict[str, Any]:
    # Offers stand above this room; the guard reads the same table by name.
    if offer_id is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select variant_id, seller_id, market_id, condition from offers_offer where id = %s",
            [offer_id],
        )
        row = cursor.fetchone()
    return dict(zip(("variant_id", "seller_id", "market", "condition"), row, strict=True))


def _path(function: str, key: UUID | None) -> tuple[UUID, ...]:
    if key is None:
        return ()
    with connection.cursor() as cursor:
        cursor.callproc(function, [key])
        (path,) = cursor.fetchone()
    return tuple(path)


def _lineage(*, model_id: UUID | None, variant_id: UUID | None) -> Lineage:
    named = Q(pk=model_id)
    if variant_id is not None:
        named = Q(variants=variant_id)
    row = (
        DeviceModel.objects.filter(named)
        .annotate(
            brand_path=Func(F("brand_id"), function="gate_brand_path"),
            category_path=Func(F("category_id"), function="gate_category_path"),
        )
        .values_list("id", "brand_path", "category_path")
        .get()
    )
    return Lineage(row[0], tuple(row[1]), tuple(row[2]))
