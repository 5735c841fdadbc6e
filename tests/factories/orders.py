"""
A shop with its operator and network, and the way from a basket to an order through real services.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from bandstand.catalogue.models import Network, OperatorNetwork
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.orders import queries, services
from bandstand.orders.queries import CheckoutRow, OrderRow
from bandstand.parties.models import OperatorProfile
from bandstand.payments import events, services as payments
from bandstand.payments.models import MoneyCommand
from bandstand.payments.rules import OPEN
from bandstand.plumbing import clock, outbox
from tests.factories import catalogue, parties, payments as payment_factory

ADDRESS = {
    "country_code": "US",
    "street_address": "1 Main Street",
    "city": "Springfield",
    "country_area": "IL",
    "postal_code": "62701",
}
EMAIL = "mira@example.org"
RETURN_URL = "https://shop.lark.example/checkout/"

WIRING: tuple[tuple[type[Any], Any], ...] = (
    (events.PaymentAuthorised, services.hear_authorised),
    (events.PaymentDeclined, services.hear_declined),
    (events.PaymentCaptured, services.hear_captured),
    (events.CaptureHeld, services.hear_capture_held),
    (events.CaptureFailed, services.hear_capture_failed),
    (events.RefundSettled, services.hear_refund_settled),
)
for _kind, _handler in WIRING:
    outbox.listen(_kind, _handler)


def shop() -> Network:
    """Open Lark's shop in the United States on one network."""
    market = catalogue.market(code="US", time_zone="America/New_York")
    if not OperatorProfile.objects.exists():
        parties.operator_profile()
    standing = OperatorNetwork.objects.select_related("network").first()
    if standing is not None:
        return standing.network
    assert market.code == "US"
    return catalogue.operator_network(network=catalogue.network(code="310-260")).network


def basket(
    *offers: Offer,
    terms_id: UUID | None = None,
    person_id: UUID | None = None,
    now: datetime | None = None,
) -> UUID:
    """Fill a basket with one of each offer."""
    at = now or clock.now()
    basket_id = services.open_basket(person_id=person_id, market="US", now=at)
    for offer in offers:
        services.add_line(basket_id=basket_id, offer_id=offer.id, terms_id=terms_id, now=at)
    return basket_id


def prepare(basket_id: UUID, **fields: Any) -> CheckoutRow:  # noqa: ANN401 -- arguments of many types
    """Prepare a basket at the total its page shows."""
    now = fields.pop("now", None) or clock.now()
    total: Money = queries.basket_page(basket_id=basket_id, now=now).total
    return services.prepare(
        basket_id=basket_id,
        now=now,
        **{
            "email": EMAIL,
            "buyer_name": "Mira",
            "address": ADDRESS,
            "expected_total": total,
            "has_agreed": True,
            **fields,
        },
    )


def prepared(*offers: Offer, terms_id: UUID | None = None) -> CheckoutRow:
    """Prepare a checkout of one of each offer."""
    return prepare(basket(*offers, terms_id=terms_id))


def pay(
    checkout_id: UUID,
    *,
    card: str = "tok_ok",
    now: datetime | None = None,
    keeps_card: bool = False,
) -> None:
    """Pay with a card; the outcome has not been heard of yet."""
    services.pay(
        checkout_id=checkout_id,
        card_token=card,
        return_url=RETURN_URL,
        now=now or clock.now(),
        keeps_card=keeps_card,
    )


def hear_payments(*, minutes: int = 1) -> None:
    """Deliver the provider's events and keep them; orders have not heard of them yet."""
    payment_factory.settle(now=clock.now() + minutes * payment_factory.MINUTE)


def hear_everything() -> None:
    """Let every webhook, event and money command that waits be told, until nothing does."""
    for _ in range(6):
        hear_payments()
        outbox.deliver_waiting(now=clock.now())
        waiting = MoneyCommand.objects.filter(state__in=[one.value for one in OPEN])
        for command_id in list(waiting.values_list("id", flat=True)):
            payments.send_command(command_id=command_id, now=clock.now())


def authorised(
    *offers: Offer, terms_id: UUID | None = None, card: str = "tok_ok", keeps_card: bool = False
) -> CheckoutRow:
    """Have a checkout's money set aside, before orders have heard of it."""
    checkout = prepared(*offers, terms_id=terms_id)
    pay(checkout.id, card=card, keeps_card=keeps_card)
    hear_payments()
    return checkout


def placed(*offers: Offer, terms_id: UUID | None = None) -> OrderRow:
    """Place an order whose capture is claimed and not sent."""
    return services.finalize(checkout_id=authorised(*offers, terms_id=terms_id).id, now=clock.now())


def paid(
    *offers: Offer, terms_id: UUID | None = None, card: str = "tok_ok", keeps_card: bool = False
) -> OrderRow:
    """Place an order and have its money taken."""
    checkout = authorised(*offers, terms_id=terms_id, card=card, keeps_card=keeps_card)
    order = services.finalize(checkout_id=checkout.id, now=clock.now())
    hear_everything()
    return order


def line_of(order: OrderRow) -> UUID:
    """Return the first line of an order."""
    return queries.order_page(order.id).lines[0].id
