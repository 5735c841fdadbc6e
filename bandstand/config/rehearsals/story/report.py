"""What the story found, for machines and for people."""

import textwrap
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("America/New_York")
WHO_WIDTH = 10
TEXT_WIDTH = 96
STAMP_WIDTH = 19


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; an entry without an instant begins a chapter."""

    at: datetime | None
    who: str
    text: str

    def as_json(self) -> dict[str, str]:
        at = self.at.isoformat(timespec="milliseconds") if self.at else ""
        return {"at": at, "who": self.who, "text": self.text}


class Timeline:
    """What happened, in order."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.entries: list[Entry] = []

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.entries.append(Entry(None, "", title))

    def tell(self, at: datetime, who: str, *, text: str) -> None:
        """Note what somebody did."""
        self.entries.append(Entry(at, who, text))


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryReport:
    """The figures of the story and the promises it broke, if any."""

    listed_without_override: int
    orders_in_scope: int
    orders_after_hold: int
    orders_elsewhere_after_hold: int
    refused_after_hold: int
    oversold: int
    affected: int
    money_back: int
    never_charged: int
    choice_offered: int
    letters: int
    ledger_imbalance: int
    refund_due_left: int
    passports: int
    passports_bad: int
    late_script: str
    hold_at: str
    notice_ms: float
    seconds: float
    fits: list[dict[str, object]] = field(default_factory=list)
    refusals: list[dict[str, object]] = field(default_factory=list)
    surfaces: list[dict[str, object]] = field(default_factory=list)
    broken_promises: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def made_whole(self) -> int:
        """Buyers with their money back, never charged, or given the choice to return."""
        return self.money_back + self.never_charged + self.choice_offered

    def as_json(self) -> dict[str, object]:
        """Return the report as one JSON object."""
        figures: dict[str, object] = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in {"entries", "broken_promises"}
        }
        return {
            **figures,
            "made_whole": self.made_whole,
            "broken_promises": list(self.broken_promises),
            "timeline": [entry.as_json() for entry in self.entries],
        }

    def lines(self) -> list[str]:
        """Return the story as a timeline to read."""
        told = ["February 2016, replayed against the running system."]
        told += ["Times are New York's; the scratch database's own clock was set back.", ""]
        for entry in self.entries:
            told += _entry_lines(entry)
        told += ["", *self._figures(), "", self._verdict()]
        return told

    def _figures(self) -> list[str]:
        rows = (
            ("listed without an override", self.listed_without_override),
            ("orders under the notice's scope", self.orders_in_scope),
            ("  of these committed after the hold", self.orders_after_hold),
            ("orders of another brand after the hold", self.orders_elsewhere_after_hold),
            ("attempts refused after the hold", self.refused_after_hold),
            ("phones sold twice", self.oversold),
            ("buyers affected", self.affected),
            ("  whole: money back", self.money_back),
            ("  whole: never charged", self.never_charged),
            ("  given the choice: keep or return", self.choice_offered),
            ("letters written", self.letters),
            ("transfers that do not balance", self.ledger_imbalance),
            ("refunds still owed, in minor units", self.refund_due_left),
            ("passports that verify", self.passports - self.passports_bad),
            ("passports that do not", self.passports_bad),
        )
        width = max(len(name) for name, _ in rows)
        return ["In figures", *(f"  {name:<{width}}  {value:>5}" for name, value in rows)]

    def _verdict(self) -> str:
        if not self.broken_promises:
            return f"Every promise held ({self.seconds:.0f} s)."
        return "\n".join(["Promises broken:", *(f"  ✗ {one}" for one in self.broken_promises)])


def _entry_lines(entry: Entry) -> list[str]:
    if entry.at is None:
        return ["", entry.text, "─" * len(entry.text)]
    stamp = entry.at.astimezone(SHOP_ZONE).strftime("%b %e %H:%M:%S.%f")[:-5]
    indent = len(entry.text) - len(entry.text.lstrip())
    wrapped = textwrap.wrap(entry.text, TEXT_WIDTH, subsequent_indent=" " * indent)
    first = f"{stamp:<{STAMP_WIDTH}}{entry.who:<{WHO_WIDTH}}{wrapped[0]}"
    return [first, *(" " * (STAMP_WIDTH + WHO_WIDTH) + more for more in wrapped[1:])]
