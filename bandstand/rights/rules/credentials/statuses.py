"""
Bitstring status lists: how an issuer takes a credential back without being asked each time.

A list is itself a signed credential, by the same issuer, with a compressed string of bits. Nothing
of it is unpacked beyond a limit, because a few kilobytes can unpack to gigabytes.

Source: W3C Bitstring Status List v1.0, sections 2.1, 2.2, 3.2 to 3.4 (read 2026-11-22): bits are
    counted from the left, a list has at least 131,072 of them, gzip and multibase base64url.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bandstand.rights.rules.credentials.claims import (
    OUR_CONTEXT,
    VC_CONTEXT,
    VC_TYPE,
    StatusEntry,
    check_kind,
    instant_of,
    issuer_of,
    written,
)
from bandstand.rights.rules.credentials.compact import (
    Envelope,
    decoded,
    encoded,
    open_envelope,
)
from bandstand.rights.rules.credentials.keys import KeyFact
from bandstand.rights.rules.credentials.strict_json import strict_object
from bandstand.rights.rules.credentials.verify import CLOCK_SKEW, period_fault, proof_of
from bandstand.rights.rules.credentials.words import (
    CredentialFaultError,
    Fault,
    FaultCode,
    StatusPurpose,
    malformed,
)

LIST_TYPE: Final = "BitstringStatusListCredential"
BITS_MIN: Final = 131_072
BITS_MAX: Final = 64 * 1024 * 1024
LIST_COMPACT_MAX: Final = 16 * 1024 * 1024
GZIP: Final = 31  # zlib's number for a gzip wrapper with the widest window
DEFAULT_LIFE: Final = timedelta(hours=24)
"""How long a list is good that says neither ``ttl`` nor ``validUntil``."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A verified list: its bits, what a set one means, and until when it is good."""

    url: str
    issuer: str
    purposes: frozenset[StatusPurpose]
    bits: bytes
    valid_until: datetime

    def is_set(self, entry: StatusEntry) -> bool:
        """
        Say whether a credential's bit is set.

        Raises: CredentialFaultError if the list has another purpose or no such bit.
        """
        if entry.purpose not in self.purposes:
            raise malformed(f"The list {self.url} is not one of {entry.purpose}s.")
        if entry.index >= len(self.bits) * 8:
            raise malformed(f"The list {self.url} has no bit {entry.index}.")
        return bool(self.bits[entry.index // 8] & (0x80 >> entry.index % 8))


def read_status_list(
    compact: str, *, url: str, issuer: str, keys: Sequence[KeyFact], at: datetime
) -> StatusList:
    """
    Return a status list that an issuer signed and that is good at an instant.

    Raises: CredentialFaultError saying what is wrong with it.
    """
    envelope = open_envelope(compact, limit=LIST_COMPACT_MAX)
    document = strict_object(envelope.payload, what="The status list")
    check_kind(document, type_name=LIST_TYPE)
    if document.get("id", url) != url:
        raise malformed(f"The status list at {url} says that it is another.")
    if issuer_of(document) != issuer:
        raise malformed(f"The status list at {url} is not by {issuer}, who issued the credential.")
    _check_proof(envelope, document, issuer=issuer, keys=keys, at=at)
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise malformed("The status list's credentialSubject is not a BitstringStatusList.")
    return StatusList(
        url=url,
        issuer=issuer,
        purposes=_purposes(subject.get("statusPurpose")),
        bits=unpack_bits(subject.get("encodedList")),
        valid_until=_valid_until(document, subject, at=at),
    )


def unpack_bits(encoded_list: object) -> bytes:
    """
    Return the bits of an encoded list, unpacking no more than the limit.

    Raises: CredentialFaultError.
    """
    text = encoded_list if isinstance(encoded_list, str) else ""
    packed = decoded(text[1:]) if text.startswith("u") else None
    if packed is None:
        raise malformed("encodedList is not multibase base64url (a “u”, then letters).")
    unpacker = zlib.decompressobj(wbits=GZIP)
    try:
        bits = unpacker.decompress(packed, BITS_MAX // 8 + 1)
    except zlib.error as wrong:
        raise malformed(f"encodedList is not gzip: {wrong}.") from wrong
    if len(bits) > BITS_MAX // 8:
        raise CredentialFaultError(
            Fault(
                FaultCode.TOO_LARGE,
                f"The status list unpacks to more than {BITS_MAX:,} bits.",
                "Ask the issuer to split it.",
            )
        )
    if not unpacker.eof or unpacker.unused_data:
        raise malformed("encodedList is cut short or has something after its end.")
    if len(bits) * 8 < BITS_MIN:
        raise malformed(f"The status list has {len(bits) * 8:,} bits; {BITS_MIN:,} is the least.")
    return bits


def pack_bits(set_indexes: Iterable[int], *, length: int = BITS_MIN) -> str:
    """Return an encoded list with these bits set; the same bits give the same text."""
    bits = bytearray(length // 8)
    for index in set_indexes:
        bits[index // 8] |= 0x80 >> index % 8
    packer = zlib.compressobj(level=9, wbits=GZIP)
    return f"u{encoded(packer.compress(bytes(bits)) + packer.flush())}"


def status_list_claims(
    *,
    url: str,
    issuer: str,
    purpose: StatusPurpose,
    set_indexes: Iterable[int],
    from_at: datetime,
    life: timedelta,
) -> dict[str, Any]:
    """Return the claims of a status list, for its issuer to sign."""
    return {
        "@context": [VC_CONTEXT, OUR_CONTEXT],
        "type": [VC_TYPE, LIST_TYPE],
        "id": url,
        "issuer": issuer,
        "validFrom": written(from_at),
        "validUntil": written(from_at + life),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose.value,
            "encodedList": pack_bits(set_indexes),
            "ttl": int(life.total_seconds() * 1000),
        },
    }


def _check_proof(
    envelope: Envelope,
    document: dict[str, Any],
    *,
    issuer: str,
    keys: Sequence[KeyFact],
    at: datetime,
) -> None:
    from_at = instant_of(document, "validFrom") if "validFrom" in document else at
    proof = proof_of(envelope, issuer=issuer, keys=keys, at=at, signed_at=min(from_at, at))
    if proof.fault is not None:
        raise CredentialFaultError(proof.fault)
    if "validUntil" in document:
        period = period_fault(from_at, instant_of(document, "validUntil"), at=at, skew=CLOCK_SKEW)
        if period is not None:
            raise CredentialFaultError(period)


def _valid_until(document: dict[str, Any], subject: dict[str, Any], *, at: datetime) -> datetime:
    ends = [at + DEFAULT_LIFE]
    if "validUntil" in document:
        ends.append(instant_of(document, "validUntil"))
    ttl = subject.get("ttl", 0)
    if not isinstance(ttl, int) or isinstance(ttl, bool) or ttl < 0:
        raise malformed("The status list's ttl is not a whole number of milliseconds.")
    if ttl:
        ends.append(at + timedelta(milliseconds=min(ttl, 10**12)))
    return min(ends)


def _purposes(value: object) -> frozenset[StatusPurpose]:
    said = value if isinstance(value, list) else [value]
    known = frozenset(one for one in StatusPurpose if one.value in said)
    if not known:
        raise malformed("The status list's statusPurpose is neither revocation nor suspension.")
    return known
