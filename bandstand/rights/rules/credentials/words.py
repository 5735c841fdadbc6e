"""Words of credentials: the algorithms, the purposes of a status list, and what can be wrong."""

from dataclasses import dataclass
from enum import StrEnum

from bandstand.kernel.errors import BadInputError


class Algorithm(StrEnum):
    """
    The signature algorithms that a key may be pinned to.

    ``EdDSA`` and ``Ed25519`` are the same mathematics under an old and a new name; a key is pinned
    to one of the names, and the other is then refused like any stranger.

    Source: RFC 7518, section 3.4 (ES256); RFC 8037, section 3.1 (EdDSA); RFC 9864, section 2.2
        (Ed25519) (read 2026-11-22).
    """

    ES256 = "ES256"
    EDDSA = "EdDSA"
    ED25519 = "Ed25519"


class StatusPurpose(StrEnum):
    """
    What a set bit of a status list means.

    Source: W3C Bitstring Status List v1.0, section 2.2 (read 2026-11-22).
    """

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class FaultCode(StrEnum):
    """What is wrong with a credential. The AUTH codes are the reasons that a decision tells."""

    TOO_LARGE = "CREDENTIAL_TOO_LARGE"
    MALFORMED = "CREDENTIAL_MALFORMED"
    ALG_NOT_ALLOWED = "AUTH_ALG_NOT_ALLOWED"
    SIGNATURE_INVALID = "AUTH_SIGNATURE_INVALID"
    KEY_REVOKED = "AUTH_KEY_REVOKED"
    ISSUER_NOT_BRAND = "AUTH_ISSUER_NOT_BRAND"
    NOT_YET_VALID = "AUTH_NOT_YET_VALID"
    EXPIRED = "AUTH_EXPIRED"
    REVOKED = "AUTH_REVOKED"
    STATUS_STALE = "AUTH_STATUS_STALE"
    NOT_YOURS = "CREDENTIAL_NOT_YOURS"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a credential, in plain words, and what would cure it."""

    code: FaultCode
    text: str
    cure: str


class CredentialFaultError(BadInputError):
    """A credential, a key or a status list that cannot be used as it is."""

    code = "credential_fault"

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.text} {fault.cure}", code=fault.code.value)
        self.fault = fault


def malformed(
    text: str, *, cure: str = "Ask the issuer for a correct one."
) -> CredentialFaultError:
    """Return the error of a document that cannot be read as what it claims to be."""
    return CredentialFaultError(Fault(FaultCode.MALFORMED, text, cure))
