"""Phones by what a person calls them: “Xiaomi Mi 3”, “mi 3”, “2013062”, “Xiaomi/2013062”."""

from typing import Final

from django.db.models import F, Q, QuerySet, Value

from bandstand.catalogue.models import DeviceModel, Variant
from bandstand.catalogue.queries.variants import VariantRow, row_of
from bandstand.catalogue.rules import CELLULAR, CatalogueNotFoundError, did_you_mean, title_of
from bandstand.kernel.errors import near_matches
from bandstand.radio.capability import split_codes

SUGGESTED_MAX: Final = 6
WORD_LENGTH_MIN: Final = 2


def phones_named(text: str) -> list[VariantRow]:
    """
    Return every variant that a name or model code stands for, by title and code.

    A name without a code may stand for several variants; the code decides.

    Raises: CatalogueNotFoundError naming near matches.
    """
    said = _folded(text)
    words = said.split()
    if not words:
        raise CatalogueNotFoundError("Type a brand and model, or a model code, such as SM-S921U.")
    near = Q(said__icontains=F("model__name")) | Q(code__icontains=words[-1])
    rows = [row_of(one) for one in _phones().annotate(said=Value(said)).filter(near)]
    found = [one for one in rows if said in _names_of(one)]
    if not found:
        suggested = _suggested(said, words)
        raise CatalogueNotFoundError(
            f"We know no phone called “{text.strip()}”.{did_you_mean(suggested[:3])}",
            given=text,
            near=suggested,
        )
    return sorted(found, key=lambda one: (one.title, one.code))


def phones_by_slug(slugs: list[str]) -> list[VariantRow]:
    """Return the variants of slugs, in their order; a slug that names none is left out."""
    found = {one.slug: row_of(one) for one in _phones().filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found]


def _phones() -> QuerySet[Variant]:
    return Variant.objects.select_related("model__brand", "model__category").filter(
        model__category__slug__in=CELLULAR
    )


def _names_of(one: VariantRow) -> set[str]:
    codes = {code for code in split_codes(one.code) if code}
    models = {one.model, f"{one.brand} {one.model}", one.title}
    with_brand = {f"{one.brand} {code}" for code in codes}
    whole = {f"{one.title} {code}" for code in codes}
    return {_folded(name) for name in models | codes | with_brand | whole}


def _suggested(said: str, words: list[str]) -> list[str]:
    """Return names that have all the words, else some name that is written alike."""
    models = DeviceModel.objects.filter(category__slug__in=CELLULAR).select_related("brand")
    having = models
    for word in words:
        if len(word) >= WORD_LENGTH_MIN:
            having = having.filter(Q(name__icontains=word) | Q(brand__name__icontains=word))
    titles = [_title(one) for one in having.order_by("brand__name", "name")[:SUGGESTED_MAX]]
    if titles:
        return titles
    known = {_title(one) for one in models}
    return near_matches(said, sorted(known), limit=SUGGESTED_MAX)


def _title(one: DeviceModel) -> str:
    return title_of(brand=one.brand.name, model=one.name)


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("/", " ").split())
