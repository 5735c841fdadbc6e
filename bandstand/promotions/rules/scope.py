"""What a promotion applies to: every word of it that is set must be true of the offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from bandstand.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionScope:
    """
    What a promotion applies to; a part that is empty says nothing.

    ``months`` is the length of the plan; 0 is any.
    """

    brand_id: UUID | None = None
    model_id: UUID | None = None
    variant_id: UUID | None = None
    seller_id: UUID | None = None
    offer_id: UUID | None = None
    condition: str = ""
    months: int = 0
    price_minimum: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts:
    """An offer as far as promotions go; ``brand_ids`` are its brand and that one's parents."""

    offer_id: UUID
    brand_ids: frozenset[UUID]
    model_id: UUID
    variant_id: UUID
    seller_id: UUID
    condition: str
    price: Money


class Comparable(Protocol):
    """A promotion as far as choosing between two goes."""

    @property
    def id(self) -> UUID: ...

    @property
    def amount(self) -> Money: ...


P = TypeVar("P", bound=Comparable)


def applies(scope: PromotionScope, *, offer: OfferFacts, months: int) -> bool:
    """Say whether a promotion applies to an offer on a plan of so many months."""
    wanted = (
        (scope.model_id, offer.model_id),
        (scope.variant_id, offer.variant_id),
        (scope.seller_id, offer.seller_id),
        (scope.offer_id, offer.offer_id),
        (scope.condition or None, offer.condition),
        (scope.months or None, months),
    )
    if any(asked is not None and asked != found for asked, found in wanted):
        return False
    if scope.brand_id is not None and scope.brand_id not in offer.brand_ids:
        return False
    least = scope.price_minimum
    return least is None or (
        least.currency == offer.price.currency and offer.price.minor >= least.minor
    )


def best_of(promotions: Sequence[P]) -> P | None:
    """Return the promotion worth most to the buyer; of equals, the one made first."""
    return min(promotions, key=lambda one: (-one.amount.minor, one.id), default=None)
