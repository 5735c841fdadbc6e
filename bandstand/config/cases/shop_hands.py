"""The shop's workers, turned by hand: what jobs do in a running shop, when the case says."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from bandstand.kernel.errors import DomainError
from bandstand.payments import services as payments
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import MoneyCommand
from bandstand.payments.rules import CommandState
from bandstand.plumbing import outbox
from bandstand.plumbing.models import OutboxEvent

ROUNDS_MAX: Final = 6

logger = structlog.get_logger(__name__)


def hear_provider(*, now: datetime) -> int:
    """Take the provider's signed events and apply them; the other rooms have not heard yet."""

    def receive(raw: bytes, headers: dict[str, str]) -> None:
        payments.receive_webhook(gateway_name="sandbox", raw=raw, headers=headers, now=now)

    taken = sandbox.deliver_due(now=now, send=receive)
    return taken + payments.apply_waiting(now=now)


def send_money(*, now: datetime) -> int:
    """Send every money command that was written."""
    waiting = MoneyCommand.objects.filter(state=CommandState.WRITTEN.value)
    due = list(waiting.order_by("written_at", "id").values_list("id", flat=True))
    for command_id in due:
        payments.send_command(command_id=command_id, now=now)
    return len(due)


def tell_rooms(*, now: datetime, kinds: Iterable[str] = ()) -> int:
    """Deliver what happened to those who hear it; only some kinds of news if they are named."""
    waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("emitted_at", "id")
    if kinds:
        waiting = waiting.filter(kind__in=list(kinds))
    return sum(_tell(event_id, now=now) for event_id in list(waiting.values_list("id", flat=True)))


def work(*, now: datetime, later: datetime) -> None:
    """Work until nothing waits, the provider's late news included."""
    for _ in range(ROUNDS_MAX):
        if not send_money(now=now) + hear_provider(now=later) + tell_rooms(now=now):
            return


def _tell(event_id: UUID, *, now: datetime) -> bool:
    try:
        return outbox.deliver(event_id, now=now)
    except DomainError as refused:
        # As in a running shop: it stays in the outbox and is tried again.
        logger.info("cases.event_waits", code=refused.code)
        return False
