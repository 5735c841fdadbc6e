"""
Whether a credential is genuine: everything is judged, and nothing is believed before its turn.

In order: size, the envelope's form, the claims' form, the algorithm (by the list, then by the key's
pin), the key, the signature, the issuer, the period. The signature is computed only after the
algorithm is settled by the key and not by the header.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bandstand.rights.rules.credentials.claims import Claims, read_claims
from bandstand.rights.rules.credentials.compact import Envelope, open_envelope
from bandstand.rights.rules.credentials.keys import (
    KeyFact,
    has_signed,
    is_called,
    key_fault,
    matching_key,
)
from bandstand.rights.rules.credentials.words import CredentialFaultError, Fault, FaultCode

CLOCK_SKEW: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A genuine credential, now in its period, and the key that made it so."""

    envelope: Envelope
    claims: Claims
    key: KeyFact


@dataclass(frozen=True, slots=True)
class Examination:
    """
    What a readable credential says, and what is wrong with it.

    ``key`` is set only if the issuer's own key made the signature.
    """

    envelope: Envelope
    claims: Claims
    key: KeyFact | None
    proof: Fault | None
    period: Fault | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The key that signed for the issuer, if one did, and what is wrong with the proof."""

    key: KeyFact | None
    fault: Fault | None


def verify_credential(
    compact: str, *, keys: Sequence[KeyFact], at: datetime, skew: timedelta = CLOCK_SKEW
) -> VerifiedCredential | Fault:
    """Return a credential that is genuine and in its period, or the first thing wrong with it."""
    try:
        found = examine(compact, keys=keys, at=at, skew=skew)
    except CredentialFaultError as wrong:
        return wrong.fault
    fault = found.proof or found.period
    if fault is not None:
        return fault
    assert found.key is not None  # noqa: S101 -- without a key there is a fault
    return VerifiedCredential(found.envelope, found.claims, found.key)


def examine(
    compact: str,
    *,
    keys: Sequence[KeyFact],
    at: datetime,
    skew: timedelta = CLOCK_SKEW,
    seen_at: datetime | None = None,
) -> Examination:
    """
    Return what a credential says and everything that can be said of its proof and period.

    ``seen_at`` is when it was first presented, by our own clock. Where it is known it, and not what
    the credential says of itself, decides whether the key still stood.

    Raises: CredentialFaultError if it cannot be read at all.
    """
    envelope = open_envelope(compact)
    claims = read_claims(envelope.payload)
    proof = proof_of(
        envelope,
        issuer=claims.issuer,
        keys=keys,
        at=at,
        signed_at=seen_at or min(claims.valid_from, at),
        skew=skew,
    )
    period = period_fault(claims.valid_from, claims.valid_until, at=at, skew=skew)
    return Examination(envelope, claims, proof.key, proof.fault, period)


def proof_of(
    envelope: Envelope,
    *,
    issuer: str,
    keys: Sequence[KeyFact],
    at: datetime,
    signed_at: datetime,
    skew: timedelta = CLOCK_SKEW,
) -> Proof:
    """Judge an envelope's algorithm, key, signature and issuer, in that order."""
    key = matching_key(envelope, issuer=issuer, keys=keys)
    if isinstance(key, Fault):
        return Proof(None, key)
    fault = key_fault(key, signed_at=signed_at, at=at, skew=skew)
    if not has_signed(key, envelope):
        return Proof(None, fault or _forged(key))
    if not is_called(issuer, key.owner_names):
        return Proof(None, _not_the_issuer(issuer, key))
    return Proof(key, fault)


def period_fault(
    valid_from: datetime, valid_until: datetime, *, at: datetime, skew: timedelta = CLOCK_SKEW
) -> Fault | None:
    """
    Say why a period does not hold at an instant, or None.

    A start may lie ahead by the skew of two clocks; an end has no grace.
    """
    if valid_from > at + skew:
        return Fault(
            FaultCode.NOT_YET_VALID,
            f"The credential begins on {valid_from:%Y-%m-%d %H:%M} UTC.",
            "Wait until then.",
        )
    if at >= valid_until:
        return Fault(
            FaultCode.EXPIRED,
            f"The credential ended on {valid_until:%Y-%m-%d %H:%M} UTC.",
            "Ask the issuer for a new one.",
        )
    return None


def _forged(key: KeyFact) -> Fault:
    return Fault(
        FaultCode.SIGNATURE_INVALID,
        f"The signature is not that of the key “{key.kid}”: the credential was changed or forged.",
        "Present the exact text that the issuer sent.",
    )


def _not_the_issuer(issuer: str, key: KeyFact) -> Fault:
    return Fault(
        FaultCode.ISSUER_NOT_BRAND,
        f"The credential names {issuer[:120]} as its issuer, but the key “{key.kid}” that signed "
        "it is not theirs.",
        "Ask the brand itself, or show the chain of credentials down from it.",
    )
