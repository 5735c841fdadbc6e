"""Reads of parties, people and the operator, as frozen rows."""

from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.errors import NotFoundError, near_matches
from bandstand.parties.models import Membership, OperatorProfile, Party
from bandstand.parties.rules import Role


@dataclass(frozen=True, kw_only=True)
class OperatorView:
    """The MVNO that runs this shop."""

    shop_name: str
    home_market: str
    time_zone: str
    support_email: str
    party_id: UUID
    party_name: str


@dataclass(frozen=True, kw_only=True)
class PartyRow:
    """A legal person, as other rooms and pages need it."""

    id: UUID
    slug: str
    trading_name: str
    legal_name: str
    country: str
    is_verified: bool
    is_suspended: bool
    email: str
    address: str


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """Someone who acts for a party in a role."""

    person_id: UUID
    email: str
    full_name: str
    role: Role


class OperatorMissingError(NotFoundError):
    """This installation has not been told who runs it."""

    code = "operator_missing"


class PartyNotFoundError(NotFoundError):
    """No party by that name or key."""

    code = "party_not_found"


def operator() -> OperatorView:
    """
    Return the operator of this installation.

    Raises: OperatorMissingError if none was named yet.
    """
    profile = OperatorProfile.objects.select_related("party").order_by("id").first()
    if profile is None:
        raise OperatorMissingError("No operator was named yet. Load the demo or name one first.")
    return OperatorView(
        shop_name=profile.shop_name,
        home_market=profile.home_market,
        time_zone=profile.time_zone,
        support_email=profile.support_email,
        party_id=profile.party_id,
        party_name=profile.party.trading_name,
    )


def party_by_slug(slug: str) -> PartyRow:
    """
    Return a party by its slug.

    Raises: PartyNotFoundError naming near matches.
    """
    party = Party.objects.filter(slug=slug).first()
    if party is None:
        near = near_matches(slug, list(Party.objects.values_list("slug", flat=True)))
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise PartyNotFoundError(f"No party is called “{slug}”.{hint}", given=slug, near=near)
    return row_of(party)


def party(party_id: UUID) -> PartyRow:
    """
    Return a party by its key.

    Raises: PartyNotFoundError.
    """
    found = Party.objects.filter(pk=party_id).first()
    if found is None:
        raise PartyNotFoundError(f"No party has the key {party_id}.", given=str(party_id))
    return row_of(found)


def parties_in_role(role: Role) -> list[PartyRow]:
    """Return the parties for which someone acts in a role, by name."""
    found = Party.objects.filter(memberships__role=role.value).distinct()
    return [row_of(one) for one in found.order_by("trading_name", "slug")]


def members(party_id: UUID) -> list[MemberRow]:
    """Return who acts for a party, by e-mail address and role."""
    found = Membership.objects.filter(party_id=party_id).select_related("person")
    return [
        MemberRow(
            person_id=one.person_id,
            email=one.person.email,
            full_name=one.person.full_name,
            role=Role(one.role),
        )
        for one in found.order_by("person__email", "role")
    ]


def row_of(party: Party) -> PartyRow:
    """Return the frozen row of a party."""
    return PartyRow(
        id=party.id,
        slug=party.slug,
        trading_name=party.trading_name,
        legal_name=party.legal_name,
        country=party.country,
        is_verified=party.verified_at is not None,
        is_suspended=party.suspended_at is not None,
        email=party.email,
        address=party.address,
    )
