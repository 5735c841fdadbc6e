"""Which card a form offers: one that is saved, the test gateway's, or the provider's own page."""

from collections.abc import Sequence
from typing import Final

from django import forms

from bandstand.payments import gateways
from bandstand.payments.gateways.sandbox_cards import CARDS
from bandstand.payments.queries import SavedCardRow

ON_PAGE: Final = "checkout"
SAVED: Final = "saved:"
TEST_HINT: Final = "The test gateway’s cards. No real money moves, and no card number is asked."
PAGE_HINT: Final = "You type your card there. No card number reaches this shop."
PROVIDERS: Final = {"stripe": "Stripe"}


def provider_name() -> str:
    """Return the name of the provider whose page buyers pay on; empty if they pay on our own."""
    return PROVIDERS.get(gateways.default_name(), "") if gateways.asks_on_own_page() else ""


def card_field(
    *, tokens: Sequence[str], saved: Sequence[SavedCardRow] = (), label: str = "Card"
) -> forms.ChoiceField:
    """
    Return the choice of how to pay; what is chosen is read by ``chosen_token``.

    Where there is nothing to choose the field is hidden: the button says where it leads.
    """
    provider = provider_name()
    kept = [(f"{SAVED}{card.id}", card.words) for card in saved]
    others = [(token, CARDS[token].title) for token in tokens]
    if provider:
        others = [(ON_PAGE, f"Another card, at {provider}" if kept else f"By card, at {provider}")]
    choices = [*kept, *others]
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect if len(choices) > 1 else forms.HiddenInput,
        initial=choices[0][0],
        help_text=PAGE_HINT if provider else TEST_HINT,
        error_messages={"required": "Choose a card."},
    )


def chosen_token(value: str, *, saved: Sequence[SavedCardRow]) -> str:
    """Return the token that a choice stands for."""
    return next((card.token for card in saved if value == f"{SAVED}{card.id}"), value)
