"""The tables of credit."""

from bandstand.credit.models.paying import Mandate, PlanPayment, PlanPaymentPart
from bandstand.credit.models.plans import Instalment, Plan, PlanMoveRecord, PlanPause
from bandstand.credit.models.terms import Agreement, AgreementPdf, Disclosure, PlanTerms

__all__ = [
    "Agreement",
    "AgreementPdf",
    "Disclosure",
    "Instalment",
    "Mandate",
    "Plan",
    "PlanMoveRecord",
    "PlanPause",
    "PlanPayment",
    "PlanPaymentPart",
    "PlanTerms",
]
