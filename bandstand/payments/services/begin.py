"""Beginning a payment: one purpose, one payment, however often it is asked for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.money import Money
from bandstand.payments import gateways, queries, rules
from bandstand.payments.models import MoneyCommand, Payment
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.payments.rules.cards import CardOwner
from bandstand.payments.services import record
from bandstand.payments.services.send import send_command
from bandstand.plumbing.locks import lock


def begin_payment(
    *,
    purpose: str,
    amount: Money,
    card_token: str,
    return_url: str,
    metadata: Mapping[str, str],
    now: datetime,
    keeps_card_for: CardOwner | None = None,
) -> PaymentRow:
    """
    Ask for an amount on a card; the outcome comes by webhook.

    The command is written before the gateway is called, and the call is made outside any
    transaction. The same purpose is the same payment, resumed. After a decline another card makes a
    new attempt. ``keeps_card_for`` is the buyer's word that the card may be charged again later,
    and says whose it then is; the provider keeps it with the cards that the owner saved before.
    Raises: CardNumberRefusedError; PaymentDiffersError if the purpose is paid as another amount.
    """
    rules.require_no_card_number(where="card token", text=card_token)
    rules.require_no_card_number(where="return address", text=return_url)
    rules.require_no_card_number(where="purpose", text=purpose)
    rules.require_no_card_numbers(metadata)
    request: dict[str, object] = {
        "card_token": card_token,
        "return_url": return_url,
        "metadata": dict(metadata),
        "saves_card": keeps_card_for is not None,
    }
    if keeps_card_for is not None:
        request |= _keeping(keeps_card_for)
    payment_id, command_id = _write_attempt(
        purpose=purpose, amount=amount, request=request, now=now
    )
    if command_id is not None:
        send_command(command_id=command_id, now=now)
    return queries.payment_row(payment_id)


def _keeping(owner: CardOwner) -> dict[str, object]:
    rules.require_no_card_number(where="owner of a card", text=f"{owner.key} {owner.email}")
    return {
        "card_owner": owner.key,
        "card_email": owner.email,
        "customer": queries.customer_of(owner.key, gateway=gateways.default_name()),
    }


# Durable: a transaction around it would undo the command's row after the money was asked for.
@transaction.atomic(durable=True)
def _write_attempt(
    *, purpose: str, amount: Money, request: dict[str, object], now: datetime
) -> tuple[UUID, UUID | None]:
    """Write the payment and its next attempt; return the command to send, if one is open."""
    lock(f"payment:{purpose}")
    payment = Payment.objects.select_for_update().filter(purpose=purpose).first()
    if payment is None:
        payment = _create_payment(purpose=purpose, amount=amount, request=request, now=now)
    recorded = Money(payment.amount_minor, payment.currency)
    rules.require_same_payment(asked=amount, recorded=recorded, purpose=purpose)
    if rules.may_try_again(PaymentState(payment.state)):
        record.move_payment(payment, PaymentState.CREATED, because="another card", now=now)
        record.forget_attempt(payment, return_url=str(request["return_url"]), now=now)
    if payment.state not in {PaymentState.CREATED.value, PaymentState.ACTION_NEEDED.value}:
        return payment.id, None
    attempts = payment.commands.filter(kind=CommandKind.AUTHORISE.value)
    command = attempts.filter(state__in=[one.value for one in rules.OPEN]).first()
    if command is None:
        number = attempts.count() + 1
        command = _create_command(payment, number=number, request=request, now=now)
    return payment.id, command.id


def _create_payment(
    *, purpose: str, amount: Money, request: dict[str, object], now: datetime
) -> Payment:
    return Payment.objects.create(
        purpose=purpose,
        gateway=gateways.default_name(),
        amount_minor=amount.minor,
        currency=amount.currency,
        state=PaymentState.CREATED.value,
        return_url=str(request["return_url"]),
        created_at=now,
        updated_at=now,
    )


def _create_command(
    payment: Payment, *, number: int, request: dict[str, object], now: datetime
) -> MoneyCommand:
    return MoneyCommand.objects.create(
        key=f"auth:{payment.purpose}:{number}",
        payment=payment,
        kind=CommandKind.AUTHORISE.value,
        amount_minor=payment.amount_minor,
        state=CommandState.WRITTEN.value,
        request=request,
        written_at=now,
    )
