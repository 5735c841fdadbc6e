"""The words of promotions, whom they apply to, and how what is promised is dated. Pure."""

from bandstand.promotions.rules.credits import (
    CreditDue,
    CreditsDoNotFitError,
    PlanFacts,
    fits_plan,
    monthly_parts,
    promised_credits,
)
from bandstand.promotions.rules.scope import (
    OfferFacts,
    PromotionScope,
    applies,
    best_of,
)
from bandstand.promotions.rules.text import credit_conditions
from bandstand.promotions.rules.words import (
    LIABLE,
    LIVE,
    MISSED_AFTER,
    MOVES,
    CreditState,
    OnPayoff,
    PromotionMove,
    PromotionMoveRefusedError,
    PromotionRefusedError,
    PromotionState,
    is_missed,
    next_state,
    require_makeable,
)

__all__ = [
    "LIABLE",
    "LIVE",
    "MISSED_AFTER",
    "MOVES",
    "CreditDue",
    "CreditState",
    "CreditsDoNotFitError",
    "OfferFacts",
    "OnPayoff",
    "PlanFacts",
    "PromotionMove",
    "PromotionMoveRefusedError",
    "PromotionRefusedError",
    "PromotionScope",
    "PromotionState",
    "applies",
    "best_of",
    "credit_conditions",
    "fits_plan",
    "is_missed",
    "monthly_parts",
    "next_state",
    "promised_credits",
    "require_makeable",
]
