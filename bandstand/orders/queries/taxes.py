"""The tax of a basket at an address, as it would be now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.money import Money, sum_of
from bandstand.orders.queries.words import BasketPage
from bandstand.rights.rules import Condition
from bandstand.tax import queries as tax
from bandstand.tax.rules import LineTax, TaxableThing, TaxAsk, added_up, place_of


@dataclass(frozen=True, slots=True)
class BasketTax:
    """The tax of each line of a basket, by the line; no lines where sales are not taxed."""

    lines: Mapping[UUID, LineTax]
    currency: str

    @property
    def added(self) -> Money:
        """What comes on top of the prices, all of it due today."""
        return sum_of((line.added for line in self.lines.values()), currency=self.currency)

    @property
    def rows(self) -> tuple[tuple[str, Money | None], ...]:
        """What the buyer reads: each tax with its amount; None where the law wants none shown."""
        return added_up(self.lines.values())


def basket_tax(page: BasketPage, *, address: Mapping[str, str], now: datetime) -> BasketTax:
    """
    Return the tax of a basket that is delivered to an address.

    Raises: TaxNotKnownError where nothing can be sold because the tax is not known.
    """
    ask = tax_ask(page, address=address)
    return BasketTax(tax.reckon(ask, now=now), page.currency)


def tax_ask(page: BasketPage, *, address: Mapping[str, str]) -> TaxAsk:
    """Return what is asked about the tax of a basket that is delivered to an address."""
    return TaxAsk(
        market=page.market,
        place=place_of(address),
        things=tuple(
            TaxableThing(line.id, line.offer.id, line.price, is_used=is_used(line.offer.condition))
            for line in page.lines
        ),
        scope=str(page.id),
    )


def tax_shown(page: BasketPage, *, address: Mapping[str, str], now: datetime) -> BasketTax | None:
    """Return the tax of a basket as far as an unfinished address tells it; None if it does not."""
    if not tax.is_taxed(page.market, now=now):
        return BasketTax({}, page.currency)
    if not place_of(address).is_enough:
        return None
    return basket_tax(page, address=address, now=now)


def is_used(condition: str) -> bool:
    """Say whether things of a condition are second-hand goods."""
    return condition != Condition.NEW.value
