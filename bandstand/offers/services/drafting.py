"""A seller writes an offer and names its price. Nothing is on sale yet."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers import rules
from bandstand.offers.models import Offer
from bandstand.offers.rules import OfferState
from bandstand.plumbing import audit
from bandstand.rights.rules import Condition


@transaction.atomic
def draft_offer(  # noqa: PLR0913 -- an offer is what a seller says about one thing, and has these parts
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    condition: Condition | str,
    price: Money,
    storage_gb: int | None = None,
    colour: str = "",
    colour_hex: str = "#8a8a93",
    dispatch_days: int = 2,
    return_days: int = 30,
    warranty_months: int = 12,
    now: datetime,
) -> UUID:
    """
    Write an offer as a draft and return its key.

    The same seller, variant, market, condition, storage and colour is the same offer: writing it
    again returns the one that is there, and leaves it as it is.
    Raises: MalformedOfferError; NotFoundError if the market is not known.
    """
    place = catalogue.market(market)
    rules.require_sound_offer(price=price, currency=place.currency, colour_hex=colour_hex)
    offer, _ = Offer.objects.get_or_create(
        seller_id=seller_id,
        variant_id=variant_id,
        market_id=place.code,
        condition=rules.condition_of(condition).value,
        storage_gb=storage_gb,
        colour=colour,
        defaults={
            "colour_hex": colour_hex,
            "price_minor": price.minor,
            "currency": price.currency,
            "state": OfferState.DRAFT.value,
            "dispatch_days": dispatch_days,
            "return_days": return_days,
            "warranty_months": warranty_months,
            "created_at": now,
        },
    )
    return offer.id


@transaction.atomic
def change_price(*, offer_id: UUID, price: Money, actor: str, now: datetime) -> None:
    """
    Name another price. Baskets keep the price their buyer saw and ask before it counts.

    Lock: the offer's row.
    Raises: OfferNotFoundError; MalformedOfferError.
    """
    offer = Offer.objects.select_for_update().filter(pk=offer_id).first()
    if offer is None:
        raise rules.OfferNotFoundError(f"No offer has the key {offer_id}.", given=str(offer_id))
    rules.require_sound_offer(price=price, currency=offer.currency, colour_hex=offer.colour_hex)
    before = offer.price_minor
    offer.price_minor = price.minor
    offer.save(update_fields=["price_minor"])
    audit.record(
        actor=actor,
        action="offer.change_price",
        subject=print_id(IdKind.OFFER, offer_id),
        now=now,
        from_minor=before,
        to_minor=price.minor,
        currency=price.currency,
    )
