"""Reads of the rights room: the facts of a decision, and the path of a right in plain words."""

from bandstand.rights.queries.facts import (
    facts_for,
    grants_over,
    market_fact,
    right_path,
    statements_by,
    subject_of,
)

__all__ = [
    "facts_for",
    "grants_over",
    "market_fact",
    "right_path",
    "statements_by",
    "subject_of",
]
