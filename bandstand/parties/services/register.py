"""Writes of parties and people. Each may run again with the same words and change nothing."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties import rules
from bandstand.parties.events import PartyReinstated, PartySuspended
from bandstand.parties.models import Membership, OperatorProfile, Party, Person
from bandstand.parties.queries import PartyNotFoundError
from bandstand.parties.rules import MalformedPartyError, Role
from bandstand.plumbing import audit, outbox


@transaction.atomic
def register_party(
    *,
    slug: str,
    legal_name: str,
    trading_name: str,
    country: str,
    email: str,
    address: str,
    verified_at: datetime | None = None,
) -> UUID:
    """
    Register a legal person, or bring the one with this slug up to date, and return its key.

    A verification that was recorded is never taken back by leaving ``verified_at`` out.

    Raises: MalformedPartyError.
    """
    rules.require_slug(slug)
    rules.require_country(country)
    _require_email(email)
    facts: dict[str, object] = {
        "legal_name": legal_name,
        "trading_name": trading_name,
        "country": country,
        "email": email,
        "address": address,
    }
    if verified_at is not None:
        facts["verified_at"] = verified_at
    party, _ = Party.objects.update_or_create(slug=slug, defaults=facts)
    return party.id


@transaction.atomic
def add_person(*, email: str, password: str, full_name: str) -> UUID:
    """
    Add someone who can sign in, and return their key.

    A person who is already there keeps their password and name. An empty password lets nobody sign
    in with one.

    Raises: MalformedPartyError.
    """
    _require_email(email)
    address = Person.objects.normalize_email(email).lower()
    found = Person.objects.filter(email=address).first()
    if found is not None:
        return found.id
    return Person.objects.create_user(address, password or None, full_name=full_name).id


@transaction.atomic
def join(*, person_id: UUID, party_id: UUID, role: Role) -> None:
    """Let a person act for a party in a role."""
    Membership.objects.get_or_create(person_id=person_id, party_id=party_id, role=role.value)


@transaction.atomic
def leave(*, person_id: UUID, party_id: UUID, role: Role) -> None:
    """End that a person acts for a party in a role."""
    Membership.objects.filter(person_id=person_id, party_id=party_id, role=role.value).delete()


@transaction.atomic
def name_operator(
    *, party_id: UUID, shop_name: str, home_market: str, time_zone: str, support_email: str
) -> None:
    """
    Say which party runs this installation. There is one; naming another replaces it.

    Raises: MalformedPartyError.
    """
    _require_email(support_email)
    _require_time_zone(time_zone)
    profile = OperatorProfile.objects.select_for_update().order_by("id").first()
    facts = {
        "party_id": party_id,
        "shop_name": shop_name,
        "home_market": home_market,
        "time_zone": time_zone,
        "support_email": support_email,
    }
    if profile is None:
        OperatorProfile.objects.create(**facts)
        return
    OperatorProfile.objects.filter(pk=profile.id).update(**facts)


@transaction.atomic
def verify_party(*, party_id: UUID, actor: str, now: datetime) -> None:
    """
    Record that the operator checked who a party is.

    Raises: PartyNotFoundError.
    Lock: the party's row.
    """
    party = _locked(party_id)
    if party.verified_at is not None:
        return
    party.verified_at = now
    party.save(update_fields=["verified_at"])
    audit.record(
        actor=actor, action="party.verify", subject=print_id(IdKind.PARTY, party.id), now=now
    )


@transaction.atomic
def suspend_party(*, party_id: UUID, actor: str, now: datetime, reason: str = "") -> None:
    """
    Suspend a party: it may start nothing new from this instant. A second call changes nothing.

    Raises: PartyNotFoundError.
    Lock: the party's row.
    """
    party = _locked(party_id)
    if party.suspended_at is not None:
        return
    party.suspended_at = now
    party.save(update_fields=["suspended_at"])
    audit.record(
        actor=actor,
        action="party.suspend",
        subject=print_id(IdKind.PARTY, party.id),
        now=now,
        reason=reason,
    )
    outbox.emit(PartySuspended(party_id=str(party.id), reason=reason), now=now)


@transaction.atomic
def reinstate_party(*, party_id: UUID, actor: str, now: datetime, reason: str = "") -> None:
    """
    End the suspension of a party. A second call changes nothing.

    Raises: PartyNotFoundError.
    Lock: the party's row.
    """
    party = _locked(party_id)
    if party.suspended_at is None:
        return
    party.suspended_at = None
    party.save(update_fields=["suspended_at"])
    audit.record(
        actor=actor,
        action="party.reinstate",
        subject=print_id(IdKind.PARTY, party.id),
        now=now,
        reason=reason,
    )
    outbox.emit(PartyReinstated(party_id=str(party.id)), now=now)


def _locked(party_id: UUID) -> Party:
    party = Party.objects.select_for_update().filter(pk=party_id).first()
    if party is None:
        raise PartyNotFoundError(f"No party has the key {party_id}.", given=str(party_id))
    return party


def _require_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise MalformedPartyError(
            f"“{email}” is not an e-mail address. Give one like orders@example.com.", email=email
        ) from None


def _require_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise MalformedPartyError(
            f"“{time_zone}” is not a time zone. Give one like America/New_York.",
            time_zone=time_zone,
        ) from None
