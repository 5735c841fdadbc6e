"""A believed list becomes grants; one that is not believed changes nothing."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from bandstand.plumbing.models import Letter
from bandstand.rights.fetching import FetchFault
from bandstand.rights.models import Grant, ListClaim, ListedGrant, ListRevocation, ListSnapshot
from bandstand.rights.queries import facts_for, list_faults
from bandstand.rights.rules import decide
from bandstand.rights.services.domains import DomainRefusedError
from bandstand.rights.services.lists import note_fault, restart_source
from tests.factories import catalogue, lists, rights
from tests.rights.list_world import DAY, NORTHGATE, World, live, world_of_lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Let Aster publish and Northgate be known."""
    return world_of_lists()


def codes(world: World, *, at: datetime) -> set[str]:
    model = catalogue.device_model(brand=world.brand)
    phone = catalogue.variant(model=model)
    rights.approval(variant=phone)
    facts = facts_for(
        seller_id=world.northgate.id, variant_id=phone.id, market="US", condition="new", at=at
    )
    return {code.value for code in decide(facts).codes}


def test_listed_seller_gets_a_grant_at_list_level(world: World) -> None:
    rights.policy()

    outcome = world.publish(7, lists.entry(delegate_depth=1))

    assert outcome.listed == (NORTHGATE,)
    assert outcome.parties == (world.northgate.id,)
    assert (outcome.alert, outcome.sequence) == ("", 7)
    [grant] = live()
    assert (grant.level, grant.issuer_brand, grant.grantee) == (
        "list",
        world.brand,
        world.northgate,
    )
    assert grant.brands == [world.brand.id]
    assert grant.markets == ["US"]
    assert grant.conditions == ["new"]
    assert grant.delegate_depth == 1
    assert grant.status_checked_at == DAY
    assert grant.from_at == DAY
    assert codes(world, at=DAY + timedelta(hours=1)) == set()


def test_list_that_stays_away_goes_stale_within_the_day(world: World) -> None:
    rights.policy()
    world.publish(7, lists.entry())

    for hours in (6, 12, 23):
        note_fault(
            source_id=world.source.id,
            fault=FetchFault("The list did not answer.", code="unreachable"),
            now=DAY + timedelta(hours=hours),
        )

    assert live()[0].status_checked_at == DAY
    assert "AUTH_STATUS_STALE" not in codes(world, at=DAY + timedelta(hours=23))
    assert "AUTH_STATUS_STALE" in codes(world, at=DAY + timedelta(hours=24))
    [fault] = list_faults(brand_ids=[world.brand.id], seller_id=world.northgate.id)
    assert fault.code == "LIST_UNREACHABLE"
    assert fault.at == DAY + timedelta(hours=6)
    assert Letter.objects.filter(kind="list_alert").count() == 1


def test_reading_again_confirms_and_changes_nothing_else(world: World) -> None:
    body = lists.document(sequence=7, sellers=[lists.entry()])
    world.take(body)
    [before] = live()

    outcome = world.take(body, at=DAY + timedelta(hours=5))

    [after] = live()
    assert outcome.listed == (NORTHGATE,)
    assert after.pk == before.pk
    assert after.status_checked_at == DAY + timedelta(hours=5)
    assert ListSnapshot.objects.count() == 1
    world.take(body, at=DAY + timedelta(hours=2))  # an older reading that arrives late
    assert live()[0].status_checked_at == DAY + timedelta(hours=5)


def test_rolled_back_list_brings_no_seller_back(world: World) -> None:
    """Case C07 of the case book."""
    seventh = lists.document(sequence=7, sellers=[lists.entry()])
    assert world.take(seventh).listed == (NORTHGATE,)

    gone = [{"domain": "northgate.example", "revoked_at": "2026-11-20T20:00:00Z"}]
    second = world.publish(8, at=DAY + timedelta(days=1), revoked_sellers=gone)
    third = world.take(seventh, at=DAY + timedelta(days=1, hours=6))

    assert second.listed == ()
    assert second.revoked == (NORTHGATE,)
    assert (third.listed, third.alert, third.sequence) == ((), "LIST_ROLLBACK", 8)
    assert "number 7 and number 8 was seen before" in third.text
    assert live() == []
    [revoked] = Grant.objects.all()
    assert "revoked it on 2026-11-20" in revoked.revoke_reason
    kept = ListSnapshot.objects.order_by("fetched_at").values_list("accepted", "fault")
    assert list(kept) == [(True, ""), (True, ""), (False, "LIST_ROLLBACK")]
    assert "LIST_ROLLBACK" in Letter.objects.get(kind="list_alert").subject


def test_removal_without_a_revocation_ends_the_grant_too(world: World) -> None:
    world.publish(7, lists.entry())

    outcome = world.publish(8, at=DAY + timedelta(hours=1))

    assert outcome.revoked == (NORTHGATE,)
    assert live() == []
    assert "no longer names" in Grant.objects.get().revoke_reason
    assert world.publish(9, lists.entry(), at=DAY + timedelta(hours=2)).listed == (NORTHGATE,)


def test_revocation_sticks_until_an_entry_is_dated_after_it(world: World) -> None:
    gone = [{"domain": "northgate.example", "revoked_at": "2026-11-19T00:00:00Z"}]
    world.publish(7, revoked_sellers=gone)

    silent = world.publish(8, lists.entry(), at=DAY + timedelta(hours=1))
    before = world.publish(
        9, lists.entry(valid_from="2026-11-18T00:00:00Z"), at=DAY + timedelta(hours=2)
    )
    assert (silent.listed, before.listed) == ((), ())
    assert live() == []

    anew = world.publish(
        10, lists.entry(valid_from="2026-11-19T00:00:01Z"), at=DAY + timedelta(hours=3)
    )

    assert anew.listed == (NORTHGATE,)
    assert ListRevocation.objects.count() == 1


