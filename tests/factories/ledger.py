"""Transfers, boring by default."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from bandstand.ledger import services
from bandstand.ledger.rules import AccountCode, TransferOrder, credit, debit
from bandstand.money import Money

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_number = count(1)


def transfer_order(
    *,
    minor: int = 1000,
    currency: str = "USD",
    key: str = "",
    seller: str = "northgate",
    effective_at: datetime = NOON,
) -> TransferOrder:
    """Order a sale paid at once: the provider owes us, and we owe the seller."""
    amount = Money(minor, currency)
    return TransferOrder(
        idempotency_key=key or f"sale:{next(_number)}",
        kind="sale",
        entries=(
            debit(AccountCode.PSP_CLEARING, amount, key="sandbox"),
            credit(AccountCode.SELLER_PAYABLE, amount, key=seller),
        ),
        effective_at=effective_at,
    )


def transfer(
    *,
    minor: int = 1000,
    currency: str = "USD",
    key: str = "",
    effective_at: datetime = NOON,
    now: datetime = NOON,
) -> UUID:
    """Post a sale."""
    order = transfer_order(minor=minor, currency=currency, key=key, effective_at=effective_at)
    return services.post_batch(orders=[order], now=now)[0]
