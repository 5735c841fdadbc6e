"""Small words that several pages use: days, conditions, stock."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

CONDITIONS: Final[Mapping[str, str]] = {"new": "new", "refurbished": "refurbished", "used": "used"}
FEW: Final = 5


def day_text(day: date) -> str:
    """Return a day as the pages write it: 2 February 2016."""
    return f"{day.day} {day:%B %Y}"


def instant_text(instant: datetime, *, zone: str) -> str:
    """Return an instant as a clock in a time zone shows it: 2 February 2016 at 12:00."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date())} at {local:%H:%M}"


def stock_text(left: int) -> str:
    """Return what a page says of the stock; nothing while there is plenty."""
    if left < 1:
        return "Sold out"
    if left == 1:
        return "The last one"
    return f"{left} left" if left <= FEW else "In stock"


def configuration_line(*parts: str) -> str:
    """Return the parts that say something, with a dot between them."""
    return " · ".join(part for part in parts if part)
