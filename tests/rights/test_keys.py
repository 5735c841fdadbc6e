"""Signing keys: public ones only, pinned, revoked for good."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.db import DatabaseError, connection, transaction
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.models import AuditEntry
from bandstand.rights.models import SigningKey
from bandstand.rights.queries.keys import jwks_of, key_facts, key_row, keys_of, signed_grants
from bandstand.rights.rules.credentials import CredentialFaultError, public_key
from bandstand.rights.rules.credentials.key_files import (
    new_private_key,
    pasted_public_key,
    private_key,
)
from bandstand.rights.services.keys import KeyTakenError, KeyWordsError, add_key, revoke_key
from tests.factories import catalogue, parties
from tests.rights.credential_world import register, world
from tests.rights.signing import AT, days, private, public

EC = new_private_key(public_key(public()).algorithm)


def bad_keys() -> list[tuple[str, dict[str, Any]]]:
    whole = public()
    return [
        ("private part", private()),
        ("not accepted", RSAKey.generate_key(2048).as_dict(private=False)),
        ("private part", OctKey.generate_key(256).as_dict(private=True)),
        ("not accepted", ECKey.generate_key("P-384").as_dict(private=False)),
        ("not accepted", ECKey.generate_key("secp256k1").as_dict(private=False)),
        ("not accepted", OKPKey.generate_key("Ed448").as_dict(private=False)),
        ("not accepted", OKPKey.generate_key("X25519").as_dict(private=False)),
        ("does not sign with", {**whole, "alg": "ES384"}),
        ("does not sign with", {**whole, "alg": "EdDSA"}),
        ("does not sign with", {**whole, "alg": "none"}),
        ("not accepted", {}),
        ("not a public key", {**whole, "x": whole["y"]}),
        ("not a public key", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
        ("not a public key", {"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
        ("not a public key", {"kty": "OKP", "crv": "Ed25519"}),
    ]


@pytest.mark.parametrize(("why", "jwk"), bad_keys())
@pytest.mark.django_db
def test_key_that_may_not_sign_is_refused_and_not_kept(why: str, jwk: dict[str, Any]) -> None:
    brand = catalogue.brand(name="Aster")

    with pytest.raises(CredentialFaultError, match=why):
        add_key(jwk=jwk, brand_id=brand.id, source="test", actor="a", now=AT)

    assert SigningKey.objects.count() == 0


@pytest.mark.django_db
def test_registered_key_has_only_what_a_public_key_needs() -> None:
    brand = catalogue.brand(name="Aster")

    key_id = add_key(
        jwk={**public(), "x5u": "https://evil.example", "note": "mine"},
        brand_id=brand.id,
        source="test",
        actor="rights@aster.example.org",
        now=AT,
    )

    key = SigningKey.objects.get(pk=key_id)
    assert set(key.jwk) == {"kty", "crv", "x", "y"}
    assert (key.algorithm, key.from_at, key.kid) == ("ES256", AT, "aster-es256")
    assert AuditEntry.objects.get(action="rights.key").detail["algorithm"] == "ES256"


@pytest.mark.django_db
def test_same_key_registered_twice_is_one_key() -> None:
    brand = catalogue.brand(name="Aster")

    assert register(brand.id) == register(brand.id)
    assert SigningKey.objects.count() == 1


@pytest.mark.django_db
def test_name_of_a_key_is_one_key_of_a_brand() -> None:
    brand = catalogue.brand(name="Aster")
    register(brand.id)

    with pytest.raises(KeyTakenError, match="another name"):
        register(brand.id, name="stranger", kid="aster-es256")
    with pytest.raises(KeyTakenError, match="already registered"):
        register(brand.id, kid="other-name")

    assert SigningKey.objects.count() == 1


@pytest.mark.django_db
def test_brand_and_sub_brand_may_share_a_key() -> None:
    brand = catalogue.brand(name="Aster")
    mini = catalogue.brand(name="Aster Mini", parent=brand)

    register(mini.id)
    register(brand.id)

    assert [fact.owner for fact in key_facts("aster-es256")] == [
        f"brand:{brand.id}",
        f"brand:{mini.id}",
    ]


@pytest.mark.django_db
def test_key_has_one_owner_and_a_span() -> None:
    brand, party = catalogue.brand(name="Aster"), parties.party(slug="wholesale")

    with pytest.raises(KeyWordsError, match="one owner"):
        register(brand.id, party_id=party.id)
    with pytest.raises(KeyWordsError, match="one owner"):
        register(None)
    with pytest.raises(KeyWordsError, match="before it begins"):
        register(brand.id, until_at=AT - days(1000))
    with pytest.raises(KeyWordsError, match="120"):
        register(brand.id, kid="k" * 121)
    with pytest.raises(CredentialFaultError, match="invisible"):
        register(brand.id, kid="k\u200b")

    assert SigningKey.objects.count() == 0


@pytest.mark.django_db
def test_revocation_is_final_and_needs_a_reason() -> None:
    here = world()

    with pytest.raises(KeyWordsError, match="why"):
        revoke_key(key_id=here.key_id, reason=" ", actor="a", now=AT)
    assert SigningKey.objects.get().revoked_at is None
    revoke_key(key_id=here.key_id, reason="replaced", actor="a", now=AT)
    revoke_key(key_id=here.key_id, reason="again", actor="a", now=AT + days(1))

    row = key_row(here.key_id)
    assert (row.revoked_at, row.revoke_reason, row.compromised) == (AT, "replaced", False)
    with pytest.raises(KeyTakenError, match="was revoked"):
        register(here.aster.id)
    with pytest.raises(NotFoundError):
        revoke_key(key_id=here.aster.id, reason="x", actor="a", now=AT)


@pytest.mark.django_db
def test_revoked_key_can_still_be_found_to_be_compromised() -> None:
    here = world()
    revoke_key(key_id=here.key_id, reason="replaced", actor="a", now=AT)

    revoke_key(key_id=here.key_id, reason="stolen", compromised=True, actor="a", now=AT + days(1))

    row = key_row(here.key_id)
    assert (row.revoked_at, row.revoke_reason, row.compromised) == (AT, "stolen", True)


@pytest.mark.parametrize(
    "change",
    [
        "update rights_signingkey set revoked_at = null",
        "update rights_signingkey set algorithm = 'EdDSA'",
        "update rights_signingkey set jwk = '{}'",
        "update rights_signingkey set compromised = false",
        "delete from rights_signingkey",
    ],
)
@pytest.mark.django_db
def test_database_keeps_a_revoked_key_as_it_is(change: str) -> None:
    here = world()
    revoke_key(key_id=here.key_id, reason="stolen", compromised=True, actor="a", now=AT)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert key_row(here.key_id).compromised


@pytest.mark.django_db
def test_published_keys_are_the_standing_ones_of_one_brand() -> None:
    here = world()
    register(catalogue.brand(name="Birch").id, name="birch")
    spare = register(here.aster.id, name="spare")
    revoke_key(key_id=spare, reason="replaced", actor="a", now=AT)

    (published,) = jwks_of("aster")["keys"]

    assert published == {
        **{k: public()[k] for k in ("kty", "crv", "x", "y")},
        "kid": "aster-es256",
        "alg": "ES256",
        "use": "sig",
    }
    with pytest.raises(NotFoundError):
        jwks_of("nobody")


@pytest.mark.django_db
def test_key_rows_say_what_each_signed() -> None:
    here = world()
    here.present()

    (row,) = keys_of([here.aster.id])

    assert (row.owner_name, row.signed, row.stands_at(AT)) == ("Aster", 1, True)
    assert [one.grantee_name for one in signed_grants(here.key_id)] == ["Northgate"]


class TestPastedKeys:
    def test_pem_of_a_public_key_is_read(self) -> None:
        pem = (
            ec.generate_private_key(ec.SECP256R1())
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )

        assert public_key(pasted_public_key(pem.decode())).algorithm == "ES256"

    def test_key_set_of_one_is_read(self) -> None:
        pasted = pasted_public_key(json.dumps({"keys": [public()]}))

        assert public_key(pasted).kid == "aster-es256"

    @pytest.mark.parametrize("kind", ["pem", "jwk"])
    def test_private_key_is_refused_with_the_advice_to_make_a_new_one(self, kind: str) -> None:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        pasted = pem.decode() if kind == "pem" else json.dumps(private())

        with pytest.raises(CredentialFaultError, match="make a new one"):
            public_key(pasted_public_key(pasted))

    @pytest.mark.parametrize(
        "made", [rsa.generate_private_key(65537, 2048), ed448.Ed448PrivateKey.generate()]
    )
    def test_pem_of_another_kind_is_refused(
        self, made: rsa.RSAPrivateKey | ed448.Ed448PrivateKey
    ) -> None:
        pem = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

        with pytest.raises(CredentialFaultError, match="accepted"):
            pasted_public_key(pem.decode())

    @pytest.mark.parametrize(
        "text", ["", "hello", "{}", "x" * 10_000, "-----BEGIN CERTIFICATE-----"]
    )
    def test_what_is_no_key_is_refused_in_words(self, text: str) -> None:
        with pytest.raises(CredentialFaultError):
            pasted_public_key(text)

    def test_private_key_file_is_read_with_its_name_and_algorithm(self) -> None:
        assert private_key(json.dumps(EC))["kid"] == EC["kid"]
        with pytest.raises(CredentialFaultError, match="no private key"):
            private_key(json.dumps(public()))
