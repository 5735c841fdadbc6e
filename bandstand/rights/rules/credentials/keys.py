"""
Public keys: what may be registered, what each is pinned to, and whether one has signed something.

A key is pinned to one algorithm when it is registered. A credential whose header names any other is
refused before a signature is computed, so that no header chooses how it is checked.

Sources: RFC 7517, section 4 (JWK); RFC 7518, section 6.2 (EC); RFC 8037, section 2 (OKP); RFC 7638,
    section 3 (thumbprint); RFC 8725, section 3.1 (algorithm verification); all read 2026-11-22.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from bandstand.rights.rules.credentials.compact import Envelope
from bandstand.rights.rules.credentials.words import (
    Algorithm,
    CredentialFaultError,
    Fault,
    FaultCode,
    malformed,
)

PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
SHAPES: Final[Mapping[tuple[str, str], tuple[Algorithm, ...]]] = {
    ("EC", "P-256"): (Algorithm.ES256,),
    ("OKP", "Ed25519"): (Algorithm.ED25519, Algorithm.EDDSA),
}
"""The kinds of key that are accepted, and what each may be pinned to; the first unless it says."""
VERIFIERS: Final = {
    Algorithm.ES256: "ES256",
    Algorithm.ED25519: "Ed25519",
    Algorithm.EDDSA: "Ed25519",
}
KEY_CURE: Final = "Make a new key: ES256 (EC, P-256) or Ed25519."


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key with nothing in it but what it needs, and what it is pinned to."""

    jwk: Mapping[str, str]
    algorithm: Algorithm
    kid: str
    thumbprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFact:
    """
    A registered key: whose it is, what it is pinned to, and from when to when it speaks.

    ``owner_names`` are the issuer names that its owner goes by: a URN, and the origins of its
    verified domains.
    """

    id: str
    kid: str
    jwk: Mapping[str, str]
    algorithm: Algorithm
    owner: str
    owner_names: frozenset[str]
    from_at: datetime
    until_at: datetime | None = None
    revoked_at: datetime | None = None
    compromised: bool = False


def public_key(jwk: Mapping[str, Any], *, kid: str = "") -> PublicKey:
    """
    Return a public key made plain and pinned to its algorithm.

    Raises: CredentialFaultError for private members, for key types, curves and algorithms that are
        not accepted, and for a point that is not on its curve.
    """
    if brought := sorted(PRIVATE_MEMBERS & set(jwk)):
        raise malformed(
            f"This holds the private part of a key ({', '.join(brought)}). It was not kept.",
            cure="Register the public key alone. Treat this private key as known to others: "
            "make a new one.",
        )
    algorithm = _algorithm(jwk)
    names = ("crv", "x", "y") if algorithm is Algorithm.ES256 else ("crv", "x")
    plain = {"kty": str(jwk["kty"]), **{name: str(jwk.get(name, "")) for name in names}}
    try:
        key = _imported(plain, algorithm)
        thumbprint = key.thumbprint()
    except (JoseError, ValueError, TypeError) as wrong:
        raise malformed(f"This is not a public key: {wrong}.", cure=KEY_CURE) from wrong
    named = kid or str(jwk.get("kid") or "") or thumbprint
    return PublicKey(jwk=plain, algorithm=algorithm, kid=named, thumbprint=thumbprint)


def matching_key(envelope: Envelope, *, issuer: str, keys: Iterable[KeyFact]) -> KeyFact | Fault:
    """
    Return the key that an envelope names, the issuer's own before another's.

    The algorithm is judged here, by the list and by the key's pin, before any signature is.
    """
    alg = envelope.header.alg
    if alg not in set(Algorithm):
        return Fault(
            FaultCode.ALG_NOT_ALLOWED,
            f"The credential is secured by “{alg[:40]}”, which is not accepted.",
            "Ask the issuer to sign with ES256, Ed25519 or EdDSA.",
        )
    named = [key for key in keys if key.kid == envelope.header.kid]
    own = [key for key in named if is_called(issuer, key.owner_names)]
    found = next(iter(own or named), None)
    if found is None:
        return Fault(
            FaultCode.SIGNATURE_INVALID,
            f"No key “{envelope.header.kid[:60]}” of the issuer is registered here.",
            "The issuer registers the public key, and the credential is presented again.",
        )
    if found.algorithm.value != alg:
        return Fault(
            FaultCode.ALG_NOT_ALLOWED,
            f"The key “{found.kid}” signs with {found.algorithm} only; the credential says {alg}.",
            "Ask the issuer to sign again with the algorithm that the key is registered for.",
        )
    return found


