"""The callers at the portals' doors: a shopper, two sellers' people, two brands', and staff."""

from dataclasses import dataclass

import pytest
from django.test import Client

from bandstand.catalogue.models import Brand
from bandstand.parties.models import OperatorProfile, Party, Person
from bandstand.parties.rules import Role
from tests.factories import catalogue, orders, parties


@dataclass(frozen=True)
class Portals:
    """Who may knock, and for whom they act."""

    anonymous: Client
    shopper: Client
    operator: Client
    seller: Client
    other_seller: Client
    brand: Client
    other_brand: Client
    northgate: Party
    aster: Party
    mark: Brand
    """The brand that Aster owns; Wren's people own another."""


def client_of(email: str, *, party: Party | None = None, role: Role | None = None) -> Client:
    """Sign somebody in, acting for a party in a role."""
    person: Person = parties.person(email=email)
    if role is not None:
        parties.membership(person=person, party=party, role=role)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def portals(db: None) -> Portals:  # noqa: ARG001 -- opens the database
    """Open Lark's shop and let everyone stand at the portals' doors."""
    orders.shop()
    northgate, aster = parties.party(slug="northgate"), parties.party(slug="aster")
    other = parties.party(slug="basalt")
    mark = catalogue.brand(name="Aster", owner=aster)
    catalogue.brand(name="Basalt", owner=other)
    return Portals(
        anonymous=Client(),
        shopper=client_of("mira@example.org"),
        operator=client_of(
            "ada@lark.example.org", party=OperatorProfile.objects.get().party, role=Role.OPERATOR
        ),
        seller=client_of("nora@northgate.example.org", party=northgate, role=Role.SELLER),
        other_seller=client_of("hal@harbor.example.org", role=Role.SELLER),
        brand=client_of("rights@aster.example.org", party=aster, role=Role.BRAND),
        other_brand=client_of("rights@basalt.example.org", party=other, role=Role.BRAND),
        northgate=northgate,
        aster=aster,
        mark=mark,
    )
