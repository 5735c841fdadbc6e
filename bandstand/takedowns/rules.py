"""Words of takedowns, and what each buyer is owed."""

from enum import StrEnum


class NoticeState(StrEnum):
    """Where a notice stands."""

    RECEIVED = "received"
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    ENDED = "ended"


class CaseState(StrEnum):
    """Where one affected order line stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    """The remedy was ordered and its proof is awaited, e.g. a refund at the provider."""
    MADE_WHOLE = "made_whole"
    CHOICE_OFFERED = "choice_offered"
    """Delivered or in transit: the buyer keeps it or sends it back free of charge."""


class RemedyKind(StrEnum):
    """What is done for a buyer."""

    BASKET_CLEARED = "basket_cleared"
    CANCEL_AND_VOID = "cancel_and_void"
    CANCEL_AND_REFUND = "cancel_and_refund"
    OFFER_RETURN = "offer_return"
