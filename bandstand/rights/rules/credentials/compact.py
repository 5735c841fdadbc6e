"""
The envelope of a credential: JWS in its compact form, read strictly.

    <header>.<payload>.<signature>      each base64url without padding

The header names a key; it never brings one. Members that would have a reader fetch a key, trust an
enclosed one or read the payload otherwise are refused before anything is believed.

Sources: RFC 7515, sections 3.1, 4.1 and 7.1; RFC 8725, sections 3.1 and 3.10 (best practices);
    W3C Securing Verifiable Credentials using JOSE and COSE, section 3.1.1 (``vc+jwt``); all read
    2026-11-22.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Any, Final

from bandstand.kernel.canonical import canonical_bytes
from bandstand.rights.rules.credentials.strict_json import require_plain_text, strict_object
from bandstand.rights.rules.credentials.words import (
    CredentialFaultError,
    Fault,
    FaultCode,
    malformed,
)

COMPACT_MAX: Final = 64 * 1024
"""Characters of a credential. One that names 500 models has about 20,000."""
TYP: Final = "vc+jwt"
SEGMENTS: Final = 3
KID_MAX: Final = 120
HEADER_MEMBERS: Final = frozenset({"alg", "kid", "typ", "cty", "iss"})
NAMES_A_KEY: Final = frozenset({"jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"})


@dataclass(frozen=True, slots=True)
class Header:
    """What the envelope says of its signature. ``alg`` is as written: nobody has allowed it yet."""

    alg: str
    kid: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A compact JWS taken apart, believed in nothing."""

    compact: str
    header: Header
    payload: bytes
    signature: bytes
    signing_input: bytes

    @property
    def sha256(self) -> str:
        """The hash of the exact bytes that were presented."""
        return hashlib.sha256(self.compact.encode()).hexdigest()

    @property
    def signed_sha256(self) -> str:
        """
        The hash of what is signed.

        One message can have many valid signatures (ECDSA), so this, not the whole, says whether
        two credentials are the same one.
        """
        return hashlib.sha256(self.signing_input).hexdigest()


def open_envelope(compact: str, *, limit: int = COMPACT_MAX) -> Envelope:
    """
    Take a compact JWS apart.

    Raises: CredentialFaultError if it is too large or is not in its one exact form.
    """
    text = compact.strip()
    if len(text) > limit:
        raise CredentialFaultError(
            Fault(
                FaultCode.TOO_LARGE,
                f"The credential has {len(text):,} characters; {limit:,} are read.",
                "Ask the issuer for a smaller one, or for several.",
            )
        )
    parts = text.split(".")
    if len(parts) != SEGMENTS or not text.isascii():
        raise malformed(
            "This is not a signed credential: it is not three base64url parts with dots between.",
            cure="Paste the whole text that the issuer sent, and nothing else.",
        )
    header, payload, signature = (_decoded(part) for part in parts)
    return Envelope(
        compact=text,
        header=_header(header),
        payload=payload,
        signature=signature,
        signing_input=f"{parts[0]}.{parts[1]}".encode(),
    )


def signing_input_of(claims: dict[str, Any], *, alg: str, kid: str) -> str:
    """
    Return the text that a key signs to make a credential of claims.

    Raises: NotCanonicalError.
    """
    header = canonical_bytes({"alg": alg, "kid": kid, "typ": TYP})
    return f"{encoded(header)}.{encoded(canonical_bytes(claims))}"


def encoded(raw: bytes) -> str:
    """Return bytes in base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes | None:
    """Return the bytes of base64url in its one exact form, or None."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return None
    # The last letter may hide bits that no byte has; only one spelling is accepted.
    return raw if encoded(raw) == text else None


def _decoded(part: str) -> bytes:
    raw = decoded(part)
    if raw is None:
        raise malformed(
            "A part of the credential is not base64url in its one exact form.",
            cure="Paste the whole text that the issuer sent, and nothing else.",
        )
    return raw


def _header(raw: bytes) -> Header:
    header = strict_object(raw, what="The header")
    alg = header.get("alg")
    if not isinstance(alg, str):
        raise malformed("The header names no algorithm (alg).")
    if brought := sorted(NAMES_A_KEY & set(header)):
        raise malformed(
            f"The header brings or points to a key ({', '.join(brought)}); only kid may name one.",
            cure="Ask the issuer to sign with a kid of a key they have registered.",
        )
    if unknown := sorted(set(header) - HEADER_MEMBERS):
        raise malformed(f"The header has members that are not read here: {', '.join(unknown)}.")
    if header.get("typ") != TYP:
        raise malformed(f"The header's typ is {header.get('typ')!r}; a credential's is {TYP!r}.")
    if header.get("cty", "vc") != "vc":
        raise malformed("The header's cty is not “vc”.")
    kid = header.get("kid", "")
    if not isinstance(kid, str) or len(kid) > KID_MAX:
        raise malformed(f"The header's kid is not a text of at most {KID_MAX} characters.")
    return Header(alg=alg, kid=require_plain_text(kid, what="The header's kid"))
