"""What stands on the shelf in the portals' tests: a phone of Aster's, sold by Northgate."""

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.offers.services import publish
from bandstand.parties.models import Party
from bandstand.plumbing import clock
from tests.factories import catalogue, offers, rights
from tests.portals.conftest import Portals

EVIDENCE = "Contract 4711 between Aster and Northgate, page 3"


def phone_on_shelf(
    portals: Portals, *, seller: Party | None = None, units: int = 2, name: str = "Aster One"
) -> Offer:
    """Put a phone of Aster's on the shelf, with a grant whose proof is on file."""
    phone = catalogue.variant(model=catalogue.device_model(brand=portals.mark, name=name))
    holder = seller or portals.northgate
    rights.grant(
        grantee=holder, brand=portals.mark, category=phone.model.category, evidence=EVIDENCE
    )
    rights.approval(variant=phone)
    return offers.offer(seller=holder, variant=phone, units=units)


def refused_offer(portals: Portals) -> Offer:
    """Let Northgate ask for a phone it has no right to sell, without an approval either."""
    rights.policy()
    phone = catalogue.variant(model=catalogue.device_model(brand=portals.mark, name="Aster Two"))
    offer_id = offers.draft(seller=portals.northgate, variant=phone)
    publish(offer_id=offer_id, actor="nora@northgate.example.org", now=clock.now())
    return Offer.objects.get(pk=offer_id)


def printed(offer: Offer) -> str:
    """Return an offer's printed id."""
    return print_id(IdKind.OFFER, offer.id)
