"""
The list that one brand of the demo publishes: read as bytes, without a network, by the same judge.

The domain is invented and can never be reached, so the reading is the demo's own.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.config.demo.people import NORTHGATE, PAPER_TRAIL
from bandstand.rights.fetching import Fetched
from bandstand.rights.queries.lists import listed_of, sources_of
from bandstand.rights.services.domains import record_domain, record_party_domain
from bandstand.rights.services.lists import ListOutcome, take_list

BRAND: Final = "motorola"
DOMAIN: Final = "motorola.example"
URL: Final = f"https://{DOMAIN}/.well-known/authorised-sellers.json"
NAMED: Final = (NORTHGATE, PAPER_TRAIL)
REASON: Final = "Invented for the demo."
BEGAN: Final = "2026-01-01T00:00:00Z"
LIST: Final = {
    "version": "1.0",
    "sequence": 3,
    "issued_at": "2026-06-01T00:00:00Z",
    "domain": DOMAIN,
    "contact": {"email": f"rights@{DOMAIN}", "name": "Motorola (demo brand desk)"},
    "authorised_sellers": [
        {
            "domain": f"{NORTHGATE}.example",
            "name": "Northgate",
            "countries": ["US"],
            "categories": ["phone"],
            "valid_from": BEGAN,
            "valid_until": "2028-06-19T00:00:00Z",
        },
        {
            "domain": "elsewhere.example",
            "name": "A shop that sells elsewhere",
            "countries": ["US"],
            "categories": ["phone"],
        },
    ],
    "revoked_sellers": [
        {
            "domain": f"{PAPER_TRAIL}.example",
            "revoked_at": "2026-05-30T00:00:00Z",
            "reason": "relationship_ended",
        }
    ],
}


def list_is_read(*, keys: Mapping[str, UUID], actor: str, now: datetime) -> ListOutcome:
    """Vouch for the domains and take the list for what it is worth; idempotent."""
    for slug in NAMED:
        record_party_domain(
            party_id=keys[slug], domain=f"{slug}.example", reason=REASON, actor=actor, now=now
        )
    brand = catalogue.brand_by_slug(BRAND)
    record_domain(brand_id=brand.id, domain=DOMAIN, reason=REASON, actor=actor, now=now)
    source = sources_of([brand.id])[0]
    if listed_of(source.id):
        return ListOutcome(listed=(), parties=())
    body = json.dumps(LIST, indent=2).encode()
    fetched = Fetched(
        url=URL,
        final_url=URL,
        status=200,
        body=body,
        media_type="application/json",
        fetched_at=now,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    return take_list(source_id=source.id, fetched=fetched, now=now)
