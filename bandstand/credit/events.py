"""What happened to a plan."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PlanSettled:
    """The last instalment of a plan was paid; nothing is owed on its device."""

    KIND: ClassVar[str] = "credit.plan_settled"
    plan_id: str
    order_line_id: str


@dataclass(frozen=True, slots=True)
class PlanCancelled:
    """A plan ended before it was paid; its open instalments are no longer owed."""

    KIND: ClassVar[str] = "credit.plan_cancelled"
    plan_id: str
    order_line_id: str
    open_minor: int
    paid_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class UnlockDue:
    """A device is paid for: any lock put on it for the plan must be taken off."""

    KIND: ClassVar[str] = "credit.unlock_due"
    plan_id: str
    order_line_id: str


@dataclass(frozen=True, slots=True)
class PlanPaymentMade:
    """Money for a plan was taken."""

    KIND: ClassVar[str] = "credit.payment_made"
    plan_id: str
    order_line_id: str
    serial: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PlanPaymentFailed:
    """A card was not charged for a plan; the code says why."""

    KIND: ClassVar[str] = "credit.payment_failed"
    plan_id: str
    order_line_id: str
    serial: int
    amount_minor: int
    currency: str
    code: str
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class InstalmentComing:
    """An instalment falls due in a few days."""

    KIND: ClassVar[str] = "credit.instalment_coming"
    plan_id: str
    order_line_id: str
    due_on: str
    amount_minor: int
    currency: str
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class InstalmentLate:
    """An instalment was not paid within the days of grace."""

    KIND: ClassVar[str] = "credit.instalment_late"
    plan_id: str
    order_line_id: str
    due_on: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CreditGiven:
    """A credit paid something on a plan; no card was charged for it."""

    KIND: ClassVar[str] = "credit.credit_given"
    plan_id: str
    order_line_id: str
    serial: int
    amount_minor: int
    currency: str
    label: str


@dataclass(frozen=True, slots=True)
class PlanChargedOff:
    """A plan was given up in the books; the buyer still owes what was open."""

    KIND: ClassVar[str] = "credit.plan_charged_off"
    plan_id: str
    order_line_id: str
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PlanPaused:
    """Nothing is collected on a plan for a while."""

    KIND: ClassVar[str] = "credit.plan_paused"
    plan_id: str
    order_line_id: str
    pause_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class PlanResumed:
    """The last reason for a plan's pause is gone. ``next_due_on`` is empty if nothing is open."""

    KIND: ClassVar[str] = "credit.plan_resumed"
    plan_id: str
    order_line_id: str
    pause_id: str
    next_due_on: str
    amount_minor: int
    currency: str
    has_moved: bool


@dataclass(frozen=True, slots=True)
class LateFeeCharged:
    """A late fee was charged for an instalment, as the agreement says."""

    KIND: ClassVar[str] = "credit.late_fee_charged"
    plan_id: str
    order_line_id: str
    number: int
    due_on: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class LateFeeWaived:
    """A late fee was taken back."""

    KIND: ClassVar[str] = "credit.late_fee_waived"
    plan_id: str
    order_line_id: str
    number: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ChangeProposed:
    """The shop offers a buyer another schedule; they decide."""

    KIND: ClassVar[str] = "credit.change_proposed"
    plan_id: str
    order_line_id: str
    proposal_id: str
    valid_until: str


@dataclass(frozen=True, slots=True)
class ChangeRefused:
    """The shop does not offer the change that a buyer asked for."""

    KIND: ClassVar[str] = "credit.change_refused"
    plan_id: str
    order_line_id: str
    proposal_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class ChangeAccepted:
    """A buyer accepted another schedule; it counts from now on."""

    KIND: ClassVar[str] = "credit.change_accepted"
    plan_id: str
    order_line_id: str
    version: int
    next_due_on: str
    last_due_on: str
