"""The lock that keeps two changes of one seller's money apart, and what is done under it."""

from datetime import datetime
from uuid import UUID

from bandstand.ledger import services as ledger
from bandstand.payouts.queries import balance_of, seller_key
from bandstand.payouts.rules import netting_entries
from bandstand.plumbing.locks import lock


def lock_seller(seller_id: UUID, *, currency: str) -> None:
    """
    Keep others from moving this seller's money until the transaction ends.

    Lock: exclusive, per seller and currency.
    """
    lock(f"payouts:{seller_id}:{currency}")


def net_debt(seller_id: UUID, *, currency: str, key: str, now: datetime) -> None:
    """
    Let available money pay what the seller owes us, before anything is paid out.

    Lock: the caller holds the seller's money.
    """
    balance = balance_of(seller_id, currency=currency)
    amount = min(balance.available, balance.owed_to_us)
    if amount.is_positive:
        ledger.post(
            idempotency_key=key,
            kind="netting",
            entries=netting_entries(amount, seller=seller_key(seller_id)),
            effective_at=now,
            now=now,
        )
