"""What the words of a list mean in one shop: which party, which brands, models and markets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.rights.rules.facts import GrantScope
from bandstand.rights.rules.lists.domains import shown_domain
from bandstand.rights.rules.lists.words import EVERY, ListedSeller, ListedStatement
from bandstand.rights.rules.naming import plain_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWords:
    """
    What names mean here. ``brands`` holds the family of the brand whose list it is, and no other.

    Shape: names of brands and models are plain; markets are codes with the countries they cover.
    """

    home_brand: UUID
    brands: Mapping[str, UUID]
    categories: Mapping[str, UUID]
    markets: Mapping[str, frozenset[str]]
    models: Mapping[tuple[UUID, str], UUID]
    domains: Mapping[str, UUID]
    accounts: Mapping[str, UUID]
    parties: frozenset[UUID]
    host: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """Who an entry names and what it permits here; without either, why not."""

    party_id: UUID | None
    scope: GrantScope | None
    why: str = ""


def meaning_of(entry: ListedSeller, *, words: ListWords, brands: tuple[str, ...] = ()) -> Meaning:
    """
    Return what an entry permits in this shop.

    A word that is not known is left out, which only narrows; where nothing is left of a part, the
    entry permits nothing, so that a list of unknown models never turns into every model.
    """
    party_id = party_of(entry.key, words=words)
    named = brand_ids(entry.brands or brands, words=words)
    categories = _every(entry.categories, known=words.categories)
    markets = market_codes(entry.countries, words=words)
    models = {
        words.models[brand, plain_name(model)]
        for model in entry.models
        for brand in named
        if (brand, plain_name(model)) in words.models
    }
    missing = [
        what
        for what, found in (
            ("brand of this domain's owner", named),
            ("category", categories),
            ("market", markets),
            ("model", models or not entry.models),
        )
        if not found
    ]
    if missing:
        return Meaning(
            party_id, None, f"It names no {' and no '.join(missing)} that is known here."
        )
    scope = GrantScope(
        brands=frozenset(named),
        categories=frozenset(categories),
        markets=frozenset(markets),
        conditions=frozenset(entry.conditions),
        models=frozenset(models),
    )
    return Meaning(party_id, scope, "" if party_id else _nobody(entry.key))


def statement_brands(
    statement: ListedStatement, *, words: ListWords, brands: tuple[str, ...] = ()
) -> frozenset[UUID]:
    """Return the brands that a statement speaks of."""
    return frozenset(brand_ids(statement.brands or brands, words=words))


def brand_ids(names: Iterable[str], *, words: ListWords) -> set[UUID]:
    """Return the brands of the family that are named; the list's own brand where none is."""
    named = list(names)
    if not named:
        return {words.home_brand}
    if EVERY in named:
        return set(words.brands.values())
    return {words.brands[plain_name(one)] for one in named if plain_name(one) in words.brands}


def category_ids(slugs: Iterable[str], *, words: ListWords) -> set[UUID | None]:
    """Return the categories that a statement names; none, for every category, as None."""
    named = list(slugs)
    if not named or EVERY in named:
        return {None}
    return {words.categories[one] for one in named if one in words.categories}


def market_codes(countries: Iterable[str], *, words: ListWords) -> set[str]:
    """Return the markets that are covered: by their own code, or with every country they have."""
    named = set(countries)
    if EVERY in named:
        return set(words.markets)
    return {
        code
        for code, members in words.markets.items()
        if code in named or (members and members <= named)
    }


def party_of(key: str, *, words: ListWords) -> UUID | None:
    """Return the party that a key names: by its proven domain, or by its account in this shop."""
    kind, _, name = key.partition(":")
    if kind == "domain":
        return _party_of_domain(name, words=words)
    host, _, account = name.partition(":")
    if account:
        return words.accounts.get(account) if host == words.host else None
    try:
        found = parse_id(IdKind.PARTY, name)
    except BadInputError:
        return None
    return found if found in words.parties else None


def _party_of_domain(domain: str, *, words: ListWords) -> UUID | None:
    # Whoever has a domain has what lies below it; the nearest one counts.
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        found = words.domains.get(".".join(labels[at:]))
        if found is not None:
            return found
    return None


def _every(names: Iterable[str], *, known: Mapping[str, UUID]) -> set[UUID]:
    named = list(names)
    if EVERY in named:
        return set(known.values())
    return {known[one] for one in named if one in known}


def _nobody(key: str) -> str:
    kind, _, name = key.partition(":")
    if kind == "domain":
        return f"Nobody here has shown that {shown_domain(name)} is their own."
    return f"“{name}” is no account of this shop."
