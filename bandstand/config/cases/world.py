"""
The names of a book and what they stand for in the scratch database.

The world is built once, before the first case; a case adds its own grants, holds and units to a
copy of it.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from bandstand.config.cases.fields import CaseWordsError, Part, known
from bandstand.config.cases.signing import KeyPair
from bandstand.config.cases.statuses import StatusHost
from bandstand.kernel.public_ids import IdKind, print_id

ACTOR: Final = "ops@lark.example.org"
SECOND: Final = "second@lark.example.org"
NOTIFIER: Final = "notifier@example.org"
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before every case: when the parties were verified and the policy began."""


@dataclass(frozen=True, slots=True)
class BrandNote:
    """A brand of the book: its row, its owner, and how it speaks."""

    id: UUID
    slug: str
    owner: UUID
    person: UUID
    email: str
    domains: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartyNote:
    """A seller, distributor or importer of the book."""

    id: UUID
    slug: str
    email: str
    domain: str


@dataclass(frozen=True, slots=True)
class VariantNote:
    """A variant of the book; ``gtin`` is one the runner gave it."""

    id: UUID
    model_id: UUID
    name: str
    brand: str
    category: str
    gtin: str


@dataclass(frozen=True, slots=True)
class GrantNote:
    """A grant of the book as it was recorded."""

    id: UUID
    words: Mapping[str, Any]
    key: str = ""


@dataclass
class World:
    """Every name of the book. Copied for each case."""

    policy: dict[str, Any] = field(default_factory=dict)
    markets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    brands: dict[str, BrandNote] = field(default_factory=dict)
    parties: dict[str, PartyNote] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    variants: dict[str, VariantNote] = field(default_factory=dict)
    models: dict[tuple[str, str], UUID] = field(default_factory=dict)
    keys: dict[str, KeyPair] = field(default_factory=dict)
    book_grants: dict[str, dict[str, Any]] = field(default_factory=dict)
    grants: dict[str, GrantNote] = field(default_factory=dict)
    published: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The entries of each brand's own list so far."""
    served: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The list that each brand serves."""
    asked: list[UUID] = field(default_factory=list)
    """Grants whose issuer has no list: the shop asks after them itself."""
    holds: dict[str, UUID] = field(default_factory=dict)
    listings: dict[str, UUID] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    glns: dict[UUID, str] = field(default_factory=dict)
    statuses: StatusHost = field(default_factory=StatusHost)
    at: datetime = LONG_AGO

    def copy(self) -> "World":
        """Return a world that a case may add to."""
        return deepcopy(self)

    def brand(self, name: str, *, where: str = "") -> BrandNote:
        """Return a brand by its name in the book. Raises: CaseWordsError."""
        return known(name, among=self.brands, what="brand", where=where)

    def party(self, name: str, *, where: str = "") -> PartyNote:
        """Return a party by its name in the book. Raises: CaseWordsError."""
        return known(name, among=self.parties, what="seller", where=where)

    def variant(self, name: str, *, where: str = "") -> VariantNote:
        """Return a variant by its name in the book. Raises: CaseWordsError."""
        return known(name, among=self.variants, what="variant", where=where)

    def category(self, name: str, *, where: str = "") -> UUID:
        """Return a category by its name in the book. Raises: CaseWordsError."""
        return known(name, among=self.categories, what="category", where=where)

    def grant(self, name: str, *, where: str = "") -> GrantNote:
        """Return a grant of this case. Raises: CaseWordsError."""
        return known(name, among=self.grants, what="grant of this case", where=where)

    def hold(self, name: str, *, where: str = "") -> UUID:
        """Return a hold of this case. Raises: CaseWordsError."""
        return known(name, among=self.holds, what="hold of this case", where=where)

    def models_named(self, name: str, *, brands: tuple[str, ...]) -> list[UUID]:
        """
        Return the models of that name under any of the brands, or their sub-brands.

        Raises: CaseWordsError if there is none.
        """
        found = [
            model_id
            for (brand, model), model_id in self.models.items()
            if model == name and (not brands or brand in brands)
        ] or [model_id for (_, model), model_id in self.models.items() if model == name]
        if not found:
            names = sorted({model for _, model in self.models})
            known(name, among=dict.fromkeys(names, None), what="model")
        return found

    def market_of(self, country: str, *, where: str = "") -> str:
        """
        Return the market whose member a place of delivery is.

        The market's own code counts as a place in it. Raises: CaseWordsError.
        """
        code = country.upper()
        for market, members in self.markets.items():
            if code in members:
                return market
        if code in self.markets:
            return code
        every = {one: None for members in self.markets.values() for one in members}
        known(code, among=every, what="place of delivery", where=where)
        raise CaseWordsError(f"{where}: no market delivers to {country}.")

    def name_of_grant(self, grant_id: str) -> str:
        """Return the book's name of a grant, or the id itself."""
        names = {str(note.id): name for name, note in self.grants.items()}
        return names.get(grant_id, grant_id)

    def name_of_hold(self, printed: str) -> str:
        """Return the book's name of a hold by its printed id, or the id itself."""
        from_printed = {print_hold(hold_id): name for name, hold_id in self.holds.items()}
        return from_printed.get(printed, printed)


def print_hold(hold_id: UUID) -> str:
    """Return a hold's printed id, as reasons carry it."""
    return print_id(IdKind.HOLD, hold_id)


def bare(words: Part) -> Part:
    """Mark the words that only people read."""
    words.nothing_more("title", "note", "notes", "comment", "source", "why")
    return words
