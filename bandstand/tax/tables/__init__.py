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
