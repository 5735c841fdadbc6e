"""Brands' domains, the lists published there, and sellers' domains; boring by default."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.rights.fetching import Fetched
from bandstand.rights.models import BrandDomain, ListSource, PartyDomain
from bandstand.rights.services.domains import record_domain
from tests.factories import catalogue, parties

VERIFIED_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def source(*, brand: Brand | None = None, domain: str = "aster.example") -> ListSource:
    """Make the list of a brand whose domain staff vouched for."""
    of_brand = brand or catalogue.brand(
        name="Aster", owner=parties.party(slug="aster", email="rights@aster.example")
    )
    key = record_domain(
        brand_id=of_brand.id,
        domain=domain,
        reason="Known to us.",
        actor="ada@lark.example",
        now=VERIFIED_AT,
    )
    return ListSource.objects.get(domain=BrandDomain.objects.get(pk=key))


def party_domain(*, party: Party, domain: str) -> PartyDomain:
    """Let a party have shown that a domain is its own."""
    return PartyDomain.objects.create(
        party=party,
        domain=domain,
        method="staff",
        challenge="known",
        asked_at=VERIFIED_AT,
        asked_by="ada@lark.example",
        checked_at=VERIFIED_AT,
        verified_at=VERIFIED_AT,
    )


def entry(domain: str = "northgate.example", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON of many types
    """Write an entry that authorises a seller to sell new phones in the United States."""
    return {"domain": domain, "countries": ["US"], "categories": ["phone"], **fields}


def document(
    *,
    sequence: int,
    sellers: Iterable[dict[str, Any]] = (),
    issued_at: str = "2026-11-01T00:00:00Z",
    **fields: Any,  # noqa: ANN401 -- JSON of many types
) -> bytes:
    """Write a list of Aster's."""
    return json.dumps(
        {
            "version": "1.0",
            "sequence": sequence,
            "issued_at": issued_at,
            "domain": "aster.example",
            "authorised_sellers": list(sellers),
            **fields,
        }
    ).encode()


def fetched(body: bytes, *, at: datetime, final_url: str = "") -> Fetched:
    """Make what a fetch of Aster's list gave."""
    url = "https://aster.example/.well-known/authorised-sellers.json"
    return Fetched(
        url=url,
        final_url=final_url or url,
        status=200,
        body=body,
        media_type="application/json",
        fetched_at=at,
        sha256=hashlib.sha256(body).hexdigest(),
    )
