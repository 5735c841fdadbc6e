"""Keys and signed credentials for the tests: real ones, so that nothing has to be pretended."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bandstand.rights.rules.credentials import (
    Algorithm,
    KeyFact,
    encoded,
    public_key,
    signature_by,
    signing_input_of,
)
from bandstand.rights.rules.credentials.claims import OUR_CONTEXT, OUR_TYPE, VC_CONTEXT
from bandstand.rights.rules.credentials.key_files import new_private_key, without_private

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
ASTER = "urn:bandstand:brand:aster"
NORTHGATE = "urn:bandstand:party:northgate"


def private(name: str = "aster", algorithm: Algorithm = Algorithm.ES256) -> dict[str, Any]:
    """Return somebody's private key, the same one each time it is named."""
    return _made(name, algorithm)


def public(name: str = "aster", algorithm: Algorithm = Algorithm.ES256) -> dict[str, Any]:
    return without_private(private(name, algorithm))


def key_fact(
    name: str = "aster",
    algorithm: Algorithm = Algorithm.ES256,
    **parts: Any,  # noqa: ANN401 -- facts of many types
) -> KeyFact:
    """Register somebody's key since January 2026."""
    known = public_key(public(name, algorithm))
    return KeyFact(
        **{
            "id": f"key-{name}",
            "kid": known.kid,
            "jwk": known.jwk,
            "algorithm": known.algorithm,
            "owner": f"brand:{name}",
            "owner_names": frozenset({f"urn:bandstand:brand:{name}", f"https://{name}.example"}),
            "from_at": datetime(2026, 1, 1, tzinfo=UTC),
            **parts,
        }
    )


def claims(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON values
    """Let Aster authorise Northgate to sell its new phones in the United States for a year."""
    subject = {
        "id": NORTHGATE,
        "brands": ["aster"],
        "categories": ["phone"],
        "markets": ["US"],
        "conditions": ["new"],
        "delegationDepth": 0,
        **changes.pop("subject", {}),
    }
    document = {
        "@context": [VC_CONTEXT, OUR_CONTEXT],
        "type": ["VerifiableCredential", OUR_TYPE],
        "id": "urn:uuid:2f6a7f0e-0000-4000-8000-000000000001",
        "issuer": ASTER,
        "validFrom": "2026-03-01T00:00:00Z",
        "validUntil": "2027-03-01T00:00:00Z",
        "credentialSubject": {key: value for key, value in subject.items() if value is not None},
        **changes,
    }
    return {key: value for key, value in document.items() if value is not None}


def status(url: str, index: int, purpose: str = "revocation") -> dict[str, str]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


@cache
def _made(name: str, algorithm: Algorithm) -> dict[str, Any]:
    return {**new_private_key(algorithm), "kid": f"{name}-{algorithm.lower()}"}


def signed(
    document: dict[str, Any] | None = None,
    *,
    by: str = "aster",
    algorithm: Algorithm = Algorithm.ES256,
    alg: str = "",
    kid: str = "",
) -> str:
    """Sign claims with somebody's key; ``alg`` and ``kid`` may lie in the header."""
    key = private(by, algorithm)
    signing_input = signing_input_of(
        claims() if document is None else document,
        alg=alg or algorithm.value,
        kid=kid or key["kid"],
    )
    return f"{signing_input}.{encoded(signature_by(key, signing_input))}"


def raw_compact(header: bytes, payload: bytes, signature: bytes = b"") -> str:
    """Put any bytes in an envelope."""
    parts = (urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload, signature))
    return ".".join(parts)


def signed_raw(header: bytes, payload: bytes, *, by: str = "aster") -> str:
    """Sign any header and payload, byte for byte."""
    signing_input = raw_compact(header, payload).rpartition(".")[0]
    return f"{signing_input}.{encoded(signature_by(private(by), signing_input))}"


def days(count: int) -> timedelta:
    return timedelta(days=count)
