"""Terms, values, and phones on their way, made by the real services, boring by default."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bandstand.catalogue.models import Brand, Market, Variant
from bandstand.orders.events import LineCancelled, LinePaid, LineReturned
from bandstand.orders.queries import OrderRow
from bandstand.plumbing import clock, outbox
from bandstand.trade_in import services
from bandstand.trade_in.models import TradeIn
from bandstand.trade_in.rules import Question, Said, TradeInTerms, read_account
from bandstand.trade_in.services import Seen
from tests.factories import catalogue, offers, orders

ACTOR: Final = "ada@lark.example"
OTHER: Final = "ben@lark.example"
GRADES: Final = {"good": "200.00", "worn": "150.00", "broken": "60.00", "parts": "10.00"}
ACCOUNT: Final = read_account(holder="Mira Lind", routing="021000021", number="5555001")

for _kind, _handler in (
    (LinePaid, services.hear_line_paid),
    (LineCancelled, services.hear_line_undone),
    (LineReturned, services.hear_line_undone),
):
    outbox.listen(_kind, _handler)


def terms(*, market: str = "US", now: datetime | None = None) -> TradeInTerms:
    """Take phones in a market: 14 days for a quote, 21 to come, 5 to be looked at, 10 to answer."""
    catalogue.market(code=market)
    made = TradeInTerms(
        market=market,
        quote_days=14,
        arrive_days=21,
        remind_days=7,
        inspect_days=5,
        answer_days=10,
        send_to="Lark Mobile, Trade-in, 1 Quay Street, Springfield",
        source="Terms of trade-in, version 1",
        from_at=(now or clock.now()) - timedelta(days=400),
    )
    services.set_trade_in_terms(terms=made, actor=ACTOR, now=now or clock.now())
    return made


def taken(*, market: str = "US", values: dict[str, str] = GRADES, name: str = "Two") -> Variant:
    """List what an Aster phone is worth in each grade, from today on."""
    terms(market=market)
    zone = Market.objects.get(code=market).time_zone
    brand = Brand.objects.filter(slug="aster").first() or catalogue.brand(name="Aster")
    model = catalogue.device_model(brand=brand, name=name)
    variant = catalogue.variant(model=model)
    today = clock.day_in(zone, at=clock.now())
    rows = [f"Aster/{variant.code},{grade},{value},{today}" for grade, value in values.items()]
    done = services.import_values(
        market=market,
        raw="\n".join(["phone,grade,value,from", *rows]).encode(),
        apply=True,
        actor=ACTOR,
        now=clock.now(),
    )
    assert not done.refused, done.refused
    return variant


def answers(**said: str) -> dict[Question, Said]:
    """Answer every question with yes, but those named."""
    return {one: Said(said.get(one.value, "yes")) for one in Question}


def imei(number: int = 1) -> str:
    """Return a sound IMEI of the reserved test range."""
    return offers.imei_of(900_000 + number)


def quoted(
    variant: Variant | None = None,
    *,
    number: int = 1,
    now: datetime | None = None,
    market: str = "US",
    **said: str,
) -> TradeIn:
    """Quote for Mira's old phone."""
    phone = variant or taken(market=market)
    reference = services.quote(
        variant_id=phone.id,
        market=market,
        answers=answers(**said),
        imei=imei(number),
        now=now or clock.now(),
    )
    return TradeIn.objects.get(reference=reference)


def accepted(order: OrderRow, variant: Variant | None = None, *, number: int = 1) -> TradeIn:
    """Trade a phone in for an order's first line."""
    trade_in = quoted(variant, number=number)
    line_id = orders.line_of(order)
    services.accept(trade_in_id=trade_in.id, line_id=line_id, now=clock.now())
    return fresh(trade_in)


def received(order: OrderRow, variant: Variant | None = None, *, number: int = 1) -> TradeIn:
    """Have a phone arrive."""
    trade_in = accepted(order, variant, number=number)
    services.receive(scanned=trade_in.reference, actor=ACTOR, now=clock.now())
    return fresh(trade_in)


def seen(trade_in: TradeIn, *, number: int = 1, is_reported: bool = False, **said: str) -> Seen:
    """Look at a phone: as described, but for what is named."""
    variant: UUID = trade_in.variant_id
    return Seen(
        imei=imei(number),
        variant_id=variant,
        answers=answers(**said),
        is_reported=is_reported,
        register_asked="the carriers' list",
        notes="Looked at on the bench.",
        photos_at="shelf 3, card 12",
    )


def credited(order: OrderRow, variant: Variant | None = None, *, number: int = 1) -> TradeIn:
    """Find a phone as described."""
    trade_in = received(order, variant, number=number)
    services.inspect(
        trade_in_id=trade_in.id, seen=seen(trade_in, number=number), actor=ACTOR, now=clock.now()
    )
    return fresh(trade_in)


def fresh(trade_in: TradeIn) -> TradeIn:
    """Read a trade-in again."""
    return TradeIn.objects.get(pk=trade_in.pk)
