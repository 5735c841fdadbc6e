"""The lock that keeps two changes of one seller's money apart."""

from uuid import UUID

from bandstand.plumbing.locks import lock


def lock_seller(seller_id: UUID, *, currency: str) -> None:
    """
    Keep others from moving this seller's money until the transaction ends.

    Lock: exclusive, per seller and currency.
    """
    lock(f"payouts:{seller_id}:{currency}")
