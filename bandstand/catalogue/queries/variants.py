"""Reads of models and variants, and what their radios can do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from bandstand.catalogue.models import Brand, Variant
from bandstand.catalogue.queries.claims import AnswerClaimRow, BandClaimRow, claims_of
from bandstand.catalogue.rules import (
    CELLULAR,
    AmbiguousNameError,
    CatalogueNotFoundError,
    did_you_mean,
    title_of,
)
from bandstand.kernel.errors import near_matches
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import Capability
from bandstand.radio.capability import fold_code, split_codes

FIRST_ROW: Final = "first row only"


@dataclass(frozen=True, kw_only=True)
class VariantRow:
    """The exact hardware version, with its model and brand."""

    id: UUID
    slug: str
    code: str
    region: str
    title: str
    brand: str
    brand_id: UUID
    brand_slug: str
    model: str
    model_id: UUID
    category: str
    category_id: UUID
    is_radio: bool
    has_fit: bool
    """A thing that a network could serve: a watch strap has no fit, and neither have headphones."""
    released_on: date | None
    certainty: Certainty

    @property
    def key(self) -> str:
        """The name by which commands find it: brand and code, or brand and model without a code."""
        return f"{self.brand}/{self.code or self.model}"


@dataclass(frozen=True, kw_only=True)
class VariantPage:
    """A variant with every claim about it, who makes it, and how far it may be trusted."""

    variant: VariantRow
    brand: str
    model: str
    code: str
    region: str
    released_on: date | None
    released: str
    """The release as its source says it."""
    volte: Answer
    vonr: Answer
    esim: Answer
    psim: Answer
    nr_sa: Answer
    nr_nsa: Answer
    fcc_id: str
    source: str
    certainty: Certainty
    notes: str
    claims: tuple[BandClaimRow, ...]
    answers: tuple[AnswerClaimRow, ...]
    siblings: tuple[VariantRow, ...] = field(default=())
    """The other variants of the same model."""

    @property
    def has_conflict(self) -> bool:
        """Whether any two sources disagree and nobody has settled it."""
        return any(one.is_conflict for one in self.claims) or any(
            one.is_conflict for one in self.answers
        )


def variant_by_code(key: str) -> VariantRow:
    """
    Return a variant by brand and model code, such as Xiaomi/2013062.

    A variant without a code is found by its model's name. Sub-brands are looked through as well.

    Raises: CatalogueNotFoundError naming near matches, AmbiguousNameError.
    """
    brand, said = _parted(key)
    rows = _rows_of(brand)
    by_code = [one for one in rows if fold_code(said, brand=brand.name) in _codes(one)]
    found = by_code or [one for one in rows if fold_code(one.model) == fold_code(said)]
    if not found:
        known = [one.code or one.model for one in rows]
        near = [f"{brand.name}/{one}" for one in near_matches(said, known)]
        raise CatalogueNotFoundError(
            f"{brand.name} has no variant “{said}”.{did_you_mean(near)}", given=key, near=near
        )
    if len(found) > 1:
        keys = [one.key for one in found]
        raise AmbiguousNameError(
            f"“{key}” names several variants. Give one of {', '.join(keys)}.", given=key, near=keys
        )
    return found[0]


def variants_of(brand: str, name: str) -> list[VariantRow]:
    """
    Return every variant of a model, by brand and name, such as Xiaomi and “Mi 3”.

    Raises: CatalogueNotFoundError naming near matches.
    """
    of_brand = _brand(brand)
    rows = _rows_of(of_brand)
    found = [one for one in rows if fold_code(name) == fold_code(one.model)]
    if not found:
        near = near_matches(name, sorted({one.model for one in rows}))
        raise CatalogueNotFoundError(
            f"{of_brand.name} has no model “{name}”.{did_you_mean(near)}", given=name, near=near
        )
    return found


def variant(variant_id: UUID) -> VariantRow:
    """
    Return a variant by its key.

    Raises: CatalogueNotFoundError.
    """
    found = _variants().filter(pk=variant_id).first()
    if found is None:
        raise CatalogueNotFoundError(f"No variant has the key {variant_id}.")
    return row_of(found)


def variant_page(slug: str) -> VariantPage:
    """
    Return a variant by its slug, with its claims, in four queries whatever their number.

    Raises: CatalogueNotFoundError.
    """
    found = _variants().filter(slug=slug).first()
    if found is None:
        near = near_matches(slug, list(Variant.objects.values_list("slug", flat=True)))
        raise CatalogueNotFoundError(
            f"No phone is called “{slug}”.{did_you_mean(near)}", given=slug, near=near
        )
    claims = claims_of([found])[found.id]
    others = _variants().filter(model=found.model_id).exclude(pk=found.pk).order_by("code")
    return VariantPage(
        variant=row_of(found),
        brand=found.model.brand.name,
        model=found.model.name,
        code=found.code,
        region=shown_region(found.region),
        released_on=found.model.released_on,
        released=found.release_text,
        volte=Answer(found.volte),
        vonr=Answer(found.vonr),
        esim=Answer(found.esim),
        psim=Answer(found.psim),
        nr_sa=Answer(found.nr_sa),
        nr_nsa=Answer(found.nr_nsa),
        fcc_id=found.fcc_id,
        source=found.source,
        certainty=Certainty(found.certainty),
        notes=found.notes,
        claims=claims.bands,
        answers=claims.answers,
        siblings=tuple(row_of(one) for one in others),
    )


def capability_of(variant_id: UUID) -> Capability:
    """
    Return what a variant's radio can do, as the current claims say.

    Raises: CatalogueNotFoundError.
    """
    found = capabilities([variant_id])
    if variant_id not in found:
        raise CatalogueNotFoundError(f"No variant has the key {variant_id}.")
    return found[variant_id]


def capabilities(variant_ids: Iterable[UUID] | None = None) -> dict[UUID, Capability]:
    """Return the capabilities of variants, or of all that networks serve, in three queries."""
    found = _variants()
    if variant_ids is None:
        found = found.filter(model__category__slug__in=CELLULAR)
    else:
        found = found.filter(pk__in=list(variant_ids))
    stored = list(found)
    claims = claims_of(stored)
    return {
        one.id: claims[one.id].capability(
            brand=one.model.brand.name,
            name=one.model.name,
            code=one.code,
            region=shown_region(one.region),
            source=one.source,
        )
        for one in stored
    }


def row_of(one: Variant) -> VariantRow:
    """Return the frozen row of a variant that was read with its model, brand and category."""
    model, brand, category = one.model, one.model.brand, one.model.category
    return VariantRow(
        id=one.id,
        slug=one.slug,
        code=one.code,
        region=shown_region(one.region),
        title=title_of(brand=brand.name, model=model.name),
        brand=brand.name,
        brand_id=brand.id,
        brand_slug=brand.slug,
        model=model.name,
        model_id=model.id,
        category=category.slug,
        category_id=category.id,
        is_radio=one.is_radio,
        has_fit=category.slug in CELLULAR,
        released_on=model.released_on,
        certainty=Certainty(one.certainty),
    )


def _variants() -> QuerySet[Variant]:
    return Variant.objects.select_related("model__brand", "model__category").order_by("id")


def _rows_of(brand: Brand) -> list[VariantRow]:
    """Return the variants of a brand and its sub-brands; those of the brand itself come first."""
    own = [row_of(one) for one in _variants().filter(model__brand=brand)]
    return own + [row_of(one) for one in _variants().filter(model__brand__parent=brand)]


def _codes(one: VariantRow) -> set[str]:
    return {fold_code(code, brand=one.brand) for code in split_codes(one.code) if code}


def _parted(key: str) -> tuple[Brand, str]:
    """Part “Brand/Code” at the last slash that leaves a known brand: codes may have slashes too."""
    parts = key.split("/")
    names = _brands_by_name()
    for at in range(len(parts) - 1, 0, -1):
        brand = names.get("/".join(parts[:at]).strip().casefold())
        if brand is not None and "/".join(parts[at:]).strip():
            return brand, "/".join(parts[at:]).strip()
    if len(parts) == 1:
        raise CatalogueNotFoundError(
            f"“{key}” names no brand. Write BRAND/CODE, such as Xiaomi/2013062.", given=key
        )
    return _brand(parts[0]), "/".join(parts[1:])


def _brand(name: str) -> Brand:
    names = _brands_by_name()
    found = names.get(name.strip().casefold())
    if found is None:
        near = near_matches(name, sorted({one.name for one in names.values()}))
        raise CatalogueNotFoundError(
            f"No brand “{name}”.{did_you_mean(near)}", given=name, near=near
        )
    return found


def _brands_by_name() -> dict[str, Brand]:
    names: dict[str, Brand] = {}
    for one in Brand.objects.order_by("id"):
        for name in (one.name, one.slug, *one.names):
            names.setdefault(name.casefold(), one)
    return names


def shown_region(region: str) -> str:
    """
    Return the region a variant is made for, as pages show it.

    A page of specifications that lists several variants names the first one's bands only; that is a
    remark about the source, and says nothing of a region.
    """
    return "" if region == FIRST_ROW else region
