"""What the page of a stopped phone says instead of selling it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.gate.models import Hold
from bandstand.gate.rules import Basis
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.offers import queries as offers
from bandstand.offers.queries import ShelfCard


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppedPage:
    """Why a phone is not sold, since when, and what to look at instead."""

    offer_id: UUID
    title: str
    brand: str
    hold_public_id: str
    reason: str
    basis: Basis
    ground: Ground
    stopped_at: datetime
    alternatives: tuple[ShelfCard, ...]


def stopped_page(*, offer_id: UUID, now: datetime) -> StoppedPage | None:
    """Return the stopped page of an offer, or None if no hold stops its sale."""
    page = offers.offer_page(offer_id=offer_id, now=now)
    if page is None or page.hold is None:
        return None
    hold = Hold.objects.get(pk=page.hold.id)
    return StoppedPage(
        offer_id=offer_id,
        title=page.offer.title,
        brand=page.offer.brand,
        hold_public_id=print_id(IdKind.HOLD, hold.id),
        reason=hold.reason,
        basis=Basis(hold.basis),
        ground=Ground(hold.ground),
        stopped_at=hold.effective_at,
        alternatives=offers.alternatives(offer_id=offer_id, now=now),
    )
