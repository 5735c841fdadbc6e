"""Aster makes phones in Hamburg; Northgate and Harbor trade them."""

from dataclasses import dataclass
from datetime import datetime

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.provenance.queries import Custody, custody_of
from bandstand.provenance.rules import UnitIds
from tests.factories import catalogue, parties, provenance

NOW = provenance.NOW


@dataclass(frozen=True)
class World:
    """The parties and how events call them."""

    brand: Brand
    aster: Party
    northgate: Party
    harbor: Party
    maker: str
    seller: str
    other: str

    def custody(
        self, ids: UnitIds | None = None, *, at: datetime = NOW, market: str = ""
    ) -> Custody:
        return custody_of(
            identifiers=ids or provenance.unit(), brand_id=self.brand.id, at=at, market=market
        )


def make_world() -> World:
    aster = parties.party(slug="aster", country="DE")
    northgate = parties.party(slug="northgate", country="US")
    harbor = parties.party(slug="harbor", country="US")
    return World(
        brand=catalogue.brand(name="Aster", owner=aster),
        aster=aster,
        northgate=northgate,
        harbor=harbor,
        maker=provenance.party_gln(party=aster, identifier=provenance.pgln(1)),
        seller=provenance.party_gln(party=northgate, identifier=provenance.pgln(2)),
        other=provenance.party_gln(party=harbor, identifier=provenance.pgln(3)),
    )
