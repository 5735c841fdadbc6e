"""Sale rights: their words, the facts a decision rests on, and the pure decision over them."""

from bandstand.rights.rules.chains import CLOCK_SKEW, LINKS_MAX, STATUS_AGE_MAX
from bandstand.rights.rules.decision import DECISION_LIFE, decide
from bandstand.rights.rules.facts import (
    ApprovalFact,
    GrantFact,
    GrantScope,
    MarketFact,
    PolicyFact,
    RightsFacts,
    SellerFact,
    StatementFact,
    SubjectFact,
)
from bandstand.rights.rules.verdict import Evidence, RightsReason, RightsVerdict, worst
from bandstand.rights.rules.words import (
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantLevel,
    Outcome,
    ReasonCode,
)

__all__ = [
    "CLOCK_SKEW",
    "DECISION_LIFE",
    "LINKS_MAX",
    "STATUS_AGE_MAX",
    "ApprovalFact",
    "ApprovalScheme",
    "ApprovalState",
    "ChannelStatus",
    "Condition",
    "Evidence",
    "GrantFact",
    "GrantLevel",
    "GrantScope",
    "MarketFact",
    "Outcome",
    "PolicyFact",
    "ReasonCode",
    "RightsFacts",
    "RightsReason",
    "RightsVerdict",
    "SellerFact",
    "StatementFact",
    "SubjectFact",
    "decide",
    "worst",
]
