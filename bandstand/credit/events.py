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
