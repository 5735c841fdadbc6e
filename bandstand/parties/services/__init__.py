"""Writes of parties, people, and what sellers state and staff find of them."""

from bandstand.parties.services.identity import (
    admit_seller,
    check_identity,
    end_contract,
    erase_past_identities,
    show_identity_file,
    state_identity,
)
from bandstand.parties.services.register import (
    add_person,
    join,
    leave,
    name_operator,
    register_party,
    reinstate_party,
    suspend_party,
    verify_party,
)

__all__ = [
    "add_person",
    "admit_seller",
    "check_identity",
    "end_contract",
    "erase_past_identities",
    "join",
    "leave",
    "name_operator",
    "register_party",
    "reinstate_party",
    "show_identity_file",
    "state_identity",
    "suspend_party",
    "verify_party",
]
