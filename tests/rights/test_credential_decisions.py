"""What the decision says of a credential that was presented, from its words to its reasons."""

from datetime import datetime, timedelta
from typing import NoReturn

import pytest

from bandstand.catalogue.models import Variant
from bandstand.parties.models import Party
from bandstand.rights.models import Credential, Grant
from bandstand.rights.queries import facts_for
from bandstand.rights.queries.credentials import hosted_url
from bandstand.rights.rules import Outcome, RightsVerdict, decide
from bandstand.rights.services import revoke_grant
from bandstand.rights.services.keys import revoke_key
from bandstand.rights.services.statuses import refresh_statuses
from tests.factories import catalogue, parties, rights
from tests.rights.credential_world import World, grant_of, register, world
from tests.rights.signing import AT, claims, signed, status

pytestmark = pytest.mark.django_db

HOSTED = [status(hosted_url("aster"), 77)]


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def phone(here: World) -> Variant:
    """Put an approved phone of Aster's in the catalogue; new ones need a credential here."""
    rights.policy(min_level="credential")
    variant = catalogue.variant(model=here.one)
    rights.approval(variant=variant)
    return variant


def asked(phone: Variant, seller: Party, at: datetime = AT) -> RightsVerdict:
    return decide(
        facts_for(seller_id=seller.id, variant_id=phone.id, market="US", condition="new", at=at)
    )


def codes(verdict: RightsVerdict) -> set[str]:
    return {one.code.value for one in verdict.reasons}


def test_genuine_credential_opens_the_sale(here: World, phone: Variant) -> None:
    assert codes(asked(phone, here.northgate)) == {"AUTH_NONE"}

    found = here.present(signed(claims(credentialStatus=HOSTED)))

    verdict = asked(phone, here.northgate)
    assert (verdict.outcome, codes(verdict)) == (Outcome.ALLOW, set())
    assert str(grant_of(found).id) in {one.id for one in verdict.evidence}


@pytest.mark.parametrize(
    ("forged", "code"),
    [
        (signed(claims(credentialStatus=HOSTED))[:-4] + "AAAA", "AUTH_SIGNATURE_INVALID"),
        (signed(claims(credentialStatus=HOSTED), by="stranger"), "AUTH_SIGNATURE_INVALID"),
        (signed(claims(credentialStatus=HOSTED), alg="none"), "AUTH_ALG_NOT_ALLOWED"),
        (signed(claims(credentialStatus=HOSTED), alg="HS256"), "AUTH_ALG_NOT_ALLOWED"),
        (signed(claims(credentialStatus=HOSTED), by="wholesale"), "AUTH_ISSUER_NOT_BRAND"),
    ],
)
def test_forgery_never_opens_it_and_the_seller_reads_why(
    here: World, phone: Variant, forged: str, code: str
) -> None:
    register(None, name="wholesale", party_id=parties.party(slug="wholesale").id)

    here.present(forged)

    verdict = asked(phone, here.northgate)
    assert verdict.outcome is Outcome.DENY
    assert code in codes(verdict)


def test_credential_of_another_seller_is_none(here: World, phone: Variant) -> None:
    here.present(signed(claims(credentialStatus=HOSTED)), by=here.southgate)

    assert codes(asked(phone, here.southgate)) == {"AUTH_NONE"}
    assert codes(asked(phone, here.northgate)) == {"AUTH_NONE"}


def test_revoked_key_closes_it_from_then_on(here: World, phone: Variant) -> None:
    here.present(signed(claims(credentialStatus=HOSTED)))
    later = AT + timedelta(hours=1)

    revoke_key(key_id=here.key_id, reason="replaced", actor="a", now=later)

    assert codes(asked(phone, here.northgate)) == set()
    assert codes(asked(phone, here.northgate, later)) == {"AUTH_KEY_REVOKED"}


def test_compromised_key_closes_it_at_any_time(here: World, phone: Variant) -> None:
    here.present(signed(claims(credentialStatus=HOSTED)))

    revoke_key(
        key_id=here.key_id,
        reason="stolen",
        compromised=True,
        actor="a",
        now=AT + timedelta(hours=1),
    )

    assert codes(asked(phone, here.northgate)) == {"AUTH_KEY_REVOKED"}


def test_status_that_was_never_read_does_not_count(here: World, phone: Variant) -> None:
    here.present(signed(claims()))

    assert codes(asked(phone, here.northgate)) == {"AUTH_STATUS_STALE"}


def test_status_list_out_of_reach_counts_until_it_is_too_old(here: World, phone: Variant) -> None:
    here.present(signed(claims(credentialStatus=HOSTED)))
    three_hours, a_day = AT + timedelta(hours=3), AT + timedelta(hours=24)

    soon, late = asked(phone, here.northgate, three_hours), asked(phone, here.northgate, a_day)

    assert (soon.outcome, soon.valid_until) == (Outcome.ALLOW, a_day)
    assert codes(late) == {"AUTH_STATUS_STALE"}


def test_taken_back_means_closed(here: World, phone: Variant) -> None:
    found = here.present(signed(claims(credentialStatus=HOSTED)))

    revoke_grant(grant_id=grant_of(found).id, reason="ended", actor="a", now=AT)
    here.present(signed(claims(credentialStatus=HOSTED)))

    assert codes(asked(phone, here.northgate)) == {"AUTH_REVOKED"}


def test_suspended_means_closed_while_it_lasts(here: World, phone: Variant) -> None:
    found = here.present(signed(claims(credentialStatus=HOSTED)))
    row = Credential.objects.get(grant=grant_of(found))

    Credential.objects.filter(pk=row.pk).update(fault="AUTH_REVOKED", suspended_at=AT)

    assert codes(asked(phone, here.northgate)) == {"AUTH_REVOKED"}


def test_grant_called_a_credential_without_one_is_no_credential(
    here: World, phone: Variant
) -> None:
    rights.grant(
        grantee=here.northgate,
        brand=here.aster,
        category=here.phone,
        level="credential",
        status_checked_at=AT,
    )

    assert codes(asked(phone, here.northgate)) == {"AUTH_SIGNATURE_INVALID"}


def test_passed_on_credential_stands_and_falls_with_the_one_above(
    here: World, phone: Variant
) -> None:
    register(None, name="northgate", party_id=here.northgate.id)
    above = here.present(signed(claims(credentialStatus=HOSTED, subject={"delegationDepth": 1})))
    held = Credential.objects.get(grant=grant_of(above))
    below = claims(
        id="urn:test:below",
        issuer="urn:bandstand:party:northgate",
        subject={
            "id": "urn:bandstand:party:southgate",
            "parentCredential": f"sha256:{held.sha256}",
        },
    )
    found = here.present(signed(below, by="northgate"), by=here.southgate)
    Grant.objects.filter(pk=grant_of(found).pk).update(status_checked_at=AT)

    assert codes(asked(phone, here.southgate)) == set()
    revoke_key(key_id=here.key_id, reason="replaced", actor="a", now=AT)
    assert codes(asked(phone, here.southgate)) == {"AUTH_KEY_REVOKED"}


def test_sweep_keeps_what_is_kept_here_fresh(here: World, phone: Variant) -> None:
    here.present(signed(claims(credentialStatus=HOSTED)))
    next_day = AT + timedelta(hours=23)

    refresh_statuses(fetch=_nobody, now=next_day)

    assert codes(asked(phone, here.northgate, AT + timedelta(hours=46))) == set()


def _nobody(url: str) -> NoReturn:
    raise AssertionError(url)
