"""
Chains of grants: from the seller's own grant up to one that the brand itself issued.

A chain is good if its root was issued by the brand, each issuer is the grantee of the grant above,
each grant above may still be passed on, no link is wider than the one above, every link is valid
and no party appears twice. A wider link is invalid as a whole; it is not clipped.

Source: the rules of attenuated delegation in UCAN 1.0.0, Validation (read 2026-11-22), without its
encoding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from bandstand.rights.rules.facts import GrantFact, PolicyFact, RightsFacts
from bandstand.rights.rules.words import GrantLevel, ReasonCode

NEVER: Final = datetime.min.replace(tzinfo=UTC)
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
LINKS_MAX: Final = 32
"""
No trade passes a right through so many hands; a longer chain is refused without reading further.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one link of a chain."""

    code: ReasonCode
    link: GrantFact


@dataclass(frozen=True, slots=True)
class Chain:
    """
    A seller's grant with everything above it and everything wrong with it.

    Shape: ``links`` from the seller's own grant up to the root.
    """

    links: tuple[GrantFact, ...]
    faults: tuple[Fault, ...]
    until: datetime
    level: GrantLevel

    @property
    def grant(self) -> GrantFact:
        return self.links[0]


def trace(grant: GrantFact, *, facts: RightsFacts, policy: PolicyFact) -> Chain:
    """Follow a grant to its root and note every fault on the way."""
    links, faults = _climb(grant, facts)
    faults.extend(_depth_faults(links))
    faults.extend(
        fault for link in links for fault in _link_faults(link, facts=facts, policy=policy)
    )
    faults.extend(Fault(code, grant) for code in _scope_faults(grant, facts))
    weakest = min(links, key=lambda link: link.level.rank)
    if weakest.level.rank < policy.min_level.rank:
        faults.append(Fault(ReasonCode.AUTH_LEVEL_TOO_LOW, weakest))
    until = min(_end(link, facts=facts, policy=policy) for link in links)
    return Chain(tuple(links), tuple(faults), until, weakest.level)


def covers(grant: GrantFact, *, facts: RightsFacts) -> bool:
    """Say whether a grant's own scope holds what is asked, whatever else is wrong with it."""
    scope, subject = grant.scope, facts.subject
    return (
        facts.market.code in scope.markets
        and subject.brand_path[0] in scope.brands
        and not scope.categories.isdisjoint(subject.category_path)
        and (not scope.models or subject.model_id in scope.models)
        and facts.condition in scope.conditions
    )


def _climb(grant: GrantFact, facts: RightsFacts) -> tuple[list[GrantFact], list[Fault]]:
    links, faults = [grant], list[Fault]()
    parties = {grant.grantee_id}
    while links[-1].issuer_party_id is not None:
        step = _step(links[-1], facts=facts, parties=parties)
        if isinstance(step, ReasonCode):
            return links, [*faults, Fault(step, links[-1])]
        if not links[-1].scope.is_within(step.scope):
            faults.append(Fault(ReasonCode.AUTH_CHAIN_WIDENS, links[-1]))
        if len(links) == LINKS_MAX:
            return links, [*faults, Fault(ReasonCode.AUTH_DEPTH_EXCEEDED, links[-1])]
        links.append(step)
        parties.add(step.grantee_id)
    if _is_rootless(links[-1], facts):
        faults.append(Fault(ReasonCode.AUTH_ISSUER_NOT_BRAND, links[-1]))
    return links, faults


def _step(link: GrantFact, *, facts: RightsFacts, parties: set[UUID]) -> GrantFact | ReasonCode:
    if link.parent_id is None:
        return ReasonCode.AUTH_ISSUER_NOT_BRAND
    parent = facts.by_id.get(link.parent_id)
    if parent is None or parent.grantee_id != link.issuer_party_id:
        return ReasonCode.AUTH_CHAIN_BROKEN
    if parent.grantee_id in parties:
        return ReasonCode.AUTH_CHAIN_CYCLE
    return parent


def _is_rootless(root: GrantFact, facts: RightsFacts) -> bool:
    # A brand speaks for itself and for the sub-brands it names; of another brand's goods the scope
    # already says that they are not covered.
    path = facts.subject.brand_path
    return path[0] in root.scope.brands and root.issuer_brand_id not in path


def _depth_faults(links: list[GrantFact]) -> Iterator[Fault]:
    left = links[-1].delegate_depth
    for link in reversed(links[:-1]):
        if left <= 0:
            yield Fault(ReasonCode.AUTH_DEPTH_EXCEEDED, link)
        left = min(left - 1, link.delegate_depth)


def _link_faults(link: GrantFact, *, facts: RightsFacts, policy: PolicyFact) -> Iterator[Fault]:
    yield from (Fault(code, link) for code in link.proof_faults)
    if link.from_at > facts.at + policy.clock_skew:
        yield Fault(ReasonCode.AUTH_NOT_YET_VALID, link)
    if (facts.sold_at or facts.at) >= _term(link, facts):
        yield Fault(ReasonCode.AUTH_EXPIRED, link)
    if link.revoked_at is not None and link.revoked_at <= facts.at:
        yield Fault(ReasonCode.AUTH_REVOKED, link)
    fresh_until = _fresh_until(link, policy)
    if fresh_until is not None and facts.at >= fresh_until:
        yield Fault(ReasonCode.AUTH_STATUS_STALE, link)


def _scope_faults(grant: GrantFact, facts: RightsFacts) -> Iterator[ReasonCode]:
    scope, subject = grant.scope, facts.subject
    if subject.brand_path[0] not in scope.brands:
        yield ReasonCode.AUTH_OUT_OF_SCOPE_BRAND
    if facts.market.code not in scope.markets:
        yield ReasonCode.AUTH_OUT_OF_SCOPE_MARKET
    if scope.categories.isdisjoint(subject.category_path):
        yield ReasonCode.AUTH_OUT_OF_SCOPE_CATEGORY
    if scope.models and subject.model_id not in scope.models:
        yield ReasonCode.AUTH_OUT_OF_SCOPE_MODEL
    if facts.condition not in scope.conditions:
        yield ReasonCode.AUTH_OUT_OF_SCOPE_CONDITION


def _term(link: GrantFact, facts: RightsFacts) -> datetime:
    # Selling off is for stock that was there before the grant ended, so it needs a unit to ask
    # about.
    was_stocked = facts.stocked_at is not None and facts.stocked_at < link.until_at
    if link.sell_off_until is not None and was_stocked:
        return max(link.until_at, link.sell_off_until)
    return link.until_at


def _fresh_until(link: GrantFact, policy: PolicyFact) -> datetime | None:
    if link.status_checked_at is not None:
        return link.status_checked_at + policy.status_max_age
    # A credential whose status was never obtained is not valid; other levels have no status to
    # ask for.
    return NEVER if link.level is GrantLevel.CREDENTIAL else None


def _end(link: GrantFact, *, facts: RightsFacts, policy: PolicyFact) -> datetime:
    ends = [_fresh_until(link, policy), link.revoked_at]
    if facts.sold_at is None:
        ends.append(_term(link, facts))
    return min((end for end in ends if end is not None), default=FOR_EVER)
