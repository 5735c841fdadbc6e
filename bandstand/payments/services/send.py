"""
Sending money commands: claim, call, write down; the call is outside any transaction.

A command that was sent before and whose outcome is not known is never sent again blindly: the
provider is asked first, and only if it never heard of the key is the same command sent with the
same key.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from bandstand.money import Money
from bandstand.payments import events, gateways, queries, rules
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    Gateway,
    GatewayBusyError,
    GatewayRefusedError,
    GatewaySilentError,
    RefundOrder,
    VoidOrder,
)
from bandstand.payments.models import MoneyCommand
from bandstand.payments.rules import CommandKind, CommandState, GatewayAnswer
from bandstand.payments.services import record
from bandstand.payments.services.disputes import contested
from bandstand.plumbing import outbox

logger = structlog.get_logger(__name__)
Outcome = GatewayAnswer | GatewaySilentError | GatewayBusyError | GatewayRefusedError

GIVE_UP_AFTER: Final = timedelta(minutes=15)
"""How long a call may still be on its way; a payment the provider has not seen by then is void."""

CONTESTED: Final = "waits: the buyer contests the charge at their bank"


class NotSentError(Exception):
    """Nothing was sent, and the command says why."""


def send_command(*, command_id: UUID, now: datetime) -> CommandState:
    """
    Send a money command, or learn what became of it; return what is known of it afterwards.

    Raises: PaymentNotFoundError if there is no such command.
    """
    command = _claim(command_id, now=now)
    if command is not None:
        try:
            outcome: Outcome = _ask(command, now=now)
        except (GatewaySilentError, GatewayBusyError, GatewayRefusedError) as none:
            outcome = none
        except NotSentError:
            logger.info("payments.not_sent", command_id=str(command_id))
            return _state(command_id)
        note_outcome(command_id, outcome, now=now)
    return _state(command_id)


def _state(command_id: UUID) -> CommandState:
    return CommandState(MoneyCommand.objects.values_list("state", flat=True).get(pk=command_id))


def authorisation_of(command: MoneyCommand) -> CardAuthorisation:
    """Return what a command to authorise asks of a gateway."""
    return CardAuthorisation(
        key=command.key,
        amount=_amount(command),
        card_token=command.request["card_token"],
        return_url=command.request["return_url"],
        metadata=command.request["metadata"],
        is_off_session=command.request.get("is_off_session", False),
        saves_card=command.request.get("saves_card", False),
        customer=command.request.get("customer", ""),
    )


def capture_of(command: MoneyCommand) -> CaptureOrder:
    """Return what a command to capture asks of a gateway."""
    return CaptureOrder(command.key, command.payment.provider_ref, _amount(command))


def note_outcome(command_id: UUID, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a call: an answer, a refusal, or nothing that is known."""
    if isinstance(outcome, GatewayRefusedError):
        _note_refused(command_id, code=outcome.code, now=now)
    elif isinstance(outcome, GatewayBusyError):
        _note_busy(command_id, until=now + outcome.after)
    elif isinstance(outcome, GatewaySilentError):
        _note_unknown(command_id)
    else:
        _note_answer(command_id, outcome, now=now)


# Durable: the network call that follows must not be inside somebody's transaction.
@transaction.atomic(durable=True)
def _claim(command_id: UUID, *, now: datetime) -> MoneyCommand | None:
    """Mark a command as sent and return it as it stood before; nothing if it is settled."""
    command = _locked(command_id)
    if not rules.is_open(CommandState(command.state)):
        return None
    MoneyCommand.objects.filter(pk=command_id).update(
        state=CommandState.SENT.value, sent_at=now, attempts=F("attempts") + 1
    )
    return command


def _locked(command_id: UUID) -> MoneyCommand:
    command = MoneyCommand.objects.filter(pk=command_id).first()
    if command is None:
        raise rules.PaymentNotFoundError(
            "There is no money command by that id.", command_id=str(command_id)
        )
    command.payment = record.locked_payment(command.payment_id)
    command.refresh_from_db(fields=["state", "sent_at", "provider_ref"])
    return command


def _ask(command: MoneyCommand, *, now: datetime) -> GatewayAnswer:
    gateway = gateways.gateway(command.payment.gateway)
    if command.state != CommandState.WRITTEN.value:
        answer = _learn(gateway, command, now=now)
        if answer is not None:
            return answer
    return _SENDERS[CommandKind(command.kind)](gateway, command, now=now)


def _learn(gateway: Gateway, command: MoneyCommand, *, now: datetime) -> GatewayAnswer | None:
    if command.kind == CommandKind.AUTHORISE.value:
        return gateway.look_up(key=command.key, now=now)
    answer = gateway.look_up(ref=command.payment.provider_ref, now=now)
    if answer is None or answer.operation(command.key) is None:
        return None
    return answer


