"""The lowest price of exact versions that are on sale now."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, format_money
from bandstand.offers import queries as offers
from bandstand.storefront.pages.cards import product_url
from bandstand.storefront.shop import Shop


@dataclass(frozen=True, slots=True)
class LowestOffer:
    """Where to buy a version for least, outright."""

    url: str
    price: str


def cheapest(variant_ids: Iterable[UUID], *, shop: Shop) -> dict[UUID, LowestOffer]:
    """Return the cheapest offer of each version that is on sale, by version; in one query."""
    on_sale = (
        offers.offers_on_sale(market=shop.market.code)
        .filter(variant__in=list(variant_ids))
        .select_related("variant")
        .order_by("-price_minor", "-id")
    )
    return {
        one.variant_id: LowestOffer(
            url=product_url(slug=one.variant.slug, public_id=print_id(IdKind.OFFER, one.id)),
            price=format_money(Money(one.price_minor, one.currency), shop.locale),
        )
        for one in on_sale
    }
