"""The letters of the orders room: plain text, one reason to write each, with the order's link."""

from datetime import datetime

from django.conf import settings

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, format_money
from bandstand.orders import links
from bandstand.orders.models import Checkout, Order, OrderLine, Release
from bandstand.parties import queries as parties
from bandstand.plumbing.letters import write_letter
from bandstand.tax import queries as tax
from bandstand.tax.rules import added_up


def write_order_placed(order: Order, *, now: datetime) -> None:
    """Tell the buyer what they bought, what was taken, and where to look."""
    lines = [_line_text(line) for line in order.lines.select_related("terms").order_by("id")]
    today = format_money(Money(order.due_today_minor, order.currency))
    body = f"""Hello {order.buyer_name},

Thank you. Your order {order.number} is placed.

{chr(10).join([*lines, *_tax_lines(order)])}

Taken from your card today: {today}

Follow your order, and read everything you agreed to, here:
{links.order_address(order.id)}
{_agreements(order)}"""
    _write(order, kind="order.placed", subject=f"Your order {order.number}", body=body, now=now)


def _tax_lines(order: Order) -> list[str]:
    """Return the taxes of an order as the letter writes them; the margin scheme shows no amount."""
    quoted = tax.quotes_of_lines([line.id for line in order.lines.all()])
    return [
        f"- {label}" if told is None else f"- {label}: {format_money(told)}"
        for label, told in added_up(one.line for one in quoted.values())
    ]


def _agreements(order: Order) -> str:
    plans = order.lines.exclude(disclosure=None).order_by("id")
    if not plans:
        return ""
    addresses = "\n".join(links.agreement_address(order.id, line_id=line.id) for line in plans)
    return f"\nYour credit agreement, to keep:\n{addresses}\n"


def write_checkout_failed(checkout: Checkout, *, reason: str, now: datetime) -> None:
    """Tell the buyer that no order came of their payment, and that nothing was taken."""
    write_letter(
        key=f"checkout-failed:{checkout.id}",
        kind="order.failed",
        to_address=checkout.email,
        subject="Your order was not placed",
        body=f"""Hello {checkout.buyer_name},

Your order could not be placed. {reason}

Nothing was taken from your card. If your bank shows an amount set aside, it is released, usually
within a few days.

Your basket is where you left it:
{settings.BASE_URL}/basket/

{_signature()}
""",
        about=print_id(IdKind.CHECKOUT, checkout.id),
        now=now,
    )


def write_line_released(line: OrderLine, release: Release, *, now: datetime) -> None:
    """Tell the buyer that their phone is on its way."""
    tracking = f", tracking number {release.tracking}" if release.tracking else ""
    body = f"""Hello {line.order.buyer_name},

{line.title} from your order {line.order.number} is on its way with {release.carrier}{tracking}.

{links.order_address(line.order_id)}
"""
    _write(
        line.order,
        kind="order.shipped",
        subject=f"Your order {line.order.number} is on its way",
        body=body,
        now=now,
        part=str(line.id),
    )


def write_line_cancelled(
    line: OrderLine, *, reason: str, refund: Money | None, has_plan: bool, now: datetime
) -> None:
    """Tell the buyer why a thing will not come, and what becomes of their money."""
    money = (
        "Nothing was taken from your card for it. An amount your bank set aside is released."
        if refund is None
        else f"{format_money(refund)} goes back to your card, usually within 5 to 10 days."
    )
    plan = " Its payment plan is ended: you owe nothing more on it." if has_plan else ""
    body = f"""Hello {line.order.buyer_name},

{line.title} from your order {line.order.number} is cancelled. {reason}

{money}{plan}

{links.order_address(line.order_id)}
"""
    _write(
        line.order,
        kind="order.cancelled",
        subject=f"Cancelled from your order {line.order.number}",
        body=body,
        now=now,
        part=str(line.id),
    )


def _write(
    order: Order, *, kind: str, subject: str, body: str, now: datetime, part: str = ""
) -> None:
    write_letter(
        key=f"{kind}:{order.id}:{part}",
        kind=kind,
        to_address=order.email,
        subject=subject,
        body=f"{body}\n{_signature()}\n",
        about=print_id(IdKind.ORDER, order.id),
        now=now,
    )


def _line_text(line: OrderLine) -> str:
    price = format_money(Money(line.price_minor, line.currency))
    seen = line.offer_seen
    what = " · ".join(part for part in (line.title, str(seen.get("configuration", ""))) if part)
    terms = f", {line.terms.months} monthly payments" if line.terms else ", paid in full"
    return f"- {what}, {price}{terms}; sold by {seen.get('seller_name', '')}"


def _signature() -> str:
    operator = parties.operator()
    return f"{operator.shop_name}\n{operator.support_email}"
