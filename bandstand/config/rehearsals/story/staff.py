"""
The shop's workers, turned by hand.

In a running shop these are jobs: they send money commands, take the provider's signed webhooks,
apply them and deliver what happened to those who hear it. Here the same services are called in the
same order, so that the story can say when.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from bandstand.kernel.errors import DomainError
from bandstand.payments import services as payments
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import MoneyCommand, ProviderEvent, SandboxEvent
from bandstand.payments.rules import OPEN, CommandKind, CommandState
from bandstand.plumbing import outbox
from bandstand.plumbing.models import OutboxEvent

QUIET_SECONDS_MAX: Final = 30.0
NAP_SECONDS: Final = 0.03

logger = structlog.get_logger(__name__)


class Staff:
    """Workers that go by the story's clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Take the clock they go by."""
        self.now = now

    def work(self, *, captures: bool = True) -> int:
        """Do what waits now; without ``captures`` the charging of cards is left for later."""
        done = self._send(captures=captures)
        done += sandbox.deliver_due(now=self.now(), send=self._receive)
        done += payments.apply_waiting(now=self.now())
        return done + self.tell()

    def work_until_quiet(self, *, captures: bool = True) -> None:
        """Work until nothing waits, the provider's late news included."""
        ends = time.monotonic() + QUIET_SECONDS_MAX
        while self._waits(captures=captures) and time.monotonic() < ends:
            if not self.work(captures=captures):
                time.sleep(NAP_SECONDS)

    def _send(self, *, captures: bool) -> int:
        waiting = MoneyCommand.objects.filter(state=CommandState.WRITTEN.value)
        if not captures:
            waiting = waiting.exclude(kind=CommandKind.CAPTURE.value)
        due = list(waiting.order_by("written_at", "id").values_list("id", flat=True))
        for command_id in due:
            payments.send_command(command_id=command_id, now=self.now())
        return len(due)

    def _receive(self, raw: bytes, headers: dict[str, str]) -> None:
        payments.receive_webhook(gateway_name="sandbox", raw=raw, headers=headers, now=self.now())

    def tell(self) -> int:
        """Deliver what happened to those who hear it."""
        waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("emitted_at", "id")
        return sum(self._tell_one(event_id) for event_id in waiting.values_list("id", flat=True))

    def _tell_one(self, event_id: UUID) -> bool:
        try:
            return outbox.deliver(event_id, now=self.now())
        except DomainError as refused:
            # As in a running shop: it stays in the outbox and is tried again.
            logger.info("story.event_waits", code=refused.code)
            return False

    def _waits(self, *, captures: bool) -> bool:
        commands = MoneyCommand.objects.filter(state__in=[state.value for state in OPEN])
        if not captures:
            commands = commands.exclude(kind=CommandKind.CAPTURE.value)
        # An authorisation is open until its webhook; one that waits for the buyer's bank says so.
        commands = commands.exclude(payment__state="action_needed", kind="authorise")
        return (
            commands.exists()
            or SandboxEvent.objects.filter(delivered_at=None).exists()
            or ProviderEvent.objects.filter(applied_at=None).exists()
            or OutboxEvent.objects.filter(delivered_at=None).exists()
        )
