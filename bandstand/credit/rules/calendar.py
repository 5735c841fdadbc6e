"""
When a card is tried, a buyer is written to, and a debt is given up. Pure.

Each day is a row of a policy with the day it takes effect; a day beyond the table is not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class CollectingPolicy:
    """
    How the shop collects from a day on.

    Units: days; ``tries`` and ``charge_off`` after the due date, ``reminder`` before it.
    """

    from_on: date
    tries: tuple[int, ...]
    reminder: int
    charge_off: int
    source: str


POLICIES: Final = (
    CollectingPolicy(
        from_on=date(2000, 6, 12),
        tries=(0, 3, 7, 14),
        reminder=3,
        charge_off=120,
        source="Tries and reminder: the shop's own promise. Charge-off: FFIEC, Uniform Retail"
        " Credit Classification and Account Management Policy, 65 FR 36903 (12 June 2000):"
        " closed-end retail credit at 120 days past due; known 2026-11-22, not re-read.",
    ),
)


def policy_on(day: date) -> CollectingPolicy:
    """Return the policy of a day: the newest that has taken effect."""
    return max((one for one in POLICIES if one.from_on <= day), key=lambda one: one.from_on)


def may_try(*, due_since: date, tried_on: Sequence[date], today: date) -> bool:
    """
    Say whether the saved card may be tried today.

    Each try waits for its day after the due date; never twice on one day, never more than planned.
    """
    tries = policy_on(due_since).tries
    made = [day for day in tried_on if day >= due_since]
    if today in made or len(made) >= len(tries):
        return False
    return today >= due_since + timedelta(days=tries[len(made)])


def is_given_up(*, due_since: date, today: date) -> bool:
    """Say whether a debt has been late so long that the books give it up."""
    return today >= due_since + timedelta(days=policy_on(due_since).charge_off)


def is_reminder_day(*, due_on: date, today: date) -> bool:
    """Say whether the buyer is reminded today that something falls due."""
    return due_on - timedelta(days=policy_on(due_on).reminder) <= today < due_on
