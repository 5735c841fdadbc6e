from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate

from bandstand.parties import queries, services
from bandstand.parties.models import Membership, OperatorProfile, Party, Person
from bandstand.parties.rules import MalformedPartyError, Role
from bandstand.plumbing.models import AuditEntry, OutboxEvent
from tests.factories import parties as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST_WORDS, OTHER_WORDS = "quiet kettle harbour", "loud kettle harbour"
NORTHGATE: dict[str, Any] = {
    "slug": "northgate",
    "legal_name": "Northgate Trading Ltd",
    "trading_name": "Northgate",
    "country": "HK",
    "email": "desk@northgate.example.org",
    "address": "8 Harbour Road, Hong Kong",
}


def test_register_party_twice_is_one_party_brought_up_to_date() -> None:
    first = services.register_party(**NORTHGATE, verified_at=NOW)
    second = services.register_party(**NORTHGATE | {"trading_name": "Northgate HK"})

    row = queries.party_by_slug("northgate")
    assert first == second == row.id
    assert Party.objects.count() == 1
    assert row.trading_name == "Northgate HK"
    assert row.is_verified  # leaving it out takes nothing back


@pytest.mark.parametrize(
    ("field", "value"), [("email", "desk"), ("country", "Hong Kong"), ("slug", "North Gate")]
)
def test_register_party_refuses_a_malformed_field_and_writes_nothing(
    field: str, value: str
) -> None:
    with pytest.raises(MalformedPartyError, match=value):
        services.register_party(**NORTHGATE | {field: value})

    assert not Party.objects.exists()


def test_add_person_twice_keeps_the_password() -> None:
    first = services.add_person(email="Mira@example.org", password=FIRST_WORDS, full_name="Mira")
    again = services.add_person(email="mira@EXAMPLE.org", password=OTHER_WORDS, full_name="M.")

    assert first == again
    assert Person.objects.get().full_name == "Mira"
    assert authenticate(email="mira@example.org", password=FIRST_WORDS) is not None
    assert authenticate(email="mira@example.org", password=OTHER_WORDS) is None


def test_person_with_an_empty_password_cannot_sign_in_with_it() -> None:
    services.add_person(email="mira@example.org", password="", full_name="Mira")

    assert authenticate(email="mira@example.org", password="") is None
    assert not Person.objects.get().has_usable_password()


def test_add_person_refuses_what_is_no_address() -> None:
    with pytest.raises(MalformedPartyError, match="mira at example"):
        services.add_person(email="mira at example", password=FIRST_WORDS, full_name="Mira")

    assert not Person.objects.exists()


def test_join_twice_is_one_membership_and_leave_ends_it() -> None:
    mira, northgate = make.person(), make.party(slug="northgate")
    for _ in range(2):
        services.join(person_id=mira.id, party_id=northgate.id, role=Role.SELLER)

    assert Membership.objects.count() == 1
    assert [one.id for one in queries.parties_in_role(Role.SELLER)] == [northgate.id]
    assert [one.email for one in queries.members(northgate.id)] == [mira.email]

    services.leave(person_id=mira.id, party_id=northgate.id, role=Role.SELLER)

    assert not Membership.objects.exists()


def test_name_operator_replaces_the_operator() -> None:
    lark, wren = make.party(slug="lark"), make.party(slug="wren")
    words = {
        "home_market": "US",
        "time_zone": "America/New_York",
        "support_email": "a@b.example.org",
    }
    with pytest.raises(queries.OperatorMissingError):
        queries.operator()

    services.name_operator(party_id=lark.id, shop_name="Lark Mobile", **words)
    services.name_operator(party_id=wren.id, shop_name="Wren Mobile", **words)

    assert OperatorProfile.objects.count() == 1
    view = queries.operator()
    assert (view.shop_name, view.party_name, view.home_market) == ("Wren Mobile", "Wren", "US")


def test_name_operator_refuses_a_zone_that_is_none() -> None:
    lark = make.party(slug="lark")

    with pytest.raises(MalformedPartyError, match="Mars/Olympus"):
        services.name_operator(
            party_id=lark.id,
            shop_name="Lark Mobile",
            home_market="US",
            time_zone="Mars/Olympus",
            support_email="help@lark.example.org",
        )

    assert not OperatorProfile.objects.exists()


def test_suspend_and_reinstate_leave_a_record_each_and_repeat_nothing() -> None:
    northgate = make.party(slug="northgate")
    for _ in range(2):
        services.suspend_party(
            party_id=northgate.id, actor="ops@lark.example.org", now=NOW, reason="no papers"
        )

    assert queries.party(northgate.id).is_suspended
    for _ in range(2):
        services.reinstate_party(
            party_id=northgate.id, actor="ops@lark.example.org", now=NOW + timedelta(hours=1)
        )

    assert not queries.party(northgate.id).is_suspended
    entries = AuditEntry.objects.order_by("at").values_list("action", flat=True)
    assert list(entries) == ["party.suspend", "party.reinstate"]
    kinds = OutboxEvent.objects.order_by("emitted_at").values_list("kind", flat=True)
    assert list(kinds) == ["parties.suspended", "parties.reinstated"]


def test_verify_party_keeps_the_first_instant() -> None:
    northgate = make.party(slug="northgate", verified_at=None)
    for hours in (0, 1):
        services.verify_party(
            party_id=northgate.id, actor="ops@lark.example.org", now=NOW + timedelta(hours=hours)
        )

    northgate.refresh_from_db()
    assert northgate.verified_at == NOW
    assert AuditEntry.objects.count() == 1


def test_unknown_slug_names_the_nearest() -> None:
    make.party(slug="northgate")

    with pytest.raises(queries.PartyNotFoundError, match="Did you mean northgate"):
        queries.party_by_slug("northgat")
