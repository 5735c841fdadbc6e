"""Who may see an offer that is not on the shelf. The only fetch by id for delivery code."""

from uuid import UUID

from bandstand.offers.models import Offer
from bandstand.offers.queries import OfferRow, offer_rows
from bandstand.offers.rules import OfferNotFoundError, OfferState
from bandstand.parties.rules import Actor, Role


def offer_for_seller(actor: Actor, offer_id: UUID) -> OfferRow:
    """
    Return an offer that the caller may change: their own as its seller, or any as the operator.

    Raises: OfferNotFoundError, alike for an offer that is not theirs and one that is not there.
    """
    row = offer_rows([offer_id]).get(offer_id)
    if row is not None and (actor.is_operator or (Role.SELLER, row.seller_id) in actor.roles):
        return row
    raise _not_found(offer_id)


def offer_for_shopper(offer_id: UUID) -> OfferRow:
    """
    Return an offer that was ever on the shelf, so that its page can say what became of it.

    Raises: OfferNotFoundError for drafts, refused ones that were never shown, and unknown ids.
    """
    was_shown = Offer.objects.filter(pk=offer_id, published_at__isnull=False).exclude(
        state=OfferState.DRAFT.value
    )
    if not was_shown.exists():
        raise _not_found(offer_id)
    return offer_rows([offer_id])[offer_id]


def _not_found(offer_id: UUID) -> OfferNotFoundError:
    return OfferNotFoundError("There is no such offer, or it is not yours.", given=str(offer_id))
