"""Keys, signed grants and presented credentials at the desks of brands and sellers."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.offers.services import publish
from bandstand.plumbing import clock
from bandstand.rights.models import Credential, Grant, SigningKey
from bandstand.rights.queries.credentials import revoked_indexes
from bandstand.rights.rules.credentials import encoded, signature_by
from bandstand.rights.services import revoke_grant
from tests.factories import rights
from tests.portals.conftest import Portals
from tests.portals.world import phone_on_shelf
from tests.rights.signing import claims, private, public, signed

KEYS = "/portals/brand/keys/"
GRANTS = "/portals/brand/grants/"
CREDENTIALS = "/portals/seller/credentials/"


def register(portals: Portals) -> SigningKey:
    """Let Aster register its key."""
    answer = portals.brand.post(
        f"{KEYS}new/", {"brand": str(portals.mark.id), "key": json.dumps(public())}
    )
    assert answer.status_code == 302
    return SigningKey.objects.get()


def filled(**changes: object) -> dict[str, object]:
    """Fill in the form of a grant from today for a year."""
    today = clock.now().date()
    return {
        "key": str(SigningKey.objects.get().id),
        "seller": "northgate",
        "brands": ["aster"],
        "categories": ["phone"],
        "markets": ["US"],
        "conditions": ["new"],
        "from_day": today.isoformat(),
        "until_day": (today + timedelta(days=365)).isoformat(),
        "depth": "0",
        **changes,
    }


def drafted(portals: Portals, **changes: object) -> str:
    """Draft a grant and return the text to sign."""
    answer = portals.brand.post(f"{GRANTS}new/", filled(**changes))
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.context["page"].signing_input)


def sign(portals: Portals, signing_input: str, *, by: str = "aster") -> Grant:
    compact = f"{signing_input}.{encoded(signature_by(private(by), signing_input))}"
    answer = portals.brand.post(
        f"{GRANTS}sign/", {"signing_input": signing_input, "credential": compact}
    )
    assert answer.status_code == 302, answer.content.decode()
    return Grant.objects.latest("id")


def grant_url(grant: Grant) -> str:
    return f"{GRANTS}{print_id(IdKind.GRANT, grant.id)}/"


class TestKeys:
    def test_brand_registers_a_public_key_and_sees_it(self, portals: Portals) -> None:
        register(portals)

        page = portals.brand.get(KEYS).content.decode()

        assert "aster-es256" in page
        assert "Stands" in page

    def test_private_key_is_refused_and_not_shown_again_as_kept(self, portals: Portals) -> None:
        answer = portals.brand.post(
            f"{KEYS}new/", {"brand": str(portals.mark.id), "key": json.dumps(private())}
        )

        assert answer.status_code == 400
        assert "private part" in answer.content.decode()
        assert private()["d"] not in answer.content.decode()
        assert SigningKey.objects.count() == 0

    def test_key_of_another_brand_is_not_there(self, portals: Portals) -> None:
        key = register(portals)

        seen = portals.other_brand.get(f"{KEYS}{key.id}/")
        done = portals.other_brand.post(
            f"{KEYS}{key.id}/", {"reason": "mine now", "confirmed": "yes"}
        )

        key.refresh_from_db()
        assert (seen.status_code, done.status_code, key.revoked_at) == (404, 404, None)

    def test_brand_cannot_register_a_key_for_another(self, portals: Portals) -> None:
        answer = portals.other_brand.post(
            f"{KEYS}new/", {"brand": str(portals.mark.id), "key": json.dumps(public())}
        )

        assert answer.status_code == 400
        assert SigningKey.objects.count() == 0

    def test_revocation_shows_what_dies_and_asks_first(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        key = register(portals)
        sign(portals, drafted(portals))

        asked = portals.brand.post(f"{KEYS}{key.id}/", {"reason": "laptop lost"})
        assert SigningKey.objects.filter(revoked_at=None).exists()
        assert "Northgate" in asked.content.decode()
        portals.brand.post(
            f"{KEYS}{key.id}/", {"reason": "laptop lost", "compromised": "on", "confirmed": "yes"}
        )

        key.refresh_from_db()
        assert key.revoked_at is not None
        assert key.compromised
        assert "Key revoked" in portals.brand.get(GRANTS).content.decode()


class TestSigning:
    def test_signed_grant_is_recorded_with_its_status_kept_here(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)

        grant = sign(portals, drafted(portals))

        assert (grant.issuer_brand, grant.grantee) == (portals.mark, portals.northgate)
        assert grant.status_checked_at is not None
        assert grant.credential.fault == ""
        assert "In force" in portals.brand.get(GRANTS).content.decode()
        assert portals.brand.get(grant_url(grant)).status_code == 200

    def test_wrong_key_is_told_and_nothing_is_kept(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)
        text = drafted(portals)
        forged = f"{text}.{encoded(signature_by(private('stranger'), text))}"

        answer = portals.brand.post(f"{GRANTS}sign/", {"signing_input": text, "credential": forged})

        assert answer.status_code == 400
        assert "changed or forged" in answer.content.decode()
        assert Credential.objects.count() == 0

    def test_other_text_than_the_one_shown_is_refused(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)

        answer = portals.brand.post(
            f"{GRANTS}sign/", {"signing_input": drafted(portals), "credential": signed(claims())}
        )

        assert answer.status_code == 400
        assert "not the grant above" in answer.content.decode()
        assert Credential.objects.count() == 0

    def test_brand_cannot_record_what_another_signed_for_itself(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)
        text = drafted(portals)
        compact = f"{text}.{encoded(signature_by(private(), text))}"

        answer = portals.other_brand.post(
            f"{GRANTS}sign/", {"signing_input": text, "credential": compact}
        )

        assert answer.status_code == 400
        assert Credential.objects.count() == 0

    def test_draft_can_be_signed_at_the_command_line(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)
        text = drafted(portals)

        answer = portals.brand.post(f"{GRANTS}draft/", {"signing_input": text})

        assert answer["Content-Disposition"].endswith('"grant.json"')
        assert encoded(answer.content) == text.partition(".")[2]

    @pytest.mark.parametrize(
        "changes",
        [
            {"seller": "nobody"},
            {"brands": ["basalt"]},
            {"markets": []},
            {"until_day": "2020-01-01"},
            {"depth": "-1"},
            {"sell_off_day": "2020-01-01"},
            {"key": "0"},
        ],
    )
    def test_what_cannot_be_meant_is_told_at_its_field(
        self, portals: Portals, changes: dict[str, object]
    ) -> None:
        phone_on_shelf(portals)
        register(portals)

        answer = portals.brand.post(f"{GRANTS}new/", filled(**changes))

        assert answer.status_code == 400
        assert next(iter(changes)) in answer.context["page"].errors

    def test_brand_without_a_key_is_led_to_make_one(self, portals: Portals) -> None:
        assert f"{KEYS}new/" in portals.brand.get(f"{GRANTS}new/").content.decode()


class TestTakingBack:
    def test_revocation_names_the_offers_that_stop(self, portals: Portals) -> None:
        offer = phone_on_shelf(portals)
        register(portals)
        grant = sign(portals, drafted(portals))
        for held in Grant.objects.exclude(pk=grant.id):
            revoke_grant(grant_id=held.id, reason="replaced", actor="a", now=clock.now())
        _ask_again(offer)

        asked = portals.brand.post(grant_url(grant), {"reason": "contract ended"})

        assert Grant.objects.filter(pk=grant.pk, revoked_at=None).exists()
        page = asked.context["page"]
        assert page.stats[0].value == "1"
        assert "Aster One" in page.facts[1].value
        portals.brand.post(grant_url(grant), {"reason": "contract ended", "confirmed": "yes"})
        grant.refresh_from_db()
        assert grant.revoke_reason == "contract ended"
        assert len(revoked_indexes("aster")) == 1

    def test_grant_of_another_brand_is_not_there(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)
        grant = sign(portals, drafted(portals))

        seen = portals.other_brand.get(grant_url(grant))
        done = portals.other_brand.post(grant_url(grant), {"reason": "x", "confirmed": "yes"})

        grant.refresh_from_db()
        assert (seen.status_code, done.status_code, grant.revoked_at) == (404, 404, None)


class TestPresenting:
    def test_seller_presents_and_sees_it_in_the_list(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)

        answer = portals.seller.post(f"{CREDENTIALS}new/", {"credential": signed(claims())})

        assert answer.status_code == 302
        page = portals.seller.get(CREDENTIALS).content.decode()
        assert "Aster" in page
        assert "Not confirmed" in page

    def test_forgery_is_told_with_its_cure(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)

        answer = portals.seller.post(
            f"{CREDENTIALS}new/", {"credential": signed(claims())[:-4] + "AAAA"}
        )

        assert answer.status_code == 400
        assert "changed or forged" in answer.content.decode()
        assert "exact text" in answer.content.decode()
        assert "Does not count" in portals.seller.get(CREDENTIALS).content.decode()

    def test_credential_of_another_seller_is_refused(self, portals: Portals) -> None:
        phone_on_shelf(portals)
        register(portals)

        answer = portals.other_seller.post(f"{CREDENTIALS}new/", {"credential": signed(claims())})

        assert "names another seller" in answer.content.decode()
        assert Credential.objects.count() == 0
        assert "No credential yet" in portals.other_seller.get(CREDENTIALS).content.decode()

    @pytest.mark.parametrize("text", ["", "hello", "a.b.c", "A" * 70_000])
    def test_what_is_no_credential_is_told_in_words(self, portals: Portals, text: str) -> None:
        answer = portals.seller.post(f"{CREDENTIALS}new/", {"credential": text})

        assert answer.status_code == 400
        assert answer.context["page"].form.errors


@pytest.mark.parametrize("address", [KEYS, f"{KEYS}new/", GRANTS, f"{GRANTS}new/"])
def test_brand_desk_is_closed_to_sellers_and_strangers(portals: Portals, address: str) -> None:
    assert portals.seller.get(address).status_code == 403
    assert portals.shopper.get(address).status_code == 403
    assert portals.anonymous.get(address).status_code == 302


def test_machines_read_keys_and_status_lists(portals: Portals) -> None:
    register(portals)
    client = Client()

    assert client.get("/rights/keys/aster/jwks.json").json()["keys"][0]["kid"] == "aster-es256"
    answer = client.get("/rights/status/aster")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vc+jwt")
    assert "d" not in client.get("/rights/status/jwks.json").json()["keys"][0]
    assert client.get("/rights/keys/nobody/jwks.json").status_code == 404
    assert client.get("/rights/status/nobody").status_code == 404


def _ask_again(offer: Offer) -> None:
    """Let the gate decide anew, so that the offer's decision rests on what stands now."""
    rights.policy()
    Offer.objects.filter(pk=offer.pk).update(state="refused")
    publish(offer_id=offer.pk, actor="nora@northgate.example.org", now=clock.now())
