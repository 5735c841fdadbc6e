"""
Letters about a plan: a payment coming, made, failed or late, and the end of it.

They are written here because they lead to the order's page. Each is written once.
"""

from datetime import date, datetime
from uuid import UUID

from bandstand.credit.events import (
    ChangeAccepted,
    ChangeProposed,
    ChangeRefused,
    InstalmentComing,
    InstalmentLate,
    LateFeeCharged,
    LateFeeWaived,
    PlanChargedOff,
    PlanPaused,
    PlanPaymentFailed,
    PlanPaymentMade,
    PlanResumed,
    PlanSettled,
)
from bandstand.credit.queries.policies import late_fee_of
from bandstand.credit.rules.late_fees import late_words
from bandstand.credit.rules.pausing import PAUSE_WORDS, PauseCause
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, format_money
from bandstand.orders import links
from bandstand.orders.models import OrderLine
from bandstand.parties import queries as parties
from bandstand.payments.rules import decline_text
from bandstand.plumbing.letters import write_letter
from bandstand.promotions.queries import credit_due_on


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
        text=f"{amount} of your plan falls due on {_day(event.due_on)}.{_credit(event)} {how}",
        now=now,
    )


def _credit(event: InstalmentComing) -> str:
    """Say what a credit of that day leaves to pay; nothing where none was promised."""
    promised = credit_due_on(UUID(event.plan_id), day=date.fromisoformat(event.due_on))
    if promised is None:
        return ""
    due = Money(event.amount_minor, event.currency)
    left = max(due - promised, Money.zero(event.currency))
    return (
        f" A credit of {format_money(promised)} is given on that day, which leaves"
        f" {format_money(left)} to pay."
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
        text=f"{amount} fell due on {_day(event.due_on)} and was not paid."
        f" {_late_words(event.plan_id)} Please pay it on the page below. If you cannot, ask there"
        " for another schedule: an instalment less, a longer plan, another day.",
        now=now,
    )


def hear_fee_charged(event: LateFeeCharged, now: datetime) -> None:
    """Tell the buyer of a late fee, and that it may be talked about."""
    amount = _amount(event.amount_minor, event.currency)
    _write(
        event.order_line_id,
        key=f"plan.fee:{event.plan_id}:{event.number}",
        subject=f"A late charge of {amount}",
        text=f"What fell due on {_day(event.due_on)} is still not paid. As your agreement says, a"
        f" late charge of {amount} is added, once for that payment. Nothing is charged on it. If"
        " you think that is wrong, or cannot pay, write to us.",
        now=now,
    )


def hear_fee_waived(event: LateFeeWaived, now: datetime) -> None:
    """Tell the buyer that a late fee was taken back."""
    amount = _amount(event.amount_minor, event.currency)
    _write(
        event.order_line_id,
        key=f"plan.fee_waived:{event.plan_id}:{event.number}",
        subject=f"The late charge of {amount} is taken back",
        text=f"We took back the late charge of {amount}. You do not owe it.",
        now=now,
    )


def hear_paused(event: PlanPaused, now: datetime) -> None:
    """Tell the buyer why nothing is collected for a while."""
    why = PAUSE_WORDS[PauseCause(event.cause)]
    _write(
        event.order_line_id,
        key=f"plan.paused:{event.pause_id}",
        subject="Your plan is paused",
        text=f"Your plan is paused because {why}. Until it goes on, your card is not charged by"
        " itself, no fee is charged, and nothing is reported as late. We write to you when it goes"
        " on. You may still pay on the page below.",
        now=now,
    )


def hear_resumed(event: PlanResumed, now: datetime) -> None:
    """Tell the buyer that a paused plan goes on, and what is next."""
    amount = _amount(event.amount_minor, event.currency)
    following = (
        f"Next is {amount}, due on {_day(event.next_due_on)}."
        if event.next_due_on
        else "Nothing is open on it."
    )
    moved = (
        " What fell due meanwhile, and all after it, has moved by whole months. It costs nothing."
        if event.has_moved
        else ""
    )
    _write(
        event.order_line_id,
        key=f"plan.resumed:{event.pause_id}",
        subject="Your plan goes on",
        text=f"Your plan is no longer paused. {following}{moved}",
        now=now,
    )


def hear_change_proposed(event: ChangeProposed, now: datetime) -> None:
    """Tell the buyer that another schedule is offered and waits for their answer."""
    _write(
        event.order_line_id,
        key=f"plan.proposed:{event.proposal_id}",
        subject="Another schedule for your plan",
        text="We offer you another schedule for your plan. The page below shows it beside the one"
        " you have, with what it comes to. It costs no fee and no further interest, and counts only"
        f" if you accept it there by {_day(event.valid_until)}.",
        now=now,
    )


def hear_change_refused(event: ChangeRefused, now: datetime) -> None:
    """Tell the buyer that what they asked for is not offered, and why."""
    _write(
        event.order_line_id,
        key=f"plan.change_refused:{event.proposal_id}",
        subject="About the change you asked for",
        text="We cannot offer the change of your plan that you asked for."
        f" {event.answer.rstrip('.')}. Your plan stays as it is; you may ask for another change on"
        " the page below, or write to us.",
        now=now,
    )


def hear_change_accepted(event: ChangeAccepted, now: datetime) -> None:
    """Confirm a change to the buyer who accepted it."""
    _write(
        event.order_line_id,
        key=f"plan.changed:{event.plan_id}:{event.version}",
        subject="Your plan has changed",
        text="Your plan has changed as you accepted it. The next payment is due on"
        f" {_day(event.next_due_on)}, the last on {_day(event.last_due_on)}. The page below has"
        " every payment and the change as you accepted it, to keep.",
        now=now,
    )


def hear_charged_off(event: PlanChargedOff, now: datetime) -> None:
    """Tell the buyer that the shop has given their plan up, and what that means."""
    amount = _amount(event.open_minor, event.currency)
    _write(
        event.order_line_id,
        key=f"plan.charged_off:{event.plan_id}",
        subject="Your plan was charged off",
        text=f"{amount} of your plan was not paid for a long time, and our books have given it up."
        " Your card is not charged any more. You still owe it; write to us if you want to pay, or"
        " if you think this is wrong.",
        now=now,
    )


def write_payoff(
    *,
    order_line_id: UUID,
    amount: Money,
    waived: Money,
    valid_on: date,
    credits_words: str,
    now: datetime,
) -> None:
    """Send a payoff quote by letter; asking twice on a day sends one."""
    left_out = (
        f" {format_money(waived)} of interest is not yet earned and is never charged."
        if waived.is_positive
        else ""
    )
    _write(
        str(order_line_id),
        key=f"plan.payoff:{order_line_id}:{valid_on.isoformat()}:{amount.minor}",
        subject=f"{format_money(amount)} pays your plan off",
        text=f"{format_money(amount)} pays your plan off if it is paid by"
        f" {_day(valid_on.isoformat())}.{left_out} There is no fee for it."
        f"{' ' + credits_words if credits_words else ''} Pay it on the page below.",
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


def _late_words(plan_id: str) -> str:
    terms = late_fee_of(UUID(plan_id))
    return (
        "There is no fee for paying late." if terms is None else late_words(terms, locale="en_US")
    )


def _amount(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency))


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"
