"""
Payouts by a file that people take to the bank.

Sending puts the payment into the run's file; nothing is asked of a machine. What became of it is
told by two people who have read the bank's answer.
"""

from collections.abc import Mapping
from datetime import datetime

from bandstand.ledger.rules import AccountCode
from bandstand.payments.gateways.port import (
    GatewayRefusedError,
    ProviderNotice,
    WebhookRefusedError,
)
from bandstand.payouts.rules import (
    AccountKind,
    PayoutAnswer,
    PayoutOrder,
    PayoutState,
    Purse,
    ReversalOrder,
)


class BankFile:
    """The operator's bank, by file."""

    name = "bank_file"
    label = "Bank file"
    takes = frozenset({AccountKind.IBAN, AccountKind.US_BANK})
    is_by_hand = True
    can_reverse = False
    out_of = Purse(AccountCode.BANK)

    def send(self, order: PayoutOrder, *, now: datetime) -> PayoutAnswer:  # noqa: ARG002 -- the port's signature
        """Put the payment into the file of its run; its outcome is the bank's to tell."""
        return PayoutAnswer(
            ref=order.key[-120:], key=order.key, state=PayoutState.SENT, amount=order.amount
        )

    def look_up(self, *, key: str, now: datetime, ref: str = "") -> PayoutAnswer | None:  # noqa: ARG002 -- the port's signature
        """Return nothing: a file cannot be asked."""
        return None

    def reverse(self, order: ReversalOrder, *, now: datetime) -> PayoutAnswer:  # noqa: ARG002 -- the port's signature
        """Refuse: what a bank has paid is asked back in a letter. Raises: GatewayRefusedError."""
        raise GatewayRefusedError(
            f"A bank does not give {order.amount} back on our word.", code="not_reversible"
        )

    def verify_webhook(
        self,
        raw: bytes,
        headers: Mapping[str, str],  # noqa: ARG002 -- the port's signature
        *,
        now: datetime,  # noqa: ARG002 -- the port's signature
    ) -> ProviderNotice:
        """Refuse: a file sends no events. Raises: WebhookRefusedError."""
        raise WebhookRefusedError(f"A bank's file sends no events, yet {len(raw)} bytes came.")
