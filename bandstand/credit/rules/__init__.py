"""The words of instalment plans, their moves, and the disclosure of what credit costs. Pure."""

from bandstand.credit.rules.disclose import (
    NoCreditRegimeError,
    disclose,
    regime_of,
    terms_label,
)
from bandstand.credit.rules.disclosure import (
    PriceDisclosure,
    ScheduleRow,
    TermsNotDisclosedError,
    TermsRow,
    UnreadableDisclosureError,
    down_payment_of,
    read_disclosure,
    require_told_of,
    suits,
)
from bandstand.credit.rules.life import (
    ENDED,
    MOVES,
    InstalmentCancelledError,
    InstalmentState,
    PlanMove,
    PlanMoveRefusedError,
    PlanState,
    TermsRefusedError,
    is_new_payment,
    next_state,
    require_lendable,
)

__all__ = [
    "ENDED",
    "MOVES",
    "InstalmentCancelledError",
    "InstalmentState",
    "NoCreditRegimeError",
    "PlanMove",
    "PlanMoveRefusedError",
    "PlanState",
    "PriceDisclosure",
    "ScheduleRow",
    "TermsNotDisclosedError",
    "TermsRefusedError",
    "TermsRow",
    "UnreadableDisclosureError",
    "disclose",
    "down_payment_of",
    "is_new_payment",
    "next_state",
    "read_disclosure",
    "regime_of",
    "require_lendable",
    "require_told_of",
    "suits",
    "terms_label",
]
