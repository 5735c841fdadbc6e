"""Reads of the rights room: the facts of a decision, and the path of a right in plain words."""

from bandstand.rights.queries.custody import UnitNumbers, custody_fact
from bandstand.rights.queries.facts import (
    facts_for,
    listing_facts_for,
    market_fact,
    seller_fact,
    subject_of,
    variant_by_gtin,
)
from bandstand.rights.queries.lists import list_faults
from bandstand.rights.queries.published import (
    grants_over,
    right_path,
    sources_of_grants,
    statements_by,
)

__all__ = [
    "UnitNumbers",
    "custody_fact",
    "facts_for",
    "grants_over",
    "list_faults",
    "listing_facts_for",
    "market_fact",
    "right_path",
    "seller_fact",
    "sources_of_grants",
    "statements_by",
    "subject_of",
    "variant_by_gtin",
]
