"""Prices as the price component takes them: every figure of a month out of its disclosure."""

from dataclasses import dataclass
from itertools import groupby

from bandstand.credit.rules import PriceDisclosure
from bandstand.money import Money, format_money
from bandstand.promotions.queries import CreditOffer
from bandstand.promotions.rules import credit_conditions


@dataclass(frozen=True, slots=True)
class AmountLine:
    """A labelled amount."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """So many payments of so much."""

    count: str
    amount: str


@dataclass(frozen=True, slots=True)
class DisclosureText:
    """A disclosure, written. The price component shows a month only with all of it."""

    month: str
    payment_lines: tuple[PaymentLine, ...]
    payments_text: str
    number_of_payments: str
    down_payment: str
    finance_charge: str
    apr: str
    total: str
    amount_financed: str
    derivation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreditText:
    """The credits a plan comes with, written. They change none of the plan's own figures."""

    each: str
    last: str
    """The last credit, if it is another amount; empty otherwise."""
    count: int
    total: str
    words: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceText:
    """What ``components/price.html`` takes."""

    outright: str
    disclosure: DisclosureText | None
    credit: CreditText | None = None


@dataclass(frozen=True, slots=True)
class DueRow:
    """One payment of a plan by its date."""

    number: int
    due_text: str
    due_iso: str
    amount: str
    state: str = ""


def price_text(
    price: Money,
    disclosure: PriceDisclosure | None,
    *,
    locale: str,
    credits: CreditOffer | None = None,  # noqa: A002 -- the trade's own word
) -> PriceText:
    """Return a price, written; with a disclosure its plan too, and the credits it comes with."""
    return PriceText(
        outright=format_money(price, locale),
        disclosure=None if disclosure is None else disclosure_text(disclosure, locale=locale),
        credit=None if credits is None else credit_text(credits, locale=locale),
    )


def credit_text(offered: CreditOffer, *, locale: str) -> CreditText:
    """Return the credits of a plan, written."""
    return CreditText(
        each=format_money(offered.each, locale),
        last="" if offered.last == offered.each else format_money(offered.last, locale),
        count=offered.count,
        total=format_money(offered.amount, locale),
        words=offered.words,
        conditions=credit_conditions(on_payoff=offered.on_payoff, conditions=offered.conditions),
    )


def disclosure_text(disclosure: PriceDisclosure, *, locale: str) -> DisclosureText:
    """Return a disclosure, written."""

    def written(amount: Money) -> str:
        return format_money(amount, locale)

    return DisclosureText(
        month=written(disclosure.month),
        payment_lines=tuple(_payment_line(line) for line in disclosure.payment_lines),
        payments_text=_payments_text(disclosure, locale=locale),
        number_of_payments=str(disclosure.number_of_payments),
        down_payment=written(disclosure.down_payment),
        finance_charge=written(disclosure.finance_charge),
        apr=disclosure.apr_text,
        total=written(disclosure.total_sale_price),
        amount_financed=written(disclosure.amount_financed),
        derivation=disclosure.derivation,
    )


def due_today_lines(disclosure: PriceDisclosure, *, locale: str) -> tuple[AmountLine, ...]:
    """Return what a plan takes at checkout, named."""
    what = "first payment" if disclosure.is_first_payment_today else "down payment"
    return (AmountLine(f"Due today: {what}", format_money(disclosure.due_today, locale)),)


def due_rows(disclosure: PriceDisclosure, *, locale: str) -> tuple[DueRow, ...]:
    """Return every payment of a plan with its date."""
    return tuple(
        DueRow(
            number=row.number,
            due_text=f"{row.due_on.day} {row.due_on:%B %Y}",
            due_iso=row.due_on.isoformat(),
            amount=format_money(row.total, locale),
        )
        for row in disclosure.schedule
    )


def _payment_line(line: str) -> PaymentLine:
    count, _, amount = line.rpartition(" of ")
    return PaymentLine(count=f"{count} of", amount=amount)


def _payments_text(disclosure: PriceDisclosure, *, locale: str) -> str:
    groups = groupby(row.total for row in disclosure.schedule)
    return " + ".join(
        f"{len(list(rows))} × {format_money(amount, locale)}" for amount, rows in groups
    )
