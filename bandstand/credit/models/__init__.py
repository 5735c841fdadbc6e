"""The tables of credit."""

from bandstand.credit.models.applications import (
    AdverseNotice,
    Application,
    ApplicationDecision,
    CreditApproval,
    EligibilityPolicyRecord,
    LimitClaim,
)
from bandstand.credit.models.bureau import (
    BureauConsent,
    BureauDispute,
    BureauPolicy,
    BureauRecord,
    BureauReport,
)
from bandstand.credit.models.changes import (
    CollectingCalendar,
    LateFeePolicy,
    PlanProposal,
    PlanVersion,
)
from bandstand.credit.models.paying import Mandate, PlanPayment, PlanPaymentPart
from bandstand.credit.models.plans import Instalment, Plan, PlanMoveRecord, PlanPause
from bandstand.credit.models.terms import Agreement, AgreementPdf, Disclosure, PlanTerms

__all__ = [
    "AdverseNotice",
    "Agreement",
    "AgreementPdf",
    "Application",
    "ApplicationDecision",
    "BureauConsent",
    "BureauDispute",
    "BureauPolicy",
    "BureauRecord",
    "BureauReport",
    "CollectingCalendar",
    "CreditApproval",
    "Disclosure",
    "EligibilityPolicyRecord",
    "Instalment",
    "LateFeePolicy",
    "LimitClaim",
    "Mandate",
    "Plan",
    "PlanMoveRecord",
    "PlanPause",
    "PlanPayment",
    "PlanPaymentPart",
    "PlanProposal",
    "PlanTerms",
    "PlanVersion",
]
