"""Registering whose identifiers are whose."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import RefusedError
from bandstand.parties.models import Party
from bandstand.plumbing import audit
from bandstand.provenance.models import BrandGln, PartyGln
from bandstand.provenance.rules.ids import read_identifier
from bandstand.provenance.rules.party_keys import identity_key
from bandstand.provenance.rules.words import IdentitySource


class IdentityTakenError(RefusedError):
    """An identifier that is another party's already."""

    code = "identity_taken"


@transaction.atomic
def name_party(
    *,
    party_id: UUID,
    identifier: str,
    actor: str,
    now: datetime,
    country: str = "",
    source: str = IdentitySource.OPERATOR.value,
) -> UUID:
    """
    Register an identifier (a GLN, or a URI of its own) as one of our parties; idempotent.

    Raises: MalformedIdentifierError; IdentityTakenError if it is another party's.
    """
    key = identity_key(read_identifier(identifier).uri)
    place = country or Party.objects.values_list("country", flat=True).get(pk=party_id)
    row, is_new = PartyGln.objects.get_or_create(
        identifier=key,
        defaults={
            "party_id": party_id,
            "country": place,
            "source": IdentitySource(source).value,
            "recorded_at": now,
        },
    )
    if row.party_id != party_id:
        raise IdentityTakenError(f"{key} is another party's.", identifier=key)
    if is_new:
        audit.record(
            actor=actor, action="epcis.party.name", subject=str(party_id), now=now, identifier=key
        )
    return row.id


@transaction.atomic
def name_brand_identity(  # noqa: PLR0913 -- one registration has this many facts
    *,
    brand_id: UUID,
    identifier: str,
    source: str,
    from_at: datetime,
    actor: str,
    now: datetime,
    company_prefix: str = "",
    party_id: UUID | None = None,
    until_at: datetime | None = None,
) -> UUID:
    """
    Register an identity under which a brand puts its phones into the world; idempotent.

    Raises: MalformedIdentifierError.
    """
    key = identity_key(read_identifier(identifier).uri)
    row, is_new = BrandGln.objects.get_or_create(
        brand_id=brand_id,
        identifier=key,
        from_at=from_at,
        defaults={
            "company_prefix": company_prefix,
            "party_id": party_id,
            "source": IdentitySource(source).value,
            "until_at": until_at,
        },
    )
    if is_new:
        audit.record(
            actor=actor, action="epcis.brand.name", subject=str(brand_id), now=now, identifier=key
        )
    return row.id
