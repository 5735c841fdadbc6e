"""The answer of the gate as others receive it, and what a person may have waived."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.gate.rules.words import Activity
from bandstand.rights.rules import Evidence, ListingFact, Outcome, ReasonCode

HOLD_ACTIVE: Final = ReasonCode.HOLD_ACTIVE.value


@dataclass(frozen=True, slots=True)
class GateReason:
    """
    One reason in an answer of the gate, in plain words, and what would cure it.

    ``outcome`` is what this reason alone asks for; a reason somebody waived is told with ``allow``.
    ``about`` is the printed id of the hold, if a hold is the reason.
    """

    code: str
    text: str
    cure: str
    ground: str
    outcome: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A person's recorded decision that named reasons shall not stop a sale until an instant."""

    id: UUID
    codes: frozenset[str]
    reason: str
    given_by: str
    until_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """
    A stored decision. ``epochs`` is what the anchors stood at before the facts were read.

    ``variant_id`` is empty if only a listing's words were judged.
    """

    id: UUID
    action: Activity
    result: Outcome
    reasons: tuple[GateReason, ...]
    evidence: tuple[Evidence, ...]
    epochs: dict[str, int]
    valid_until: datetime
    decided_at: datetime
    policy_version: str
    seller_id: UUID
    variant_id: UUID | None
    market: str
    condition: str
    offer_id: UUID | None = None
    listing: ListingFact | None = None
    inputs_hash: str = ""

    @property
    def is_allowed(self) -> bool:
        return self.result is Outcome.ALLOW

    @property
    def is_held(self) -> bool:
        return any(reason.code == HOLD_ACTIVE for reason in self.reasons)
