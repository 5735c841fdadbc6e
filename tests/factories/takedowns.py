"""Brand accounts and notices, filed through the real services."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bandstand.catalogue.models import Brand
from bandstand.offers.models import Offer
from bandstand.orders import services as order_services
from bandstand.orders.queries import OrderRow
from bandstand.parties.models import Party, Person
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from bandstand.takedowns import services
from bandstand.takedowns.models import Notice
from bandstand.takedowns.rules import NoticeScope
from tests.factories import orders, parties

EXPLANATION = "Aster has no authorised distributor of phones in this market."


@dataclass(frozen=True)
class BrandAccount:
    """Someone who speaks for a brand, and for which party."""

    person: Person
    party: Party
    brand: Brand


def brand_of(offer: Offer) -> Brand:
    """Return the brand of an offer's phone."""
    return offer.variant.model.brand


def account(brand: Brand, **fields: Any) -> BrandAccount:  # noqa: ANN401 -- columns of many types
    """Give a brand an owner with a verified account."""
    party = parties.party(**fields)
    brand.owner = party
    brand.save(update_fields=["owner"])
    person = parties.person()
    parties.membership(person=person, party=party, role=Role.BRAND)
    return BrandAccount(person, party, brand)


def filed(speaker: BrandAccount, *, scope: NoticeScope | None = None, **fields: Any) -> UUID:  # noqa: ANN401 -- arguments of many types
    """File a notice and return its id."""
    return services.file_notice(
        **{
            "person_id": speaker.person.id,
            "party_id": speaker.party.id,
            "brand_id": speaker.brand.id,
            "scope": scope or NoticeScope(),
            "explanation": EXPLANATION,
            "right_reference": "Word mark 1234567",
            "good_faith": True,
            "now": clock.now(),
            **fields,
        }
    )


def hold_of(notice_id: UUID) -> UUID:
    """Return the hold that a notice placed."""
    hold_id = Notice.objects.values_list("hold_id", flat=True).get(pk=notice_id)
    assert hold_id is not None
    return hold_id


def stopped(offer: Offer) -> UUID:
    """Stop everything of an offer's brand by its notice; return the hold."""
    return hold_of(filed(account(brand_of(offer))))


def walked(hold_id: UUID) -> services.AftermathReport:
    """Walk an aftermath and let every piece of news come in."""
    report = services.run_aftermath(hold_id=hold_id, now=clock.now())
    orders.hear_everything()
    return report


def shipped(*offers: Offer, terms_id: UUID | None = None, arrived: bool = False) -> OrderRow:
    """Place an order that left the house, and let it arrive if told."""
    order = orders.paid(*offers, terms_id=terms_id)
    line_id = orders.line_of(order)
    order_services.release_line(
        line_id=line_id, carrier="DHL", tracking="1", actor="ops", now=clock.now()
    )
    if arrived:
        order_services.deliver_line(line_id=line_id, actor="carrier", now=clock.now())
    return order
