"""What happened to a payment, a capture or a refund."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PaymentAuthorised:
    """The buyer's bank set the money aside."""

    KIND: ClassVar[str] = "payments.authorised"
    payment_id: str
    purpose: str


@dataclass(frozen=True, slots=True)
class PaymentDeclined:
    """The card was not charged, and why."""

    KIND: ClassVar[str] = "payments.declined"
    payment_id: str
    purpose: str
    code: str


@dataclass(frozen=True, slots=True)
class PaymentCaptured:
    """The money was taken, for the lines of one capture command."""

    KIND: ClassVar[str] = "payments.captured"
    payment_id: str
    command_id: str
    amount_minor: int
    currency: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class PaymentVoided:
    """The money that was set aside is the buyer's again."""

    KIND: ClassVar[str] = "payments.voided"
    payment_id: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class CaptureHeld:
    """A capture was stopped before it was sent: a hold covers one of its lines."""

    KIND: ClassVar[str] = "payments.capture_held"
    payment_id: str
    hold_id: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class CaptureFailed:
    """The gateway refused a capture; no money was taken."""

    KIND: ClassVar[str] = "payments.capture_failed"
    payment_id: str
    command_id: str
    code: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """Money went back to the buyer."""

    KIND: ClassVar[str] = "payments.refund_settled"
    refund_id: str
    payment_id: str
    key: str
    amount_minor: int
    currency: str
    order_line_id: str | None


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """A refund did not go through; the buyer is still owed the money."""

    KIND: ClassVar[str] = "payments.refund_failed"
    refund_id: str
    payment_id: str
    key: str
    amount_minor: int
    currency: str
    order_line_id: str | None
    code: str
    was_settled: bool = False
    """It had gone through, and came back."""


@dataclass(frozen=True, slots=True)
class RefundByBank:
    """What we would have given back went back by a dispute that the buyer's bank decided."""

    KIND: ClassVar[str] = "payments.refund_by_bank"
    refund_id: str
    payment_id: str
    key: str
    amount_minor: int
    currency: str
    order_line_id: str | None


@dataclass(frozen=True, slots=True)
class CardSaved:
    """A card may be charged again, with its owner's word."""

    KIND: ClassVar[str] = "payments.card_saved"
    card_id: str
    purpose: str


@dataclass(frozen=True, slots=True)
class CardExpiring:
    """A card that is charged for a plan ends within a month."""

    KIND: ClassVar[str] = "payments.card_expiring"
    card_id: str
    plan_id: str
    words: str


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """A buyer's bank took the money of a charge back; evidence may be sent until ``due_at``."""

    KIND: ClassVar[str] = "payments.dispute_opened"
    dispute_id: str
    payment_id: str
    amount_minor: int
    currency: str
    due_at: str | None


@dataclass(frozen=True, slots=True)
class DisputeDecided:
    """A buyer's bank decided; what was taken back is ours again, or lost."""

    KIND: ClassVar[str] = "payments.dispute_decided"
    dispute_id: str
    payment_id: str
    is_won: bool