def _authorise(gateway: Gateway, command: MoneyCommand, *, now: datetime) -> GatewayAnswer:
    return gateway.authorise(authorisation_of(command), now=now)


def _capture(gateway: Gateway, command: MoneyCommand, *, now: datetime) -> GatewayAnswer:
    # Claimed through the gate, and looked at once more: a hold may have come since.
    if _stop_if_held(command.pk, now=now):
        raise NotSentError
    return gateway.capture(capture_of(command), now=now)


def _void(gateway: Gateway, command: MoneyCommand, *, now: datetime) -> GatewayAnswer:
    ref = command.payment.provider_ref
    if not ref:
        ref = _ref_of_unanswered(gateway, command, now=now)
    return gateway.void(VoidOrder(command.key, ref, _amount(command)), now=now)


def _refund(gateway: Gateway, command: MoneyCommand, *, now: datetime) -> GatewayAnswer:
    # The buyer's bank took the money back; given back by us too, it would have gone back twice.
    if _wait_if_contested(command.pk):
        raise NotSentError
    order = RefundOrder(command.key, command.payment.provider_ref, _amount(command))
    return gateway.refund(order, now=now)


_SENDERS: Final = {
    CommandKind.AUTHORISE: _authorise,
    CommandKind.CAPTURE: _capture,
    CommandKind.VOID: _void,
    CommandKind.REFUND: _refund,
}


def _ref_of_unanswered(gateway: Gateway, command: MoneyCommand, *, now: datetime) -> str:
    """
    Return the provider's reference of an authorisation whose answer was lost.

    Raises: NotSentError if the provider will never hear of it, so there is nothing to void;
        GatewaySilentError if it may still be on its way.
    """
    asked = command.payment.commands.filter(kind=CommandKind.AUTHORISE.value)
    attempt = asked.order_by("written_at", "id").last()
    found = gateway.look_up(key=attempt.key, now=now) if attempt else None
    if found is not None:
        return found.ref
    sent_at = attempt.sent_at if attempt else None
    if sent_at is not None and sent_at > now - GIVE_UP_AFTER:
        raise GatewaySilentError("The payment may still be on its way to the provider.")
    _close_unseen(command.payment_id, now=now)
    raise NotSentError


@transaction.atomic
def _close_unseen(payment_id: UUID, *, now: datetime) -> None:
    payment = record.locked_payment(payment_id)
    record.void_unseen(payment, because="never reached the provider", now=now)


@transaction.atomic
def _stop_if_held(command_id: UUID, *, now: datetime) -> bool:
    hold_id = queries.hold_over_capture(command_id)
    if hold_id is None:
        return False
    command = _locked(command_id)
    record.fail_command(command, failure="held", now=now)
    outbox.emit(
        events.CaptureHeld(
            payment_id=str(command.payment_id),
            hold_id=str(hold_id),
            purpose=command.payment.purpose,
        ),
        now=now,
    )
    return True


@transaction.atomic
def _wait_if_contested(command_id: UUID) -> bool:
    command = _locked(command_id)
    if contested(command.payment).is_zero:
        return False
    command.state = CommandState.WRITTEN.value
    command.failure = CONTESTED
    command.save(update_fields=["state", "failure"])
    return True


@transaction.atomic
def _note_busy(command_id: UUID, *, until: datetime) -> None:
    """Nothing was done, and the provider said when it may be asked again."""
    command = _locked(command_id)
    if command.state == CommandState.SENT.value:
        command.state, command.wait_until = CommandState.WRITTEN.value, until
        command.save(update_fields=["state", "wait_until"])


@transaction.atomic
def _note_unknown(command_id: UUID) -> None:
    command = _locked(command_id)
    if command.state == CommandState.SENT.value:
        command.state = CommandState.UNKNOWN.value
        command.save(update_fields=["state"])


@transaction.atomic
def _note_refused(command_id: UUID, *, code: str, now: datetime) -> None:
    command = _locked(command_id)
    if not rules.is_open(CommandState(command.state)):
        return
    record.fail_command(command, failure=code, now=now)
    if command.kind == CommandKind.AUTHORISE.value:
        record.decline(command.payment, code=code, because="refused by the gateway", now=now)
    else:
        record.announce_failure(command.payment, command, now=now)


@transaction.atomic
def _note_answer(command_id: UUID, answer: GatewayAnswer, *, now: datetime) -> None:
    command = _locked(command_id)
    record.record_answer(command.payment, answer, because=f"{command.kind} answered", now=now)


def _amount(command: MoneyCommand) -> Money:
    return Money(command.amount_minor, command.payment.currency)
