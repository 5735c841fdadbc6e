"""A plan as its buyer sees it: what is owed, when, what was paid, and what ends it today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bandstand.credit.queries import PlanMoney, PlanPaymentRow
from bandstand.credit.rules import AskKind, AskState, InstalmentKind, PlanState
from bandstand.credit.rules.asking import CHARGED_BACK
from bandstand.credit.rules.standing import Standing, due_total, in_order, open_total
from bandstand.money import Money, format_money
from bandstand.orders.queries import OrderLineRow, OrderPage
from bandstand.payments.queries import PaymentRow, SavedCardRow
from bandstand.payments.rules import PaymentState, decline_text
from bandstand.promotions.queries import PlanCredits
from bandstand.storefront.pages.credits import CreditsView, credits_view, payoff_words
from bandstand.storefront.pages.plan_cards import CardsPanel
from bandstand.storefront.pages.plan_changes import ChangesPanel
from bandstand.storefront.pages.prices import PriceText, price_text
from bandstand.storefront.pages.words import day_text, instant_text
from bandstand.storefront.plan_forms import AutopayForm, PlanPayForm
from bandstand.storefront.shop import Shop

STANDINGS: Final = {
    Standing.SCHEDULED: ("", "to come"),
    Standing.DUE: ("part", "due"),
    Standing.LATE: ("bad", "late"),
    Standing.PARTIAL: ("info", "part paid"),
    Standing.PAID: ("good", "paid"),
    Standing.CANCELLED: ("", "cancelled"),
    Standing.CHARGED_OFF: ("bad", "given up"),
    Standing.REPLACED: ("", "changed"),
    Standing.WAIVED: ("good", "taken back"),
}
STATES: Final = {
    PlanState.AGREED: ("info", "Begins when your card is charged"),
    PlanState.ACTIVE: ("info", "Running"),
    PlanState.SETTLED: ("good", "Paid off"),
    PlanState.CANCELLED: ("", "Cancelled"),
    PlanState.CHARGED_OFF: ("bad", "Charged off"),
}
PAYMENT_STATES: Final = {
    AskState.ASKED: ("info", "under way"),
    AskState.PAID: ("good", "paid"),
    AskState.DECLINED: ("bad", "not charged"),
    AskState.DROPPED: ("", "given up"),
}
KINDS: Final = {
    AskKind.INSTALMENT: "Instalment",
    AskKind.EXTRA: "Extra payment",
    AskKind.PAYOFF: "Payoff",
    AskKind.CREDIT: "Credit",
}


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One instalment, written."""

    number: str
    due_iso: str
    due_text: str
    amount: str
    open: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment that was asked for, written."""

    when_iso: str
    when_text: str
    what: str
    amount: str
    kind: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """What the page of a plan says."""

    title: str
    number: str
    order_url: str
    url: str
    state_kind: str
    state: str
    is_active: bool
    is_paused: bool
    open: str
    paid: str
    next_label: str
    next_text: str
    is_late: bool
    late_text: str
    pause_text: str
    payoff_text: str
    instalments: tuple[InstalmentLine, ...]
    payments: tuple[PaymentLine, ...]
    price: PriceText
    waiting: str
    """What is said while a payment is under way; empty when none is."""
    bank_url: str
    trouble: str
    """Why the last payment came to nothing; empty when it did not."""
    has_autopay: bool
    changes: ChangesPanel | None
    credits: CreditsView | None
    form: PlanPayForm | None
    autopay: AutopayForm | None
    cards: CardsPanel | None


@dataclass(frozen=True, slots=True)
class PlanForms:
    """What was typed and needs mending; nothing for a page seen first."""

    pay: PlanPayForm | None = None
    autopay: AutopayForm | None = None


def plan_view(  # noqa: PLR0913 -- a plan's page says all of these
    page: OrderPage,
    *,
    line: OrderLineRow,
    money: PlanMoney,
    payment: PaymentRow | None,
    today: date,
    shop: Shop,
    forms: PlanForms | None = None,
    promised: PlanCredits | None = None,
    takes_part: bool = False,
    changes: ChangesPanel | None = None,
    cards: CardsPanel | None = None,
    saved: Sequence[SavedCardRow] = (),
) -> PlanView:
    """Return a plan as its buyer sees it; ``payment`` is the one under way."""
    is_active, locale = money.state is PlanState.ACTIVE, shop.locale
    is_open = is_active and money.under_way is None
    typed = forms or PlanForms()
    kind, said = STATES[money.state]
    label, text = _next(money, today=today, locale=locale)
    return PlanView(
        title=line.title,
        number=page.order.number,
        order_url=page.link,
        url=plan_url(page, line),
        state_kind=kind,
        state=said,
        is_active=is_active,
        is_paused=is_active and money.is_paused,
        open=_written(open_total(money.owed), money, locale=locale),
        paid=_written(_paid_by_buyer(money), money, locale=locale),
        next_label=label,
        next_text=text,
        is_late=any(row.standing(today) is Standing.LATE for row in money.owed),
        late_text=f"Please pay what is due. {_late_words(changes)}",
        pause_text=_pause_text(changes),
        payoff_text=payoff_text(money, today=today, locale=locale, promised=promised),
        credits=credits_view(promised, locale=locale),
        instalments=tuple(_instalments(money, today=today, locale=locale)),
        payments=tuple(_payments(money, shop=shop)),
        price=price_text(line.price, line.disclosure, locale=locale),
        waiting=_waiting(money, payment, locale=locale),
        bank_url=payment.action_url if payment and _asks_buyer(payment) else "",
        trouble=_trouble(money) if is_open else "",
        has_autopay=money.has_mandate and is_active,
        changes=changes,
        form=(
            typed.pay
            or pay_form(money, today=today, locale=locale, takes_part=takes_part, saved=saved)
            if is_open
            else None
        ),
        autopay=(
            typed.autopay or AutopayForm(saved=saved)
            if is_active and saved and not money.has_mandate
            else None
        ),
        cards=cards if is_active else None,
    )


def _late_words(changes: ChangesPanel | None) -> str:
    if changes is None or not changes.has_late_fee:
        return "There is no fee for paying late."
    return changes.late_words


def _pause_text(changes: ChangesPanel | None) -> str:
    why = (
        f"It is paused because {' and '.join(changes.pauses)}. "
        if changes and changes.pauses
        else ""
    )
    return f"{why}Your card is not charged by itself until it goes on. You may still pay by hand."


def plan_url(page: OrderPage, line: OrderLineRow) -> str:
    """Return where the page of a line's plan is."""
    return f"{page.link}plan/{line.public_id}/"


