"""Payments through the sandbox, boring by default: one minute is enough for anything to settle."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from bandstand.money import Money
from bandstand.payments import gateways, services
from bandstand.payments.gateways.sandbox import SandboxGateway
from bandstand.payments.gateways.sandbox_events import deliver_due
from bandstand.payments.models import MoneyCommand, Payment
from bandstand.payments.queries import PaymentRow, payment_row
from bandstand.payments.rules import CommandKind, CommandState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PRICE = Money(10_000, "USD")
_number = count(1)


def hear(raw: bytes, headers: dict[str, str], *, now: datetime = NOON) -> None:
    """Receive one of the sandbox's events, as the webhook page does."""
    services.receive_webhook(gateway_name="sandbox", raw=raw, headers=headers, now=now)


def settle(*, now: datetime = NOON + MINUTE) -> None:
    """Deliver every event due by an instant and catch up with the provider."""
    gateway = gateways.gateway("sandbox")
    assert isinstance(gateway, SandboxGateway)
    deliver_due(
        secret=gateway.secret, now=now, send=lambda raw, headers: hear(raw, headers, now=now)
    )
    services.apply_waiting(now=now)


def begun_payment(
    *, card: str = "tok_ok", amount: Money = PRICE, purpose: str = "", now: datetime = NOON
) -> PaymentRow:
    """Ask for an amount on a card; nothing is final yet."""
    return services.begin_payment(
        purpose=purpose or f"checkout:{next(_number)}",
        amount=amount,
        card_token=card,
        return_url="https://shop.lark.example/checkout/",
        metadata={"order": "LK-7F3K-92QD"},
        now=now,
    )


def authorised_payment(*, card: str = "tok_ok", amount: Money = PRICE) -> PaymentRow:
    """Have an amount set aside on a card."""
    begun = begun_payment(card=card, amount=amount)
    settle()
    return payment_row(begun.id)


def capture_command(payment_id: UUID, *, amount: Money = PRICE) -> MoneyCommand:
    """Write a capture that names no order line, so that no gate is asked."""
    payment = Payment.objects.get(pk=payment_id)
    return MoneyCommand.objects.create(
        key=f"capture:{payment.purpose}:1",
        payment=payment,
        kind=CommandKind.CAPTURE.value,
        amount_minor=amount.minor,
        state=CommandState.WRITTEN.value,
        written_at=NOON,
    )


def captured_payment(*, card: str = "tok_ok", amount: Money = PRICE) -> PaymentRow:
    """Have an amount taken from a card."""
    payment = authorised_payment(card=card, amount=amount)
    command = capture_command(payment.id, amount=amount)
    services.send_command(command_id=command.id, now=NOON + MINUTE)
    settle(now=NOON + 2 * MINUTE)
    return payment_row(payment.id)
