"""Reads of terms, disclosures, agreements and plans."""

from bandstand.credit.queries.agreements import (
    AgreementRow,
    agreement_id_of_disclosure,
    agreement_of_line,
)
from bandstand.credit.queries.owing import (
    DueRow,
    PlanMoney,
    PlanPaymentRow,
    card_of,
    cards_of,
    collectable,
    due_between,
    markets_of,
    overdue,
    plan_money,
    plan_money_many,
    stale_payments,
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
    "DueRow",
    "InstalmentRow",
    "PlanMoney",
    "PlanMoveRow",
    "PlanPage",
    "PlanPaymentRow",
    "agreement_id_of_disclosure",
    "agreement_of_line",
    "card_of",
    "cards_of",
    "collectable",
    "disclosure",
    "due_between",
    "is_on_offer",
    "markets_of",
    "overdue",
    "plan_money",
    "plan_money_many",
    "plan_page",
    "stale_payments",
    "terms_for",
    "terms_row",
]
