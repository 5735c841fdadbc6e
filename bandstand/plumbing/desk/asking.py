"""
What a list's address asks: words, numbers, an order, a page.

A parameter that cannot be understood is left out and named with how to mend it; the rest counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, QueryDict

from bandstand.kernel.errors import near_matches

TEXT_LENGTH_MAX = 80
PAGE_DIGITS_MAX = 6


@dataclass(slots=True)
class Asking:
    """Reads the parameters of one address and notes what it cannot understand."""

    path: str
    params: QueryDict
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, request: HttpRequest) -> "Asking":
        return cls(path=request.path, params=request.GET)

    def text(self, name: str = "q") -> str:
        """Return what was typed, cut to a sensible length."""
        return self.params.get(name, "").strip()[:TEXT_LENGTH_MAX]

    def word(self, name: str, *, known: Mapping[str, str], unless: str = "") -> str:
        """Return a chosen word if it is known; otherwise say which ones there are."""
        given = self.params.get(name, "")
        if not given or given in known:
            return given or unless
        near = near_matches(given, list(known))
        hint = f"Did you mean “{near[0]}”?" if near else f"Choose one of {', '.join(known)}."
        self.problems.append(f"“{given[:40]}” is not a known {name}. {hint}")
        return unless

    def day(self, name: str) -> date | None:
        """Return a day, if one is named; one that cannot be is left out and said."""
        given = self.params.get(name, "").strip()
        if not given:
            return None
        try:
            return date.fromisoformat(given)
        except ValueError:
            self.problems.append(f"“{given[:40]}” is not a day. Write it as 2026-11-22.")
            return None

    def page(self) -> int:
        """Return the page asked for, the first unless one is named."""
        given = self.params.get("page", "1")
        if given.isdecimal() and len(given) <= PAGE_DIGITS_MAX and int(given):
            return int(given)
        self.problems.append(f"“{given[:40]}” is not a page. Pages are numbered from 1.")
        return 1

    def address(self, **changes: str) -> str:
        """Return this address with some parameters said anew; an empty one is left out."""
        values = self.params.copy()
        for name, value in changes.items():
            values[name] = value
        for name in [name for name in values if not any(values.getlist(name))]:
            values.pop(name)
        written = values.urlencode()
        return f"{self.path}?{written}" if written else self.path
