"""Who may see which party. The only fetch by id for delivery code."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from bandstand.parties import queries
from bandstand.parties.models import Membership, Party, Person
from bandstand.parties.rules import Actor, Role


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
