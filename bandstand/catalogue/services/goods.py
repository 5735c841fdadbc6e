"""Brands and goods added one at a time: what a seller offers that no table has."""

from datetime import date
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries
from bandstand.catalogue.models import Brand, DeviceModel, Variant
from bandstand.catalogue.rules import MalformedRowError, slug_of, title_of
from bandstand.kernel.words import Certainty


@transaction.atomic
def find_or_add_brand(
    *, slug: str, name: str, parent_slug: str = "", owner_id: UUID | None = None
) -> UUID:
    """
    Return the brand of a slug, added if it is not there; an owner that is given is recorded.

    Raises: CatalogueNotFoundError for an unknown parent, MalformedRowError for a slug that is none.
    """
    if not slug or slug != slug_of(slug) or not name.strip():
        raise MalformedRowError(f"“{slug}” is not a slug. Write “{slug_of(slug or name)}”.")
    parent = queries.brand_by_slug(parent_slug).id if parent_slug else None
    brand, is_new = Brand.objects.get_or_create(
        slug=slug, defaults={"name": name, "parent_id": parent, "owner_id": owner_id}
    )
    if not is_new and owner_id is not None and brand.owner_id != owner_id:
        set_brand_owner(brand_slug=slug, party_id=owner_id)
    return brand.id


@transaction.atomic
def set_brand_owner(*, brand_slug: str, party_id: UUID) -> None:
    """
    Record which party owns a brand.

    Raises: CatalogueNotFoundError naming near matches.
    """
    brand = queries.brand_by_slug(brand_slug)
    Brand.objects.filter(pk=brand.id).update(owner_id=party_id)


@transaction.atomic
def find_or_add_model(  # noqa: PLR0913 -- a model has these parts
    *,
    brand_slug: str,
    category_slug: str,
    name: str,
    code: str,
    is_radio: bool | None = None,
    region: str = "",
    released_on: date | None = None,
    source: str = "",
    fcc_id: str = "",
) -> UUID:
    """
    Return the variant of a model and code, both added if they are not there.

    ``is_radio`` says whether it is radio equipment; its category says so unless told.

    Raises: CatalogueNotFoundError for an unknown brand or category; MalformedRowError for no name.
    """
    brand = queries.brand_by_slug(brand_slug)
    category = queries.category_by_slug(category_slug)
    if not slug_of(name):
        raise MalformedRowError("A model needs a name with a letter or a digit in it.")
    model, _ = DeviceModel.objects.get_or_create(
        brand_id=brand.id,
        slug=slug_of(name),
        defaults={"name": name, "category_id": category.id, "released_on": released_on},
    )
    variant, _ = Variant.objects.get_or_create(
        model=model,
        code=code,
        defaults={
            "slug": _free_slug(title_of(brand=brand.name, model=name), code),
            "region": region,
            "is_radio": category.is_radio if is_radio is None else is_radio,
            "source": source,
            "fcc_id": fcc_id,
            "certainty": Certainty.LOW.value,
        },
    )
    return variant.id


def _free_slug(*words: str) -> str:
    wanted = slug_of(*words)
    taken = set(Variant.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)
