"""The world of the credential tests: brand Aster with a key, sellers Northgate and Southgate."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bandstand.catalogue.models import Brand, Category, DeviceModel
from bandstand.parties.models import Party
from bandstand.rights.models import Grant
from bandstand.rights.rules.credentials import Algorithm
from bandstand.rights.services.credentials import Presented, present_credential
from bandstand.rights.services.keys import add_key
from tests.factories import catalogue, parties
from tests.rights.signing import AT, claims, private, public, signed

JANUARY = datetime(2026, 1, 1, tzinfo=AT.tzinfo)


@dataclass(frozen=True)
class World:
    """Who is who, and the key that Aster signs with."""

    owner: Party
    aster: Brand
    phone: Category
    one: DeviceModel
    northgate: Party
    southgate: Party
    key_id: UUID

    def present(
        self, compact: str = "", *, by: Party | None = None, now: datetime = AT
    ) -> Presented:
        return present_credential(
            compact=compact or signed(claims()),
            presented_by=(by or self.northgate).id,
            actor="nora@northgate.example.org",
            now=now,
        )


def world() -> World:
    """Register Aster's key in January."""
    owner = parties.party(slug="aster")
    aster = catalogue.brand(name="Aster", owner=owner)
    phone = catalogue.category(slug="phone")
    catalogue.market(code="US")
    return World(
        owner=owner,
        aster=aster,
        phone=phone,
        one=catalogue.device_model(brand=aster, category=phone, name="Aster One"),
        northgate=parties.party(slug="northgate"),
        southgate=parties.party(slug="southgate"),
        key_id=register(aster.id),
    )


def register(
    brand_id: UUID | None = None,
    *,
    name: str = "aster",
    algorithm: Algorithm = Algorithm.ES256,
    **parts: Any,  # noqa: ANN401 -- the service's own arguments
) -> UUID:
    """Register somebody's public key."""
    return add_key(
        jwk=public(name, algorithm),
        **{
            "kid": private(name, algorithm)["kid"],
            "brand_id": brand_id,
            "source": "test",
            "actor": "rights@aster.example.org",
            "now": AT,
            "from_at": JANUARY,
            **parts,
        },
    )


def grant_of(found: Presented) -> Grant:
    """Return the grant that a credential became."""
    assert found.grant_id is not None
    return Grant.objects.get(pk=found.grant_id)
