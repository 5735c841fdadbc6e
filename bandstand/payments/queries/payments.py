"""Reads of payments, their commands, captures and refunds, as frozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.payments.models import Capture, MoneyCommand, Payment, Refund
from bandstand.payments.rules import (
    BY_BANK,
    OPEN,
    CommandKind,
    CommandState,
    PaymentNotFoundError,
    PaymentState,
    decline_text,
)

HOLD_OVER_CAPTURE = """
    select gate_matching_hold('payment.capture', c.brand_path, c.category_path, c.device_model_id,
             c.variant_id, c.seller_id, d.offer_id, c.market_code, c.condition, c.serials::text[],
             c.lot, c.stocked_at, clock_timestamp()) as hold_id
      from payments_capture c left join gate_decision d on d.id = c.decision_id
     where c.command_id = %s
"""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment as the shop sees it; ``decline_text`` is what to tell the buyer."""

    id: UUID
    public_id: str
    purpose: str
    gateway: str
    state: PaymentState
    amount: Money
    captured: Money
    refunded: Money
    action_url: str
    return_url: str
    decline_code: str
    created_at: datetime
    updated_at: datetime

    @property
    def decline_text(self) -> str:
        return decline_text(self.decline_code)


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One thing asked of the gateway, and what is known of it."""

    id: UUID
    key: str
    kind: CommandKind
    state: CommandState
    amount: Money
    failure: str
    attempts: int
    written_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money given back, or on its way."""

    id: UUID
    key: str
    payment_id: UUID
    order_line_id: UUID | None
    amount: Money
    reason: str
    state: CommandState
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class FailedRefundRow:
    """A refund that was refused, or came back; its buyer is owed the money."""

    id: UUID
    key: str
    payment_id: UUID
    purpose: str
    order_line_id: UUID | None
    amount: Money
    reason: str
    failure: str
    attempt: int
    asked_at: datetime
    came_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaptureLineRow:
    """The part of a capture that pays one order line."""

    order_line_id: UUID
    amount: Money
    state: CommandState


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """A page of payments, newest first."""

    rows: tuple[PaymentRow, ...]
    total: int
    page: int
    pages: int


def payment_row(payment_id: UUID) -> PaymentRow:
    """
    Return a payment.

    Raises: PaymentNotFoundError.
    """
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFoundError(
            "There is no payment by that id.", payment_id=print_id(IdKind.PAYMENT, payment_id)
        )
    return _payment_row(payment)


def payment_by_purpose(purpose: str) -> PaymentRow | None:
    """Return the payment of a purpose, if one was begun."""
    payment = Payment.objects.filter(purpose=purpose).first()
    return None if payment is None else _payment_row(payment)


