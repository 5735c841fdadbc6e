"""Checkout: the form beside what is bought, and the wait for the bank's word."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bandstand.credit.queries.policies import late_fee_terms
from bandstand.credit.rules.late_fees import late_words
from bandstand.money import Money, format_money
from bandstand.orders.addresses import AddressField
from bandstand.orders.queries import BasketPage, BasketTax, CheckoutRow
from bandstand.orders.rules import CheckoutState
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import PaymentState
from bandstand.plumbing import clock
from bandstand.storefront.forms import CheckoutForm
from bandstand.storefront.pages.applications import PlanAnswer
from bandstand.storefront.pages.basket import BasketLineView, line_view, totals_of
from bandstand.storefront.pages.prices import (
    AmountLine,
    CreditText,
    DisclosureText,
    DueRow,
    credit_text,
    disclosure_text,
    due_rows,
)

NOT_SHOWN: Final = "in the price, not shown separately"


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """The credit agreement of one phone, as the buyer reads it before agreeing."""

    title: str
    price: str
    disclosure: DisclosureText
    rows: tuple[DueRow, ...]
    credit: CreditText | None
    late_words: str
    """What paying late costs, as the agreement will say it (12 CFR 1026.18 (l))."""


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """What the checkout page says."""

    form: CheckoutForm
    lines: tuple[BasketLineView, ...]
    agreements: tuple[CreditTerms, ...]
    due_today: str
    totals: tuple[AmountLine, ...]
    notices: tuple[tuple[str, str], ...] = field(default=())
    """What happened to the last attempt: each a title and a text."""
    answers: tuple[PlanAnswer, ...] = ()
    """What was decided on plans that were not approved as asked."""


@dataclass(frozen=True, slots=True)
class WaitingView:
    """What the page says while a payment is under way, or when it came to nothing."""

    url: str
    title: str
    text: str
    is_waiting: bool
    bank_url: str
    retry_url: str
    retry_label: str


def checkout_view(
    page: BasketPage,
    *,
    form: CheckoutForm,
    locale: str,
    tax: BasketTax | None,
    notices: tuple[tuple[str, str], ...] = (),
    answers: tuple[PlanAnswer, ...] = (),
) -> CheckoutView:
    """Return the checkout of a basket; ``tax`` is None until the address tells it."""
    added = Money.zero(page.currency) if tax is None else tax.added
    return CheckoutView(
        form=form,
        lines=tuple(line_view(line) for line in page.lines),
        agreements=tuple(_agreements(page, locale=locale)),
        due_today=format_money(page.due_today + added, locale),
        totals=totals_of(
            [(one.price, one.disclosure) for one in page.lines],
            locale=locale,
            taxes=tax_lines(tax, locale=locale),
            tax_added=added,
        ),
        notices=notices,
        answers=answers,
    )


def tax_lines(tax: BasketTax | None, *, locale: str) -> tuple[AmountLine, ...]:
    """Return the taxes of a basket, written; a tax that may not be shown says so."""
    if tax is None:
        return (AmountLine("Tax", "once your address is known"),)
    return tuple(
        AmountLine(label, NOT_SHOWN if told is None else format_money(told, locale))
        for label, told in tax.rows
    )


def checkout_form(
    page: BasketPage,
    *,
    total: Money,
    fields: tuple[AddressField, ...],
    countries: tuple[tuple[str, str], ...],
    typed: dict[str, str] | None = None,
    known: dict[str, str] | None = None,
    asks_income: bool = False,
) -> CheckoutForm:
    """
    Return the form of a basket: bound to what was typed, or begun with what is known.

    ``total`` is what the page beside it says, tax and all; ``asks_income`` what the market's policy
    wants to know for a plan.
    """
    has_plan = any(line.disclosure is not None for line in page.lines)
    return CheckoutForm(
        typed,
        initial={"expected_total": total.minor, **(known or {})},
        address=fields,
        countries=countries,
        has_plan=has_plan,
        income_in=page.currency if has_plan and asks_income else "",
    )


def waiting_view(checkout: CheckoutRow, *, payment: PaymentRow | None) -> WaitingView:
    """Return what to say of a checkout that is not an order yet."""
    url = f"/checkout/{checkout.public_id}/waiting/"
    if checkout.state is CheckoutState.PAYING:
        return _waiting(url, payment=payment)
    if checkout.state is CheckoutState.PREPARED:
        return WaitingView(
            url=url,
            title="The card was not charged",
            text=checkout.failure or "Your phones are kept for you for a few more minutes.",
            is_waiting=False,
            bank_url="",
            retry_url="/checkout/",
            retry_label="Try another card",
        )
    return WaitingView(
        url=url,
        title="This did not become an order",
        text=f"{checkout.failure} Nothing was charged.".strip(),
        is_waiting=False,
        bank_url="",
        retry_url="/basket/",
        retry_label="Back to the basket",
    )


def _waiting(url: str, *, payment: PaymentRow | None) -> WaitingView:
    asks_buyer = payment is not None and payment.state is PaymentState.ACTION_NEEDED
    return WaitingView(
        url=url,
        title="Your bank wants your word" if asks_buyer else "Waiting for your bank",
        text="Confirm the payment with your bank; this page goes on by itself."
        if asks_buyer
        else "This page goes on by itself. You may close it, too: the order is made as soon as the"
        " bank answers, and you get an e-mail.",
        is_waiting=True,
        bank_url=payment.action_url if asks_buyer and payment else "",
        retry_url="",
        retry_label="",
    )


def _agreements(page: BasketPage, *, locale: str) -> Iterator[CreditTerms]:
    markets = {line.disclosure.market for line in page.lines if line.disclosure is not None}
    late = {market: late_fee_terms(market=market, at=clock.now()) for market in markets}
    for line in page.lines:
        if line.disclosure is not None:
            yield CreditTerms(
                title=line.offer.title,
                price=format_money(line.price, locale),
                disclosure=disclosure_text(line.disclosure, locale=locale),
                rows=due_rows(line.disclosure, locale=locale),
                credit=None if line.credits is None else credit_text(line.credits, locale=locale),
                late_words=late_words(late[line.disclosure.market], locale=locale),
            )
