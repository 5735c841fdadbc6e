"""What happened in takedowns, for those above and beside who hear of it."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class NoticeInForce:
    """A notice placed its hold; the aftermath begins."""

    KIND: ClassVar[str] = "takedowns.notice_in_force"
    notice_id: str
    hold_id: str


@dataclass(frozen=True, slots=True)
class NoticeEnded:
    """A notice's hold was lifted; its cases go on."""

    KIND: ClassVar[str] = "takedowns.notice_ended"
    notice_id: str
    hold_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuyerMadeWhole:
    """The proof is there that one affected buyer has their money back."""

    KIND: ClassVar[str] = "takedowns.buyer_made_whole"
    case_id: str
    hold_id: str
    line_id: str


@dataclass(frozen=True, slots=True)
class AftermathDone:
    """Every affected line has its case and every remedy was begun."""

    KIND: ClassVar[str] = "takedowns.aftermath_done"
    hold_id: str
    cases: int
