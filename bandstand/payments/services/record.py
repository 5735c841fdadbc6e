"""
Writing down what is known of payments: the only place where they move and their events are told.

Every function here expects the payments' rows to be locked by its caller.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.payments import rules
from bandstand.payments.models import MoneyCommand, Payment
from bandstand.payments.rules import (
    CommandKind,
    CommandState,
    GatewayAnswer,
    PaymentNotFoundError,
    PaymentState,
    ProviderOperation,
)
from bandstand.payments.services.disputes import record_dispute
from bandstand.payments.services.record_sheet import Sheet, announcements
from bandstand.payments.services.returned_refunds import failed_refunds, note_returned
from bandstand.payments.services.saved_cards import keep_card_of
from bandstand.plumbing import outbox


def locked_payment(payment_id: UUID) -> Payment:
    """
    Return a payment whose row is ours until the transaction ends.

    Raises: PaymentNotFoundError.
    """
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFoundError(
            "There is no payment by that id.", payment_id=print_id(IdKind.PAYMENT, payment_id)
        )
    return payment


@dataclass(frozen=True, slots=True)
class News:
    """What a provider said of a payment, and why we know."""

    payment: Payment
    answer: GatewayAnswer
    because: str


def locked_payments(ids: Iterable[UUID]) -> dict[UUID, Payment]:
    """Return payments whose rows are ours until the transaction ends. Lock: taken in id order."""
    rows = Payment.objects.select_for_update().filter(pk__in=set(ids)).order_by("id")
    return {row.id: row for row in rows}


def record_answer(payment: Payment, answer: GatewayAnswer, *, because: str, now: datetime) -> None:
    """
    Catch up with the provider's book. Late, repeated and reordered news changes nothing.

    Lock: the caller holds the payment's row.
    """
    record_answers([News(payment, answer, because)], now=now)


def record_answers(news: Sequence[News], *, now: datetime) -> None:
    """
    Catch up with the provider's book on many payments, in a few statements whatever their number.

    Lock: the caller holds the payments' rows.
    """
    sheet = Sheet.of((one.payment for one in news), now=now)
    heard = [one for one in news if _catch_up(sheet, one)]
    sheet.write()
    for one in heard:
        note_returned(one.payment, one.answer, now=now)
        for dispute in one.answer.disputes:
            record_dispute(one.payment, dispute, now=now)
        keep_card_of(one.payment, one.answer, now=now)


def move_payment(payment: Payment, after: PaymentState, *, because: str, now: datetime) -> None:
    """
    Move a payment and record the step.

    Lock: the caller holds the payment's row.
    """
    sheet = Sheet(now=now)
    sheet.move(payment, after, because=because)
    sheet.write()


def forget_attempt(payment: Payment, *, return_url: str, now: datetime) -> None:
    """Clear what the last attempt left on a payment. Lock: the caller holds the payment's row."""
    payment.provider_ref = payment.action_url = payment.decline_code = ""
    payment.return_url = return_url
    payment.updated_at = now
    payment.save(
        update_fields=["provider_ref", "action_url", "decline_code", "return_url", "updated_at"]
    )


def fail_command(command: MoneyCommand, *, failure: str, now: datetime) -> None:
    """Close a command that did nothing. Lock: the caller holds the payment's row."""
    command.state = CommandState.FAILED.value
    command.failure = failure[:200]
    command.settled_at = now
    command.save(update_fields=["state", "failure", "settled_at"])


def decline(payment: Payment, *, code: str, because: str, now: datetime) -> None:
    """Record that no card was charged. Lock: the caller holds the payment's row."""
    if not rules.may_become(PaymentState(payment.state), PaymentState.DECLINED):
        return
    sheet = Sheet(now=now)
    payment.decline_code = code[:60]
    sheet.step(payment, PaymentState.DECLINED, because=because)
    sheet.write()


def void_unseen(payment: Payment, *, because: str, now: datetime) -> None:
    """Close a payment that never reached its provider. Lock: the caller holds the payment's row."""
    for command in payment.commands.filter(state__in=[one.value for one in rules.OPEN]):
        fail_command(command, failure=because, now=now)
    if rules.may_become(PaymentState(payment.state), PaymentState.VOIDED):
        sheet = Sheet(now=now)
        sheet.step(payment, PaymentState.VOIDED, because=because)
        sheet.write()


def announce_failure(payment: Payment, command: MoneyCommand, *, now: datetime) -> None:
    """Emit what a command that failed means. Lock: the caller holds the payment's row."""
    for event in announcements(payment, command, now=now):
        outbox.emit(event, now=now)


def _catch_up(sheet: Sheet, news: News) -> bool:
    """Enter what a provider's book says of a payment; return whether it is of the newest card."""
    payment, answer = news.payment, news.answer
    commands = sheet.commands[payment.id]
    attempts = [one for one in commands if one.kind == CommandKind.AUTHORISE.value]
    attempt = next((one for one in attempts if one.key == answer.key), None)
    if attempt is None:
        return False
    _settle_command(
        attempt,
        sheet,
        state=rules.authorise_state(answer),
        ref=answer.ref,
        failure=answer.decline_code,
    )
    # News of an attempt that was given up must not move the payment that another card now pays.
    if attempt.pk != attempts[-1].pk:
        return False
    _follow(sheet, news)
    for operation in answer.operations:
        _record_operation(sheet, operation, payment=payment)
    return True


def _follow(sheet: Sheet, news: News) -> None:
    payment, answer = news.payment, news.answer
    payment.provider_ref = answer.ref
    payment.action_url = answer.action_url
    payment.decline_code = answer.decline_code
    # A book read earlier may arrive later; amounts, like states, only grow.
    payment.captured_minor = max(payment.captured_minor, answer.captured.minor)
    returned = failed_refunds(sheet.commands[payment.id])
    payment.refunded_minor = max(
        payment.refunded_minor, rules.refunded_of(answer, returned=returned)
    )
    payment.updated_at = sheet.now
    sheet.payments[payment.id] = payment
    for state in rules.steps(PaymentState(payment.state), answer.state):
        sheet.step(payment, state, because=news.because)


def _record_operation(sheet: Sheet, operation: ProviderOperation, *, payment: Payment) -> None:
    command = next((one for one in sheet.commands[payment.id] if one.key == operation.key), None)
    if command is None:
        return
    is_news = _settle_command(
        command,
        sheet,
        state=rules.operation_state(operation),
        ref=operation.ref,
        failure=operation.failure,
    )
    if is_news:
        sheet.events.extend(announcements(payment, command, now=sheet.now))


def _settle_command(
    command: MoneyCommand, sheet: Sheet, *, state: CommandState, ref: str, failure: str
) -> bool:
    """Move an open command to what the provider says of it; return whether it was settled now."""
    if not rules.is_open(CommandState(command.state)):
        return False
    command.state = state.value
    command.provider_ref = ref
    command.failure = failure[:200]
    is_settled = not rules.is_open(state)
    command.settled_at = sheet.now if is_settled else None
    sheet.settled[command.id] = command
    return is_settled
