"""What happened to a party, for the rooms above."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class PartySuspended:
    """The operator suspended a party: it may start nothing new."""

    KIND: ClassVar[str] = "parties.suspended"
    party_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PartyReinstated:
    """The operator ended a suspension."""

    KIND: ClassVar[str] = "parties.reinstated"
    party_id: str