def pay_form(
    money: PlanMoney,
    *,
    today: date,
    locale: str,
    takes_part: bool,
    saved: Sequence[SavedCardRow] = (),
    typed: dict[str, str] | None = None,
) -> PlanPayForm:
    """Return the form that pays on a plan, with what each choice comes to today."""
    due = due_total(money.owed, on=today)
    next_open = next((row.open for row in in_order(money.owed) if row.open), 0)
    instalment = _written(due or next_open, money, locale=locale)
    off = _written(asked_for_payoff(money, today=today), money, locale=locale)
    first = f"{instalment}, what is due" if due else f"{instalment}, the next instalment early"
    kinds = [(AskKind.INSTALMENT.value, first)]
    if takes_part:
        kinds.append((AskKind.EXTRA.value, "An extra amount, so that the plan ends earlier"))
    kinds.append((AskKind.PAYOFF.value, f"{off}, all of it: pay the plan off"))
    return PlanPayForm(typed, kinds=kinds, currency=money.currency, saved=saved)


def asked_for_payoff(money: PlanMoney, *, today: date) -> int:
    """Return what a card is asked to pay a plan off: what is owed less the credits kept."""
    return money.asked_for_payoff(today).minor


def payoff_text(
    money: PlanMoney, *, today: date, locale: str, promised: PlanCredits | None = None
) -> str:
    """Say what ends a running plan today, what is left out, and what becomes of its credits."""
    if money.state is not PlanState.ACTIVE:
        return ""
    off = money.payoff_on(today)
    asked = _written(asked_for_payoff(money, today=today), money, locale=locale)
    credits_said = payoff_words(promised, locale=locale)
    if not off.waived:
        return f"{asked} pays this plan off today. There is no fee for it. {credits_said}"
    waived = _written(off.waived, money, locale=locale)
    return (
        f"{asked} pays this plan off today. {waived} of interest is not yet earned and is never"
        f" charged. There is no fee for it. {credits_said}"
    )


