"""What a credential must survive: forging, confusion of algorithms, foreign keys, hostile JSON."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bandstand.rights.rules import Condition
from bandstand.rights.rules.credentials import (
    COMPACT_MAX,
    Algorithm,
    CredentialFaultError,
    Fault,
    FaultCode,
    VerifiedCredential,
    encoded,
    examine,
    open_envelope,
    verify_credential,
)
from tests.rights.signing import (
    AT,
    claims,
    key_fact,
    private,
    public,
    raw_compact,
    signed,
    signed_raw,
)

HEADER = {"alg": "ES256", "kid": "aster-es256", "typ": "vc+jwt"}


def judged(compact: str, *keys: Any, at: datetime = AT) -> VerifiedCredential | Fault:  # noqa: ANN401 -- key facts
    return verify_credential(compact, keys=keys or [key_fact()], at=at)


def code_of(compact: str, *keys: Any, at: datetime = AT) -> str:  # noqa: ANN401 -- key facts
    found = judged(compact, *keys, at=at)
    return found.code.value if isinstance(found, Fault) else "genuine"


def header(**changes: Any) -> bytes:  # noqa: ANN401 -- JSON values
    return json.dumps({**HEADER, **changes}).encode()


def payload(**changes: Any) -> bytes:  # noqa: ANN401 -- JSON values
    return json.dumps(claims(**changes)).encode()


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_genuine_credential_is_believed_with_everything_it_says(algorithm: Algorithm) -> None:
    found = judged(
        signed(claims(subject={"models": ["Aster One"]}), algorithm=algorithm),
        key_fact(algorithm=algorithm),
    )

    assert isinstance(found, VerifiedCredential)
    assert found.claims.subject.models == ("Aster One",)
    assert found.claims.subject.conditions == (Condition.NEW,)
    assert found.claims.valid_until == datetime(2027, 3, 1, tzinfo=UTC)
    assert found.key.id == "key-aster"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_letter_is_believed(data: st.DataObject) -> None:
    compact = signed()
    at = data.draw(st.integers(0, len(compact) - 1))
    letter = data.draw(st.sampled_from("ABCXYZabcxyz0189-_."))
    changed = compact[:at] + letter + compact[at + 1 :]

    assert changed == compact or code_of(changed) != "genuine"


@pytest.mark.parametrize(
    "alg", ["none", "None", "HS256", "RS256", "ES384", "ES512", "PS256", "es256"]
)
def test_algorithm_outside_the_list_is_refused_by_name(alg: str) -> None:
    assert code_of(signed_raw(header(alg=alg), payload())) == FaultCode.ALG_NOT_ALLOWED


def test_algorithm_is_judged_before_the_key_is_looked_for() -> None:
    assert code_of(signed(by="stranger", alg="HS256")) == FaultCode.ALG_NOT_ALLOWED


def test_unsigned_credential_is_refused_for_its_algorithm() -> None:
    assert code_of(raw_compact(header(alg="none"), payload())) == FaultCode.ALG_NOT_ALLOWED


def test_public_key_used_as_a_shared_secret_is_refused() -> None:
    signing_input = raw_compact(header(alg="HS256"), payload()).rpartition(".")[0]
    secret = json.dumps(public()).encode()
    forged = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()

    assert code_of(f"{signing_input}.{encoded(forged)}") == FaultCode.ALG_NOT_ALLOWED


def test_key_is_pinned_even_against_another_allowed_name_of_its_own_mathematics() -> None:
    said_eddsa = signed(algorithm=Algorithm.ED25519, alg="EdDSA")

    assert code_of(said_eddsa, key_fact(algorithm=Algorithm.ED25519)) == FaultCode.ALG_NOT_ALLOWED


def test_key_that_is_not_registered_proves_nothing() -> None:
    assert code_of(signed(by="stranger")) == FaultCode.SIGNATURE_INVALID


def test_stranger_who_borrows_the_name_of_a_key_proves_nothing() -> None:
    assert code_of(signed(by="stranger", kid="aster-es256")) == FaultCode.SIGNATURE_INVALID


def test_wholesaler_who_signs_as_the_brand_is_found_out() -> None:
    wholesale = key_fact("wholesale")

    assert code_of(signed(by="wholesale"), wholesale) == FaultCode.ISSUER_NOT_BRAND


@pytest.mark.parametrize(
    "issuer",
    [
        "https://aster.example.evil.example",
        "https://aster.example:8443",
        "https://aster.example@evil.example",
        "https://xn--ster-43d.example",
        "https://ASTER.example",
        "https://sub.aster.example",
        "urn:bandstand:brand:aster2",
        "urn:bandstand:party:aster",
    ],
)
def test_issuer_that_only_looks_like_the_brand_is_not_the_brand(issuer: str) -> None:
    assert code_of(signed(claims(issuer=issuer))) == FaultCode.ISSUER_NOT_BRAND


def test_issuer_may_be_an_address_on_its_own_verified_domain() -> None:
    assert code_of(signed(claims(issuer={"id": "https://aster.example/sellers"}))) == "genuine"


def test_key_of_two_owners_speaks_for_the_issuer_it_names() -> None:
    shared = [
        key_fact(owner="brand:other", owner_names=frozenset({"urn:bandstand:brand:other"})),
        key_fact(),
    ]

    found = judged(signed(), *shared)

    assert isinstance(found, VerifiedCredential)
    assert found.key.owner == "brand:aster"


class TestKeysInTime:
    def test_revoked_key_takes_everything_with_it_from_then_on(self) -> None:
        key = key_fact(revoked_at=AT)

        assert code_of(signed(), key, at=AT - timedelta(seconds=1)) == "genuine"
        assert code_of(signed(), key, at=AT) == FaultCode.KEY_REVOKED

    def test_compromised_key_never_counted(self) -> None:
        key = key_fact(revoked_at=AT, compromised=True)

        assert code_of(signed(), key, at=AT - timedelta(days=30)) == FaultCode.KEY_REVOKED

    def test_key_that_ran_out_keeps_what_it_signed_in_time(self) -> None:
        key = key_fact(until_at=datetime(2026, 6, 1, tzinfo=UTC))
        late = claims(validFrom="2026-06-01T00:00:00Z")

        assert code_of(signed(), key) == "genuine"
        assert code_of(signed(late), key) == FaultCode.KEY_REVOKED

    def test_credential_may_begin_before_its_key_was_registered(self) -> None:
        key = key_fact(from_at=AT)

        assert code_of(signed(), key) == "genuine"
        assert code_of(signed(), key, at=AT - timedelta(hours=1)) == FaultCode.KEY_REVOKED

    def test_backdated_credential_of_a_key_that_ran_out_is_judged_by_our_own_clock(self) -> None:
        key = key_fact(until_at=datetime(2026, 6, 1, tzinfo=UTC))

        found = examine(signed(), keys=[key], at=AT, seen_at=AT)

        assert found.proof is not None
        assert found.proof.code is FaultCode.KEY_REVOKED


class TestPeriod:
    def test_end_has_no_grace(self) -> None:
        end = datetime(2027, 3, 1, tzinfo=UTC)

        assert code_of(signed(), at=end - timedelta(seconds=1)) == "genuine"
        assert code_of(signed(), at=end) == FaultCode.EXPIRED

    def test_start_may_lie_ahead_by_the_skew_of_two_clocks(self) -> None:
        start = datetime(2026, 3, 1, tzinfo=UTC)

        assert code_of(signed(), at=start - timedelta(seconds=60)) == "genuine"
        assert code_of(signed(), at=start - timedelta(seconds=61)) == FaultCode.NOT_YET_VALID


class TestEnvelope:
    @pytest.mark.parametrize(
        "member",
        [
            {"jku": "https://evil.example/jwks.json"},
            {"jwk": public("stranger")},
            {"x5u": "https://evil.example/cert.pem"},
            {"x5c": ["AAAA"]},
            {"crit": ["b64"], "b64": False},
            {"b64": False},
            {"zip": "DEF"},
        ],
    )
    def test_header_that_brings_a_key_or_a_twist_is_refused(self, member: dict[str, Any]) -> None:
        assert code_of(signed_raw(header(**member), payload())) == FaultCode.MALFORMED

    @pytest.mark.parametrize("typ", ["JWT", "vp+jwt", "application/vc+jwt", None])
    def test_other_kinds_of_token_are_refused(self, typ: str | None) -> None:
        assert code_of(signed_raw(header(typ=typ), payload())) == FaultCode.MALFORMED

    def test_member_that_appears_twice_is_refused(self) -> None:
        twice = b'{"alg":"none","alg":"ES256","kid":"aster-es256","typ":"vc+jwt"}'

        assert code_of(signed_raw(twice, payload())) == FaultCode.MALFORMED

    def test_padding_and_spare_bits_are_refused(self) -> None:
        compact = signed()
        last = {"A": "B", "Q": "R", "g": "h", "w": "x"}[compact[-1]]

        assert code_of(compact + "==") == FaultCode.MALFORMED
        assert code_of(compact[:-1] + last) == FaultCode.MALFORMED

    def test_giant_is_refused_before_anything_is_read(self) -> None:
        assert code_of("A" * (COMPACT_MAX + 1)) == FaultCode.TOO_LARGE

    @pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "not a token", "ä.ä.ä", "...", "{}"])
    def test_what_is_no_token_is_refused_in_words(self, text: str) -> None:
        found = judged(text)

        assert isinstance(found, Fault)
        assert found.code is FaultCode.MALFORMED
        assert found.cure

    def test_second_signature_of_one_message_is_the_same_credential(self) -> None:
        one, two = signed(), signed()

        assert one != two
        assert open_envelope(one).sha256 != open_envelope(two).sha256
        assert open_envelope(one).signed_sha256 == open_envelope(two).signed_sha256


def with_member(raw: bytes) -> bytes:
    """Return good claims with one more member that nobody reads, written as given."""
    return payload()[:-1] + b', "name": ' + raw + b"}"


class TestHostileJson:
    def test_member_that_says_nothing_of_the_grant_is_passed_over(self) -> None:
        assert code_of(signed_raw(header(), with_member(b'"Aster to Northgate"'))) == "genuine"

    @pytest.mark.parametrize(
        "raw",
        [
            b'{"a":1,"a":2}',
            b"NaN",
            b"Infinity",
            b"1.5",
            b"1e9",
            b"9" * 30,
            b"[" * 5000 + b"]" * 5000,
            b"[" * 13 + b"]" * 13,
            b"[" + b"1," * 20_000 + b"1]",
            '"\u202eretsa"'.encode(),
            '"as\u200bter"'.encode(),
            b'"\\ud800"',
            b'"\\u0000"',
            '"e\u0301"'.encode(),
            b'"\xff"',
            b'1}{"a": 1',
            b'1, "issuer": "urn:bandstand:brand:birch"',
        ],
    )
    def test_member_two_readers_could_read_differently_is_refused(self, raw: bytes) -> None:
        assert code_of(signed_raw(header(), with_member(raw))) == FaultCode.MALFORMED

    @pytest.mark.parametrize("raw", [b"[]", b"null", b"{", b"", b"\xef\xbb\xbf" + payload()])
    def test_payload_that_is_no_object_is_refused(self, raw: bytes) -> None:
        assert code_of(signed_raw(header(), raw)) == FaultCode.MALFORMED

    def test_brackets_within_text_are_not_depth(self) -> None:
        name = "[" * 40 + '"\\' + "{" * 40

        assert code_of(signed(claims(name=name))) == "genuine"


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": ["https://evil.example"]},
        {"@context": "https://www.w3.org/ns/credentials/v2"},
        {"type": ["VerifiableCredential"]},
        {"type": "AuthorisedResellerCredential"},
        {"id": None},
        {"id": "no name"},
        {"issuer": None},
        {"issuer": ["urn:bandstand:brand:aster"]},
        {"validFrom": "2026-03-01"},
        {"validFrom": "2026-03-01T00:00:00"},
        {"validFrom": "2026-13-01T00:00:00Z"},
        {"validUntil": None},
        {"validUntil": "2026-03-01T00:00:00Z"},
        {"credentialSubject": []},
        {"exp": 1_800_000_000},
        {"vc": {}},
        {"iss": "urn:bandstand:brand:birch"},
        {"sub": "urn:bandstand:party:southgate"},
        {"subject": {"id": None}},
        {"subject": {"brands": []}},
        {"subject": {"brands": "aster"}},
        {"subject": {"brands": ["aster", "aster"]}},
        {"subject": {"brands": [" aster"]}},
        {"subject": {"markets": [1]}},
        {"subject": {"models": []}},
        {"subject": {"conditions": ["mint"]}},
        {"subject": {"delegationDepth": -1}},
        {"subject": {"delegationDepth": True}},
        {"subject": {"parentCredential": "the other one"}},
        {"subject": {"customers": ["business only"]}},
        {"credentialStatus": {"type": "RevocationList2020Status"}},
        {"credentialStatus": [{"type": "BitstringStatusListEntry", "statusPurpose": ["x"]}]},
        {"credentialStatus": "https://aster.example/status"},
    ],
)
def test_claims_that_could_be_read_wider_than_meant_are_refused(changes: dict[str, Any]) -> None:
    assert code_of(signed(claims(**changes))) == FaultCode.MALFORMED


def test_everything_unreadable_is_an_error_for_whoever_must_keep_it() -> None:
    with pytest.raises(CredentialFaultError, match="not a signed credential"):
        examine("x", keys=[], at=AT)


def test_signature_is_never_computed_for_a_refused_algorithm() -> None:
    # A key whose bytes are rubbish would fail any computation: the answer is still the algorithm.
    broken = key_fact(jwk={"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})

    assert code_of(signed(alg="EdDSA"), broken) == FaultCode.ALG_NOT_ALLOWED
    assert code_of(signed(), broken) == FaultCode.SIGNATURE_INVALID


def test_private_part_never_reaches_what_is_published() -> None:
    compact = signed()
    secret = private()["d"]

    assert secret not in compact
    assert all(
        secret.encode() not in urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for part in compact.split(".")
    )
