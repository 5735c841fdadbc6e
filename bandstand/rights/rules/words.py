"""Words of sale rights."""

from enum import StrEnum
from typing import Final


class Condition(StrEnum):
    """The state of the goods."""

    NEW = "new"
    REFURBISHED = "refurbished"
    USED = "used"


class GrantLevel(StrEnum):
    """How a grant is proved, strongest first."""

    CREDENTIAL = "credential"
    LIST = "list"
    DOCUMENT = "document"
    NONE = "none"

    @property
    def rank(self) -> int:
        """Order levels: higher is stronger."""
        return (GrantLevel.NONE, GrantLevel.DOCUMENT, GrantLevel.LIST, GrantLevel.CREDENTIAL).index(
            self
        )


class ChannelStatus(StrEnum):
    """What a brand says of its sales channels in a market."""

    NO_AUTHORISED_CHANNEL = "no_authorised_channel"
    CLOSED_NETWORK = "closed_network"
    OPEN = "open"


class ApprovalScheme(StrEnum):
    """The regime an equipment authorisation belongs to."""

    FCC = "fcc"
    RED = "red"
    UKCA = "ukca"
    OTHER = "other"


class ApprovalState(StrEnum):
    """Where an equipment authorisation stands."""

    GRANTED = "granted"
    CONDITIONAL = "conditional"
    LIMITED = "limited"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """The decision lattice: deny beats review beats allow."""

    ALLOW = "allow"
    REVIEW = "review"
    DENY = "deny"

    @property
    def rank(self) -> int:
        """Order outcomes: higher is stricter."""
        return (Outcome.ALLOW, Outcome.REVIEW, Outcome.DENY).index(self)


class ReasonCode(StrEnum):
    """Why a sale may not go ahead, in the order in which reasons are told."""

    SELLER_NOT_VERIFIED = "SELLER_NOT_VERIFIED"
    SELLER_SUSPENDED = "SELLER_SUSPENDED"
    BRAND_NO_CHANNEL_IN_MARKET = "BRAND_NO_CHANNEL_IN_MARKET"
    AUTH_NONE = "AUTH_NONE"
    AUTH_NONE_COVERS = "AUTH_NONE_COVERS"
    AUTH_OUT_OF_SCOPE_BRAND = "AUTH_OUT_OF_SCOPE_BRAND"
    AUTH_OUT_OF_SCOPE_MARKET = "AUTH_OUT_OF_SCOPE_MARKET"
    AUTH_OUT_OF_SCOPE_CATEGORY = "AUTH_OUT_OF_SCOPE_CATEGORY"
    AUTH_OUT_OF_SCOPE_MODEL = "AUTH_OUT_OF_SCOPE_MODEL"
    AUTH_OUT_OF_SCOPE_CONDITION = "AUTH_OUT_OF_SCOPE_CONDITION"
    AUTH_NOT_YET_VALID = "AUTH_NOT_YET_VALID"
    AUTH_EXPIRED = "AUTH_EXPIRED"
    AUTH_REVOKED = "AUTH_REVOKED"
    AUTH_ISSUER_NOT_BRAND = "AUTH_ISSUER_NOT_BRAND"
    AUTH_CHAIN_BROKEN = "AUTH_CHAIN_BROKEN"
    AUTH_CHAIN_CYCLE = "AUTH_CHAIN_CYCLE"
    AUTH_CHAIN_WIDENS = "AUTH_CHAIN_WIDENS"
    AUTH_DEPTH_EXCEEDED = "AUTH_DEPTH_EXCEEDED"
    AUTH_LEVEL_TOO_LOW = "AUTH_LEVEL_TOO_LOW"
    AUTH_STATUS_STALE = "AUTH_STATUS_STALE"
    APPROVAL_MISSING = "APPROVAL_MISSING"
    APPROVAL_LIMITED = "APPROVAL_LIMITED"
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED"
    RESPONSIBLE_PERSON_MISSING = "RESPONSIBLE_PERSON_MISSING"

    @property
    def position(self) -> int:
        """Say where in the order of telling this reason stands."""
        return _POSITIONS[self]


_POSITIONS: Final = {code: position for position, code in enumerate(ReasonCode)}
