"""What can be done with terms, disclosures, agreements and plans."""

from bandstand.credit.services.agreements import (
    AgreementMissingError,
    accept_agreement,
    draw_agreement,
)
from bandstand.credit.services.plans import (
    CancelledPlan,
    PlanDiffersError,
    activate_plan,
    cancel_plan,
    offer_terms,
    open_plan,
    settle_instalment,
    store_disclosure,
)

__all__ = [
    "AgreementMissingError",
    "CancelledPlan",
    "PlanDiffersError",
    "accept_agreement",
    "activate_plan",
    "cancel_plan",
    "draw_agreement",
    "offer_terms",
    "open_plan",
    "settle_instalment",
    "store_disclosure",
]
