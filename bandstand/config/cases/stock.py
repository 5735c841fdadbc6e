"""The offer and the unit that a question is about: drafted, received, its way on record."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from stdnum import luhn

from bandstand.catalogue.rules import CELLULAR
from bandstand.config.cases import custody
from bandstand.config.cases.fields import Part
from bandstand.config.cases.world import ACTOR, World
from bandstand.money import Money
from bandstand.offers import services as offers
from bandstand.offers.models import Offer, Unit
from bandstand.offers.rules import UnitArrival
from bandstand.rights.rules import Condition

PRICE_MINOR: Final = 29_900
RECEIVED: Final = (
    "received_at",
    "stocked_at",
    "in_stock_since",
    "stock_received_at",
    "unit_received_at",
    "received",
)
TEST_TAC: Final = "00101"  # test IMEIs begin with 00; no phone has one
_number = count(1)


@dataclass(frozen=True, slots=True)
class Stock:
    """What is in stock, in the book's words."""

    variant: str
    seller_id: UUID
    market: str
    condition: Condition
    custody: Any
    unit: Part
    at: datetime
    offer_id: UUID | None = None
    listing: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The offer and the unit that stand for it."""

    offer_id: UUID
    unit_id: UUID


def stock_of(world: World, stock: Stock) -> Kept:
    """Return the offer and unit of a question, drafted and received if they are not there."""
    offer_id = stock.offer_id or draft(world, stock)
    return Kept(offer_id, unit_of(world, stock, offer_id=offer_id))


def draft(world: World, stock: Stock) -> UUID:
    """Draft an offer; the same seller, variant, market and condition is the same offer."""
    return offers.draft_offer(
        seller_id=stock.seller_id,
        variant_id=world.variant(stock.variant).id,
        market=stock.market,
        condition=stock.condition,
        price=Money(PRICE_MINOR, world.currencies[stock.market]),
        colour=stock.listing,
        now=stock.at,
    )


def unit_of(world: World, stock: Stock, *, offer_id: UUID) -> UUID:
    """Return the unit that is asked about; a new one, unless the book named it before."""
    number = next(_number)
    words = stock.unit
    serial = words.text("serial", f"CASE{number:06}")
    name = f"{offer_id}:{serial}"
    if name in world.units:
        return world.units[name]
    way = custody.way_of(words, custody=stock.custody)
    arrival = UnitArrival(
        serial=serial,
        imei=words.text("imei", _imei(number)) if _is_cellular(offer_id) else "",
        lot=words.text("lot", "case-lot"),
    )
    received = words.first(*RECEIVED)
    stocked_at = words.instant(received, stock.at) if received else stock.at
    note = world.variant(stock.variant)
    moved = custody.Unit(serial, note.gtin, note.brand, stock.seller_id, stocked_at)
    custody.record_way(world, moved, way=way)
    offers.receive_units(offer_id=offer_id, units=[arrival], actor=ACTOR, now=stocked_at)
    world.units[name] = Unit.objects.values_list("id", flat=True).get(
        offer_id=offer_id, serial=serial
    )
    return world.units[name]


def _is_cellular(offer_id: UUID) -> bool:
    kind = Offer.objects.values_list("variant__model__category__slug", flat=True).get(pk=offer_id)
    return kind in CELLULAR


def _imei(number: int) -> str:
    body = f"{TEST_TAC}{number:09}"
    return body + str(luhn.calc_check_digit(body))
