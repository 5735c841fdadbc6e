"""Who may see a trade-in: whoever holds its signed link, and the operator's staff."""

from uuid import UUID

from bandstand.parties.rules import Actor
from bandstand.trade_in.links import read_token
from bandstand.trade_in.models import TradeIn
from bandstand.trade_in.rules import TradeInNotFoundError, parse_reference


def trade_in_by_link(token: str) -> UUID:
    """
    Return the trade-in that a signed link opens.

    Raises: TradeInNotFoundError.
    """
    return _by_reference(read_token(token))


def trade_in_for(actor: Actor, reference: str) -> UUID:
    """
    Return a trade-in that the caller may work on: only the operator's staff may.

    Raises: TradeInNotFoundError.
    """
    if not actor.is_operator:
        raise TradeInNotFoundError("There is no such trade-in, or it is not yours.")
    return _by_reference(parse_reference(reference))


def _by_reference(reference: str) -> UUID:
    found = TradeIn.objects.filter(reference=reference).values_list("id", flat=True).first()
    if found is None:
        raise TradeInNotFoundError(f"There is no trade-in {reference}.", reference=reference)
    return found
