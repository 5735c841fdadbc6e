"""Roles a person can act in, and the actor: who is asking, and for whom they may act."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, RefusedError

SLUG_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Role(StrEnum):
    """In which capacity someone acts for a party."""

    OPERATOR = "operator"
    SELLER = "seller"
    BRAND = "brand"


ROLE_NAMES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.OPERATOR: "the operator's staff",
        Role.SELLER: "a seller",
        Role.BRAND: "a brand",
    }
)


class MalformedPartyError(BadInputError):
    """A field of a party or person that cannot be right; nothing was written."""

    code = "malformed_party"


class RoleMissingError(RefusedError):
    """The caller does not act in the role that the deed needs."""

    code = "role_missing"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who is asking. Roles are pairs of a role and the party it is held for."""

    person_id: UUID | None
    email: str
    name: str
    roles: frozenset[tuple[Role, UUID]]

    @classmethod
    def anonymous(cls) -> "Actor":
        """Return the caller who has not signed in."""
        return cls(person_id=None, email="", name="", roles=frozenset())

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def is_operator(self) -> bool:
        return self.has(Role.OPERATOR)

    def has(self, role: Role) -> bool:
        """Say whether the caller acts in a role for any party."""
        return any(held is role for held, _ in self.roles)

    def party_for(self, role: Role) -> UUID | None:
        """
        Return the party that the caller acts for in a role, or None.

        Someone who holds a role for several parties acts for the one registered first, so that two
        requests never disagree.
        """
        return min((party for held, party in self.roles if held is role), default=None)

    def acts_for(self, party_id: UUID) -> bool:
        """Say whether the caller holds any role for a party."""
        return any(party == party_id for _, party in self.roles)


def require_role(actor: Actor, role: Role) -> UUID:
    """
    Return the party that the caller acts for in a role.

    Raises: RoleMissingError if they do not hold it.
    """
    party = actor.party_for(role)
    if party is None:
        who = "You" if actor.is_signed_in else "Sign in: you"
        raise RoleMissingError(f"{who} must be {ROLE_NAMES[role]} to do this.", role=role.value)
    return party


def require_slug(slug: str) -> None:
    """
    Refuse a slug that is empty or has a letter that no address has.

    Raises: MalformedPartyError.
    """
    if not slug or not set(slug) <= SLUG_LETTERS:
        raise MalformedPartyError(
            f"“{slug}” is not a slug. Use lower-case letters, digits and hyphens.", slug=slug
        )


def require_country(country: str) -> None:
    """
    Refuse a country that is not two capital letters of ISO 3166.

    Raises: MalformedPartyError.
    """
    if len(country) != len("US") or not country.isascii() or not country.isupper():
        raise MalformedPartyError(
            f"“{country}” is not a country. Give two capital letters, as in US, GB or HK.",
            country=country,
        )
