"""What the entries of a list mean here: whom they name, which goods, and what they say of all."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from bandstand.rights.models import BrandStatement, Grant, ListClaim
from bandstand.rights.queries import list_faults
from bandstand.rights.services import revoke_grant
from tests.factories import catalogue, lists, parties
from tests.rights.list_world import DAY, World, live, world_of_lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Let Aster publish and Northgate be known."""
    return world_of_lists()


def test_changed_entry_is_a_new_grant_and_the_old_one_ends(world: World) -> None:
    catalogue.market(code="GB")
    world.publish(7, lists.entry())

    world.publish(8, lists.entry(countries=["US", "GB"]), at=DAY + timedelta(hours=1))

    [grant] = live()
    assert sorted(grant.markets) == ["GB", "US"]
    [old] = Grant.objects.exclude(revoked_at=None)
    assert "something else" in old.revoke_reason


def test_brand_speaks_for_itself_and_its_sub_brands_alone(world: World) -> None:
    sub = catalogue.brand(name="Aster Air", parent=world.brand)
    catalogue.brand(name="Basalt")

    world.publish(
        7,
        lists.entry(brands=["aster air", "Basalt"]),
        lists.entry(brands=["Basalt"], conditions=["used"]),
    )

    [grant] = live()
    assert grant.brands == [sub.id]
    assert "no brand" in ListClaim.objects.get().why


def test_unknown_models_never_turn_into_every_model(world: World) -> None:
    one = catalogue.device_model(brand=world.brand, name="One")
    world.publish(
        7,
        lists.entry(models=["one", "Nonesuch"]),
        lists.entry(models=["Nonesuch"], conditions=["used"]),
    )

    [grant] = live()
    assert grant.models_only == [one.id]


def test_countries_mean_the_markets_they_cover_whole(world: World) -> None:
    catalogue.market(code="EU", members=["DE", "FR"])

    world.publish(7, lists.entry(countries=["DE"]), lists.entry("x.example", countries=["DE"]))
    assert live() == []
    world.publish(8, lists.entry(countries=["DE", "FR"]), at=DAY + timedelta(hours=1))

    assert live()[0].markets == ["EU"]


def test_seller_nobody_knows_is_a_claim_until_its_domain_is_proven(world: World) -> None:
    harbor = parties.party(slug="harbor", email="office@harbor.example")
    body = lists.document(sequence=7, sellers=[lists.entry("harbor.example", name="Harbor")])
    assert world.take(body).listed == ()
    [claim] = ListClaim.objects.filter(removed_at=None)
    assert claim.seller_key == "domain:harbor.example"
    [fault] = list_faults(brand_ids=[world.brand.id], seller_id=harbor.id)
    assert fault.code == "LIST_SELLER_UNPROVEN"
    assert list_faults(brand_ids=[world.brand.id], seller_id=world.northgate.id) == ()

    lists.party_domain(party=harbor, domain="harbor.example")
    again = world.take(body, at=DAY + timedelta(hours=1))

    assert again.parties == (harbor.id,)
    assert not ListClaim.objects.filter(removed_at=None).exists()


def test_grant_ends_when_the_seller_loses_the_domain(world: World) -> None:
    body = lists.document(sequence=7, sellers=[lists.entry()])
    world.take(body)
    world.northgate.domains.update(lost_at=DAY)

    outcome = world.take(body, at=DAY + timedelta(hours=1))

    assert outcome.listed == ()
    assert live() == []


@pytest.mark.parametrize("host", ["testhost.example", "elsewhere.example"])
def test_account_names_a_seller_of_this_shop_alone(
    world: World,
    settings: Settings,
    host: str,
) -> None:
    settings.BASE_URL = "https://testhost.example"
    entry = lists.entry(id=f"{host}:northgate")
    del entry["domain"]

    outcome = world.publish(7, entry)

    assert bool(outcome.parties) == (host == "testhost.example")


def test_staffs_own_revocation_is_not_undone_by_the_next_reading(world: World) -> None:
    body = lists.document(sequence=7, sellers=[lists.entry()])
    world.take(body)
    revoke_grant(grant_id=live()[0].id, reason="Forged.", actor="ada@lark.example", now=DAY)

    world.take(body, at=DAY + timedelta(hours=1))

    assert live() == []


def test_entries_that_mean_the_same_are_one_grant_until_the_last_is_gone(world: World) -> None:
    twin = lists.entry(brands=["Aster"])
    world.publish(7, lists.entry(), twin)
    assert len(live()) == 1

    world.publish(8, twin, at=DAY + timedelta(hours=1), issued_at="2026-11-20T00:00:00Z")
    assert len(live()) == 1
    world.publish(9, at=DAY + timedelta(hours=2))

    assert live() == []


def test_statement_of_the_list_is_published_and_ends_with_it(world: World) -> None:
    said = {"status": "no_authorised_channel", "countries": ["US"], "categories": ["phone"]}
    world.publish(7, channel_statements=[said])
    world.publish(8, channel_statements=[said], at=DAY + timedelta(hours=1))

    [row] = BrandStatement.objects.all()
    assert (row.brand, row.market_id, row.status) == (world.brand, "US", "no_authorised_channel")
    assert row.source == world.source.url
    assert row.until_at is None

    world.publish(9, at=DAY + timedelta(hours=2))

    assert BrandStatement.objects.get().until_at == DAY + timedelta(hours=2)