def test_same_number_with_other_bytes_is_not_believed(world: World) -> None:
    world.publish(7, lists.entry())

    outcome = world.publish(7, lists.entry(), lists.entry("other.example"))

    assert outcome.alert == "LIST_ROLLBACK"
    assert "other contents" in outcome.text
    assert outcome.listed == (NORTHGATE,)
    assert not ListClaim.objects.exists()


def test_higher_number_issued_earlier_is_not_believed(world: World) -> None:
    world.publish(7, lists.entry())

    outcome = world.publish(8, issued_at="2026-11-19T00:00:00Z")

    assert outcome.alert == "LIST_ROLLBACK"
    assert len(live()) == 1


@pytest.mark.parametrize(("ahead", "alert"), [(4, ""), (6, "LIST_MALFORMED")])
def test_clock_of_the_publisher_may_run_a_little_ahead(
    world: World, ahead: int, alert: str
) -> None:
    issued = (DAY + timedelta(minutes=ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert world.publish(7, lists.entry(), issued_at=issued).alert == alert


@pytest.mark.parametrize(
    ("final_url", "alert"),
    [
        ("http://aster.example/list.json", "LIST_NOT_HTTPS"),
        ("https://evil.example/list.json", "LIST_CROSS_DOMAIN_REDIRECT"),
        ("https://notaster.example/list.json", "LIST_CROSS_DOMAIN_REDIRECT"),
        ("https://aster.example.evil.example/", "LIST_CROSS_DOMAIN_REDIRECT"),
        ("https://cdn.aster.example/list.json", ""),
    ],
)
def test_list_counts_only_where_the_brand_is(world: World, final_url: str, alert: str) -> None:
    body = lists.document(sequence=7, sellers=[lists.entry()])

    assert world.take(body, final_url=final_url).alert == alert
    assert bool(live()) == (alert == "")


def test_list_of_another_domain_is_not_believed(world: World) -> None:
    outcome = world.publish(7, lists.entry(), domain="basalt.example")

    assert outcome.alert == "LIST_DOMAIN_NOT_BRAND"
    assert live() == []


def test_malformed_list_changes_nothing(world: World) -> None:
    world.publish(7, lists.entry())

    outcome = world.take(b'{"sequence": 8', at=DAY + timedelta(hours=1))

    assert outcome.alert == "LIST_MALFORMED"
    assert outcome.listed == (NORTHGATE,)
    assert live()[0].status_checked_at == DAY
    good = world.publish(8, lists.entry(), at=DAY + timedelta(hours=2))
    assert good.alert == ""
    assert list_faults(brand_ids=[world.brand.id], seller_id=world.northgate.id) == ()


@pytest.mark.parametrize(
    ("code", "alert"),
    [
        ("not_https", "LIST_NOT_HTTPS"),
        ("cross_domain_redirect", "LIST_CROSS_DOMAIN_REDIRECT"),
        ("too_large", "LIST_MALFORMED"),
        ("forbidden_address", "LIST_UNREACHABLE"),
    ],
)
def test_fault_of_a_fetch_is_a_fault_of_the_list(world: World, code: str, alert: str) -> None:
    fault = FetchFault("It failed.", code=code)

    outcome = note_fault(source_id=world.source.id, fault=fault, now=DAY)

    assert (outcome.alert, outcome.text) == (alert, "It failed.")


def test_no_list_is_read_on_a_domain_that_was_lost(world: World) -> None:
    world.source.domain.lost_at = DAY
    world.source.domain.save(update_fields=["lost_at"])

    with pytest.raises(DomainRefusedError, match="not shown to be"):
        world.publish(7, lists.entry())

    assert live() == []
    [fault] = list_faults(brand_ids=[world.brand.id], seller_id=world.northgate.id)
    assert fault.code == "LIST_DOMAIN_NOT_BRAND"


def test_restarted_list_may_count_anew_and_revocations_stay(world: World) -> None:
    gone = [{"domain": "northgate.example", "revoked_at": "2026-11-19T00:00:00Z"}]
    world.publish(9_000_000_000_000_000, revoked_sellers=gone)
    assert world.publish(8, lists.entry()).alert == "LIST_ROLLBACK"

    with pytest.raises(DomainRefusedError, match="Say why"):
        restart_source(source_id=world.source.id, reason=" ", actor="ada", now=DAY)
    restart_source(source_id=world.source.id, reason="Broken into.", actor="ada", now=DAY)

    assert world.publish(8, lists.entry()).alert == ""
    assert live() == []


@pytest.mark.parametrize("model", [ListSnapshot, ListRevocation])
def test_what_was_seen_cannot_be_changed(world: World, model: type) -> None:
    gone = [{"domain": "old.example", "revoked_at": "2026-11-19T00:00:00Z"}]
    world.publish(7, revoked_sellers=gone)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()  # type: ignore[attr-defined]  # both are models

    assert model.objects.count() == 1  # type: ignore[attr-defined]  # both are models


def test_expired_entry_is_told_as_expired(world: World) -> None:
    rights.policy()
    span = {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-02-01T00:00:00Z"}

    world.publish(7, lists.entry(**span))

    assert codes(world, at=DAY) == {"AUTH_EXPIRED"}
    assert ListedGrant.objects.filter(removed_at=None).count() == 1
