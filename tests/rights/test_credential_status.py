"""Status lists: bits from the left, unpacked within limits, by the issuer and nobody else."""

import gzip
import tracemalloc
import zlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bandstand.rights.rules.credentials import (
    BITS_MAX,
    BITS_MIN,
    CredentialFaultError,
    FaultCode,
    StatusEntry,
    StatusList,
    StatusPurpose,
    encoded,
    pack_bits,
    read_status_list,
    status_list_claims,
    unpack_bits,
)
from tests.rights.signing import ASTER, AT, key_fact, signed

URL = "https://aster.example/status/1"


def listed(*indexes: int, purpose: StatusPurpose = StatusPurpose.REVOCATION) -> dict[str, Any]:
    return status_list_claims(
        url=URL,
        issuer=ASTER,
        purpose=purpose,
        set_indexes=indexes,
        from_at=AT,
        life=timedelta(hours=1),
    )


def read(document: dict[str, Any], *, by: str = "aster", **parts: Any) -> StatusList:  # noqa: ANN401 -- facts
    return read_status_list(
        signed(document, by=by),
        **{"url": URL, "issuer": ASTER, "keys": [key_fact()], "at": AT, **parts},
    )


def entry(index: int, purpose: StatusPurpose = StatusPurpose.REVOCATION) -> StatusEntry:
    return StatusEntry(URL, index, purpose)


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, BITS_MIN - 1), max_size=50))
def test_bits_come_back_as_they_were_set(indexes: set[int]) -> None:
    found = read(listed(*indexes))

    assert {
        at for at in {*indexes, *(one ^ 1 for one in indexes), 0, 7, 8} if found.is_set(entry(at))
    } == indexes


def test_index_counts_from_the_left() -> None:
    assert unpack_bits(pack_bits([0]))[0] == 0b1000_0000
    assert unpack_bits(pack_bits([9]))[1] == 0b0100_0000


def test_list_of_the_standard_example_is_read() -> None:
    # W3C Bitstring Status List v1.0, section 2.2, example 5: 131,072 bits, none set.
    example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

    assert unpack_bits(example) == bytes(BITS_MIN // 8)


def test_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024), mtime=0)
    assert len(bomb) < 70_000

    tracemalloc.start()
    with pytest.raises(CredentialFaultError) as refused:
        unpack_bits("u" + encoded(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused.value.fault.code is FaultCode.TOO_LARGE
    assert peak < 3 * BITS_MAX // 8


@pytest.mark.parametrize(
    "packed",
    [
        None,
        7,
        "",
        "u",
        "z" + pack_bits([])[1:],
        pack_bits([]) + "=",
        "u" + encoded(zlib.compress(bytes(16384))),
        "u" + encoded(gzip.compress(bytes(16384), mtime=0)[:-9]),
        "u" + encoded(gzip.compress(bytes(16384), mtime=0) + b"more"),
        "u" + encoded(gzip.compress(bytes(16383), mtime=0)),
    ],
)
def test_list_that_is_not_in_its_form_is_refused(packed: object) -> None:
    with pytest.raises(CredentialFaultError):
        unpack_bits(packed)


def test_set_bit_of_another_purpose_says_nothing() -> None:
    found = read(listed(7, purpose=StatusPurpose.SUSPENSION))

    with pytest.raises(CredentialFaultError, match="not one of revocations"):
        found.is_set(entry(7))


def test_index_beyond_the_list_is_an_error_and_not_a_clear_bit() -> None:
    with pytest.raises(CredentialFaultError, match="no bit"):
        read(listed()).is_set(entry(BITS_MIN))


def test_list_is_good_no_longer_than_its_shortest_word() -> None:
    document = listed()
    document["credentialSubject"]["ttl"] = 60_000

    assert read(document).valid_until == AT + timedelta(minutes=1)
    assert read(listed()).valid_until == AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "https://aster.example/status/2"}, FaultCode.MALFORMED),
        ({"issuer": "urn:bandstand:brand:birch"}, FaultCode.MALFORMED),
        ({"type": ["VerifiableCredential"]}, FaultCode.MALFORMED),
        ({"credentialSubject": {"type": "StatusList2021"}}, FaultCode.MALFORMED),
        ({"validUntil": "2026-11-22T10:00:00Z"}, FaultCode.EXPIRED),
        ({"validFrom": "2026-11-22T10:02:00Z"}, FaultCode.NOT_YET_VALID),
    ],
)
def test_list_that_is_another_or_out_of_its_time_is_refused(
    changes: dict[str, Any], code: FaultCode
) -> None:
    with pytest.raises(CredentialFaultError) as refused:
        read({**listed(), **changes})

    assert refused.value.fault.code is code


def test_list_by_another_hand_is_refused() -> None:
    with pytest.raises(CredentialFaultError) as refused:
        read(listed(), by="stranger", keys=[key_fact(), key_fact("stranger")])

    assert refused.value.fault.code is FaultCode.ISSUER_NOT_BRAND


def test_list_by_a_revoked_key_is_refused() -> None:
    with pytest.raises(CredentialFaultError) as refused:
        read(listed(), keys=[key_fact(revoked_at=AT)])

    assert refused.value.fault.code is FaultCode.KEY_REVOKED


def test_same_bits_give_the_same_bytes() -> None:
    assert pack_bits([3, 1]) == pack_bits([1, 3])
