"""Words of instalment plans."""

from enum import StrEnum


class PlanState(StrEnum):
    """Where a plan stands."""

    AGREED = "agreed"
    ACTIVE = "active"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class InstalmentState(StrEnum):
    """Where one due payment stands."""

    SCHEDULED = "scheduled"
    PAID = "paid"
    CANCELLED = "cancelled"
