"""Claiming a capture, a void or a refund: rows and a job in the caller's transaction, no call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from bandstand.gate import guard
from bandstand.gate.rules import DecisionRow
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.payments import rules
from bandstand.payments.models import Capture, MoneyCommand, Payment, Refund
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.payments.services import record
from bandstand.payments.services.given_by_bank import close_by_bank, given_by_bank
from bandstand.plumbing import audit, jobs

SEND: Final = "bandstand.payments.tasks.send_command"
BANK_PART: Final = ":bank"


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """The part of a capture that pays one order line, and the decision that allows it."""

    order_line_id: UUID
    amount: Money
    decision: DecisionRow


@transaction.atomic
def claim_capture(*, payment_id: UUID, lines: Sequence[CaptureLine], now: datetime) -> UUID:
    """
    Claim the capture of an authorised payment for order lines, through the gate.

    One capture takes a payment; what it leaves is let go. The same lines claimed again are the
    same capture; after a capture that failed, another may be claimed.
    Raises: HeldError, StaleDecisionError from the gate; CaptureRefusedError.
    Lock: takes the anchors of every line, shared and sorted, then the payment's row.
    """
    with guard.guarded():
        guard.take_anchors(*(line.decision for line in lines))
    payment = record.locked_payment(payment_id)
    captures = payment.commands.filter(kind=CommandKind.CAPTURE.value)
    earlier = captures.exclude(state=CommandState.FAILED.value).first()
    if earlier is not None:
        parts = {capture.order_line_id: capture.amount_minor for capture in earlier.captures.all()}
        rules.require_same_capture(
            asked={line.order_line_id: line.amount.minor for line in lines}, recorded=parts
        )
        return earlier.id
    total = rules.capture_total(
        (line.amount for line in lines),
        state=PaymentState(payment.state),
        authorised=Money(payment.amount_minor, payment.currency),
    )
    command = _write_command(
        payment,
        kind=CommandKind.CAPTURE,
        key=f"capture:{payment.purpose}:{captures.count() + 1}",
        amount=total,
        now=now,
    )
    with guard.guarded():
        for line in sorted(lines, key=lambda one: one.order_line_id):
            _claim_line(command, line, now=now)
    return command.id


@transaction.atomic
def claim_void(*, payment_id: UUID, now: datetime) -> UUID | None:
    """
    Claim that a payment be let go; return its command, or nothing if there is nothing to let go.

    A capture that was claimed and not sent is withdrawn.
    Raises: VoidRefusedError once captured; CaptureInFlightError while a capture is on its way.
    Lock: takes the payment's row.
    """
    payment = record.locked_payment(payment_id)
    if not rules.needs_void(PaymentState(payment.state)):
        return None
    earlier = payment.commands.filter(
        kind=CommandKind.VOID.value, state__in=[one.value for one in rules.OPEN]
    ).first()
    if earlier is not None:
        return earlier.id
    for capture in payment.commands.filter(kind=CommandKind.CAPTURE.value):
        if rules.may_withdraw(CommandState(capture.state)):
            record.fail_command(capture, failure="withdrawn", now=now)
    voids = payment.commands.filter(kind=CommandKind.VOID.value).count()
    return _write_command(
        payment,
        kind=CommandKind.VOID,
        key=f"void:{payment.purpose}:{voids + 1}",
        amount=Money(payment.amount_minor, payment.currency),
        now=now,
    ).id


@transaction.atomic
def claim_refund(
    *,
    payment_id: UUID,
    key: str,
    amount: Money,
    order_line_id: UUID | None,
    reason: str,
    now: datetime,
) -> UUID:
    """
    Claim that captured money go back; the same key is the same refund.

    While the buyer contests the charge at their bank it waits and is not sent, because the bank has
    the money; it goes out if the dispute is won. What a lost dispute gave the buyer already is
    written down as given back by the bank, and not sent.
    Raises: RefundRefusedError for more than was captured and not yet promised back, of the payment
        or of the line; RefundDiffersError if the key stands for another amount.
    Lock: takes the payment's row.
    """
    rules.require_no_card_number(where="reason", text=reason)
    payment = record.locked_payment(payment_id)
    earlier = Refund.objects.filter(key=key).first()
    if earlier is not None:
        recorded = Money(_asked_under(earlier), payment.currency)
        rules.require_same_refund(asked=amount, recorded=recorded, key=key)
        return earlier.id
    rules.require_refundable(
        amount,
        captured=Money(payment.captured_minor, payment.currency),
        promised=_promised(payment),
        line_captured=_left_of_line(payment, order_line_id=order_line_id),
    )
    asked = RefundAsked(
        payment=payment, key=key, amount=amount, order_line_id=order_line_id, reason=reason
    )
    return _claim_refund(asked, now=now).id


@transaction.atomic
def refund_again(*, refund_id: UUID, actor: str, now: datetime) -> UUID:
    """
    Ask again, under a new key, for a refund that was refused or came back; return the new one.

    Asked twice, it is refused: each failed refund has one successor at most.
    Raises: NotFoundError; RefundRefusedError.
    Lock: takes the payment's row.
    """
    found = Refund.objects.filter(pk=refund_id).first()
    if found is None:
        raise NotFoundError("There is no refund by that id. Check the address.")
    payment = record.locked_payment(found.payment_id)
    failed = Refund.objects.select_related("command").get(pk=refund_id)
    rules.require_asked_again(
        state=CommandState(failed.command.state),
        failure=failed.command.failure,
        has_successor=Refund.objects.filter(again_of=failed).exists(),
    )
    amount = Money(failed.amount_minor, payment.currency)
    rules.require_refundable(
        amount,
        captured=Money(payment.captured_minor, payment.currency),
        promised=_promised(payment),
    )
    asked = RefundAsked(
        payment=payment,
        key=rules.again_key(_first(failed).key, attempt=failed.attempt + 1),
        amount=amount,
        order_line_id=failed.order_line_id,
        reason=failed.reason,
        again_of=failed,
    )
    made = _claim_refund(asked, now=now)
    audit.record(
        actor=actor, action="refund.again", subject=f"refund:{failed.key}", now=now, key=made.key
    )
    return made.id


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A refund that is about to be written down."""

    payment: Payment
    key: str
    amount: Money
    order_line_id: UUID | None
    reason: str
    again_of: Refund | None = None