def _paid_by_buyer(money: PlanMoney) -> int:
    """Return what instalments were paid with money; credits are shown apart."""
    credited = sum(
        row.amount.minor - row.surplus.minor for row in money.payments if row.kind is AskKind.CREDIT
    )
    return sum(row.paid for row in money.owed) - credited


def _next(money: PlanMoney, *, today: date, locale: str) -> tuple[str, str]:
    if money.state is not PlanState.ACTIVE:
        return "Next payment", "none"
    due = due_total(money.owed, on=today)
    if due:
        return "Due now", _written(due, money, locale=locale)
    coming = next((row for row in in_order(money.owed) if row.open), None)
    if coming is None:
        return "Next payment", "none"
    return (
        "Next payment",
        f"{_written(coming.open, money, locale=locale)} on {day_text(coming.due_on)}",
    )


def _instalments(money: PlanMoney, *, today: date, locale: str) -> Iterator[InstalmentLine]:
    """Yield what falls due in its order; of what a change replaced, only what was paid on it."""
    count = 0
    for row in in_order(money.owed):
        if not (row.is_current or row.paid):
            continue
        is_fee = row.kind is InstalmentKind.LATE_FEE
        count += not is_fee
        asked = row.principal + row.interest - row.waived if row.is_current else row.paid
        kind, state = STANDINGS[row.standing(today)]
        yield InstalmentLine(
            number="Late charge" if is_fee else str(count),
            due_iso=row.due_on.isoformat(),
            due_text=day_text(row.due_on),
            amount=_written(asked, money, locale=locale),
            open=_written(row.open, money, locale=locale),
            kind=kind,
            state=state,
        )


def _payments(money: PlanMoney, *, shop: Shop) -> Iterator[PaymentLine]:
    for row in reversed(money.payments):
        kind, state = PAYMENT_STATES[row.state]
        when = row.ended_at or row.asked_at
        yield PaymentLine(
            when_iso=when.isoformat(),
            when_text=instant_text(when, zone=shop.market.time_zone),
            what=row.label or KINDS[row.kind] + (", by your saved card" * row.is_automatic),
            amount=format_money(row.amount, shop.locale),
            kind=kind,
            state=state,
            note=_note(row, locale=shop.locale),
        )


def _note(row: PlanPaymentRow, *, locale: str) -> str:
    if row.kind is AskKind.CREDIT:
        return "A credit; no card was charged."
    if row.failure == CHARGED_BACK:
        return "Your bank took it back; it is owed again."
    if row.surplus.is_positive:
        return f"{format_money(row.surplus, locale)} of it goes back to your card."
    return decline_text(row.failure) if row.state is AskState.DECLINED else ""


def _trouble(money: PlanMoney) -> str:
    last = money.payments[-1] if money.payments else None
    if last is None or last.state is not AskState.DECLINED:
        return ""
    return decline_text(last.failure)


def _waiting(money: PlanMoney, payment: PaymentRow | None, *, locale: str) -> str:
    if money.under_way is None:
        return ""
    amount = format_money(money.under_way.amount, locale)
    if payment is not None and _asks_buyer(payment):
        return f"Your bank wants to hear from you about {amount}."
    return f"{amount} is being taken from your card. This page goes on by itself."


def _asks_buyer(payment: PaymentRow) -> bool:
    return payment.state is PaymentState.ACTION_NEEDED


def _written(minor: int, money: PlanMoney, *, locale: str) -> str:
    return format_money(Money(minor, money.currency), locale)
