"""Presenting a credential: recorded once, byte for byte; a faulty one is kept and never counts."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.gate.models import Epoch
from bandstand.plumbing.models import AuditEntry
from bandstand.rights.models import Credential, CredentialStatus, Grant
from bandstand.rights.queries.credentials import credential_of, hosted_url, revoked_indexes
from bandstand.rights.queries.scopes import UnknownWordsError
from bandstand.rights.rules.credentials import CredentialFaultError, FaultCode
from bandstand.rights.services import credentials, revoke_grant
from bandstand.rights.services.credentials import CredentialWordsError, TooManyFaultyError
from bandstand.rights.services.keys import revoke_key
from tests.factories import catalogue, parties
from tests.rights.credential_world import World, grant_of, register, world
from tests.rights.signing import AT, claims, days, signed, signed_raw, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world()


def test_genuine_credential_becomes_a_grant_with_its_exact_bytes(here: World) -> None:
    compact = signed(claims(subject={"models": ["Aster One"], "delegationDepth": 2}))

    found = here.present(compact)

    assert found.fault is None
    grant = grant_of(found)
    assert (grant.grantee, grant.issuer_brand, grant.level) == (
        here.northgate,
        here.aster,
        "credential",
    )
    assert (grant.brands, grant.categories, grant.markets) == (
        [here.aster.id],
        [here.phone.id],
        ["US"],
    )
    assert (grant.models_only, grant.delegate_depth) == ([here.one.id], 2)
    row = credential_of(grant.id)
    assert (row.compact, row.fault, row.kid) == (compact, "", "aster-es256")
    assert AuditEntry.objects.get(action="rights.credential").detail["sha256"] == row.sha256


def test_presenting_twice_records_once(here: World) -> None:
    compact = signed()

    one, two = here.present(compact), here.present(compact, now=AT + days(1))

    assert (one.is_new, two.is_new) == (True, False)
    assert one.grant_id == two.grant_id
    assert Grant.objects.count() == Credential.objects.count() == 1


def test_second_signature_of_a_revoked_credential_does_not_bring_it_back(here: World) -> None:
    first = here.present(signed())
    assert first.grant_id is not None
    revoke_grant(grant_id=first.grant_id, reason="ended", actor="a", now=AT)

    again = here.present(signed(), now=AT + days(1))

    assert again.grant_id == first.grant_id
    assert Grant.objects.filter(revoked_at=None).count() == 0


@pytest.mark.parametrize(
    ("forged", "code"),
    [
        (signed()[:-4] + "AAAA", FaultCode.SIGNATURE_INVALID),
        (signed(by="stranger"), FaultCode.SIGNATURE_INVALID),
        (signed(alg="HS256"), FaultCode.ALG_NOT_ALLOWED),
        (signed(alg="EdDSA"), FaultCode.ALG_NOT_ALLOWED),
    ],
)
def test_forged_credential_is_kept_with_its_fault(
    here: World, forged: str, code: FaultCode
) -> None:
    found = here.present(forged)

    assert found.fault is not None
    assert found.fault.code is code
    row = Credential.objects.get(grant=grant_of(found))
    assert (row.fault, row.key, row.compact) == (code, None, forged)
    assert Grant.objects.get().status_checked_at is None


def test_wholesaler_who_signs_as_the_brand_is_kept_as_such(here: World) -> None:
    register(None, name="wholesale", party_id=parties.party(slug="wholesale").id)

    found = here.present(signed(by="wholesale"))

    assert found.fault is not None
    assert found.fault.code is FaultCode.ISSUER_NOT_BRAND
    assert Credential.objects.get().key is None


def test_genuine_credential_of_another_seller_is_nobodys_here(here: World) -> None:
    found = here.present(by=here.southgate)

    assert (found.credential_id, found.grant_id) == (None, None)
    assert found.fault is not None
    assert found.fault.code is FaultCode.NOT_YOURS
    assert Grant.objects.count() == Credential.objects.count() == 0
    assert AuditEntry.objects.get(action="rights.credential_not_theirs").detail["names"] == (
        "urn:bandstand:party:northgate"
    )


def test_another_seller_cannot_spoil_it_for_its_own(here: World) -> None:
    compact = signed()
    here.present(compact, by=here.southgate)

    assert here.present(compact).grant_id is not None


def test_issuing_brand_may_present_for_its_seller(here: World) -> None:
    found = here.present(by=here.owner)

    assert grant_of(found).grantee == here.northgate


@pytest.mark.parametrize(
    "hostile",
    [
        "x",
        "A" * 100_000,
        signed_raw(b'{"alg":"ES256","typ":"vc+jwt","kid":"a","jku":"https://e.example"}', b"{}"),
        signed(claims(subject={"customers": ["b2b"]})),
        signed(claims(issuer="https://look-a1ike.example")),
    ],
)
def test_what_cannot_be_read_or_placed_is_refused_and_not_kept(here: World, hostile: str) -> None:
    with pytest.raises(CredentialFaultError):
        here.present(hostile)

    assert Grant.objects.count() == Credential.objects.count() == 0


def test_credential_of_a_key_registered_later_mends_itself_when_shown_again(here: World) -> None:
    compact = signed(by="spare")
    before = here.present(compact)
    assert before.fault is not None
    register(here.aster.id, name="spare")

    after = here.present(compact, now=AT + days(1))

    assert (after.fault, after.grant_id) == (None, before.grant_id)
    row = Credential.objects.get()
    assert (row.fault, row.presented_at, row.checked_at) == ("", AT, AT + days(1))


def test_forgery_shown_first_does_not_stand_in_the_way_of_the_genuine_one(here: World) -> None:
    genuine = signed()
    forged = here.present(genuine[:-4] + "AAAA")

    found = here.present(genuine)

    assert found.fault is None
    assert found.grant_id != forged.grant_id


def test_party_cannot_leave_faulty_credentials_without_end(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "FAULTY_MAX", 2)
    for number in (1, 2):
        here.present(signed(claims(id=f"urn:test:{number}"), by="stranger"))

    with pytest.raises(TooManyFaultyError):
        here.present(signed(claims(id="urn:test:3"), by="stranger"))

    assert here.present(signed(claims(id="urn:test:4"))).fault is None


class TestWords:
    def test_words_that_mean_nothing_here_only_narrow(self, here: World) -> None:
        found = here.present(signed(claims(subject={"brands": ["aster", "birch"]})))

        assert Grant.objects.get().brands == [here.aster.id]
        assert found.notes == ("The brand “birch” is not known here and was left out.",)

    @pytest.mark.parametrize(
        ("subject", "why"),
        [
            ({"brands": ["astre"]}, "Did you mean aster"),
            ({"categories": ["fone"]}, "No category"),
            ({"markets": ["XX"]}, "No market"),
            ({"models": ["Aster Nine"]}, "No model"),
        ],
    )
    def test_part_of_which_nothing_is_left_is_refused(
        self, here: World, subject: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(UnknownWordsError, match=why):
            here.present(signed(claims(subject=subject)))

        assert Grant.objects.count() == 0

    def test_model_name_that_two_brands_share_must_say_whose(self, here: World) -> None:
        birch = catalogue.brand(name="Birch")
        catalogue.device_model(brand=birch, category=here.phone, name="Aster One")
        both = {"brands": ["aster", "birch"]}

        with pytest.raises(UnknownWordsError):
            here.present(signed(claims(subject={**both, "models": ["Aster One"]})))
        here.present(signed(claims(subject={**both, "models": ["aster/aster-one"]})))

        assert Grant.objects.get().models_only == [here.one.id]

    def test_party_passes_a_right_on_below_the_credential_it_holds(self, here: World) -> None:
        register(None, name="northgate", party_id=here.northgate.id)
        above = here.present(signed(claims(subject={"delegationDepth": 1})))
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

        grant = grant_of(found)
        assert (grant.issuer_party, grant.parent_id) == (here.northgate, above.grant_id)

    def test_credential_below_one_nobody_showed_is_refused(self, here: World) -> None:
        register(None, name="northgate", party_id=here.northgate.id)
        below = claims(
            issuer="urn:bandstand:party:northgate",
            subject={
                "id": "urn:bandstand:party:southgate",
                "parentCredential": "sha256:" + "0" * 64,
            },
        )

        with pytest.raises(CredentialWordsError, match="above first"):
            here.present(signed(below, by="northgate"), by=here.southgate)

        assert Grant.objects.count() == 0


class TestHostedStatus:
    def test_status_kept_here_is_fresh_at_once_and_shows_the_revocation(self, here: World) -> None:
        entry = status(hosted_url("aster"), 77)
        found = here.present(signed(claims(credentialStatus=[entry])))
        assert found.grant_id is not None
        assert Grant.objects.get().status_checked_at == AT
        assert revoked_indexes("aster") == []

        revoke_grant(grant_id=found.grant_id, reason="ended", actor="a", now=AT)

        assert revoked_indexes("aster") == [77]

    def test_place_in_the_list_belongs_to_one_credential(self, here: World) -> None:
        entry = [status(hosted_url("aster"), 77)]
        here.present(signed(claims(credentialStatus=entry)))

        with pytest.raises(CredentialWordsError, match="another credential"):
            here.present(signed(claims(id="urn:test:2", credentialStatus=entry)))
        with pytest.raises(CredentialWordsError, match="not the issuer's"):
            here.present(
                signed(claims(id="urn:test:3", credentialStatus=[status(hosted_url("birch"), 5)]))
            )

        assert CredentialStatus.objects.count() == 1

    def test_forged_credential_cannot_take_a_place(self, here: World) -> None:
        entry = [status(hosted_url("aster"), 77)]
        here.present(signed(claims(credentialStatus=entry), by="stranger"))

        assert here.present(signed(claims(credentialStatus=entry))).fault is None

    def test_credential_without_a_status_is_never_dated(self, here: World) -> None:
        here.present()

        assert Grant.objects.get().status_checked_at is None


class TestEpochs:
    def test_revoked_key_moves_the_epochs_of_everything_it_signed(self, here: World) -> None:
        here.present()
        before = _epochs()

        revoke_key(key_id=here.key_id, reason="stolen", actor="a", now=AT)

        moved = {key for key, value in _epochs().items() if value != before.get(key)}
        assert {f"brand:{here.aster.id}", f"seller:{here.northgate.id}"} <= moved

    def test_key_that_signed_nothing_moves_nothing(self, here: World) -> None:
        before = _epochs()

        revoke_key(key_id=here.key_id, reason="stolen", actor="a", now=AT)

        assert _epochs() == before

    def test_mended_proof_moves_the_epochs(self, here: World) -> None:
        compact = signed(by="spare")
        here.present(compact)
        register(here.aster.id, name="spare")
        before = _epochs()

        here.present(compact)

        assert _epochs()[f"seller:{here.northgate.id}"] > before[f"seller:{here.northgate.id}"]


@pytest.mark.parametrize(
    "change",
    [
        "update rights_credential set compact = 'x'",
        "update rights_credential set grant_id = null",
        "update rights_credential set presented_at = now()",
        "delete from rights_credential",
        "update rights_credentialstatus set index = 1",
        "delete from rights_credentialstatus",
    ],
)
def test_database_keeps_a_credential_as_it_was_presented(here: World, change: str) -> None:
    compact = signed(claims(credentialStatus=[status(hosted_url("aster"), 77)]))
    here.present(compact)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert Credential.objects.get().compact == compact
    assert CredentialStatus.objects.get().index == 77


def _epochs() -> dict[str, int]:
    return dict(Epoch.objects.values_list("key", "epoch"))
