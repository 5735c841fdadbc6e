"""
What goes wrong in the sandbox, and when: seeded, so that a bad day can be lived twice.

Dice are thrown by hashing the seed with what they decide, so the outcome depends neither on order
nor on how many other payments there are.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Chaos:
    """
    How the sandbox misbehaves.

    ``lost_before_percent`` of calls never arrive; ``lost_after_percent`` are done and their answer
    is lost. ``busy_percent`` of calls are refused before anything is done, and say when to come
    again; ``forged_percent`` of events come first with a broken signature, then rightly. Every
    outcome becomes final after a delay between the two bounds.
    Units: per cent of calls or events; delays in milliseconds.
    """

    seed: str = "calm"
    duplicate_percent: int = 0
    reorder_percent: int = 0
    lost_before_percent: int = 0
    lost_after_percent: int = 0
    delay_ms_min: int = 50
    delay_ms_max: int = 400
    reorder_ms: int = 10_000
    busy_percent: int = 0
    busy_ms_max: int = 5_000
    forged_percent: int = 0

    def settling_delay(self, key: str) -> timedelta:
        """Return how long after the call its outcome becomes final."""
        span = self.delay_ms_max - self.delay_ms_min + 1
        extra = self._throw("delay", key) % span
        return timedelta(milliseconds=self.delay_ms_min + extra)

    def delivery_delays(self, event_id: str) -> tuple[timedelta, ...]:
        """Return how late each delivery of an event is: one, or two if it is duplicated."""
        late = self._happens("reorder", event_id, percent=self.reorder_percent)
        first = self._lateness("late", event_id) if late else timedelta()
        if self._happens("duplicate", event_id, percent=self.duplicate_percent):
            return (first, self._lateness("again", event_id))
        return (first,)

    def is_call_lost(self, call: str) -> bool:
        """Say whether a call never arrives."""
        return self._happens("before", call, percent=self.lost_before_percent)

    def is_answer_lost(self, call: str) -> bool:
        """Say whether the answer to a call that was done is lost."""
        return self._happens("after", call, percent=self.lost_after_percent)

    def busy_for(self, call: str) -> timedelta | None:
        """Return after how long a call refused for now may come again; None if it is not."""
        if not self._happens("busy", call, percent=self.busy_percent):
            return None
        return timedelta(milliseconds=1 + self._throw("busy for", call) % self.busy_ms_max)

    def is_forged_first(self, event_id: str) -> bool:
        """Say whether an event comes with a broken signature before it comes rightly."""
        return self._happens("forged", event_id, percent=self.forged_percent)

    def _lateness(self, what: str, key: str) -> timedelta:
        return timedelta(milliseconds=1 + self._throw(what, key) % self.reorder_ms)

    def _happens(self, what: str, key: str, *, percent: int) -> bool:
        return self._throw(what, key) % HUNDRED < percent

    def _throw(self, what: str, key: str) -> int:
        digest = hashlib.sha256(f"{self.seed}\n{what}\n{key}".encode()).digest()
        return int.from_bytes(digest[:8], "big")


CALM: Final = Chaos()
"""Nothing goes wrong; outcomes still come late and by webhook only."""

NASTY: Final = Chaos(
    seed="nasty",
    duplicate_percent=10,
    reorder_percent=10,
    lost_before_percent=5,
    lost_after_percent=5,
    busy_percent=5,
    forged_percent=5,
)
"""A bad day at a real provider."""
