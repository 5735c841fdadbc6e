"""What time it is in the drill: a file that the drill writes and its workers read."""

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, time as clock_time, timedelta
from pathlib import Path
from typing import Final

SPEED: Final = 5.0
"""Seconds of the drill's day in one of ours, while there is work; a wait is jumped over."""
NOON: Final = clock_time(16, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DrillClock:
    """The drill's clock, and the note of the day that was collected."""

    path: Path

    def begin(self, day: date) -> None:
        """Jump to the noon of a day; time runs on from there."""
        self._set(datetime.combine(day, NOON), day=day)

    def skip(self, wait: timedelta) -> None:
        """Jump over a wait."""
        self._set(self.now() + wait, day=self.day())

    def day(self) -> date:
        """Return the day it is."""
        return date.fromisoformat(json.loads(self.path.read_text())["day"])

    def now(self) -> datetime:
        """Return the instant it is."""
        told = json.loads(self.path.read_text())
        passed = (time.monotonic() - told["since"]) * SPEED
        return datetime.fromisoformat(told["at"]) + timedelta(seconds=passed)

    def note_collected(self, day: date) -> None:
        """Note that everything due on a day was asked for."""
        self._put(self._collected, day.isoformat())

    def is_collected(self, day: date) -> bool:
        """Say whether everything due on a day was asked for."""
        return self._collected.exists() and self._collected.read_text() == day.isoformat()

    @property
    def _collected(self) -> Path:
        return self.path.with_name("collected.json")

    def _set(self, instant: datetime, *, day: date) -> None:
        told = {"at": instant.isoformat(), "since": time.monotonic(), "day": day.isoformat()}
        self._put(self.path, json.dumps(told))

    def _put(self, path: Path, text: str) -> None:
        rough = path.with_suffix(f".{os.getpid()}")
        rough.write_text(text)
        rough.rename(path)
