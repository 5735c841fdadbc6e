"""What the words of a credential mean in this shop's catalogue."""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from bandstand.catalogue.models import Brand, Category, DeviceModel, Market
from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.rights.rules import GrantScope
from bandstand.rights.rules.credentials import SubjectClaims

Key = TypeVar("Key", UUID, str)


class UnknownWordsError(BadInputError):
    """A credential that names nothing this shop knows, in one of its parts."""

    code = "credential_words"


def scope_of(subject: SubjectClaims) -> tuple[GrantScope, tuple[str, ...]]:
    """
    Return what a subject's words permit here, and a note on each word that means nothing here.

    A word that is not known is left out, which only narrows; a part of which nothing is left is
    refused, so that no list of unknown models turns into every model.

    Raises: UnknownWordsError with near matches.
    """
    brands, brand_notes = _meant(subject.brands, known=_brands(), what="brand")
    categories, category_notes = _meant(subject.categories, known=_categories(), what="category")
    markets, market_notes = _meant(subject.markets, known=_markets(), what="market")
    models, model_notes = _meant(subject.models, known=_models(brands), what="model")
    scope = GrantScope(
        brands=frozenset(brands),
        categories=frozenset(categories),
        markets=frozenset(markets),
        conditions=frozenset(subject.conditions),
        models=frozenset(models),
    )
    return scope, (*brand_notes, *category_notes, *market_notes, *model_notes)


def _meant(
    words: Iterable[str], *, known: Mapping[str, Key], what: str
) -> tuple[list[Key], list[str]]:
    said = list(words)
    unknown = [word for word in said if word.casefold() not in known]
    if said and len(unknown) == len(said):
        near = near_matches(said[0], list(known))
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UnknownWordsError(
            f"No {what} of the credential is known here: {', '.join(said[:5])}.{hint}", near=near
        )
    found = [known[word.casefold()] for word in said if word.casefold() in known]
    return found, [f"The {what} “{word}” is not known here and was left out." for word in unknown]


def _brands() -> dict[str, UUID]:
    # By slug alone: names may be shared or look alike, and a slug is one brand's for good.
    return {slug.casefold(): key for key, slug in Brand.objects.values_list("id", "slug")}


def _categories() -> dict[str, UUID]:
    return {slug.casefold(): key for key, slug in Category.objects.values_list("id", "slug")}


def _markets() -> dict[str, str]:
    return {code.casefold(): code for code in Market.objects.values_list("code", flat=True)}


def _models(brand_ids: list[UUID]) -> dict[str, UUID]:
    found = DeviceModel.objects.filter(brand__in=brand_ids).values_list(
        "id", "slug", "name", "brand__slug"
    )
    known: dict[str, UUID] = {}
    shared: set[str] = set()
    for key, slug, name, brand in found:
        known[f"{brand}/{slug}".casefold()] = known[f"{brand}/{name}".casefold()] = key
        for word in {slug.casefold(), name.casefold()}:
            shared |= {word} if known.setdefault(word, key) != key else set()
    # A name that two of the brands' models share says too little; brand/slug says which.
    return {word: key for word, key in known.items() if word not in shared}
