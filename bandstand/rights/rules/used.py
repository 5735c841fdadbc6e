"""
Which of the facts a decision used: what is kept with it, so that it can be made again.

A chain that covers the sale makes every other grant idle. Of brands' names those are used that the
listing's words might mean.
"""

from dataclasses import replace
from uuid import UUID

from bandstand.rights.rules.facts import BrandNameFact, GrantFact, ListingFacts, RightsFacts
from bandstand.rights.rules.granting import best_chain
from bandstand.rights.rules.naming import plain_name, skeleton
from bandstand.rights.rules.policies import policy_for


def used_facts(facts: RightsFacts) -> RightsFacts:
    """Return the facts without those that the decision over them does not rest on."""
    policy = policy_for(facts)
    grants = facts.grants if policy.needs_grant else ()
    best = best_chain(facts, policy=policy) if policy.needs_grant else None
    if best is not None:
        grants = best.links
    text = facts.listing.brand_text if facts.listing else ""
    return replace(
        facts,
        grants=grants,
        names={key: facts.names[key] for key in _named(facts, grants) if key in facts.names},
        list_faults=() if best else facts.list_faults,
        left_out=None if best else facts.left_out,
        brand_names=_meant(facts.brand_names, text=text),
    )


def used_listing_facts(facts: ListingFacts) -> ListingFacts:
    """Return the facts with the brands' names that the listing's words might mean."""
    text = facts.listing.brand_text
    return replace(facts, brand_names=_meant(facts.brand_names, text=text))


def _named(facts: RightsFacts, grants: tuple[GrantFact, ...]) -> list[UUID]:
    subject = facts.subject
    scopes = [key for one in grants for key in (*one.scope.brands, *one.scope.categories)]
    return sorted({*subject.brand_path, *subject.category_path, *scopes})


def _meant(names: tuple[BrandNameFact, ...], *, text: str) -> tuple[BrandNameFact, ...]:
    shapes = {plain_name(text), skeleton(text)}
    return tuple(
        one for one in names if plain_name(one.text) in shapes or skeleton(one.text) in shapes
    )
