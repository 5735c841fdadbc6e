"""
What is about to be written of some payments: gathered in memory, put down in a few statements.

A page of a thousand payments costs as many statements as one payment does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Self
from uuid import UUID

from bandstand.payments import events
from bandstand.payments.models import MoneyCommand, Payment, PaymentMoveRecord, Refund
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.plumbing import outbox
from bandstand.plumbing.rows import update_rows

PAYMENT_FIELDS: Final = (
    "state",
    "provider_ref",
    "action_url",
    "decline_code",
    "captured_minor",
    "refunded_minor",
    "updated_at",
)
COMMAND_FIELDS: Final = ("state", "provider_ref", "failure", "settled_at")


@dataclass(slots=True)
class Sheet:
    """Changes of payments and their commands, the steps they took, and what is told of them."""

    now: datetime
    commands: Mapping[UUID, list[MoneyCommand]] = field(default_factory=dict)
    payments: dict[UUID, Payment] = field(default_factory=dict)
    settled: dict[UUID, MoneyCommand] = field(default_factory=dict)
    moves: list[PaymentMoveRecord] = field(default_factory=list)
    events: list[outbox.Event] = field(default_factory=list)

    @classmethod
    def of(cls, payments: Iterable[Payment], *, now: datetime) -> Self:
        """Return a sheet that knows every command of some payments, oldest first."""
        commands: dict[UUID, list[MoneyCommand]] = defaultdict(list)
        rows = MoneyCommand.objects.filter(payment__in={one.id for one in payments})
        for row in rows.order_by("written_at", "id"):
            commands[row.payment_id].append(row)
        return cls(now=now, commands=commands)

    def move(self, payment: Payment, after: PaymentState, *, because: str) -> None:
        """Enter one step of a payment."""
        self.moves.append(
            PaymentMoveRecord(
                payment=payment,
                from_state=payment.state,
                to_state=after.value,
                moved_at=self.now,
                because=because,
            )
        )
        payment.state = after.value
        payment.updated_at = self.now
        self.payments[payment.id] = payment

    def step(self, payment: Payment, after: PaymentState, *, because: str) -> None:
        """Enter one step of a payment, and what is told of it."""
        self.move(payment, after, because=because)
        event = _ANNOUNCEMENTS.get(after)
        if event is not None:
            self.events.append(event(payment))

    def write(self) -> None:
        """Put everything down. Lock: the caller holds the payments' rows."""
        update_rows(list(self.payments.values()), fields=PAYMENT_FIELDS)
        update_rows(list(self.settled.values()), fields=COMMAND_FIELDS)
        PaymentMoveRecord.objects.bulk_create(self.moves)
        outbox.emit_many(self.events, now=self.now)


def announcements(
    payment: Payment, command: MoneyCommand, *, now: datetime
) -> Iterator[outbox.Event]:
    """Yield what is told of a capture or refund that was settled; a refund's row is closed."""
    state = CommandState(command.state)
    if command.kind == CommandKind.CAPTURE.value and state is CommandState.SUCCEEDED:
        yield events.PaymentCaptured(
            payment_id=str(payment.id),
            command_id=str(command.id),
            amount_minor=command.amount_minor,
            currency=payment.currency,
            purpose=payment.purpose,
        )
    elif command.kind == CommandKind.CAPTURE.value and state is CommandState.FAILED:
        yield events.CaptureFailed(
            payment_id=str(payment.id),
            command_id=str(command.id),
            code=command.failure,
            purpose=payment.purpose,
        )
    elif command.kind == CommandKind.REFUND.value:
        yield from _told_of_refund(payment, command, now=now)


def _told_of_refund(
    payment: Payment, command: MoneyCommand, *, now: datetime
) -> Iterator[outbox.Event]:
    refund = Refund.objects.get(command=command)
    fields: dict[str, Any] = {
        "refund_id": str(refund.id),
        "payment_id": str(payment.id),
        "key": refund.key,
        "amount_minor": refund.amount_minor,
        "currency": payment.currency,
        "order_line_id": str(refund.order_line_id) if refund.order_line_id else None,
    }
    if command.state == CommandState.SUCCEEDED.value:
        refund.settled_at = now
        refund.save(update_fields=["settled_at"])
        yield events.RefundSettled(**fields)
    elif command.state == CommandState.FAILED.value:
        yield events.RefundFailed(**fields, code=command.failure)


_ANNOUNCEMENTS: Final[Mapping[PaymentState, Callable[[Payment], outbox.Event]]] = MappingProxyType(
    {
        PaymentState.AUTHORISED: lambda payment: events.PaymentAuthorised(
            payment_id=str(payment.id), purpose=payment.purpose
        ),
        PaymentState.DECLINED: lambda payment: events.PaymentDeclined(
            payment_id=str(payment.id), purpose=payment.purpose, code=payment.decline_code
        ),
        PaymentState.VOIDED: lambda payment: events.PaymentVoided(
            payment_id=str(payment.id), purpose=payment.purpose
        ),
    }
)
