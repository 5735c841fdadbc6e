"""The sandbox provider's cards, each behaving in one way, and its limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.money import Money, exponent
from bandstand.payments.gateways.port import GatewayRefusedError

THREE_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class CardBehaviour:
    """How a card answers. An empty decline code means that it pays."""

    title: str
    decline_code: str = ""
    needs_challenge: bool = False
    is_answer_lost: bool = False
    is_off_session_refused: bool = False
    do_refunds_fail: bool = False
    do_refunds_return: bool = False
    is_disputed: bool = False
    is_dispute_lost: bool = False
    brand: str = "visa"
    last_four: str = "4242"
    lasts_months: int = 33
    """How many months after it was kept a saved card of this kind is still good."""


CARDS: Final[Mapping[str, CardBehaviour]] = MappingProxyType(
    {
        "tok_ok": CardBehaviour("Pays"),
        "tok_declined": CardBehaviour("Declined by the bank", decline_code="card_declined"),
        "tok_insufficient": CardBehaviour("Not enough money", decline_code="insufficient_funds"),
        "tok_expired": CardBehaviour("Expired", decline_code="expired_card"),
        "tok_3ds": CardBehaviour(
            "Asks you to confirm with your bank",
            needs_challenge=True,
            brand="mastercard",
            last_four="3155",
        ),
        "tok_3ds_refused": CardBehaviour(
            "Asks you to confirm, then fails",
            decline_code="authentication_failed",
            needs_challenge=True,
        ),
        "tok_lost_answer": CardBehaviour("Pays, but the answer is lost", is_answer_lost=True),
        "tok_off_session_refused": CardBehaviour(
            "Pays here; later charges need you", is_off_session_refused=True, last_four="3184"
        ),
        "tok_refund_fails": CardBehaviour("Pays, but cannot be refunded", do_refunds_fail=True),
        "tok_refund_returns": CardBehaviour(
            "Pays; a refund goes through and comes back after two days", do_refunds_return=True
        ),
        "tok_ends_soon": CardBehaviour(
            "Pays, and expires at the end of this month", last_four="1881", lasts_months=0
        ),
        "tok_lost_card": CardBehaviour("Reported lost", decline_code="lost_card"),
        "tok_dispute_lost": CardBehaviour(
            "Pays, is contested after three days, and the buyer's bank wins",
            is_disputed=True,
            is_dispute_lost=True,
        ),
        "tok_dispute_won": CardBehaviour(
            "Pays, is contested after three days, and the shop wins", is_disputed=True
        ),
    }
)

MINIMUM_MINOR: Final[Mapping[str, int]] = MappingProxyType(
    {
        "AUD": 50,
        "CAD": 50,
        "CHF": 50,
        "EUR": 50,
        "GBP": 30,
        "HKD": 400,
        "INR": 50,
        "JPY": 50,
        "USD": 50,
    }
)
"""Source: Stripe, minimum and maximum charge amounts; the sandbox refuses what a real one does."""


def card(token: str) -> CardBehaviour:
    """
    Return how a card behaves.

    Raises: GatewayRefusedError, with near matches.
    """
    found = CARDS.get(token)
    if found is None:
        near = near_matches(token, list(CARDS))
        hint = f" Did you mean {', '.join(near)}?" if near else f" Known: {', '.join(CARDS)}."
        raise GatewayRefusedError(f"The sandbox has no card “{token}”.{hint}", code="no_such_card")
    return found


def require_chargeable(amount: Money) -> None:
    """
    Refuse amounts that a real provider refuses.

    Raises: GatewayRefusedError.
    """
    minimum = Money(MINIMUM_MINOR.get(amount.currency, 1), amount.currency)
    if amount < minimum:
        raise GatewayRefusedError(
            f"{amount} is less than the least that can be charged, {minimum}.",
            code="amount_too_small",
        )
    if exponent(amount.currency) == THREE_DECIMALS and amount.minor % 10:
        raise GatewayRefusedError(
            f"Amounts in {amount.currency} end in 0: cards settle two of its three decimals.",
            code="amount_not_settleable",
        )
