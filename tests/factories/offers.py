"""Offers and their units, made by the real services, boring by default."""

from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from stdnum import luhn

from bandstand.catalogue.models import Network, StoredFit, Variant
from bandstand.money import Money
from bandstand.offers import services
from bandstand.offers.models import Offer
from bandstand.offers.rules import UnitArrival
from bandstand.parties.models import Party
from bandstand.plumbing import clock
from bandstand.radio import Tier
from tests.factories import catalogue, rights

PRICE = Money(48_000, "USD")
ACTOR = "mira@example.org"
_number = count(1)


def draft(
    *,
    seller: Party | None = None,
    variant: Variant | None = None,
    price: Money = PRICE,
    market: str = "US",
    now: datetime | None = None,
    **fields: Any,  # noqa: ANN401 -- columns of many types
) -> UUID:
    """Draft an offer of a new phone that its seller may sell in the United States."""
    holder, phone = seller, variant
    if holder is None or phone is None:
        holder, phone = rights.sellable(seller=seller)
    catalogue.market(code=market)
    return services.draft_offer(
        seller_id=holder.id,
        variant_id=phone.id,
        market=market,
        price=price,
        now=now or clock.now(),
        **{"condition": "new", "storage_gb": 256, "colour": "Grey", **fields},
    )


def offer(*, units: int = 1, **fields: Any) -> Offer:  # noqa: ANN401 -- arguments of ``draft``
    """Put an offer on the shelf with units in stock."""
    offer_id = draft(**fields)
    now = fields.get("now") or clock.now()
    if units:
        services.receive_units(offer_id=offer_id, units=arrivals(units), now=now)
    decision = services.publish(offer_id=offer_id, actor=ACTOR, now=now)
    assert decision.is_allowed, decision.reasons
    return Offer.objects.get(pk=offer_id)


def arrivals(units: int, *, lot: str = "lot-1") -> list[UnitArrival]:
    """Write a delivery note of phones with test IMEIs."""
    numbers = [next(_number) for _ in range(units)]
    return [
        UnitArrival(imei=imei_of(number), serial=f"SN{number:07}", lot=lot) for number in numbers
    ]


def imei_of(number: int) -> str:
    """Return a valid IMEI of the reserved test range."""
    body = f"00101{number:09}"
    return body + luhn.calc_check_digit(body)


def stored_fit(
    variant: Variant,
    network: Network,
    *,
    tier: Tier = Tier.FULL,
    nr: str = "yes",
    from_date: date = date(2020, 1, 1),
) -> StoredFit:
    """Store the fit of a variant on a network from a day on."""
    return StoredFit.objects.create(
        variant=variant,
        network=network,
        from_date=from_date,
        until_date=None,
        tier=tier.value,
        tier_rank=tier.rank,
        calls="yes",
        nr=nr,
        label=f"Tier {tier.value}",
        sentence=f"It is {tier.value}.",
        body={"tier": tier.value},
        inputs_hash="0" * 64,
        computed_at=clock.now(),
    )
