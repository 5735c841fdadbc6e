"""
Making the calls that pay sellers: claim, call, write down; the call is outside any transaction.

A call that was made before and whose outcome is not known is never made again blindly: the gateway
is asked first, and only if it never heard of the key is the same call made with the same key.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q

from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.payments.gateways.port import GatewayRefusedError, GatewaySilentError
from bandstand.payouts import gateways
from bandstand.payouts.gateways.port import PayoutGateway, PayoutsWaitError
from bandstand.payouts.models import Payout, PayoutAccount, PayoutCommand
from bandstand.payouts.queries import details_for_payment
from bandstand.payouts.rules import (
    OPEN,
    SHORT_OF_FUNDS,
    CommandKind,
    CommandState,
    PayoutAnswer,
    PayoutMove,
    PayoutOrder,
    PayoutState,
    ReversalOrder,
)
from bandstand.payouts.services.moving import (
    BY_GATEWAY,
    locked_payout,
    move_payout,
    record_answer,
)

logger = structlog.get_logger(__name__)

LOST_JOB_AFTER: Final = timedelta(seconds=15)
ASK_AFTER: Final = timedelta(seconds=30)
WATCHED: Final = timedelta(days=10)
"""How long a payout that arrived is asked after: a bank gives it back within days."""


def send_command(*, command_id: UUID, now: datetime) -> CommandState:
    """
    Make a call, or learn what became of it; return what is known of it afterwards.

    Raises: NotFoundError if there is no such command.
    """
    claimed = _claim(command_id, now=now)
    if claimed is not None:
        try:
            answer = _ask(claimed, now=now)
        except GatewaySilentError:
            _note_open(command_id, state=CommandState.UNKNOWN, failure="")
        except PayoutsWaitError:
            _note_open(command_id, state=CommandState.WRITTEN, failure=SHORT_OF_FUNDS)
        except GatewayRefusedError as refused:
            _note_refused(claimed, code=refused.code, now=now)
        else:
            record_answer(payout_id=claimed.payout_id, answer=answer, now=now)
    return CommandState(PayoutCommand.objects.values_list("state", flat=True).get(pk=command_id))


def send_open_commands(*, now: datetime, limit: int = 500) -> int:
    """
    Make calls whose job was lost and ask after those not settled; return how many.

    One that cannot be made is logged and left for the next sweep; it must not keep others back.
    """
    by_hand = [one.name for one in gateways.gateways() if one.is_by_hand]
    stuck = PayoutCommand.objects.filter(
        Q(state=CommandState.WRITTEN.value, written_at__lte=now - LOST_JOB_AFTER)
        | Q(state=CommandState.UNKNOWN.value)
        | Q(state=CommandState.SENT.value, sent_at__lte=now - ASK_AFTER)
    ).exclude(state=CommandState.SENT.value, payout__gateway__in=by_hand, provider_ref__gt="")
    due = list(stuck.order_by("written_at", "id").values_list("id", flat=True)[:limit])
    for command_id in due:
        try:
            send_command(command_id=command_id, now=now)
        except Exception:
            logger.exception("payouts.sweep_failed", command_id=str(command_id))
    return len(due)


def watch_paid(*, now: datetime) -> int:
    """Ask after payouts that arrived lately; return how many had come back unannounced."""
    paid = Payout.objects.filter(state=PayoutState.PAID.value, paid_at__gte=now - WATCHED)
    found = 0
    for payout_id, name in list(paid.exclude(gateway="").values_list("id", "gateway")):
        gateway = gateways.gateway(name)
        if not gateway.is_by_hand:
            found += _has_come_back(gateway, payout_id, now=now)
    return found


def _has_come_back(gateway: PayoutGateway, payout_id: UUID, *, now: datetime) -> bool:
    command = PayoutCommand.objects.get(payout=payout_id, kind=CommandKind.SEND.value)
    try:
        answer = gateway.look_up(key=command.key, ref=command.provider_ref, now=now)
    except GatewaySilentError:
        return False
    if answer is None:
        return False
    state = record_answer(payout_id=payout_id, answer=answer, now=now)
    return state is PayoutState.RETURNED


# Durable: the network call that follows must not be inside somebody's transaction.
@transaction.atomic(durable=True)
def _claim(command_id: UUID, *, now: datetime) -> PayoutCommand | None:
    """Mark a command as sent and return it as it stood before; nothing if there is no need."""
    found = PayoutCommand.objects.select_for_update().filter(pk=command_id)
    command = found.select_related("payout").first()
    if command is None:
        raise NotFoundError("There is no payout command by that id.", command_id=str(command_id))
    state = CommandState(command.state)
    is_under_way = (
        state is CommandState.SENT
        and command.sent_at is not None
        and command.sent_at > now - ASK_AFTER
    )
    if state not in OPEN or is_under_way:
        return None
    PayoutCommand.objects.filter(pk=command_id).update(
        state=CommandState.SENT.value, sent_at=now, attempts=F("attempts") + 1
    )
    return command


def _ask(command: PayoutCommand, *, now: datetime) -> PayoutAnswer:
    gateway = gateways.gateway(command.payout.gateway)
    if command.state != CommandState.WRITTEN.value:
        answer = _learn(gateway, command, now=now)
        if answer is not None:
            return answer
    amount = Money(command.amount_minor, command.payout.currency)
    to = details_for_payment(_account_of(command.payout))
    if command.kind == CommandKind.SEND.value:
        order = PayoutOrder(command.key, amount, to, group=command.key.rpartition(":")[0])
        return gateway.send(order, now=now)
    sent = command.payout.commands.get(kind=CommandKind.SEND.value)
    return gateway.reverse(ReversalOrder(command.key, sent.provider_ref, amount, to), now=now)


def _account_of(payout: Payout) -> PayoutAccount:
    assert payout.account is not None  # noqa: S101 -- a payout with a command has an account
    return payout.account


def _learn(gateway: PayoutGateway, command: PayoutCommand, *, now: datetime) -> PayoutAnswer | None:
    if command.kind == CommandKind.SEND.value:
        return gateway.look_up(key=command.key, ref=command.provider_ref, now=now)
    sent = command.payout.commands.get(kind=CommandKind.SEND.value)
    answer = gateway.look_up(key=sent.key, ref=sent.provider_ref, now=now)
    is_done = answer is not None and answer.reversal(command.key) is not None
    return answer if is_done else None


@transaction.atomic
def _note_open(command_id: UUID, *, state: CommandState, failure: str) -> None:
    PayoutCommand.objects.filter(pk=command_id, state=CommandState.SENT.value).update(
        state=state.value, failure=failure
    )


@transaction.atomic
def _note_refused(command: PayoutCommand, *, code: str, now: datetime) -> None:
    payout = locked_payout(command.payout_id)
    fresh = PayoutCommand.objects.select_for_update().get(pk=command.pk)
    if CommandState(fresh.state) not in OPEN:
        return
    fresh.state, fresh.failure, fresh.settled_at = CommandState.FAILED.value, code[:300], now
    fresh.save(update_fields=["state", "failure", "settled_at"])
    is_sending = command.kind == CommandKind.SEND.value
    if is_sending and payout.state == PayoutState.SENT.value:
        move_payout(payout, PayoutMove.FAIL, words=code, actor=BY_GATEWAY, now=now)
