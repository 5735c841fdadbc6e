"""Aster publishes its list, and the seller Northgate is known."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.rights.models import Grant, ListSource
from bandstand.rights.services.lists import ListOutcome, take_list
from tests.factories import catalogue, lists, parties

DAY = datetime(2026, 11, 20, tzinfo=UTC)
NORTHGATE = "domain:northgate.example"


@dataclass
class World:
    """Aster, its list, and the seller Northgate with a proven domain."""

    source: ListSource
    brand: Brand
    northgate: Party

    def take(self, body: bytes, *, at: datetime = DAY, final_url: str = "") -> ListOutcome:
        found = lists.fetched(body, at=at, final_url=final_url)
        return take_list(source_id=self.source.id, fetched=found, now=at)

    def publish(self, sequence: int, *entries: dict[str, Any], **fields: Any) -> ListOutcome:  # noqa: ANN401 -- JSON of many types
        at = fields.pop("at", DAY)
        issued_at = fields.pop("issued_at", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        body = lists.document(sequence=sequence, sellers=entries, issued_at=issued_at, **fields)
        return self.take(body, at=at)


def world_of_lists() -> World:
    """Let Aster publish and Northgate be known."""
    source = lists.source()
    northgate = parties.party(slug="northgate")
    lists.party_domain(party=northgate, domain="northgate.example")
    catalogue.market()
    catalogue.category()
    return World(source, source.brand, northgate)


def live() -> list[Grant]:
    return list(Grant.objects.filter(revoked_at=None).order_by("id"))
