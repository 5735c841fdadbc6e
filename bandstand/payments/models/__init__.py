"""The tables of payments."""

from bandstand.payments.models.cards import CardSetup, SavedCard
from bandstand.payments.models.payments import (
    Capture,
    Dispute,
    DisputePart,
    MoneyCommand,
    Payment,
    PaymentMoveRecord,
    ProviderEvent,
    Refund,
)
from bandstand.payments.models.sandbox import (
    SandboxEvent,
    SandboxIntent,
    SandboxMethod,
    SandboxOperation,
    SandboxSetup,
)
from bandstand.payments.models.settlement import (
    SettlementFile,
    SettlementRow,
    SettlementUnmatch,
    SettlementUpload,
)

__all__ = [
    "Capture",
    "CardSetup",
    "Dispute",
    "DisputePart",
    "MoneyCommand",
    "Payment",
    "PaymentMoveRecord",
    "ProviderEvent",
    "Refund",
    "SandboxEvent",
    "SandboxIntent",
    "SandboxMethod",
    "SandboxOperation",
    "SandboxSetup",
    "SavedCard",
    "SettlementFile",
    "SettlementRow",
    "SettlementUnmatch",
    "SettlementUpload",
]
