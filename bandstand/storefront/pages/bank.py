"""The sandbox's bank: a page that plays 3-D Secure and says that it is a test."""

from dataclasses import dataclass

from bandstand.money import format_money
from bandstand.payments.gateways.sandbox import Challenge, SetupPage
from bandstand.storefront.plan_forms import SetupCardForm


@dataclass(frozen=True, slots=True)
class BankView:
    """What the bank's page says."""

    ref: str
    amount: str
    is_open: bool
    return_url: str


def bank_view(challenge: Challenge, *, locale: str) -> BankView:
    """Return what the bank asks about a payment."""
    return BankView(
        ref=challenge.ref,
        amount=format_money(challenge.amount, locale),
        is_open=challenge.is_open,
        return_url=challenge.return_url,
    )


@dataclass(frozen=True, slots=True)
class CardPageView:
    """What the sandbox's page for saving a card says."""

    ref: str
    return_url: str
    is_open: bool
    asks_bank: bool
    card_title: str
    form: SetupCardForm


def card_page_view(page: SetupPage) -> CardPageView:
    """Return what the page asks: which card, or the bank's question about it."""
    return CardPageView(
        ref=page.ref,
        return_url=page.return_url,
        is_open=page.is_open,
        asks_bank=page.asks_bank,
        card_title=page.card_title,
        form=SetupCardForm(),
    )
