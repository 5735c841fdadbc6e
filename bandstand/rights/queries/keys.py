"""Reads of signing keys: whose they are, what they signed, and the facts a proof is judged by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from bandstand.catalogue.models import Brand
from bandstand.kernel.errors import NotFoundError, near_matches
from bandstand.parties.models import Party
from bandstand.rights.models import BrandDomain, Grant, PartyDomain, SigningKey
from bandstand.rights.rules.credentials import Algorithm, KeyFact


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRow:
    """A registered key, and how many credentials it signed."""

    id: UUID
    owner_name: str
    brand_id: UUID | None
    kid: str
    algorithm: Algorithm
    thumbprint: str
    from_at: datetime
    until_at: datetime | None
    revoked_at: datetime | None
    revoke_reason: str
    compromised: bool
    source: str
    added_at: datetime
    added_by: str
    signed: int

    def stands_at(self, at: datetime) -> bool:
        """Say whether what the key signs now counts."""
        ends = [end for end in (self.until_at, self.revoked_at) if end is not None]
        return self.from_at <= at and all(at < end for end in ends)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedGrant:
    """A grant that rests on a key."""

    id: UUID
    grantee_name: str
    until_at: datetime
    brands: tuple[str, ...]


def brand_urn(slug: str) -> str:
    """Return the name by which a brand issues."""
    return f"urn:bandstand:brand:{slug}"


def party_urn(slug: str) -> str:
    """Return the name by which a party is named as issuer or as subject."""
    return f"urn:bandstand:party:{slug}"


def keys_of(brand_ids: Iterable[UUID]) -> list[KeyRow]:
    """Return the keys of brands, newest first."""
    return _rows(SigningKey.objects.filter(brand__in=list(brand_ids)))


def keys_of_party(party_id: UUID) -> list[KeyRow]:
    """Return the keys of a party, newest first."""
    return _rows(SigningKey.objects.filter(party=party_id))


def key_row(key_id: UUID) -> KeyRow:
    """
    Return one key.

    Raises: NotFoundError.
    """
    rows = _rows(SigningKey.objects.filter(pk=key_id))
    if not rows:
        raise NotFoundError(f"There is no signing key {key_id}.", key_id=str(key_id))
    return rows[0]


def key_facts(kid: str) -> tuple[KeyFact, ...]:
    """
    Return every registered key of a name, whosever it is, with the names its owner goes by.

    A key that a brand shares with its sub-brand speaks for the brand first.
    """
    found = SigningKey.objects.filter(kid=kid).select_related("brand", "party")
    return _facts(found.order_by(F("brand__parent").asc(nulls_first=True), "brand__slug", "id"))


def facts_of_brand(slug: str) -> tuple[KeyFact, ...]:
    """
    Return the keys of one brand.

    Raises: NotFoundError naming the brand.
    """
    if not Brand.objects.filter(slug=slug).exists():
        near = near_matches(slug, list(Brand.objects.values_list("slug", flat=True)))
        hint = f" Did you mean {near[0]}?" if near else ""
        raise NotFoundError(f"No brand “{slug}”.{hint}", given=slug, near=near)
    found = SigningKey.objects.filter(brand__slug=slug).select_related("brand", "party")
    return _facts(found.order_by("id"))


def jwks_of(slug: str) -> dict[str, Any]:
    """
    Return a brand's public keys that are not revoked, as others may check its credentials.

    Raises: NotFoundError naming the brand.
    """
    return {
        "keys": [
            {**fact.jwk, "kid": fact.kid, "alg": fact.algorithm.value, "use": "sig"}
            for fact in facts_of_brand(slug)
            if fact.revoked_at is None
        ]
    }


def signed_grants(key_id: UUID) -> list[SignedGrant]:
    """Return the unrevoked grants that rest on a key, by grantee: what its revocation kills."""
    found = Grant.objects.filter(credential__key=key_id, revoked_at=None).select_related("grantee")
    rows = list(found.order_by("grantee__trading_name", "id"))
    names = dict(
        Brand.objects.filter(pk__in={key for row in rows for key in row.brands}).values_list(
            "id", "name"
        )
    )
    return [
        SignedGrant(
            id=row.id,
            grantee_name=row.grantee.trading_name,
            until_at=row.until_at,
            brands=tuple(sorted(names[key] for key in row.brands if key in names)),
        )
        for row in rows
    ]


def names_of_brands(brands: Iterable[Brand]) -> dict[UUID, frozenset[str]]:
    """Return the issuer names of brands: a URN, and the origins of their verified domains."""
    names = {one.id: {brand_urn(one.slug)} for one in brands}
    standing = BrandDomain.objects.filter(
        brand__in=list(names), verified_at__isnull=False, lost_at=None, refused_at=None
    )
    for brand_id, domain in standing.values_list("brand_id", "domain"):
        names[brand_id].add(f"https://{domain}")
    return {key: frozenset(found) for key, found in names.items()}


def names_of_parties(parties: Iterable[Party]) -> dict[UUID, frozenset[str]]:
    """Return the names of parties: a URN, and the origins of their verified domains."""
    names = {one.id: {party_urn(one.slug)} for one in parties}
    standing = PartyDomain.objects.filter(
        party__in=list(names), verified_at__isnull=False, lost_at=None
    )
    for party_id, domain in standing.values_list("party_id", "domain"):
        names[party_id].add(f"https://{domain}")
    return {key: frozenset(found) for key, found in names.items()}


def brand_called(name: str) -> UUID | None:
    """Return the brand that an issuer's name means, its parent before a sub-brand, or None."""
    slug = name.removeprefix(brand_urn(""))
    by_domain = Q(
        domains__domain=_host(name),
        domains__verified_at__isnull=False,
        domains__lost_at=None,
        domains__refused_at=None,
    )
    by_name = Q(slug=slug) if slug != name else by_domain
    found = Brand.objects.filter(by_name).order_by(F("parent").asc(nulls_first=True), "slug")
    return found.values_list("id", flat=True).first()


