"""Reasons about grants in plain words: what is in the way, and what would take it away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bandstand.kernel.words import Ground
from bandstand.rights.rules.chains import Fault
from bandstand.rights.rules.facts import GrantFact, RightsFacts
from bandstand.rights.rules.verdict import Evidence, RightsReason
from bandstand.rights.rules.words import ReasonCode

TEXTS: Final[dict[ReasonCode, tuple[str, str]]] = {
    ReasonCode.AUTH_OUT_OF_SCOPE_BRAND: (
        "The grant from {issuer} covers {brands}, not {brand}.",
        "{brand} grants the right to sell its goods.",
    ),
    ReasonCode.AUTH_OUT_OF_SCOPE_MARKET: (
        "The grant from {issuer} covers {markets}, not {market}.",
        "{issuer} extends the grant to {market}.",
    ),
    ReasonCode.AUTH_OUT_OF_SCOPE_CATEGORY: (
        "The grant from {issuer} covers {categories}, not {category}.",
        "{issuer} extends the grant to {category}.",
    ),
    ReasonCode.AUTH_OUT_OF_SCOPE_MODEL: (
        "The grant from {issuer} names the models it covers, and {subject} is not one of them.",
        "{issuer} adds the model to the grant.",
    ),
    ReasonCode.AUTH_OUT_OF_SCOPE_CONDITION: (
        "The grant from {issuer} covers {conditions} goods, not {condition} ones.",
        "{issuer} extends the grant to {condition} goods.",
    ),
    ReasonCode.AUTH_NOT_YET_VALID: (
        "The grant from {issuer} to {grantee} begins on {from_day}.",
        "The day comes, or {issuer} brings the beginning forward.",
    ),
    ReasonCode.AUTH_EXPIRED: (
        "The grant from {issuer} to {grantee} ended on {until_day}.",
        "{issuer} renews the grant.",
    ),
    ReasonCode.AUTH_REVOKED: (
        "{issuer} revoked the grant to {grantee}{because}.",
        "{issuer} issues a new grant.",
    ),
    ReasonCode.AUTH_ISSUER_NOT_BRAND: (
        "{issuer} gave the grant to {grantee} without a right from {brand} to give.",
        "A grant from {brand} to {issuer} is recorded, or {brand} grants it itself.",
    ),
    ReasonCode.AUTH_CHAIN_BROKEN: (
        "The grant from {issuer} to {grantee} hangs below a grant that {issuer} does not hold.",
        "{issuer} names the grant it received itself.",
    ),
    ReasonCode.AUTH_CHAIN_CYCLE: (
        "The chain of grants comes back to a party it has passed and never reaches {brand}.",
        "A chain that begins at {brand} is recorded.",
    ),
    ReasonCode.AUTH_CHAIN_WIDENS: (
        "The grant from {issuer} to {grantee} allows more than {issuer} may, so none of it counts.",
        "{issuer} issues a grant within its own.",
    ),
    ReasonCode.AUTH_DEPTH_EXCEEDED: (
        "{issuer} may not pass its right to sell on to {grantee}.",
        "The grant above allows passing on, or {brand} grants it itself.",
    ),
    ReasonCode.AUTH_LEVEL_TOO_LOW: (
        "The grant from {issuer} to {grantee} is proved by {proof}; this needs more.",
        "{brand} lists the seller itself or signs a credential.",
    ),
    ReasonCode.AUTH_STATUS_STALE: (
        "That the grant from {issuer} to {grantee} still stands was not confirmed this last day.",
        "The status of the grant is read again.",
    ),
}
PROOFS: Final = {
    "credential": "a signed credential",
    "list": "the brand's published list",
    "document": "a document",
    "none": "nothing",
}


def chain_reason(fault: Fault, *, facts: RightsFacts, ground: Ground) -> RightsReason:
    """Tell one fault of one link."""
    text, cure = TEXTS[fault.code]
    words = _words(fault.link, facts)
    return RightsReason(fault.code, text.format(**words), cure.format(**words), ground)


def no_grant(facts: RightsFacts, *, ground: Ground) -> RightsReason:
    """Tell that no grant to this seller is on record; that is not the same as a forbidden sale."""
    brand = facts.name_of(facts.subject.brand_path[0])
    return RightsReason(
        ReasonCode.AUTH_NONE,
        f"No grant from {brand} to {facts.seller.name} is on record.",
        f"{brand}, or a party it has authorised to, grants {facts.seller.name} the right to sell.",
        ground,
    )


def none_covers(count: int, *, facts: RightsFacts, ground: Ground) -> RightsReason:
    """Tell that several grants are on record and none covers this sale by itself."""
    return RightsReason(
        ReasonCode.AUTH_NONE_COVERS,
        f"{facts.seller.name} holds {count} grants and none of them covers {facts.subject.name}, "
        f"{facts.condition}, in {facts.market.name}; parts of different grants do not add up.",
        "One grant covers the brand, the market, the kind of device and its condition together.",
        ground,
    )


def evidence_of_grant(grant: GrantFact, *, facts: RightsFacts) -> Evidence:
    """Name a grant as evidence."""
    words = _words(grant, facts)
    summary = (
        f"{grant.issuer_name} to {grant.grantee_name}: {words['brands']}; {words['markets']}; "
        f"{_day(grant.from_at)} to {_day(grant.until_at)}; {grant.level}"
    )
    return Evidence("grant", str(grant.id), summary)


def _words(link: GrantFact, facts: RightsFacts) -> dict[str, str]:
    scope = link.scope
    return {
        "issuer": link.issuer_name,
        "grantee": link.grantee_name,
        "subject": facts.subject.name,
        "brand": facts.name_of(facts.subject.brand_path[0]),
        "brands": _listed(facts.name_of(key) for key in scope.brands),
        "category": facts.name_of(facts.subject.category_path[0]),
        "categories": _listed(facts.name_of(key) for key in scope.categories),
        "market": facts.market.name,
        "markets": _listed(scope.markets),
        "condition": facts.condition.value,
        "conditions": _listed(one.value for one in scope.conditions),
        "from_day": _day(link.from_at),
        "until_day": _day(link.until_at),
        "because": f": {link.revoke_reason}" if link.revoke_reason else "",
        "proof": PROOFS[link.level.value],
    }


def _listed(words: Iterable[str]) -> str:
    ordered = sorted(set(words))
    return ", ".join(ordered) or "nothing"


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"
