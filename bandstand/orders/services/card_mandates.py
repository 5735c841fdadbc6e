"""
From a card that a buyer saved to their word on each plan: charge it when instalments fall due.

The word was given with the card: at the checkout for every plan of the order, on a plan's own page
for that plan. What a buyer took back stays taken back, however late the news of the card comes.
Source: 12 CFR 1005.10 (e)(1) (Regulation E): credit is never conditioned on automatic payment; the
box is never ticked for the buyer (known 2026-11-22, not re-read).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.queries.mandates import has_had_card, has_had_mandate
from bandstand.credit.rules import NothingOwedError, PlanState
from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id
from bandstand.orders.events import LinePaid
from bandstand.orders.models import Order, OrderLine
from bandstand.orders.services.hear import checkout_of
from bandstand.payments import queries as payments, services as payment_services
from bandstand.payments.events import CardSaved
from bandstand.payments.queries import SavedCardRow, SetupRow
from bandstand.payments.rules.cards import CardOwner, owner_of

ROOM: Final = "plan"


def plan_purpose(plan_id: UUID) -> str:
    """Return what a card saved on a plan's page is saved for."""
    return f"{ROOM}:{print_id(IdKind.PLAN, plan_id)}"


def card_owners(order_id: UUID) -> frozenset[str]:
    """Return whose cards an order's pages show: its checkout's, and its buyer's if signed in."""
    order = Order.objects.get(pk=order_id)
    guest = owner_of(person_id=None, checkout_id=order.checkout_id, email=order.email)
    return frozenset({guest.key, _owner(order).key})


def _owner(order: Order) -> CardOwner:
    return owner_of(person_id=order.person_id, checkout_id=order.checkout_id, email=order.email)


def begin_card_setup(*, plan_id: UUID, order_id: UUID, return_url: str, now: datetime) -> SetupRow:
    """
    Lead a buyer to the provider's page, to save the card that their plan is charged to.

    Raises: NothingOwedError for a plan that has ended; GatewayRefusedError; GatewaySilentError and
        GatewayBusyError if no page came.
    """
    money = credit_queries.plan_money(plan_id)
    if money.state is not PlanState.ACTIVE:
        raise NothingOwedError(f"This plan is {money.state}; nothing will be charged.")
    return payment_services.begin_setup(
        purpose=plan_purpose(plan_id),
        owner=_owner(Order.objects.get(pk=order_id)),
        currency=money.currency,
        return_url=return_url,
        metadata={"plan": print_id(IdKind.PLAN, plan_id)},
        now=now,
    )


@transaction.atomic
def hear_card_saved(event: CardSaved, now: datetime) -> None:
    """Let a card be charged for what it was saved for."""
    card = payments.saved_card_by_id(UUID(event.card_id))
    if card is None:
        return  # removed meanwhile
    plan_id = _plan_of(event.purpose)
    if plan_id is not None and not has_had_card(plan_id, card_token=card.token):
        _let_charge(plan_id, card=card, now=now)
    checkout_id = checkout_of(event.purpose)
    if checkout_id is not None:
        for line in OrderLine.objects.filter(order__checkout_id=checkout_id).order_by("id"):
            _let_charge_line(line, card=card, now=now)


@transaction.atomic
def hear_line_paid(event: LinePaid, now: datetime) -> None:
    """Let the card that paid for a line be charged for its plan, if its buyer saved it."""
    line = OrderLine.objects.select_related("order").get(pk=UUID(event.line_id))
    if line.order.payment_id is None:
        return
    card = payments.card_of_payment(line.order.payment_id)
    if card is not None:
        _let_charge_line(line, card=card, now=now)


def _let_charge_line(line: OrderLine, *, card: SavedCardRow, now: datetime) -> None:
    plan = credit_queries.plan_page(line.id)
    if plan is not None and not has_had_mandate(plan.id):
        _let_charge(plan.id, card=card, now=now)


def _let_charge(plan_id: UUID, *, card: SavedCardRow, now: datetime) -> None:
    if credit_queries.plan_money(plan_id).state is not PlanState.ACTIVE:
        return  # not begun: hearing that its line is paid comes next; or ended
    credit.save_mandate(
        plan_id=plan_id, card_token=card.token, saved_by="the buyer, with the card", now=now
    )


def _plan_of(purpose: str) -> UUID | None:
    room, _, printed = purpose.partition(":")
    if room != ROOM:
        return None
    try:
        return parse_id(IdKind.PLAN, printed)
    except MalformedIdError:
        return None
