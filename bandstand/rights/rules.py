"""Words of sale rights and the pure decision over them."""

from enum import StrEnum


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
