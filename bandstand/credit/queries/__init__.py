"""Reads of terms, disclosures, agreements and plans."""

from bandstand.credit.queries.agreements import (
    AgreementRow,
    agreement_id_of_disclosure,
    agreement_of_line,
)
from bandstand.credit.queries.plans import (
    InstalmentRow,
    PlanMoveRow,
    PlanPage,
    disclosure,
    is_on_offer,
    plan_page,
    terms_for,
    terms_row,
)

__all__ = [
    "AgreementRow",
    "InstalmentRow",
    "PlanMoveRow",
    "PlanPage",
    "agreement_id_of_disclosure",
    "agreement_of_line",
    "disclosure",
    "is_on_offer",
    "plan_page",
    "terms_for",
    "terms_row",
]
