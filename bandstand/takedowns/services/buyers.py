"""The letters that affected buyers get, at most one of each kind a line."""

from datetime import datetime

from django.conf import settings

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.orders.links import order_address
from bandstand.orders.models import Checkout
from bandstand.parties import queries as parties
from bandstand.plumbing.letters import write_letter
from bandstand.takedowns.models import Case
from bandstand.takedowns.rules import LineFacts, RemedyKind
from bandstand.takedowns.rules.letters import (
    BuyerFacts,
    Letter,
    cancelled_and_refunded,
    cancelled_and_voided,
    checkout_stopped,
    made_whole,
    return_offered,
)


def write_remedy(case: Case, *, facts: LineFacts, now: datetime) -> str:
    """Write to a buyer what is done for them; return the letter's key."""
    told = _facts_of(case)
    had_plan = facts.is_plan_open
    amount = Money(facts.captured_minor, case.currency)
    if case.remedy == RemedyKind.OFFER_RETURN.value:
        return _write(case, return_offered(told, amount=amount), kind="choice", now=now)
    if case.remedy == RemedyKind.CANCEL_AND_REFUND.value:
        letter = cancelled_and_refunded(told, amount=amount, had_plan=had_plan)
    else:
        letter = cancelled_and_voided(told, had_plan=had_plan)
    return _write_to(case, letter, key=_cancellation_key(case), kind="cancelled", now=now)


def write_made_whole(case: Case, *, now: datetime) -> str:
    """Write to a buyer that the money is back; return the letter's key."""
    amount = Money(case.refund_minor, case.currency) if case.refund_minor else None
    return _write(case, made_whole(_facts_of(case), amount=amount), kind="made_whole", now=now)


def write_checkout_stopped(checkout: Checkout, *, title: str, reason: str, now: datetime) -> None:
    """Write to someone who was about to buy that it can no longer be bought."""
    operator = parties.operator()
    letter = checkout_stopped(
        BuyerFacts(
            shop_name=operator.shop_name,
            support_email=operator.support_email,
            buyer_name=checkout.buyer_name,
            order_number="",
            title=title,
            reason=reason,
            due_at=now,
            time_zone=checkout.market.time_zone,
            order_url="",
            alternatives_url=_alternatives_url(),
            locale=checkout.market.locale,
        )
    )
    write_letter(
        key=f"checkout:{checkout.id}:stopped",
        kind="checkout_stopped",
        to_address=checkout.email,
        subject=letter.subject,
        body=letter.body,
        about=print_id(IdKind.CHECKOUT, checkout.id),
        now=now,
    )


def _facts_of(case: Case) -> BuyerFacts:
    operator = parties.operator()
    order = case.line.order
    return BuyerFacts(
        shop_name=operator.shop_name,
        support_email=operator.support_email,
        buyer_name=order.buyer_name,
        order_number=order.number,
        title=case.line.title,
        reason=case.hold.reason,
        due_at=case.due_at,
        time_zone=order.market.time_zone,
        order_url=order_address(order.id),
        alternatives_url=_alternatives_url(),
        locale=order.market.locale,
    )


def _alternatives_url() -> str:
    return f"{settings.BASE_URL}/phones/"


def _cancellation_key(case: Case) -> str:
    # The line's own letter of cancellation, in the words of a takedown: its order finds it written
    # and writes no second one.
    return f"order.cancelled:{case.line.order_id}:{case.line_id}"


def _write(case: Case, letter: Letter, *, kind: str, now: datetime) -> str:
    key = f"case:{case.hold_id}:{case.line_id}:{kind}"
    return _write_to(case, letter, key=key, kind=kind, now=now)


def _write_to(case: Case, letter: Letter, *, key: str, kind: str, now: datetime) -> str:
    write_letter(
        key=key,
        kind=f"takedown_{kind}",
        to_address=case.line.order.email,
        subject=letter.subject,
        body=letter.body,
        about=print_id(IdKind.ORDER, case.line.order_id),
        now=now,
    )
    return key