def _claim_refund(asked: RefundAsked, *, now: datetime) -> Refund:
    """Write a refund down; what the buyer's bank gave back for good is not sent."""
    by_bank = min(asked.amount, given_by_bank(asked.payment, order_line_id=asked.order_line_id))
    if by_bank == asked.amount:
        refund = _write_refund(asked, now=now)
        close_by_bank(asked.payment, refund, now=now)
        return refund
    if by_bank.is_positive:
        part = replace(asked, key=f"{asked.key}{BANK_PART}", amount=by_bank, again_of=None)
        close_by_bank(asked.payment, _write_refund(part, now=now), now=now)
    return _write_refund(replace(asked, amount=asked.amount - by_bank), now=now)


def _write_refund(asked: RefundAsked, *, now: datetime) -> Refund:
    command = _write_command(
        asked.payment,
        kind=CommandKind.REFUND,
        key=f"refund:{asked.key}",
        amount=asked.amount,
        now=now,
    )
    return Refund.objects.create(
        key=asked.key,
        payment=asked.payment,
        command=command,
        order_line_id=asked.order_line_id,
        amount_minor=asked.amount.minor,
        reason=asked.reason,
        asked_at=now,
        again_of=asked.again_of,
        attempt=1 if asked.again_of is None else asked.again_of.attempt + 1,
    )


def _first(refund: Refund) -> Refund:
    while refund.again_of is not None:
        refund = refund.again_of
    return refund


def _asked_under(refund: Refund) -> int:
    part = Refund.objects.filter(key=f"{refund.key}{BANK_PART}")
    return refund.amount_minor + sum(part.values_list("amount_minor", flat=True))


def _write_command(
    payment: Payment, *, kind: CommandKind, key: str, amount: Money, now: datetime
) -> MoneyCommand:
    command = MoneyCommand.objects.create(
        key=key,
        payment=payment,
        kind=kind.value,
        amount_minor=amount.minor,
        state=CommandState.WRITTEN.value,
        written_at=now,
    )
    jobs.defer(SEND, command_id=str(command.id))
    return command


def _claim_line(command: MoneyCommand, line: CaptureLine, *, now: datetime) -> None:
    columns = guard.stamp(line.decision)
    Capture.objects.create(
        command=command,
        order_line_id=line.order_line_id,
        amount_minor=line.amount.minor,
        claimed_at=now,
        **columns,
    )


def _promised(payment: Payment, *, order_line_id: UUID | None = None) -> Money:
    # What the bank gave back stands as failed, for it was never sent; it went back all the same.
    refunds = payment.refunds.exclude(
        ~Q(command__failure=rules.BY_BANK), command__state=CommandState.FAILED.value
    )
    if order_line_id is not None:
        refunds = refunds.filter(order_line_id=order_line_id)
    total = refunds.aggregate(total=Sum("amount_minor"))["total"]
    return Money(int(total or 0), payment.currency)


def _left_of_line(payment: Payment, *, order_line_id: UUID | None) -> Money | None:
    """Return what of a line's capture is not yet promised back; nothing if none is on record."""
    if order_line_id is None:
        return None
    captures = Capture.objects.filter(
        command__payment=payment,
        command__state=CommandState.SUCCEEDED.value,
        order_line_id=order_line_id,
    )
    total = captures.aggregate(total=Sum("amount_minor"))["total"]
    if total is None:
        return None
    taken = Money(int(total), payment.currency)
    return taken - _promised(payment, order_line_id=order_line_id)
