"""
Sending money commands by the page: claim many, call outside any transaction, write down together.

The rules are those of one command (``send``): a command that was sent before is asked after first,
and sent again only if the provider never heard of it. A kill at any point leaves commands as sent,
and the sweep asks after them. What has its own question to ask first (a hold, a dispute, a lost
reference) goes singly.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from bandstand.payments import gateways
from bandstand.payments.gateways import many
from bandstand.payments.gateways.port import (
    Gateway,
    GatewayBusyError,
    GatewayRefusedError,
    GatewaySilentError,
)
from bandstand.payments.models import Capture, MoneyCommand
from bandstand.payments.rules import CommandKind, CommandState, GatewayAnswer
from bandstand.payments.services import record
from bandstand.payments.services.record import News
from bandstand.payments.services.send import (
    Outcome,
    authorisation_of,
    capture_of,
    note_outcome,
    send_command,
)

logger = structlog.get_logger(__name__)

PAGE: Final = 1000
LOST_JOB_AFTER: Final = timedelta(seconds=15)
ASK_AFTER: Final = timedelta(seconds=30)
PLAIN: Final = Q(kind=CommandKind.AUTHORISE.value, request__contains={"is_off_session": True}) | Q(
    ~Exists(Capture.objects.filter(command=OuterRef("pk"))), kind=CommandKind.CAPTURE.value
)
"""Commands that nobody is waiting before a page for, and that no hold can stop."""


def send_written(*, now: datetime) -> int:
    """Send the commands that were written for many plans at once; return how many."""
    sent = page = _send_page(Q(state=CommandState.WRITTEN.value), now=now, limit=PAGE)
    while page == PAGE:
        page = _send_page(Q(state=CommandState.WRITTEN.value), now=now, limit=PAGE)
        sent += page
    return sent


def send_open_commands(*, now: datetime, limit: int = 500) -> int:
    """
    Send commands whose job was lost and ask after those never answered; return how many.

    One that cannot be sent is logged and left for the next sweep; it must not keep the others back.
    """
    stuck = (
        Q(state=CommandState.WRITTEN.value, written_at__lte=now - LOST_JOB_AFTER)
        | Q(state=CommandState.UNKNOWN.value)
        | Q(state=CommandState.SENT.value, sent_at__lte=now - ASK_AFTER)
    )
    sent = _send_page(stuck, now=now, limit=limit)
    singly = MoneyCommand.objects.filter(stuck, ~PLAIN, _is_free(now)).order_by("written_at", "id")
    due = list(singly.values_list("id", flat=True)[:limit])
    for command_id in due:
        try:
            send_command(command_id=command_id, now=now)
        except Exception:
            logger.exception("payments.sweep_failed", command_id=str(command_id))
    return sent + len(due)


def _send_page(wanted: Q, *, now: datetime, limit: int) -> int:
    claimed = _claim_page(wanted, now=now, limit=limit)
    by_gateway: dict[str, list[MoneyCommand]] = defaultdict(list)
    for command in claimed:
        by_gateway[command.payment.gateway].append(command)
    for name, commands in by_gateway.items():
        outcomes = _ask_page(gateways.gateway(name), commands, now=now)
        _note_page(commands, outcomes, now=now)
    return len(claimed)


def _is_free(now: datetime) -> Q:
    return Q(wait_until=None) | Q(wait_until__lte=now)


# Durable: the network call that follows must not be inside somebody's transaction.
@transaction.atomic(durable=True)
def _claim_page(wanted: Q, *, now: datetime, limit: int) -> list[MoneyCommand]:
    """
    Mark a page of commands as sent, and return them as they stood before.

    Lock: takes their payments' rows too, as every other change of a command does; what another
    worker has is skipped.
    """
    free = MoneyCommand.objects.select_for_update(skip_locked=True, of=("self", "payment"))
    found = free.select_related("payment").filter(wanted, PLAIN, _is_free(now))
    claimed = list(found.order_by("written_at", "id")[:limit])
    MoneyCommand.objects.filter(pk__in=[one.pk for one in claimed]).update(
        state=CommandState.SENT.value, sent_at=now, attempts=F("attempts") + 1
    )
    return claimed


def _ask_page(
    gateway: Gateway, commands: Sequence[MoneyCommand], *, now: datetime
) -> Mapping[UUID, many.Outcome]:
    """Return what became of each command: learnt of those that were sent before, else asked."""
    outcomes = _learn_page(
        gateway, [one for one in commands if one.state != CommandState.WRITTEN.value], now=now
    )
    for kind in (CommandKind.AUTHORISE, CommandKind.CAPTURE):
        asked = [one for one in commands if one.kind == kind.value and one.id not in outcomes]
        if kind is CommandKind.AUTHORISE:
            found = many.authorise_many(gateway, [authorisation_of(one) for one in asked], now=now)
        else:
            found = many.capture_many(gateway, [capture_of(one) for one in asked], now=now)
        outcomes |= {one.id: outcome for one, outcome in zip(asked, found, strict=True)}
    return outcomes


def _learn_page(
    gateway: Gateway, commands: Sequence[MoneyCommand], *, now: datetime
) -> dict[UUID, many.Outcome]:
    """Return what the provider knows of commands that were sent before; of others, nothing."""
    asked = [one for one in commands if one.kind == CommandKind.AUTHORISE.value]
    taken = [one for one in commands if one.kind == CommandKind.CAPTURE.value]
    of_asked = many.look_up_keys(gateway, [one.key for one in asked], now=now)
    of_taken = many.look_up_refs(gateway, [one.payment.provider_ref for one in taken], now=now)
    learnt = {
        one.id: outcome
        for one, outcome in zip([*asked, *taken], [*of_asked, *of_taken], strict=True)
        if outcome is not None
    }
    for one in taken:
        answer = learnt.get(one.id)
        if isinstance(answer, GatewayAnswer) and answer.operation(one.key) is None:
            del learnt[one.id]
    return learnt


def _note_page(
    commands: Sequence[MoneyCommand], outcomes: Mapping[UUID, many.Outcome], *, now: datetime
) -> None:
    try:
        _note_together(commands, outcomes, now=now)
    except Exception:
        # Told one by one, a command that cannot be written down leaves the others unharmed.
        logger.exception("payments.page_failed", commands=len(commands))
        for command in commands:
            _note_or_leave(command.id, outcomes[command.id], now=now)


@transaction.atomic
def _note_together(
    commands: Sequence[MoneyCommand], outcomes: Mapping[UUID, many.Outcome], *, now: datetime
) -> None:
    """Write down what became of a page. Lock: takes the payments' rows, in id order."""
    payments = record.locked_payments(one.payment_id for one in commands)
    news, silent = list[News](), list[UUID]()
    for command in commands:
        outcome = outcomes[command.id]
        if isinstance(outcome, GatewayAnswer):
            because = f"{command.kind} answered"
            news.append(News(payments[command.payment_id], outcome, because))
        elif isinstance(outcome, GatewaySilentError):
            silent.append(command.id)
        else:
            _note_or_leave(command.id, outcome, now=now)
    record.record_answers(news, now=now)
    unheard = MoneyCommand.objects.filter(pk__in=silent, state=CommandState.SENT.value)
    unheard.update(state=CommandState.UNKNOWN.value)


def _note_or_leave(command_id: UUID, outcome: many.Outcome, *, now: datetime) -> None:
    try:
        note_outcome(command_id, _told(outcome), now=now)
    except Exception:
        # It stays as sent, and is asked after by the next sweep.
        logger.exception("payments.note_failed", command_id=str(command_id))


def _told(outcome: many.Outcome) -> Outcome:
    if isinstance(
        outcome, (GatewayAnswer, GatewaySilentError, GatewayBusyError, GatewayRefusedError)
    ):
        return outcome
    raise outcome
