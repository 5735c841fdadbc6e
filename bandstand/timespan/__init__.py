"""Half-open spans of dates and instants. Pure."""

from bandstand.timespan.spans import DateSpan, InstantSpan

__all__ = ["DateSpan", "InstantSpan"]
