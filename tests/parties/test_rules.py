from uuid import UUID

import pytest

from bandstand.parties.rules import (
    Actor,
    MalformedPartyError,
    Role,
    RoleMissingError,
    require_country,
    require_role,
    require_slug,
)

FIRST = UUID(int=1)
SECOND = UUID(int=2)


def actor(*roles: tuple[Role, UUID]) -> Actor:
    return Actor(
        person_id=UUID(int=9), email="mira@example.org", name="Mira", roles=frozenset(roles)
    )


def test_anonymous_is_nobody() -> None:
    nobody = Actor.anonymous()

    assert not nobody.is_signed_in
    assert not nobody.is_operator
    assert nobody.party_for(Role.SELLER) is None


def test_actor_of_two_parties_acts_for_the_same_one_every_time() -> None:
    both = actor((Role.SELLER, SECOND), (Role.SELLER, FIRST))

    assert both.party_for(Role.SELLER) == FIRST
    assert both.acts_for(SECOND)
    assert not both.has(Role.BRAND)


def test_require_role_names_the_role_that_is_missing() -> None:
    with pytest.raises(RoleMissingError, match="a brand"):
        require_role(actor((Role.SELLER, FIRST)), Role.BRAND)

    assert require_role(actor((Role.SELLER, FIRST)), Role.SELLER) == FIRST


@pytest.mark.parametrize("slug", ["", "North Gate", "northgate!", "Northgate"])
def test_slug_that_no_address_has_is_refused(slug: str) -> None:
    with pytest.raises(MalformedPartyError):
        require_slug(slug)


@pytest.mark.parametrize("country", ["", "us", "USA", "Ü1"])
def test_country_that_is_not_two_capitals_is_refused(country: str) -> None:
    with pytest.raises(MalformedPartyError):
        require_country(country)
