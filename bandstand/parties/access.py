"""Who may see which party. The only fetch by id for delivery code."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from bandstand.parties import queries
from bandstand.parties.models import Membership, Party, Person
from bandstand.parties.queries.identity import StatementRow, latest_statements, statement
from bandstand.parties.rules import Actor, Role
from bandstand.parties.rules.identity import StatementNotFoundError


def actor_of(user: AbstractBaseUser | AnonymousUser) -> Actor:
    """
    Return who a request's user is and for whom they may act.

    A user who is not signed in, or was switched off, is anonymous.
    """
    if not isinstance(user, Person) or not user.is_active:
        return Actor.anonymous()
    held = Membership.objects.filter(person=user).values_list("role", "party_id")
    return Actor(
        person_id=user.id,
        email=user.email,
        name=user.full_name or user.email,
        roles=frozenset((Role(role), party_id) for role, party_id in held),
    )


def party_for(actor: Actor, party_id: UUID) -> queries.PartyRow:
    """
    Return a party that the caller may see: the operator sees all, a member sees their own.

    Raises: PartyNotFoundError, alike for a party that is not theirs and one that is not there.
    """
    if actor.is_operator or actor.acts_for(party_id):
        return queries.party(party_id)
    raise queries.PartyNotFoundError(f"No party has the key {party_id}.", given=str(party_id))


def visible_parties(actor: Actor) -> list[queries.PartyRow]:
    """Return the parties that the caller may see, by name."""
    found = Party.objects.order_by("trading_name", "slug")
    if not actor.is_operator:
        found = found.filter(pk__in=[party_id for _, party_id in actor.roles])
    return [queries.row_of(one) for one in found]


def identity_for(actor: Actor, party_id: UUID) -> list[StatementRow]:
    """
    Return what a party said of itself, for the operator's staff or its own seller's people.

    Raises: PartyNotFoundError, alike for a party that is not theirs and one that is not there.
    """
    party_for(actor, party_id)
    if not (actor.is_operator or (Role.SELLER, party_id) in actor.roles):
        raise queries.PartyNotFoundError(f"No party has the key {party_id}.", given=str(party_id))
    return latest_statements(party_ids=[party_id])


def statement_for(actor: Actor, statement_id: UUID) -> StatementRow:
    """
    Return one version of a field that the caller may see.

    Raises: StatementNotFoundError, alike for another's and none.
    """
    found = statement(statement_id)
    is_own = found is not None and (Role.SELLER, found.party.id) in actor.roles
    if found is None or not (actor.is_operator or is_own):
        raise StatementNotFoundError("There is no such statement, or it is not yours.")
    return found
