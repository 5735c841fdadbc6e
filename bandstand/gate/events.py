"""What happened at the gate."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class HoldPlaced:
    """A hold has come into force; its aftermath may begin."""

    KIND: ClassVar[str] = "gate.hold_placed"
    hold_id: str


@dataclass(frozen=True)
class HoldLifted:
    """A hold was lifted; other holds stand as they stood."""

    KIND: ClassVar[str] = "gate.hold_lifted"
    hold_id: str


@dataclass(frozen=True)
class HoldExpired:
    """A hold that was placed for a time has run out."""

    KIND: ClassVar[str] = "gate.hold_expired"
    hold_id: str
