"""Roles and actors; who a seller is, by which law it is asked, and from when."""

from bandstand.parties.rules.roles import (
    ROLE_NAMES,
    Actor,
    MalformedPartyError,
    Role,
    RoleMissingError,
    require_country,
    require_role,
    require_slug,
)

__all__ = [
    "ROLE_NAMES",
    "Actor",
    "MalformedPartyError",
    "Role",
    "RoleMissingError",
    "require_country",
    "require_role",
    "require_slug",
]
