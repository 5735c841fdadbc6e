"""A small shop to look around in: Lark in the US, Northgate selling Aster phones on plans."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from bandstand.catalogue.models import Brand, Network
from bandstand.credit.rules import TermsRow
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.parties.models import Party
from bandstand.radio import Tier
from tests.factories import catalogue, credit, offers, orders, parties, rights


@dataclass
class World:
    """The shop and what is on its shelf."""

    network: Network
    seller: Party
    terms: TermsRow

    def phone(
        self,
        name: str = "One",
        *,
        brand: str = "Aster",
        tier: str = "full",
        **fields: Any,  # noqa: ANN401 -- arguments of the offers factory
    ) -> Offer:
        """Put a phone on the shelf, with a fit of a tier on the shop's network."""
        mark = Brand.objects.filter(name=brand).first() or catalogue.brand(name=brand)
        model = catalogue.device_model(brand=mark, name=name)
        seller, variant = rights.sellable(seller=self.seller, model=model)
        offers.stored_fit(variant, self.network, tier=Tier(tier))
        return offers.offer(seller=seller, variant=variant, **{"units": 2, **fields})


def url_of(offer: Offer) -> str:
    """Return the address of an offer's product page."""
    return f"/phones/{offer.variant.slug}/{print_id(IdKind.OFFER, offer.id)}/"


@pytest.fixture
def world(
    db: None,  # noqa: ARG001 -- opens the database
) -> World:
    network = orders.shop()
    catalogue.network_band(network=network, rat="LTE", band="12")
    catalogue.network_band(network=network, rat="LTE", band="2", role="secondary")
    terms = credit.terms(months=24, down_payment_bps=0)
    return World(network, parties.party(slug="northgate", trading_name="Northgate"), terms)


@pytest.fixture
def shopper(
    world: World,  # noqa: ARG001 -- there must be a shop to look around in
) -> Client:
    return Client()
