"""Reads of parties, people, the operator and what is known of a seller, as frozen rows."""

from bandstand.parties.queries.rows import (
    MemberRow,
    OperatorMissingError,
    OperatorView,
    PartyNotFoundError,
    PartyRow,
    members,
    operator,
    parties_in_role,
    party,
    party_by_slug,
    row_of,
)

__all__ = [
    "MemberRow",
    "OperatorMissingError",
    "OperatorView",
    "PartyNotFoundError",
    "PartyRow",
    "members",
    "operator",
    "parties_in_role",
    "party",
    "party_by_slug",
    "row_of",
]
