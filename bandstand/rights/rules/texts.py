"""Reasons about grants in plain words: what is in the way, and what would take it away."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bandstand.kernel.words import Ground
from bandstand.rights.rules.chains import Fault
from bandstand.rights.rules.facts import GrantFact, PolicyFact, RightsFacts
from bandstand.rights.rules.reasons import tell, tell_with
from bandstand.rights.rules.verdict import Evidence, RightsReason
from bandstand.rights.rules.words import ReasonCode

PROOFS: Final = {
    "credential": "a signed credential",
    "list": "the brand's published list",
    "document": "a document",
    "none": "nothing",
}


def chain_reason(fault: Fault, *, facts: RightsFacts, policy: PolicyFact) -> RightsReason:
    """Tell one fault of one link."""
    words = {**_words(fault.link, facts), "max_age": _span(policy.status_max_age)}
    return tell_with(words, code=fault.code, ground=policy.ground)


def no_grant(facts: RightsFacts, *, ground: Ground) -> RightsReason:
    """Tell that no grant to this seller is on record; that is not the same as a forbidden sale."""
    brand = facts.name_of(facts.subject.brand_path[0])
    return tell(ReasonCode.AUTH_NONE, ground=ground, brand=brand, seller=facts.seller.name)


def none_covers(count: int, *, facts: RightsFacts, ground: Ground) -> RightsReason:
    """Tell that several grants are on record and none covers this sale by itself."""
    return tell(
        ReasonCode.AUTH_NONE_COVERS,
        ground=ground,
        seller=facts.seller.name,
        count=str(count),
        subject=facts.subject.name,
        condition=facts.condition.value,
        market=facts.market.name,
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


def _span(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours:g} hours" if hours != 1 else "one hour"
