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


class CustodyNeed(StrEnum):
    """How much of a unit's way a policy asks to see."""

    NONE = "none"
    COMPLETE = "complete"


class CustodyStatus(StrEnum):
    """How much of a unit's way from its maker is on record, weakest last."""

    COMPLETE = "complete"
    NONE = "none"
    GAP = "gap"
    CONFLICT = "conflict"

    @property
    def weakness(self) -> int:
        """Order custody: higher is weaker."""
        return list(CustodyStatus).index(self)


class LabelRule(StrEnum):
    """When goods that differ from those made for the market need the label that says so."""

    PROTECTED = "protected"
    """Where customs protect the mark: the law's least."""
    DIFFERENT = "different"
    """Whenever the goods differ."""


class CertificationState(StrEnum):
    """Where a network's certification of a variant stands."""

    CERTIFIED = "certified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NameKind(StrEnum):
    """What a brand's name is."""

    NAME = "name"
    MARK = "mark"
    SHORT = "short"


class ReasonGroup(StrEnum):
    """What a reason is about."""

    IDENTITY = "identity"
    CATALOGUE = "catalogue"
    POLICY = "policy"
    GRANT = "grant"
    LIST = "list"
    PROVENANCE = "provenance"
    APPROVAL = "approval"
    LABEL = "label"
    HOLD = "hold"
    RUNTIME = "runtime"


class ReasonCode(StrEnum):
    """Why a sale may not go ahead, in the order in which reasons are told."""

    HOLD_ACTIVE = "HOLD_ACTIVE"
    HOLD_PROVISIONAL = "HOLD_PROVISIONAL"
    SELLER_NOT_VERIFIED = "SELLER_NOT_VERIFIED"
    SELLER_SUSPENDED = "SELLER_SUSPENDED"
    BRAND_CONFUSABLE = "BRAND_CONFUSABLE"
    BRAND_AMBIGUOUS = "BRAND_AMBIGUOUS"
    CATEGORY_MISMATCH = "CATEGORY_MISMATCH"
    VARIANT_UNKNOWN = "VARIANT_UNKNOWN"
    SERIAL_NOT_OF_VARIANT = "SERIAL_NOT_OF_VARIANT"
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
    AUTH_SIGNATURE_INVALID = "AUTH_SIGNATURE_INVALID"
    AUTH_ALG_NOT_ALLOWED = "AUTH_ALG_NOT_ALLOWED"
    AUTH_KEY_REVOKED = "AUTH_KEY_REVOKED"
    AUTH_STATUS_STALE = "AUTH_STATUS_STALE"
    LIST_DOMAIN_NOT_BRAND = "LIST_DOMAIN_NOT_BRAND"
    LIST_CROSS_DOMAIN_REDIRECT = "LIST_CROSS_DOMAIN_REDIRECT"
    LIST_NOT_HTTPS = "LIST_NOT_HTTPS"
    LIST_ROLLBACK = "LIST_ROLLBACK"
    LIST_MALFORMED = "LIST_MALFORMED"
    LIST_UNREACHABLE = "LIST_UNREACHABLE"
    LIST_SELLER_UNPROVEN = "LIST_SELLER_UNPROVEN"
    PROVENANCE_GAP = "PROVENANCE_GAP"
    PROVENANCE_CONFLICT = "PROVENANCE_CONFLICT"
    UNIT_STOLEN = "UNIT_STOLEN"
    UNIT_RECALLED = "UNIT_RECALLED"
    UNIT_ALREADY_SOLD = "UNIT_ALREADY_SOLD"
    FIRST_SALE_OUTSIDE_EEA = "FIRST_SALE_OUTSIDE_EEA"
    APPROVAL_MISSING = "APPROVAL_MISSING"
    APPROVAL_LIMITED = "APPROVAL_LIMITED"
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED"
    RESPONSIBLE_PERSON_MISSING = "RESPONSIBLE_PERSON_MISSING"
    EPREL_MISSING = "EPREL_MISSING"
    NETWORK_CERT_MISSING = "NETWORK_CERT_MISSING"
    LABEL_MISSING = "LABEL_MISSING"
    WARNING_MISSING = "WARNING_MISSING"
    DECISION_STALE = "DECISION_STALE"
    EPOCH_CHANGED = "EPOCH_CHANGED"
    RIGHTS_STORE_UNAVAILABLE = "RIGHTS_STORE_UNAVAILABLE"

    @property
    def position(self) -> int:
        """Say where in the order of telling this reason stands."""
        return _POSITIONS[self]


_POSITIONS: Final = {code: position for position, code in enumerate(ReasonCode)}
