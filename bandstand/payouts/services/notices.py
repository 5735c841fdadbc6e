"""Hearing from payout gateways: keep the event once, answer, then ask what is true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.payments.gateways.port import GatewaySilentError
from bandstand.payouts import gateways
from bandstand.payouts.models import PayoutAccount, PayoutCommand, PayoutNotice
from bandstand.payouts.queries import details_for_payment
from bandstand.payouts.rules import AccountKind, CommandKind, PayoutAnswer
from bandstand.payouts.services import letters
from bandstand.payouts.services.moving import record_answer
from bandstand.plumbing import jobs

logger = structlog.get_logger(__name__)
APPLY: Final = "bandstand.payouts.tasks.apply_notice"
SELLERS_BANK_REFUSED: Final = "payout.failed"
"""What Stripe says when a seller's own bank gives back what left the seller's balance."""


def receive_webhook(
    *, gateway_name: str, raw: bytes, headers: Mapping[str, str], now: datetime
) -> bool:
    """
    Keep a gateway's signed event and queue it; return whether it is new. Nothing moves yet.

    Raises: WebhookRefusedError; UnknownGatewayError.
    """
    notice = gateways.gateway(gateway_name).verify_webhook(raw, headers, now=now)
    with transaction.atomic():
        row, is_new = PayoutNotice.objects.get_or_create(
            gateway=gateway_name,
            event_id=notice.event_id[:120],
            defaults={
                "kind": notice.kind[:60],
                "ref": notice.ref[:120],
                "about_account": str(notice.payload.get("account") or "")[:80],
                "received_at": now,
            },
        )
        if is_new:
            jobs.defer(APPLY, notice_id=str(row.id))
    return is_new


def apply_notice(*, notice_id: UUID, now: datetime) -> bool:
    """
    Ask the gateway what is true now and catch up with it; return whether this call did it.

    Raises: NotFoundError; GatewaySilentError if the gateway does not answer.
    """
    notice = PayoutNotice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise NotFoundError("There is no payout notice by that id.", notice_id=str(notice_id))
    if notice.applied_at is not None:
        return False
    answer = None
    if notice.ref:
        gateway = gateways.gateway(notice.gateway)
        answer = gateway.look_up(key="", ref=notice.ref, now=now)
    _apply(notice, answer, now=now)
    return True


def apply_waiting(*, now: datetime, limit: int = 1000) -> int:
    """Apply every event that waits, oldest first; return how many were applied."""
    waiting = PayoutNotice.objects.filter(applied_at=None).order_by("received_at", "id")
    done = 0
    for notice_id in list(waiting.values_list("id", flat=True)[:limit]):
        try:
            done += apply_notice(notice_id=notice_id, now=now)
        except GatewaySilentError as silent:
            PayoutNotice.objects.filter(pk=notice_id).update(last_error=silent.message[:300])
    return done


@transaction.atomic
def _apply(notice: PayoutNotice, answer: PayoutAnswer | None, *, now: datetime) -> None:
    command = _command_of(notice, answer)
    if command is not None and answer is not None:
        record_answer(payout_id=command.payout_id, answer=answer, now=now)
    elif notice.kind == SELLERS_BANK_REFUSED and notice.about_account:
        _block_connected(notice.about_account, now=now)
    else:
        # Another shop may share the gateway's account; its events are kept and left alone.
        notice.last_error = "not a payout of this shop"
        logger.warning("payouts.foreign_notice", event_id=notice.event_id)
    notice.applied_at = now
    notice.save(update_fields=["applied_at", "last_error"])


def _command_of(notice: PayoutNotice, answer: PayoutAnswer | None) -> PayoutCommand | None:
    if answer is None:
        return None
    return PayoutCommand.objects.filter(
        key=answer.key, kind=CommandKind.SEND.value, payout__gateway=notice.gateway
    ).first()


def _block_connected(account_id: str, *, now: datetime) -> None:
    """Block the account whose seller's bank refused what Stripe sent on."""
    current = PayoutAccount.objects.select_for_update().filter(
        kind=AccountKind.CONNECTED.value, ended_at=None, blocked_at=None
    )
    for account in current:
        if details_for_payment(account).number == account_id:
            account.blocked_at = now
            account.blocked_reason = "the bank behind the account at Stripe gave a payout back"
            account.save(update_fields=["blocked_at", "blocked_reason"])
            letters.tell_account_blocked(account, now=now)
