"""The tables of payments."""

from bandstand.payments.models.payments import (
    Capture,
    Dispute,
    MoneyCommand,
    Payment,
    PaymentMoveRecord,
    ProviderEvent,
    Refund,
)
from bandstand.payments.models.sandbox import SandboxEvent, SandboxIntent, SandboxOperation
from bandstand.payments.models.settlement import SettlementFile, SettlementRow

__all__ = [
    "Capture",
    "Dispute",
    "MoneyCommand",
    "Payment",
    "PaymentMoveRecord",
    "ProviderEvent",
    "Refund",
    "SandboxEvent",
    "SandboxIntent",
    "SandboxOperation",
    "SettlementFile",
    "SettlementRow",
]
