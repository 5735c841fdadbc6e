"""Four callers at each door: nobody, a seller, a brand account, the operator."""

from collections.abc import Callable

import pytest

from bandstand.catalogue import access
from bandstand.catalogue.models import Brand
from bandstand.catalogue.rules import CatalogueNotFoundError
from bandstand.kernel.errors import DomainError
from bandstand.parties.access import actor_of
from bandstand.parties.models import Party
from bandstand.parties.rules import Actor, Role, RoleMissingError
from tests.factories import catalogue as make, parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Party:
    return parties.party(slug="aster")


@pytest.fixture
def callers(owner: Party) -> dict[str, Actor]:
    return {
        "nobody": Actor.anonymous(),
        "seller": actor_of(parties.membership(role=Role.SELLER).person),
        "brand": actor_of(parties.membership(party=owner, role=Role.BRAND).person),
        "operator": actor_of(parties.membership(role=Role.OPERATOR).person),
    }


def speaks_for(brand: Brand) -> Callable[[Actor], object]:
    return lambda actor: access.brand_to_speak_for(actor, brand.id)


def let_in(callers: dict[str, Actor], door: Callable[[Actor], object]) -> set[str]:
    found = set()
    for name, actor in callers.items():
        try:
            door(actor)
        except DomainError:
            continue
        found.add(name)
    return found


def test_only_the_operator_edits_a_variant_or_loads_data(callers: dict[str, Actor]) -> None:
    variant = make.variant()

    assert let_in(callers, lambda one: access.variant_to_edit(one, variant.id)) == {"operator"}
    assert let_in(callers, access.require_data_steward) == {"operator"}
    with pytest.raises(RoleMissingError):
        access.variant_to_edit(callers["brand"], variant.id)


def test_brand_account_speaks_for_its_own_brands_and_their_sub_brands(
    callers: dict[str, Actor], owner: Party
) -> None:
    aster = make.brand(name="Aster", owner=owner)
    bud = make.brand(name="Bud", parent=aster)
    other = make.brand(name="Wren Phones", owner=parties.party(slug="wren"))

    for brand in (aster, bud):
        door = {"brand", "operator"}
        assert let_in(callers, speaks_for(brand)) == door
    assert let_in(callers, speaks_for(other)) == {"operator"}
    named = [one.name for one in access.brands_to_speak_for(callers["brand"])]
    assert named == ["Aster", "Bud"]
    assert access.brands_to_speak_for(callers["seller"]) == []
    with pytest.raises(CatalogueNotFoundError):
        access.brand_to_speak_for(callers["brand"], other.id)
