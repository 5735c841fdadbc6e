"""The sandbox's bank: a page that plays 3-D Secure and says that it is a test."""

from dataclasses import dataclass

from bandstand.money import format_money
from bandstand.payments.gateways.sandbox import Challenge


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
