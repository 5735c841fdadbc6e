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
