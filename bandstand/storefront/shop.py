"""The shop itself: who runs it, where it sells, on which network; kept for a moment."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import MarketRow, NetworkRow
from bandstand.kernel.errors import NotFoundError
from bandstand.parties import queries as parties
from bandstand.plumbing import clock

KEPT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Shop:
    """The operator's shop in its home market, on the network it answers for."""

    operator_name: str
    support_email: str
    market: MarketRow
    network: NetworkRow

    @property
    def locale(self) -> str:
        """The locale in which amounts are written."""
        return self.market.locale

    @property
    def market_words(self) -> str:
        """The market as it stands in a sentence: “the United States”."""
        needs_article = self.market.name.startswith("United ") or self.market.name.endswith(
            " Union"
        )
        return f"the {self.market.name}" if needs_article else self.market.name

    def today(self, now: datetime) -> date:
        """Return the day it is where the shop sells."""
        return clock.day_in(self.market.time_zone, at=now)


_kept: dict[str, tuple[float, Shop]] = {}


def shop() -> Shop:
    """
    Return the shop. Its facts are read again every few seconds.

    Raises: NotFoundError if no operator, market or network was named yet.
    """
    name = str(connection.settings_dict["NAME"])
    found = _kept.get(name)
    if found is not None and time.monotonic() - found[0] < KEPT_SECONDS and may_keep():
        return found[1]
    read = _read()
    if may_keep():
        _kept[name] = (time.monotonic(), read)
    return read


def shop_or_none() -> Shop | None:
    """Return the shop, or None while nobody has said who runs it."""
    try:
        return shop()
    except NotFoundError:
        return None


def forget() -> None:
    """Forget what is kept, so that the next request reads it again."""
    _kept.clear()


def may_keep() -> bool:
    """Say whether what is read now may be kept: inside a transaction it may yet be undone."""
    return not connection.in_atomic_block


def _read() -> Shop:
    operator = parties.operator()
    return Shop(
        operator_name=operator.shop_name,
        support_email=operator.support_email,
        market=catalogue.market(operator.home_market),
        network=catalogue.default_network(),
    )
