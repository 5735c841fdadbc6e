"""Reads of promotions and their credits."""

from bandstand.promotions.queries.desk import (
    MonthCost,
    PromotionNumbers,
    PromotionPage,
    PromotionPreview,
    PromotionStep,
    funded_by,
    last_proof,
    preview,
    promotion_page,
    promotions_list,
)
from bandstand.promotions.queries.offers import (
    CreditsOnOffer,
    credits_on,
    plan_facts,
    running,
)
from bandstand.promotions.queries.plans import (
    credit_due_on,
    credits_lost,
    credits_of_lines,
    liability_faults,
    missed,
    missed_count,
    owed_to_buyers,
    plan_credits,
    promised_totals,
)
from bandstand.promotions.queries.words import CreditOffer, PlanCredit, PlanCredits, PromotionRow

__all__ = [
    "CreditOffer",
    "CreditsOnOffer",
    "MonthCost",
    "PlanCredit",
    "PlanCredits",
    "PromotionNumbers",
    "PromotionPage",
    "PromotionPreview",
    "PromotionRow",
    "PromotionStep",
    "credit_due_on",
    "credits_lost",
    "credits_of_lines",
    "credits_on",
    "funded_by",
    "last_proof",
    "liability_faults",
    "missed",
    "missed_count",
    "owed_to_buyers",
    "plan_credits",
    "plan_facts",
    "preview",
    "promised_totals",
    "promotion_page",
    "promotions_list",
    "running",
]
