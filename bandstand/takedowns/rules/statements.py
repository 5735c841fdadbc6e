"""
The statement of reasons that a stopped seller is sent.

Its fields are those that the European Commission's database of such statements validates, so that a
statement can be handed in as it was sent.

Source: Regulation (EU) 2022/2065, article 17(3), and the database's ``StatementStoreRequest`` of
June 2026.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.gate.rules import Basis
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground

GROUND_MAX: Final = 500
EXPLANATION_MAX: Final = 2000
FACTS_MAX: Final = 5000
SOURCES: Final = {
    Basis.BRAND_NOTICE: "SOURCE_ARTICLE_16",
    Basis.AUTHORITY_ORDER: "SOURCE_TYPE_OTHER_NOTIFICATION",
    Basis.RECALL: "SOURCE_TYPE_OTHER_NOTIFICATION",
    Basis.COURT: "SOURCE_TYPE_OTHER_NOTIFICATION",
    Basis.NETWORK: "SOURCE_TYPE_OTHER_NOTIFICATION",
    Basis.OPERATOR: "SOURCE_VOLUNTARY",
}
COUNTER_NOTICE: Final = (
    "Answer with evidence that you may sell these goods: a grant, an invoice, the brand's own "
    "word. We decide afresh on what you send."
)
COMPLAINT: Final = "Complain to the operator, free of charge, within six months."


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementFacts:
    """What a statement to one seller is made of."""

    hold_id: UUID
    seller_id: UUID
    basis: Basis
    ground: Ground
    reason: str
    explanation: str
    legal_reference: str
    notifier: str
    brand_name: str
    territory: tuple[str, ...]
    """ISO country codes; empty means everywhere the shop delivers."""
    offers: int
    oldest_offer_at: datetime
    effective_at: datetime
    support_email: str


def statement_body(facts: StatementFacts) -> dict[str, object]:
    """Return the statement of reasons as a JSON object."""
    return {
        "puid": f"{print_id(IdKind.HOLD, facts.hold_id)}-{print_id(IdKind.PARTY, facts.seller_id)}",
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
        "decision_monetary": "DECISION_MONETARY_SUSPENSION",
        **_ground(facts),
        "content_type": ["CONTENT_TYPE_PRODUCT"],
        **_category(facts),
        "territorial_scope": list(facts.territory),
        "content_date": facts.oldest_offer_at.date().isoformat(),
        "application_date": facts.effective_at.date().isoformat(),
        "effective_at": facts.effective_at.isoformat(),
        "decision_facts": _decision_facts(facts),
        "source_type": SOURCES[facts.basis],
        "source_identity": facts.notifier,
        "automated_detection": "No",
        # A verified brand's notice on its own mark takes effect before anyone of ours has read it.
        "automated_decision": "AUTOMATED_DECISION_FULLY"
        if facts.basis is Basis.BRAND_NOTICE
        else "AUTOMATED_DECISION_NOT_AUTOMATED",
        "redress": {
            "counter_notice": COUNTER_NOTICE,
            "complaint": COMPLAINT,
            "write_to": facts.support_email,
        },
    }


def _ground(facts: StatementFacts) -> dict[str, object]:
    explanation = facts.explanation[:EXPLANATION_MAX]
    if facts.ground is Ground.LAW:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": facts.legal_reference[:GROUND_MAX],
            "illegal_content_explanation": explanation,
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": (
            "Marketplace terms: what a brand stops under its own mark is not sold here until the "
            "seller's right to sell is settled."
        ),
        "incompatible_content_explanation": explanation,
        "incompatible_content_illegal": "No",
    }


def _category(facts: StatementFacts) -> dict[str, object]:
    if facts.basis is Basis.RECALL:
        return {
            "category": "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
            "category_specification": ["KEYWORD_UNSAFE_PRODUCTS"],
        }
    if facts.ground is Ground.LAW and facts.basis is Basis.BRAND_NOTICE:
        return {
            "category": "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
            "category_specification": ["KEYWORD_TRADEMARK_INFRINGEMENT"],
        }
    return {
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "category_specification": ["KEYWORD_GOODS_SERVICES_NOT_PERMITTED"],
    }


def _decision_facts(facts: StatementFacts) -> str:
    offers = "1 offer" if facts.offers == 1 else f"{facts.offers} offers"
    goods = f"{facts.brand_name} goods" if facts.brand_name else "these goods"
    text = (
        f"{facts.reason} From {facts.effective_at:%Y-%m-%d %H:%M} UTC your {offers} of {goods} "
        "cannot be published, sold, charged, shipped, exchanged or restocked. Only the money of "
        f"affected orders is kept back. Given as the reason: {facts.explanation}"
    )
    return text[:FACTS_MAX]
