"""
The passport of an order line: what was sold, why it was allowed, and what the buyer was told.

Canonical JSON, hashed, and signed with the operator's key, so that a buyer, a court or another
shop can check it without us. It holds no buyer's data; the phone is named by a salted hash, which
whoever holds the phone can compute.

    <header>.<body>.<signature>        JWS compact, Ed25519

Sources: RFC 7515 (JWS), RFC 9864 section 2.2 (Ed25519), RFC 7638 (key thumbprint), RFC 8785
    (canonical JSON);
all read 2026-11-22.
"""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from bandstand.gate.rules import DecisionRow
from bandstand.kernel.canonical import canonical_bytes
from bandstand.kernel.errors import BadInputError, DomainError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money

FORMAT: Final = "bandstand.passport/1"
ALGORITHM: Final = "Ed25519"
SEGMENTS: Final = 3


class KeyUnreadableError(BadInputError):
    """The operator's signing key cannot be read."""

    code = "passport_key_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class LineEvidence:
    """What a passport freezes of one order line."""

    line_id: UUID
    order_number: str
    seller: Mapping[str, str]
    offer: Mapping[str, object]
    numbers: tuple[str, ...]
    """IMEI and serial; only their hashes go into the passport."""
    price: Money
    tax: Money
    due_today: Money
    fit: Mapping[str, object]
    decision: DecisionRow
    disclosure: Mapping[str, object] | None
    disclosure_sha256: str
    committed_at: datetime
    agreement_sha256: str = ""
    tax_told: Mapping[str, object] = field(default_factory=dict)
    """The tax as the buyer was told it; nothing where the sale is not taxed."""


@dataclass(frozen=True, slots=True)
class SealedPassport:
    """A passport's canonical text, its hash and its signature."""

    body: str
    sha256: str
    jws: str


@dataclass(frozen=True, slots=True)
class PassportCheck:
    """What became of checking a passport: fine, or everything that is wrong with it."""

    ok: bool
    problems: tuple[str, ...]
    body: Mapping[str, Any] | None = None


def body_of(evidence: LineEvidence) -> dict[str, object]:
    """Return the passport of a line in plain JSON values."""
    line = print_id(IdKind.LINE, evidence.line_id)
    return {
        "format": FORMAT,
        "line": line,
        "order": evidence.order_number,
        "seller": dict(evidence.seller),
        "offer": dict(evidence.offer),
        "phone": [phone_hash(line, number) for number in evidence.numbers],
        "price": {
            "currency": evidence.price.currency,
            "price_minor": evidence.price.minor,
            "tax_minor": evidence.tax.minor,
            "due_today_minor": evidence.due_today.minor,
        },
        **({"tax": dict(evidence.tax_told)} if evidence.tax_told else {}),
        "fit": dict(evidence.fit),
        "decision": _decision(evidence.decision),
        "disclosure": None if evidence.disclosure is None else dict(evidence.disclosure),
        "disclosure_sha256": evidence.disclosure_sha256,
        "agreement_sha256": evidence.agreement_sha256,
        # The guard let this line commit: at that instant no hold covered it.
        "holds": [],
        "committed_at": evidence.committed_at.isoformat(),
        "versions": {"bandstand": version("bandstand"), "passport": FORMAT},
    }


def phone_hash(line: str, number: str) -> str:
    """Return the hash that names a phone in the passport of a line: of ``lin_…:IMEI``."""
    return hashlib.sha256(f"{line}:{number}".encode()).hexdigest()


