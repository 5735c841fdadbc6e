"""
Signed credentials: reading, judging and writing them. Pure.

    open_envelope → read_claims → matching_key → has_signed → VerifiedCredential | Fault
"""

from bandstand.rights.rules.credentials.claims import (
    OUR_CONTEXT,
    OUR_TYPE,
    Claims,
    StatusEntry,
    SubjectClaims,
    read_claims,
)
from bandstand.rights.rules.credentials.compact import (
    COMPACT_MAX,
    TYP,
    Envelope,
    encoded,
    open_envelope,
    signing_input_of,
)
from bandstand.rights.rules.credentials.keys import (
    KeyFact,
    PublicKey,
    is_called,
    key_fault,
    public_key,
    signature_by,
)
from bandstand.rights.rules.credentials.statuses import (
    BITS_MAX,
    BITS_MIN,
    StatusList,
    pack_bits,
    read_status_list,
    status_list_claims,
    unpack_bits,
)
from bandstand.rights.rules.credentials.verify import (
    CLOCK_SKEW,
    Examination,
    VerifiedCredential,
    examine,
    verify_credential,
)
from bandstand.rights.rules.credentials.words import (
    Algorithm,
    CredentialFaultError,
    Fault,
    FaultCode,
    StatusPurpose,
    malformed,
)

__all__ = [
    "BITS_MAX",
    "BITS_MIN",
    "CLOCK_SKEW",
    "COMPACT_MAX",
    "OUR_CONTEXT",
    "OUR_TYPE",
    "TYP",
    "Algorithm",
    "Claims",
    "CredentialFaultError",
    "Envelope",
    "Examination",
    "Fault",
    "FaultCode",
    "KeyFact",
    "PublicKey",
    "StatusEntry",
    "StatusList",
    "StatusPurpose",
    "SubjectClaims",
    "VerifiedCredential",
    "encoded",
    "examine",
    "is_called",
    "key_fault",
    "malformed",
    "open_envelope",
    "pack_bits",
    "public_key",
    "read_claims",
    "read_status_list",
    "signature_by",
    "signing_input_of",
    "status_list_claims",
    "unpack_bits",
    "verify_credential",
]
