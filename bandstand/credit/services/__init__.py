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
    record_not_paid,
    record_paid,
)
from bandstand.credit.services.asking_many import PaidNow, ask_due_many, record_paid_many
from bandstand.credit.services.changing import (
    accept_change,
    ask_for_change,
    decline_change,
    lapse_proposals,
    propose_change,
    refuse_change,
)
from bandstand.credit.services.crediting import (
    CreditGoesTo,
    UnsoundCreditError,
    credit_entries,
    expect_credits,
    record_credit,
)
from bandstand.credit.services.fees import (
    charge_late_fees,
    set_collecting_calendar,
    set_late_fee_policy,
    waive_late_fee,
)
from bandstand.credit.services.mandates import revoke_mandate, save_mandate
from bandstand.credit.services.pausing import (
    pause_plan,
    restore_service,
    resume_plan,
    suspend_service,
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
    "AskedPayment",
    "CancelledPlan",
    "CreditGoesTo",
    "PaidNow",
    "PlanDiffersError",
    "RecordedPayment",
    "UnsoundCreditError",
    "accept_agreement",
    "accept_change",
    "activate_plan",
    "ask_due_many",
    "ask_for_change",
    "ask_payment",
    "cancel_plan",
    "charge_late_fees",
    "charge_off",
    "credit_entries",
    "decline_change",
    "draw_agreement",
    "expect_credits",
    "lapse_proposals",
    "offer_terms",
    "open_plan",
    "pause_plan",
    "propose_change",
    "record_credit",
    "record_not_paid",
    "record_paid",
    "record_paid_many",
    "refuse_change",
    "restore_service",
    "resume_plan",
    "revoke_mandate",
    "save_mandate",
    "set_collecting_calendar",
    "set_late_fee_policy",
    "settle_instalment",
    "store_disclosure",
    "suspend_service",
    "waive_late_fee",
]
