"""The tables of rights."""

from bandstand.rights.models.documents import Document, DocumentReview, IssuerContact
from bandstand.rights.models.evidence import (
    BrandName,
    LabelEvidence,
    LeverProtection,
    NetworkCertification,
    VariantDifference,
    VariantGtin,
)
from bandstand.rights.models.grants import Approval, BrandStatement, Grant, SalePolicy
from bandstand.rights.models.keys import (
    Credential,
    CredentialStatus,
    SigningKey,
    StatusListSnapshot,
)
from bandstand.rights.models.lists import (
    BrandDomain,
    ListClaim,
    ListedGrant,
    ListRevocation,
    ListSnapshot,
    ListSource,
    PartyDomain,
)

__all__ = [
    "Approval",
    "BrandDomain",
    "BrandName",
    "BrandStatement",
    "Credential",
    "CredentialStatus",
    "Document",
    "DocumentReview",
    "Grant",
    "IssuerContact",
    "LabelEvidence",
    "LeverProtection",
    "ListClaim",
    "ListRevocation",
    "ListSnapshot",
    "ListSource",
    "ListedGrant",
    "NetworkCertification",
    "PartyDomain",
    "SalePolicy",
    "SigningKey",
    "StatusListSnapshot",
    "VariantDifference",
    "VariantGtin",
]
