"""
Real keys and real signatures for the parties of a book, and the ways a case spoils them.

A key pair is made for each key id of the book when the world is built. A forger has no other key:
it alters a signature, names another algorithm, or signs with the public key as if it were a secret.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from bandstand.config.cases.fields import CaseWordsError

SIGNED_BY_US: Final = ("ES256", "EdDSA")
TYPE: Final = "vc+jwt"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair of a book, as JWKs."""

    kid: str
    algorithm: str
    private: Mapping[str, Any]
    public: Mapping[str, Any]


def make_key(kid: str, *, algorithm: str = "ES256") -> KeyPair:
    """Make a key pair. Raises: CaseWordsError for an algorithm that no key of ours is made for."""
    if algorithm == "ES256":
        made: ECKey | OKPKey = ECKey.generate_key("P-256", {"kid": kid}, private=True)
    elif algorithm in {"EdDSA", "Ed25519"}:
        made = OKPKey.generate_key("Ed25519", {"kid": kid}, private=True)
    else:
        raise CaseWordsError(f"No key is made for {algorithm}; write one of {SIGNED_BY_US}.")
    return KeyPair(kid, algorithm, made.as_dict(private=True), made.as_dict(private=False))


def sign(
    claims: Mapping[str, Any],
    *,
    pair: KeyPair,
    kid: str = "",
    algorithm: str = "",
    spoilt: bool = False,
) -> str:
    """
    Sign claims as a compact JWS.

    ``algorithm`` names another one in the header than the key's own: ``none`` leaves the signature
    out, ``HS…`` signs with the public key as the secret, any other keeps the key's signature.
    ``spoilt`` alters the signature.
    """
    header = {"alg": algorithm or pair.algorithm, "typ": TYPE, "kid": kid or pair.kid}
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    if header["alg"] == pair.algorithm:
        compact = _signed(header, payload, pair=pair)
    else:
        compact = _misnamed(header, payload, pair=pair)
    return _spoil(compact) if spoilt else compact


def _signed(header: Mapping[str, str], payload: bytes, *, pair: KeyPair) -> str:
    key_type = ECKey if pair.private["kty"] == "EC" else OKPKey
    key = key_type.import_key(dict(pair.private))
    return jws.serialize_compact(dict(header), payload, key, algorithms=[pair.algorithm])


def _misnamed(header: Mapping[str, str], payload: bytes, *, pair: KeyPair) -> str:
    message = f"{_base64(json.dumps(header).encode())}.{_base64(payload)}"
    named = header["alg"].upper()
    if named == "NONE":
        return f"{message}."
    if named.startswith("HS"):
        secret = json.dumps(pair.public, sort_keys=True).encode()
        digest = hmac.new(secret, message.encode(), hashlib.sha256).digest()
        return f"{message}.{_base64(digest)}"
    own = _signed({**header, "alg": pair.algorithm}, payload, pair=pair)
    return f"{message}.{own.rpartition('.')[2]}"


def _spoil(compact: str) -> str:
    # The first letter, not the last: that one carries bits that decoding throws away.
    message, _, signature = compact.rpartition(".")
    letter = "A" if signature[:1] != "A" else "B"
    return f"{message}.{letter}{signature[1:]}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
