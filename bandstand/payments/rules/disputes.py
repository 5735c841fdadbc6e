"""Contested charges: the one-way street of their states, and what each step means for the books."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.payments.rules.reports import DisputeState

DISPUTE_AFTER: Final[Mapping[DisputeState, frozenset[DisputeState]]] = MappingProxyType(
    {
        DisputeState.INQUIRY: frozenset(
            {
                DisputeState.OPEN,
                DisputeState.UNDER_REVIEW,
                DisputeState.WON,
                DisputeState.LOST,
            }
        ),
        DisputeState.OPEN: frozenset(
            {DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST}
        ),
        DisputeState.UNDER_REVIEW: frozenset({DisputeState.WON, DisputeState.LOST}),
        DisputeState.WON: frozenset(),
        DisputeState.LOST: frozenset(),
    }
)
TAKEN: Final = frozenset(
    {DisputeState.OPEN, DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST}
)
"""States in which the buyer's bank has, at some time, taken the money back."""
AWAY: Final = frozenset({DisputeState.OPEN, DisputeState.UNDER_REVIEW, DisputeState.LOST})
"""States in which the money is not ours to give back a second time."""
UNDECIDED: Final = frozenset({DisputeState.OPEN, DisputeState.UNDER_REVIEW})
"""States in which the buyer's bank has the money and may yet give it back to us."""
NEAR: Final = timedelta(days=3)
"""How long before the last day for evidence a person is told."""


class DisputeLeg(StrEnum):
    """A movement of money that a dispute makes at the provider."""

    TAKEN = "taken"
    RETURNED = "returned"


def days_left(*, due_at: datetime, now: datetime) -> int:
    """Return how many whole days are left to send evidence; less than none once it is too late."""
    return (due_at - now) // timedelta(days=1)


class DebtChoice(StrEnum):
    """What becomes of the instalments that a charge had paid, once the charge is lost."""

    REOPEN = "reopen"
    """They are owed again."""
    WRITE_OFF = "write_off"
    """They stay paid; the loss is ours."""


EVIDENCE: Final = (
    ("passport", "The sealed passport of the order line: what was sold, by whom, at what price"),
    ("agreement", "The buyer's agreement and the disclosure they were shown, if bought on a plan"),
    ("delivery", "Carrier, tracking number and the day of delivery"),
    ("units", "IMEI or serial of the phone that was sent, and its custody"),
    ("letters", "Every letter to the buyer about the order, with its time"),
    ("refunds", "What was given back already, and when"),
)
"""What to send to the buyer's bank, in the order in which it convinces."""


def may_follow(state: DisputeState, after: DisputeState) -> bool:
    """Say whether a provider's report may move a dispute there; late news may not."""
    return after in DISPUTE_AFTER[state]


def legs_between(before: DisputeState | None, after: DisputeState) -> tuple[DisputeLeg, ...]:
    """Return the movements of money that a step makes, also when steps between were missed."""
    was_taken = before is not None and before in TAKEN
    found: list[DisputeLeg] = []
    if after in TAKEN and not was_taken:
        found.append(DisputeLeg.TAKEN)
    if after is DisputeState.WON:
        found.append(DisputeLeg.RETURNED)
    return tuple(found)


def is_pressing(state: DisputeState, *, due_at: datetime | None, now: datetime) -> bool:
    """Say whether evidence must be sent soon."""
    may_answer = state in {DisputeState.OPEN, DisputeState.INQUIRY}
    return may_answer and due_at is not None and due_at - now <= NEAR
