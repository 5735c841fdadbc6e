"""
Letters about a plan: a payment coming, made, failed or late, and the end of it.

They are written here because they lead to the order's page. Each is written once.
"""

from datetime import date, datetime
from uuid import UUID

from bandstand.credit.events import (
    InstalmentComing,
    InstalmentLate,
    PlanPaymentFailed,
    PlanPaymentMade,
    PlanSettled,
)
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, format_money
from bandstand.orders import links
from bandstand.orders.models import OrderLine
from bandstand.parties import queries as parties
from bandstand.payments.rules import decline_text
from bandstand.plumbing.letters import write_letter


def hear_coming(event: InstalmentComing, now: datetime) -> None:
    """Remind the buyer of what falls due, and say whether their card is charged by itself."""
    amount = _amount(event.amount_minor, event.currency)
    how = (
        "Your saved card is charged on that day; you need do nothing."
        if event.is_automatic
        else "Your card is not charged by itself. Pay it on the page below."
    )
    _write(
        event.order_line_id,
        key=f"plan.coming:{event.plan_id}:{event.due_on}",
        subject=f"{amount} falls due on {_day(event.due_on)}",
        text=f"{amount} of your plan falls due on {_day(event.due_on)}. {how}",
        now=now,
    )


def hear_made(event: PlanPaymentMade, now: datetime) -> None:
    """Send the receipt of a payment."""
    amount = _amount(event.amount_minor, event.currency)
    _write(
        event.order_line_id,
        key=f"plan.paid:{event.plan_id}:{event.serial}",
        subject=f"You paid {amount}",
        text=f"We took {amount} for your plan. Thank you.",
        now=now,
    )


def hear_failed(event: PlanPaymentFailed, now: datetime) -> None:
    """Tell the buyer that their saved card was not charged; at the page they saw it themselves."""
    if not event.is_automatic:
        return
    amount = _amount(event.amount_minor, event.currency)
    _write(
        event.order_line_id,
        key=f"plan.failed:{event.plan_id}:{event.serial}",
        subject=f"Your card was not charged {amount}",
        text=f"We could not take {amount} for your plan. {decline_text(event.code)} There is no fee"
        " for it. You can pay on the page below.",
        now=now,
    )


def hear_late(event: InstalmentLate, now: datetime) -> None:
    """Tell the buyer that an instalment is late."""
    amount = _amount(event.amount_minor, event.currency)
    _write(
        event.order_line_id,
        key=f"plan.late:{event.plan_id}:{event.due_on}",
        subject=f"{amount} of your plan is late",
        text=f"{amount} fell due on {_day(event.due_on)} and was not paid. There is no fee for"
        " paying late. Please pay it on the page below, or write to us if you cannot.",
        now=now,
    )


def hear_settled(event: PlanSettled, now: datetime) -> None:
    """Tell the buyer that nothing is owed any more."""
    _write(
        event.order_line_id,
        key=f"plan.settled:{event.plan_id}",
        subject="Your plan is paid off",
        text="Your plan is paid off and you owe nothing on it. Any lock that was put on the phone"
        " for this plan must be taken off now; write to us if one stays.",
        now=now,
    )


def _write(order_line_id: str, *, key: str, subject: str, text: str, now: datetime) -> None:
    line = OrderLine.objects.select_related("order").filter(pk=UUID(order_line_id)).first()
    if line is None:
        return  # a plan that no order of this shop has
    operator = parties.operator()
    printed = print_id(IdKind.LINE, line.id)
    write_letter(
        key=key,
        kind="plan",
        to_address=line.order.email,
        subject=subject,
        body=f"""Hello {line.order.buyer_name},

{text}

{line.title}, order {line.order.number}:
{links.order_address(line.order_id)}plan/{printed}/

{operator.shop_name}
{operator.support_email}
""",
        about=print_id(IdKind.ORDER, line.order_id),
        now=now,
    )


def _amount(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency))


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"
