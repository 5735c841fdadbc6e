"""Building a book's world: parties, brands with their keys, markets, variants, policy."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from bandstand.catalogue import services as catalogue
from bandstand.catalogue.models import (
    Brand,
    Category,
    DeviceModel,
    Market,
    Network,
    OperatorNetwork,
    Variant,
)
from bandstand.catalogue.rules import slug_of
from bandstand.config.cases.facts import SOURCE, record_approvals, record_policy
from bandstand.config.cases.fields import CaseWordsError, Part
from bandstand.config.cases.proofs import register_domains, register_keys, register_names
from bandstand.config.cases.signing import make_key
from bandstand.config.cases.world import (
    ACTOR,
    LONG_AGO,
    SECOND,
    BrandNote,
    PartyNote,
    VariantNote,
    World,
    bare,
)
from bandstand.parties import services as parties
from bandstand.parties.rules import Role
from bandstand.rights import services as rights

CURRENCIES: Final = {"US": "USD", "EU": "EUR", "GB": "GBP", "HK": "HKD", "JP": "JPY", "CN": "CNY"}
ZONES: Final = {"US": "America/New_York", "EU": "Europe/Brussels", "HK": "Asia/Hong_Kong"}
NAMES: Final = {
    "US": "the United States",
    "EU": "the European Union",
    "GB": "the United Kingdom",
    "HK": "Hong Kong",
}
CATEGORIES: Final = ("phone", "tablet", "hotspot", "accessory")
GTIN_PREFIX: Final = "0950600"  # GS1's own range for examples
GTIN_DIGITS: Final = 14
DEFAULT: Final = "default"


def build_world(sections: Mapping[str, Any]) -> tuple[World, list[str]]:
    """
    Build the world of a book in the database and return it, with the words nobody read.

    Raises: CaseWordsError naming what of the world is wrong.
    """
    book = Part(sections, where="book")
    world = World(book_grants=dict(sections.get("grants") or {}))
    book.nothing_more("version", "grants")
    add_markets(world, book.named("markets"))
    _open_shop(world)
    add_categories(world, (*CATEGORIES, *_categories_of(sections)))
    add_sellers(world, book.named("sellers"))
    add_brands(world, book.named("brands"))
    add_variants(world, book.named("variants"))
    record_policy(world, book.part("policy"))
    return world, book.unread()


def add_markets(world: World, markets: Mapping[str, Part]) -> None:
    """Add markets with their members and regimes."""
    for code, words in markets.items():
        members = words.texts("members") or (code,)
        currency = words.text("currency", CURRENCIES.get(code, "USD"))
        Market.objects.update_or_create(
            code=code,
            defaults={
                "name": words.text("name", NAMES.get(code, code)),
                "currency": currency,
                "members": list(members),
                "regimes": list(words.texts("regimes")),
                "time_zone": words.text("time_zone", ZONES.get(code, "UTC")),
            },
        )
        world.markets[code] = members
        world.currencies[code] = currency


def add_categories(world: World, names: tuple[str, ...]) -> None:
    """Add categories that the world has not yet."""
    for name in names:
        if name not in world.categories and name != DEFAULT:
            row, _ = Category.objects.get_or_create(
                slug=slug_of(name), defaults={"name": name.title()}
            )
            world.categories[name] = row.id


def add_sellers(world: World, sellers: Mapping[str, Part]) -> None:
    """Register the parties; one that the book calls verified was verified long ago."""
    for name, words in sellers.items():
        bare(words).nothing_more("role", "roles")
        slug = slug_of(name.replace("_", "-"))
        note = PartyNote(
            id=parties.register_party(
                slug=slug,
                legal_name=name,
                trading_name=name,
                country=words.text("country", "US"),
                email=f"office@{slug}.example.org",
                address="as registered",
                verified_at=_verified_at(words),
            ),
            slug=slug,
            email=f"office@{slug}.example.org",
            domain=f"{slug}.example.org",
        )
        world.parties[name] = note
        suspended_at = words.maybe_instant("suspended_at")
        if suspended_at is not None or words.flag("suspended"):
            parties.suspend_party(
                party_id=note.id,
                actor=ACTOR,
                now=suspended_at or LONG_AGO,
                reason="As the book has it.",
            )


def _verified_at(words: Part) -> datetime | None:
    if not words.flag("verified", default=True):
        return None
    return words.instant("verified_at", LONG_AGO)


def add_brands(world: World, brands: Mapping[str, Part]) -> None:
    """Add brands with owner, names, verified domains and key pairs; parents first."""
    waiting = dict(brands)
    while waiting:
        ready = [
            name
            for name, words in waiting.items()
            if words.maybe("parent") is None or words.text("parent") in world.brands
        ]
        if not ready:
            raise CaseWordsError(
                f"brands: {', '.join(waiting)} have parents that are not in the book."
            )
        for name in ready:
            _add_brand(world, name, words=waiting.pop(name))


def _add_brand(world: World, name: str, *, words: Part) -> None:
    bare(words).nothing_more("sub_brands", "marks", "verified")
    names = words.texts("names") or (name.title(),)
    parent = world.brands[words.text("parent")] if words.maybe("parent") else None
    slug = slug_of(name.replace("_", "-"))
    owner, person = (parent.owner, parent.person) if parent else _brand_account(slug, names[0])
    row = Brand.objects.create(
        slug=slug,
        name=names[0],
        names=list(names),
        parent_id=parent.id if parent else None,
        owner_id=owner,
    )
    note = BrandNote(
        id=row.id,
        slug=slug,
        owner=owner,
        person=person,
        email=f"legal@{slug}.example.org" if parent is None else parent.email,
        domains=words.texts("domains"),
        keys=words.texts("keys"),
    )
    world.brands[name] = note
    for kid in note.keys:
        world.keys.setdefault(kid, make_key(kid))
    register_names(note, names=names)
    register_domains(note)
    register_keys(world, note)


def _brand_account(slug: str, name: str) -> tuple[UUID, UUID]:
    party = parties.register_party(
        slug=f"{slug}-owner",
        legal_name=name,
        trading_name=name,
        country="US",
        email=f"legal@{slug}.example.org",
        address="as registered",
        verified_at=LONG_AGO,
    )
    person = parties.add_person(
        email=f"legal@{slug}.example.org", password="", full_name=f"{name} Legal"
    )
    parties.join(person_id=person, party_id=party, role=Role.BRAND)
    return party, person


def add_variants(world: World, variants: Mapping[str, Part]) -> None:
    """Add variants by their code, with their approvals and how they differ from others."""
    serial = count(len(world.variants) + 1)
    for name, words in variants.items():
        world.variants[name] = _add_variant(world, name, words=words, number=next(serial))
        record_approvals(world, name, words=words)


def _add_variant(world: World, name: str, *, words: Part, number: int) -> VariantNote:
    brand_name, category = bare(words).text("brand"), words.text("category", "phone")
    brand = world.brand(brand_name, where=words.where)
    add_categories(world, (category,))
    model_name = words.text("model", name)
    variant_id = catalogue.find_or_add_model(
        brand_slug=brand.slug,
        category_slug=slug_of(category),
        name=model_name,
        code=name,
        is_radio=words.flag("radio", default=True),
    )
    model_id = DeviceModel.objects.values_list("id", flat=True).get(variants=variant_id)
    world.models[brand_name, model_name] = model_id
    gtin = words.text("gtin", _gtin(number)).zfill(GTIN_DIGITS)
    rights.number_variant(
        variant_id=variant_id, gtin=gtin, source=SOURCE, actor=ACTOR, now=LONG_AGO
    )
    return VariantNote(
        id=variant_id,
        model_id=model_id,
        name=model_name,
        brand=brand_name,
        category=category,
        gtin=gtin,
    )


def _gtin(number: int) -> str:
    body = f"{GTIN_PREFIX}{number:06}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _categories_of(sections: Mapping[str, Any]) -> tuple[str, ...]:
    levels = (sections.get("policy") or {}).get("min_level") or {}
    return tuple(str(name) for name in levels)


def _open_shop(world: World) -> None:
    """Open the shop that the parties sell in, on one network."""
    market = "US" if "US" in world.markets else next(iter(world.markets), "")
    if not market:
        raise CaseWordsError("The book has no markets, so nothing could be delivered anywhere.")
    party = parties.register_party(
        slug="lark",
        legal_name="Lark Mobile",
        trading_name="Lark Mobile",
        country="US",
        email="office@lark.example.org",
        address="as registered",
        verified_at=LONG_AGO,
    )
    parties.name_operator(
        party_id=party,
        shop_name="Lark Mobile",
        home_market=market,
        time_zone="America/New_York",
        support_email="help@lark.example.org",
    )
    for email in (ACTOR, SECOND):
        person = parties.add_person(email=email, password="", full_name=email.partition("@")[0])
        parties.join(person_id=person, party_id=party, role=Role.OPERATOR)
    network = Network.objects.create(mcc="310", mnc="260", name="Lark", country="US")
    OperatorNetwork.objects.create(network=network, position=1)


def rebrand_variant(world: World, name: str, *, brand: str) -> None:
    """Move a variant to another brand, as a correction of the catalogue does."""
    note, other = world.variant(name), world.brand(brand)
    model, _ = DeviceModel.objects.get_or_create(
        brand_id=other.id,
        slug=slug_of(note.name),
        defaults={"name": note.name, "category_id": world.category(note.category)},
    )
    Variant.objects.filter(pk=note.id).update(model=model)
    world.models[brand, note.name] = model.id
    world.variants[name] = VariantNote(
        note.id, model.id, note.name, brand, note.category, note.gtin
    )
