"""How the parties of a book are known: keys registered, domains proved, names on record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bandstand.config.cases.fields import CaseWordsError
from bandstand.config.cases.signing import KeyPair, make_key
from bandstand.config.cases.world import ACTOR, LONG_AGO, BrandNote, PartyNote, World
from bandstand.rights import services as rights
from bandstand.rights.models import BrandDomain, ListSource, PartyDomain, SigningKey
from bandstand.rights.rules import NameKind
from bandstand.rights.rules.lists.words import WELL_KNOWN_LIST, DomainMethod
from bandstand.rights.services import keys

SOURCE: Final = "The book of cases."
CHALLENGE: Final = "proved-before-the-cases-began"


def register_names(brand: BrandNote, *, names: Iterable[str]) -> None:
    """Put a brand's names and marks on record, in whatever script."""
    for text in names:
        rights.name_brand(
            brand_id=brand.id,
            text=text,
            kind=NameKind.NAME,
            source=SOURCE,
            actor=ACTOR,
            now=LONG_AGO,
        )


def register_domains(brand: BrandNote) -> None:
    """Put a brand's domains on record as proved, each with the place of its list."""
    for domain in brand.domains:
        row = BrandDomain.objects.create(
            brand_id=brand.id,
            domain=domain,
            method=DomainMethod.STAFF.value,
            challenge=CHALLENGE,
            asked_at=LONG_AGO,
            asked_by=ACTOR,
            verified_at=LONG_AGO,
            reviewed_at=LONG_AGO,
            reviewed_by=ACTOR,
        )
        ListSource.objects.create(
            brand_id=brand.id, domain=row, url=f"https://{domain}{WELL_KNOWN_LIST}"
        )


def register_party_domain(party: PartyNote) -> None:
    """Put a party's domain on record as proved, so that brands' lists can name it."""
    PartyDomain.objects.create(
        party_id=party.id,
        domain=party.domain,
        method=DomainMethod.STAFF.value,
        challenge=CHALLENGE,
        asked_at=LONG_AGO,
        asked_by=ACTOR,
        verified_at=LONG_AGO,
    )


def register_keys(world: World, brand: BrandNote) -> None:
    """Register a brand's public keys."""
    for kid in brand.keys:
        keys.add_key(
            jwk=world.keys[kid].public,
            brand_id=brand.id,
            kid=kid,
            from_at=LONG_AGO,
            source=SOURCE,
            actor=ACTOR,
            now=LONG_AGO,
        )


def key_of_party(world: World, name: str) -> KeyPair:
    """Return a party's own key pair, made and registered when it first signs."""
    kid = f"k-{name}"
    if kid not in world.keys:
        world.keys[kid] = make_key(kid)
        keys.add_key(
            jwk=world.keys[kid].public,
            party_id=world.party(name).id,
            kid=kid,
            from_at=LONG_AGO,
            source=SOURCE,
            actor=ACTOR,
            now=LONG_AGO,
        )
    return world.keys[kid]


def revoke_key(
    kid: str, *, at: datetime, reason: str = "As the case has it.", compromised: bool = False
) -> None:
    """Revoke a key, for every brand that shares it. Raises: CaseWordsError if nobody has it."""
    found = list(SigningKey.objects.filter(kid=kid).order_by("id").values_list("id", flat=True))
    if not found:
        raise CaseWordsError(f"No brand or party of the book has a key “{kid}”.")
    for key_id in found:
        keys.revoke_key(key_id=key_id, reason=reason, compromised=compromised, actor=ACTOR, now=at)
