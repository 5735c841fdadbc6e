"""What can be done with terms, disclosures, agreements and plans."""

from bandstand.credit.services.agreements import (
    AgreementMissingError,
    accept_agreement,
    draw_agreement,
)
from bandstand.credit.services.asking import (
    AskedPayment,
    RecordedPayment,
    ask_payment,
    charge_off,
    pause_plan,
    record_not_paid,
    record_paid,
    resume_plan,
)
from bandstand.credit.services.mandates import revoke_mandate, save_mandate
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
    "AskedPayment",
    "CancelledPlan",
    "PlanDiffersError",
    "RecordedPayment",
    "accept_agreement",
    "activate_plan",
    "ask_payment",
    "cancel_plan",
    "charge_off",
    "draw_agreement",
    "offer_terms",
    "open_plan",
    "pause_plan",
    "record_not_paid",
    "record_paid",
    "resume_plan",
    "revoke_mandate",
    "save_mandate",
    "settle_instalment",
    "store_disclosure",
]