def money_page(*, page: int = 1, page_size: int = 50, state: str = "") -> MoneyPage:
    """Return a page of payments, newest first, of one state or of all."""
    payments = Payment.objects.filter(state=state) if state else Payment.objects.all()
    total = payments.count()
    pages = max(1, -(-total // page_size))
    at = min(max(page, 1), pages)
    shown = payments.order_by("-created_at", "-id")[(at - 1) * page_size : at * page_size]
    return MoneyPage(
        rows=tuple(_payment_row(payment) for payment in shown), total=total, page=at, pages=pages
    )


def commands_of(payment_id: UUID) -> tuple[CommandRow, ...]:
    """Return what was asked of the gateway for a payment, oldest first."""
    commands = MoneyCommand.objects.filter(payment_id=payment_id).select_related("payment")
    return tuple(_command_row(command) for command in commands.order_by("written_at", "id"))


def refunds_of(payment_id: UUID) -> tuple[RefundRow, ...]:
    """Return the refunds of a payment, oldest first."""
    refunds = Refund.objects.filter(payment_id=payment_id).select_related("payment", "command")
    return tuple(_refund_row(refund) for refund in refunds.order_by("asked_at", "id"))


def refund_by_key(key: str) -> RefundRow | None:
    """Return the refund that a key stands for, if it was asked for."""
    refund = Refund.objects.filter(key=key).select_related("payment", "command").first()
    return None if refund is None else _refund_row(refund)


def failed_refunds() -> tuple[FailedRefundRow, ...]:
    """Return refunds that failed and were not asked again: their buyers wait. Oldest first."""
    found = Refund.objects.filter(command__state=CommandState.FAILED.value, again=None)
    rows = found.exclude(command__failure=BY_BANK).select_related("payment", "command")
    return tuple(_failed_refund(row) for row in rows.order_by("asked_at", "id"))


def failed_refund(refund_id: UUID) -> FailedRefundRow:
    """
    Return a refund that failed and was not asked again.

    Raises: NotFoundError.
    """
    row = next((one for one in failed_refunds() if one.id == refund_id), None)
    if row is None:
        raise NotFoundError("This refund did not fail, or it was asked for again already.")
    return row


def capture_lines(command_id: UUID) -> tuple[CaptureLineRow, ...]:
    """Return the order lines that a capture command pays, each with its part."""
    captures = Capture.objects.filter(command_id=command_id).select_related("command__payment")
    return tuple(_capture_row(capture) for capture in captures.order_by("order_line_id"))


def captured_by_line(order_line_ids: Iterable[UUID]) -> dict[UUID, Money]:
    """Return what was captured for each order line; a line nothing was taken for is left out."""
    rows = (
        Capture.objects.filter(
            order_line_id__in=list(order_line_ids), command__state=CommandState.SUCCEEDED.value
        )
        .values_list("order_line_id", "command__payment__currency")
        .annotate(total=Sum("amount_minor"))
    )
    return {line: Money(int(total), currency) for line, currency, total in rows if total}


def refunded_by_line(order_line_ids: Iterable[UUID]) -> dict[UUID, Money]:
    """Return what went back for each order line; a line nothing went back for is left out."""
    rows = (
        Refund.objects.filter(order_line_id__in=list(order_line_ids), settled_at__isnull=False)
        .values_list("order_line_id", "payment__currency")
        .annotate(total=Sum("amount_minor"))
    )
    return {line: Money(int(total), currency) for line, currency, total in rows if line}


def hold_over_capture(command_id: UUID) -> UUID | None:
    """Return a hold that covers any line of a capture at this instant of the database."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_OVER_CAPTURE, [command_id])
        found = [hold_id for (hold_id,) in cursor.fetchall() if hold_id is not None]
    return found[0] if found else None


def _payment_row(payment: Payment) -> PaymentRow:
    return PaymentRow(
        id=payment.id,
        public_id=print_id(IdKind.PAYMENT, payment.id),
        purpose=payment.purpose,
        gateway=payment.gateway,
        state=PaymentState(payment.state),
        amount=Money(payment.amount_minor, payment.currency),
        captured=Money(payment.captured_minor, payment.currency),
        refunded=Money(payment.refunded_minor, payment.currency),
        action_url=payment.action_url,
        return_url=payment.return_url,
        decline_code=payment.decline_code,
        created_at=payment.created_at,
        updated_at=payment.updated_at,
    )


def _command_row(command: MoneyCommand) -> CommandRow:
    return CommandRow(
        id=command.id,
        key=command.key,
        kind=CommandKind(command.kind),
        state=CommandState(command.state),
        amount=Money(command.amount_minor, command.payment.currency),
        failure=command.failure,
        attempts=command.attempts,
        written_at=command.written_at,
        settled_at=command.settled_at,
    )


def _refund_row(refund: Refund) -> RefundRow:
    return RefundRow(
        id=refund.id,
        key=refund.key,
        payment_id=refund.payment_id,
        order_line_id=refund.order_line_id,
        amount=Money(refund.amount_minor, refund.payment.currency),
        reason=refund.reason,
        state=CommandState(refund.command.state),
        asked_at=refund.asked_at,
        settled_at=refund.settled_at,
    )


def _failed_refund(refund: Refund) -> FailedRefundRow:
    return FailedRefundRow(
        id=refund.id,
        key=refund.key,
        payment_id=refund.payment_id,
        purpose=refund.payment.purpose,
        order_line_id=refund.order_line_id,
        amount=Money(refund.amount_minor, refund.payment.currency),
        reason=refund.reason,
        failure=refund.command.failure,
        attempt=refund.attempt,
        asked_at=refund.asked_at,
        came_back_at=refund.came_back_at,
    )


def _capture_row(capture: Capture) -> CaptureLineRow:
    return CaptureLineRow(
        order_line_id=capture.order_line_id,
        amount=Money(capture.amount_minor, capture.command.payment.currency),
        state=CommandState(capture.command.state),
    )


def troubled_commands(*, limit: int = 50) -> tuple[tuple[UUID, CommandRow], ...]:
    """
    Return what failed at the gateway, or was tried and not answered, each with its payment.

    Authorisations that a bank declined are not among them: those are the buyer's to mend. Nor are
    refunds that failed, which have a list of their own.
    """
    found = (
        MoneyCommand.objects.select_related("payment")
        .exclude(kind=CommandKind.AUTHORISE.value)
        .filter(
            (Q(state=CommandState.FAILED.value) & ~Q(kind=CommandKind.REFUND.value))
            | Q(attempts__gt=1, state__in=[one.value for one in OPEN])
            | (Q(state=CommandState.WRITTEN.value) & ~Q(failure=""))
        )
        .order_by("-written_at", "-id")
    )
    return tuple((one.payment_id, _command_row(one)) for one in found[:limit])
