"""Four callers at each door: nobody, someone of another party, a member, the operator."""

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from bandstand.parties import access
from bandstand.parties.models import Party
from bandstand.parties.queries import PartyNotFoundError
from bandstand.parties.rules import Actor, Role
from tests.factories import parties as make

pytestmark = pytest.mark.django_db


def actor_for(party: Party, role: Role) -> Actor:
    return access.actor_of(make.membership(party=party, role=role).person)


def test_actor_of_reads_every_role() -> None:
    northgate, aster = make.party(slug="northgate"), make.party(slug="aster")
    mira = make.person(email="Mira@Example.org", full_name="Mira Lind")
    make.membership(person=mira, party=northgate, role=Role.SELLER)
    make.membership(person=mira, party=aster, role=Role.BRAND)

    actor = access.actor_of(mira)

    assert actor.email == "mira@example.org"
    assert actor.name == "Mira Lind"
    assert actor.roles == {(Role.SELLER, northgate.id), (Role.BRAND, aster.id)}


def test_nobody_and_the_switched_off_are_anonymous() -> None:
    mira = make.membership(role=Role.OPERATOR).person
    mira.is_active = False

    assert access.actor_of(AnonymousUser()) == Actor.anonymous()
    assert access.actor_of(mira) == Actor.anonymous()


def test_party_is_seen_by_its_members_and_the_operator_only() -> None:
    northgate, wren = make.party(slug="northgate"), make.party(slug="wren")
    callers = {
        "nobody": Actor.anonymous(),
        "other": actor_for(wren, Role.SELLER),
        "member": actor_for(northgate, Role.SELLER),
        "operator": actor_for(make.party(slug="lark"), Role.OPERATOR),
    }

    assert {name for name, actor in callers.items() if sees(actor, northgate.id)} == {
        "member",
        "operator",
    }


def test_visible_parties_are_the_callers_own() -> None:
    northgate, wren = make.party(slug="northgate"), make.party(slug="wren")
    lark = make.party(slug="lark")

    assert access.visible_parties(Actor.anonymous()) == []
    own = access.visible_parties(actor_for(wren, Role.SELLER))
    assert [one.slug for one in own] == ["wren"]
    everyone = access.visible_parties(actor_for(lark, Role.OPERATOR))
    assert {one.id for one in everyone} == {northgate.id, wren.id, lark.id}


def sees(actor: Actor, party_id: UUID) -> bool:
    try:
        return access.party_for(actor, party_id).id == party_id
    except PartyNotFoundError:
        return False
