"""The tax of a checkout: quoted when it is prepared, committed with its order, voided otherwise."""

from collections.abc import Mapping
from datetime import datetime

from bandstand.money import Money, sum_of
from bandstand.orders.models import Checkout, CheckoutLine
from bandstand.orders.queries.taxes import is_used, tax_ask
from bandstand.orders.queries.words import BasketPage
from bandstand.orders.rules import PriceChangedError
from bandstand.tax import services as tax
from bandstand.tax.rules import LineTax, TaxableThing, TaxAsk, place_of


def ask_tax(page: BasketPage, *, address: Mapping[str, str], now: datetime) -> None:
    """
    Let the market's tax provider, if it has one, answer before a checkout is shown or prepared.

    It asks over the network, so it is called outside a transaction. Whether it answered is told
    where the tax is reckoned.
    """
    tax.ask_provider(ask=tax_ask(page, address=address), now=now)


def quote_lines(checkout: Checkout, *, now: datetime) -> None:
    """
    Keep the tax of every line of a checkout whose total was agreed to; all of it is due today.

    Lock: the caller holds the checkout.
    Raises: TaxNotKnownError; PriceChangedError if a rate changed in this very moment.
    """
    lines = list(checkout.lines.select_related("offer"))
    quoted = tax.quote(
        ask=TaxAsk(
            market=checkout.market_id,
            place=place_of(checkout.address),
            things=tuple(_thing(line, currency=checkout.currency) for line in lines),
            scope=str(checkout.basket_id),
        ),
        now=now,
    )
    for line in lines:
        if line.id in quoted:
            _write_tax(line, tax_line=quoted[line.id])
    _require_agreed(checkout, quoted=list(quoted.values()), lines=lines)


def void_quotes_of(checkout: Checkout, *, reason: str, now: datetime) -> None:
    """Void the quotes of a checkout whose lines will not be sold."""
    subjects = list(checkout.lines.values_list("id", flat=True))
    tax.void_quotes(subject_ids=subjects, reason=reason, now=now)


def _thing(line: CheckoutLine, *, currency: str) -> TaxableThing:
    return TaxableThing(
        key=line.id,
        offer_id=line.offer_id,
        price=Money(line.price_minor, currency),
        is_used=is_used(line.offer.condition),
    )


def _write_tax(line: CheckoutLine, *, tax_line: LineTax) -> None:
    line.tax_minor = tax_line.tax.minor
    line.due_today_minor += tax_line.added.minor
    line.save(update_fields=["tax_minor", "due_today_minor"])


def _require_agreed(
    checkout: Checkout, *, quoted: list[LineTax], lines: list[CheckoutLine]
) -> None:
    prices = Money(sum(line.price_minor for line in lines), checkout.currency)
    added = sum_of((one.added for one in quoted), currency=checkout.currency)
    agreed = Money(checkout.total_minor, checkout.currency)
    if prices + added != agreed:
        raise PriceChangedError(old=agreed, new=prices + added, tax_added=added)