def seal(body: Mapping[str, object]) -> SealedPassport:
    """
    Return a body's canonical text, hash and signature by the operator's key.

    Raises: NotCanonicalError for a body that is not whole numbers and text; KeyUnreadableError.
    """
    raw = canonical_bytes(dict(body))
    key = _signing_key()
    signed = jws.serialize_compact(
        {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": FORMAT}, raw, key, algorithms=[ALGORITHM]
    )
    return SealedPassport(body=raw.decode(), sha256=hashlib.sha256(raw).hexdigest(), jws=signed)


def passport_file(sealed: SealedPassport) -> str:
    """Return the file a buyer keeps: body, hash and signature as one canonical JSON document."""
    return canonical_bytes(
        {"body": json.loads(sealed.body), "sha256": sealed.sha256, "jws": sealed.jws}
    ).decode()


def public_jwks() -> dict[str, Any]:
    """Return the operator's public keys, as served under ``/.well-known/jwks.json``."""
    key = _signing_key()
    public = key.as_dict(private=False)
    return {"keys": [{**public, "kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}]}


def verify_passport(text: str | bytes, jwks: Mapping[str, Any]) -> PassportCheck:
    """
    Check a passport, as a bare signature or as the file a buyer keeps, against public keys.

    Everything is checked and every problem told. Any changed byte is one.
    """
    try:
        given = (text.decode() if isinstance(text, bytes) else text).strip()
    except UnicodeDecodeError:
        return PassportCheck(ok=False, problems=("This is not text.",))
    if not given.startswith("{"):
        body, problems = _checked_signature(given, jwks=jwks)
        return PassportCheck(ok=not problems, problems=tuple(problems), body=body)
    return _check_file(given, jwks=jwks)


def _decision(decision: DecisionRow) -> dict[str, object]:
    return {
        "id": print_id(IdKind.DECISION, decision.id),
        "action": decision.action.value,
        "result": decision.result.value,
        "reasons": [asdict(reason) for reason in decision.reasons],
        "evidence": [asdict(one) for one in decision.evidence],
        "epochs": dict(decision.epochs),
        "valid_until": decision.valid_until.isoformat(),
        "decided_at": decision.decided_at.isoformat(),
        "policy_version": decision.policy_version,
    }


def _check_file(given: str, *, jwks: Mapping[str, Any]) -> PassportCheck:
    try:
        document = json.loads(given)
        is_canonical = canonical_bytes(document).decode() == given
    except (ValueError, DomainError) as refused:
        return PassportCheck(ok=False, problems=(f"This is not a passport file: {refused}",))
    missing = [name for name in ("body", "sha256", "jws") if name not in document]
    if missing:
        return PassportCheck(ok=False, problems=(f"The file lacks {', '.join(missing)}.",))
    body, problems = _checked_signature(str(document["jws"]), jwks=jwks)
    if not is_canonical or set(document) != {"body", "sha256", "jws"}:
        problems.append("The file is not byte for byte as it was given out.")
    if body != document["body"]:
        problems.append("The body is not what was signed.")
    if hashlib.sha256(canonical_bytes(document["body"])).hexdigest() != document["sha256"]:
        problems.append("The hash is not that of the body.")
    return PassportCheck(ok=not problems, problems=tuple(problems), body=body)


def _checked_signature(
    token: str, *, jwks: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, list[str]]:
    """Return the signed body, if the signature holds, and everything wrong with it."""
    if not _is_strict(token):
        return None, ["The signature is not in its one exact form."]
    try:
        keys = KeySet.import_key_set({"keys": list(jwks["keys"])})
        signed = jws.deserialize_compact(token, keys, algorithms=[ALGORITHM])
    except (JoseError, ValueError, KeyError, TypeError) as refused:
        return None, [f"The signature does not hold: {refused}"]
    try:
        body = json.loads(signed.payload)
        is_canonical = canonical_bytes(body) == signed.payload
    except (ValueError, DomainError) as refused:
        return None, [f"What was signed is not a passport: {refused}"]
    problems = []
    if not is_canonical:
        problems.append("What was signed is not canonical JSON.")
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        problems.append(f"This is not a passport of the form {FORMAT}.")
        return None, problems
    return body, problems


def _is_strict(token: str) -> bool:
    """Say whether every part decodes and encodes back to itself; base64 may hide spare bits."""
    parts = token.split(".")
    if len(parts) != SEGMENTS:
        return False
    try:
        return all(
            urlsafe_b64encode(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            .rstrip(b"=")
            .decode()
            == part
            for part in parts
        )
    except (Base64Error, ValueError):
        return False


def _signing_key() -> OKPKey:
    named = settings.ENVIRONMENT.text("PASSPORT_KEY_FILE")
    path = Path(named) if named else Path(settings.VAR_DIR) / "keys" / "passport.pem"
    if not named and not path.exists():
        _make_key(path)
    try:
        return _read_key(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, JoseError) as refused:
        raise KeyUnreadableError(
            f"The passport key {path} cannot be read as an Ed25519 key in PEM: {refused}"
        ) from refused


@lru_cache(maxsize=4)
def _read_key(path: Path, changed_ns: int) -> OKPKey:  # noqa: ARG001 -- a changed file is another key
    return OKPKey.import_key(path.read_bytes())


def _make_key(path: Path) -> None:
    """Make the operator's key, once, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        # Linked, not renamed: of two processes that start at once, the first key stays.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
