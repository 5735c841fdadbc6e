"""Reads of models, for those who must pick one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.catalogue.models import Brand, DeviceModel

DEPTH_MAX: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelRow:
    """A named phone."""

    id: UUID
    brand_id: UUID
    brand: str
    name: str

    @property
    def title(self) -> str:
        return f"{self.brand} {self.name}"


def models_of_brands(brand_ids: Iterable[UUID] | None = None) -> list[ModelRow]:
    """Return the models of brands, or of every brand, by brand and name."""
    found = DeviceModel.objects.select_related("brand").order_by("brand__name", "name")
    if brand_ids is not None:
        found = found.filter(brand__in=list(brand_ids))
    return [
        ModelRow(id=one.id, brand_id=one.brand_id, brand=one.brand.name, name=one.name)
        for one in found
    ]


def brands_below(brand_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return brands together with all their sub-brands."""
    parents = dict(Brand.objects.values_list("id", "parent_id"))
    found = set(brand_ids)
    for _ in range(DEPTH_MAX):
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            break
        found |= more
    return frozenset(found)
