"""
Two clocks of a book: when a movement took effect, and when it was written down.

A statement as of a day asks by the first clock; "what did we know then" asks by the second.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class AsOf:
    """Movements that took effect before one instant and were recorded before another."""

    effective_before: datetime | None = None
    recorded_before: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Say whether nothing is left out."""
        return self.effective_before is None and self.recorded_before is None

    def of_transfers(self, prefix: str = "") -> Q:
        """Return the condition on transfers, reached from a row by ``prefix``."""
        wanted = Q()
        if self.effective_before is not None:
            wanted &= Q(**{f"{prefix}effective_at__lt": self.effective_before})
        if self.recorded_before is not None:
            wanted &= Q(**{f"{prefix}recorded_at__lt": self.recorded_before})
        return wanted


NOW = AsOf()
