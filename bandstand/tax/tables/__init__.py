"""The tables that come with the shop, as they are read."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

from bandstand.tax.rules import SpecialPlace

FOLDER: Final = Path(__file__).parent
US_STATES: Final = FOLDER / "us_states.csv"


@cache
def special_places() -> tuple[SpecialPlace, ...]:
    """Return the postal codes where a country's standard rate does not apply."""
    with (FOLDER / "special_places.csv").open(encoding="utf-8", newline="") as file:
        return tuple(SpecialPlace(**row) for row in csv.DictReader(file))


@cache
def state_titles() -> dict[str, str]:
    """Return the names of the US states by their two letters."""
    with US_STATES.open(encoding="utf-8", newline="") as file:
        return {row["jurisdiction"].partition("-")[2]: row["title"] for row in csv.DictReader(file)}
