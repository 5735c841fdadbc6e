"""Markets, categories and brands from their tables."""

from collections.abc import Callable, Hashable
from typing import Final, TypeVar
from zoneinfo import available_timezones

from bandstand.catalogue.models import Brand, Category, Market
from bandstand.catalogue.rules import MalformedRowError, did_you_mean
from bandstand.catalogue.services.reports import Outcome, Tally
from bandstand.catalogue.services.tables import Keyed, Line
from bandstand.kernel.errors import DomainError, near_matches
from bandstand.money.currencies import exponent

MARKET_COLUMNS: Final = ("code", "name", "currency", "members", "regimes", "time_zone", "locale")
CATEGORY_COLUMNS: Final = ("slug", "name", "parent", "is_radio")
BRAND_COLUMNS: Final = ("slug", "name", "parent", "other_names")
YES_OR_NO: Final = {"yes": True, "no": False}
COUNTRY_LENGTH: Final = 2
M = TypeVar("M", Brand, Category)


def each_line(lines: list[Line], tally: Tally, *, put: Callable[[Line], Outcome]) -> None:
    """Put every line, counting what became of it; a line that is refused stops no other."""
    for line in lines:
        try:
            tally.count(put(line))
        except DomainError as error:
            tally.refuse(line.number, error.message)


def load_markets(lines: list[Line], tally: Tally) -> None:
    """Write the markets of a table."""
    markets = Keyed(model=Market, stored={one.code: one for one in Market.objects.all()})
    zones = available_timezones()

    def put(line: Line) -> Outcome:
        row = line.row
        exponent(row["currency"])
        members = row["members"].split()
        if not members or any(len(one) != COUNTRY_LENGTH for one in members):
            raise MalformedRowError("members lists countries as two letters each, as in “DE AT”.")
        if row["time_zone"] not in zones:
            near = near_matches(row["time_zone"], sorted(zones))
            raise MalformedRowError(f"No time zone “{row['time_zone']}”.{did_you_mean(near)}")
        facts = {
            "name": row["name"],
            "currency": row["currency"],
            "members": members,
            "regimes": row["regimes"].split(),
            "time_zone": row["time_zone"],
            "locale": row["locale"],
        }
        return markets.put(row["code"], identity={"code": row["code"]}, facts=facts)

    each_line(lines, tally, put=put)
    markets.write()


def load_categories(lines: list[Line], tally: Tally) -> None:
    """Write the categories of a table; a parent stands above its children in the file."""
    categories = Keyed(model=Category, stored={one.slug: one for one in Category.objects.all()})

    def put(line: Line) -> Outcome:
        row = line.row
        if row["is_radio"] not in YES_OR_NO:
            raise MalformedRowError(f"is_radio is “{row['is_radio']}”. Write yes or no.")
        facts = {
            "name": row["name"],
            "parent": _parent(row["parent"], categories.stored),
            "is_radio": YES_OR_NO[row["is_radio"]],
        }
        return categories.put(row["slug"], identity={"slug": row["slug"]}, facts=facts)

    each_line(lines, tally, put=put)
    categories.write()


def load_brands(lines: list[Line], tally: Tally) -> None:
    """Write the brands of a table; a parent stands above its sub-brands in the file."""
    brands = Keyed(model=Brand, stored={one.slug: one for one in Brand.objects.all()})

    def put(line: Line) -> Outcome:
        row = line.row
        facts = {
            "name": row["name"],
            "parent": _parent(row["parent"], brands.stored),
            "names": [one.strip() for one in row["other_names"].split(";") if one.strip()],
        }
        return brands.put(row["slug"], identity={"slug": row["slug"]}, facts=facts)

    each_line(lines, tally, put=put)
    brands.write()


def _parent(slug: str, stored: dict[Hashable, M]) -> M | None:
    if not slug:
        return None
    if slug not in stored:
        near = near_matches(slug, sorted(str(one) for one in stored))
        raise MalformedRowError(f"parent is “{slug}”, which no line above has.{did_you_mean(near)}")
    return stored[slug]