def key_fault(key: KeyFact, *, signed_at: datetime, at: datetime, skew: timedelta) -> Fault | None:
    """
    Say why a key's signature counts for nothing, or None.

    A revoked key takes with it everything it signed, from then on; a compromised one at any time.
    A key that has merely run out keeps what it signed while it stood. A credential may be valid
    from before its key was registered: the start is a date of the trade, not of the signing.
    """
    if key.compromised or (key.revoked_at is not None and key.revoked_at <= at):
        text = "was compromised" if key.compromised else "was revoked"
        return Fault(
            FaultCode.KEY_REVOKED,
            f"The key “{key.kid}” that signed the credential {text}.",
            "Ask the issuer for a credential signed with a key that stands.",
        )
    ran_out = key.until_at is not None and signed_at >= key.until_at
    if key.from_at > at + skew or ran_out:
        return Fault(
            FaultCode.KEY_REVOKED,
            f"The key “{key.kid}” did not stand on {signed_at:%Y-%m-%d}, when it is said to have "
            "signed.",
            "Ask the issuer for a credential signed with a key that stands.",
        )
    return None


def has_signed(key: KeyFact, envelope: Envelope) -> bool:
    """Say whether a key made an envelope's signature, by the key's pinned algorithm alone."""
    verifier = JWSRegistry.algorithms[VERIFIERS[key.algorithm]]
    try:
        imported = _imported(key.jwk, key.algorithm)
        verifier.check_key(imported)
        return verifier.verify(envelope.signing_input, envelope.signature, imported)
    except (JoseError, ValueError, TypeError):
        return False


def signature_by(private_jwk: Mapping[str, Any], signing_input: str) -> bytes:
    """
    Return the signature of a text by a private key.

    Raises: CredentialFaultError if it is no private key of a kind that is accepted.
    """
    if "d" not in private_jwk:
        raise malformed("This is a public key; signing needs the private one.", cure="Choose it.")
    algorithm = _algorithm(private_jwk)
    try:
        imported = _imported(
            {k: str(private_jwk[k]) for k in _signing_members(private_jwk)}, algorithm
        )
        signer = JWSRegistry.algorithms[VERIFIERS[algorithm]]
        return bytes(signer.sign(signing_input.encode(), imported))
    except (JoseError, ValueError, TypeError) as wrong:
        raise malformed(f"This is not a private key: {wrong}.", cure=KEY_CURE) from wrong


def is_called(issuer: str, names: frozenset[str]) -> bool:
    """Say whether an issuer's name is an owner's: its URN exactly, or an address on its origin."""
    if issuer in names:
        return True
    scheme, _, rest = issuer.partition("://")
    host = rest.partition("/")[0]
    return scheme == "https" and f"https://{host}" in names


def _algorithm(jwk: Mapping[str, Any]) -> Algorithm:
    shape = (str(jwk.get("kty", "")), str(jwk.get("crv", "")))
    allowed = SHAPES.get(shape)
    if allowed is None:
        raise CredentialFaultError(
            Fault(
                FaultCode.ALG_NOT_ALLOWED,
                f"A key of kind {' '.join(filter(None, shape)) or 'unknown'} is not accepted.",
                KEY_CURE,
            )
        )
    said = str(jwk.get("alg") or allowed[0])
    if said not in allowed:
        raise CredentialFaultError(
            Fault(
                FaultCode.ALG_NOT_ALLOWED,
                f"A key of kind {' '.join(shape)} does not sign with {said[:20]}.",
                f"Give it the algorithm {_either(allowed)}.",
            )
        )
    return Algorithm(said)


def _either(allowed: Sequence[Algorithm]) -> str:
    return " or ".join(one.value for one in allowed)


def _signing_members(jwk: Mapping[str, Any]) -> list[str]:
    return [name for name in ("kty", "crv", "x", "y", "d") if name in jwk]


def _imported(jwk: Mapping[str, str], algorithm: Algorithm) -> ECKey | OKPKey:
    kind = ECKey if algorithm is Algorithm.ES256 else OKPKey
    return kind.import_key(dict(jwk))