def party_called(name: str) -> UUID | None:
    """Return the party that a name means, or None."""
    slug = name.removeprefix(party_urn(""))
    by_domain = Q(
        domains__domain=_host(name), domains__verified_at__isnull=False, domains__lost_at=None
    )
    found = Party.objects.filter(Q(slug=slug) if slug != name else by_domain)
    return found.order_by("id").values_list("id", flat=True).first()


def _host(name: str) -> str:
    scheme, _, rest = name.partition("://")
    return rest.partition("/")[0] if scheme == "https" else ""


def _facts(found: QuerySet[SigningKey]) -> tuple[KeyFact, ...]:
    rows = list(found)
    brand_names = names_of_brands(row.brand for row in rows if row.brand)
    party_names = names_of_parties(row.party for row in rows if row.party)
    return tuple(_fact(row, names={**brand_names, **party_names}) for row in rows)


def _fact(row: SigningKey, *, names: Mapping[UUID, frozenset[str]]) -> KeyFact:
    kind, owner = ("brand", row.brand_id) if row.brand_id else ("party", row.party_id)
    assert owner is not None  # noqa: S101 -- the table's constraint: one of the two
    return KeyFact(
        id=str(row.id),
        kid=row.kid,
        jwk=row.jwk,
        algorithm=Algorithm(row.algorithm),
        owner=f"{kind}:{owner}",
        owner_names=names[owner],
        from_at=row.from_at,
        until_at=row.until_at,
        revoked_at=row.revoked_at,
        compromised=row.compromised,
    )


def _rows(found: QuerySet[SigningKey]) -> list[KeyRow]:
    counted = found.select_related("brand", "party").annotate(signed=Count("credentials"))
    return [
        KeyRow(
            id=one.id,
            owner_name=one.brand.name if one.brand else _party_name(one),
            brand_id=one.brand_id,
            kid=one.kid,
            algorithm=Algorithm(one.algorithm),
            thumbprint=one.thumbprint,
            from_at=one.from_at,
            until_at=one.until_at,
            revoked_at=one.revoked_at,
            revoke_reason=one.revoke_reason,
            compromised=one.compromised,
            source=one.source,
            added_at=one.added_at,
            added_by=one.added_by,
            signed=one.signed,
        )
        for one in counted.order_by("-added_at", "-id")
    ]


def _party_name(one: SigningKey) -> str:
    return one.party.trading_name if one.party else ""
