"""Sales whose sellers are owed something."""

from datetime import datetime, timedelta
from uuid import UUID

from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.orders import services as orders
from bandstand.orders.models import OrderLine
from bandstand.payouts import services
from bandstand.plumbing import clock
from tests.factories import orders as sales, takedowns

ACTOR = "mira@lark.example"
WAIT_DAYS = 14


def terms(*, reserve_bps: int = 1_000, minimum: int = 0, from_at: datetime | None = None) -> None:
    """Agree that money waits two weeks and a tenth of it is kept back for 30 days more."""
    services.set_payout_policy(
        market="US",
        wait_days=WAIT_DAYS,
        reserve_bps=reserve_bps,
        reserve_days=30,
        minimum=Money(minimum, "USD"),
        source="Seller agreement, section 4",
        from_at=from_at or clock.now() - timedelta(days=1),
        actor=ACTOR,
        now=clock.now(),
    )


def delivered(offer: Offer) -> OrderLine:
    """Sell one phone and bring it to its buyer; the seller's share is noted."""
    order = takedowns.shipped(offer, arrived=True)
    sales.hear_everything()
    return OrderLine.objects.get(order__number=order.number)


def matured(offer: Offer) -> OrderLine:
    """Sell one phone whose buyer can no longer give it back."""
    line = delivered(offer)
    services.mature_due(now=after_window())
    return line


def after_window(*, days: int = 1) -> datetime:
    """Return an instant after the buyer's window has closed."""
    return clock.now() + timedelta(days=WAIT_DAYS + days)


def give_back(line: OrderLine, *, now: datetime | None = None) -> None:
    """Take a phone back from its buyer."""
    orders.return_line(line_id=line.id, reason="Given back.", actor=ACTOR, now=now or clock.now())
    sales.hear_everything()


def seller_of(line: OrderLine) -> UUID:
    """Return the seller of a line."""
    return line.offer.seller_id
