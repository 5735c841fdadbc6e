"""
Moving a payout: what the books, the seller's account and the seller are told of each move.

Paid: what was on its way has left our account. Failed or returned: the seller's money is available
again, the account is blocked until its seller confirms it, and the seller is written to.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as books, services as ledger
from bandstand.money import Money
from bandstand.payouts import gateways
from bandstand.payouts.models import Payout, PayoutCommand, PayoutMoveRecord
from bandstand.payouts.queries import balance_of, seller_key
from bandstand.payouts.rules import (
    ACCOUNT_FAULTS,
    CAME_BACK,
    COMMAND_AFTER,
    OPEN,
    CommandKind,
    CommandState,
    PayoutAnswer,
    PayoutMove,
    PayoutState,
    move_towards,
    next_state,
    paid_entries,
    reversal_entries,
)
from bandstand.payouts.services import letters
from bandstand.payouts.services.accounts import lock_seller, net_debt
from bandstand.plumbing import audit

logger = structlog.get_logger(__name__)
BY_GATEWAY: Final = "system:payouts"
OPEN_WORDS: Final = [one.value for one in OPEN]


@transaction.atomic
def record_answer(*, payout_id: UUID, answer: PayoutAnswer, now: datetime) -> PayoutState:
    """
    Write down everything in a gateway's answer that is news; return where the payout stands.

    News from behind moves nothing.
    Lock: the seller's money, then the payout.
    """
    payout = locked_payout(payout_id)
    if answer.amount != amount_of(payout):
        logger.error("payouts.amount_differs", payout_id=str(payout_id), says=str(answer.amount))
        return PayoutState(payout.state)
    _settle_reversals(payout, answer, now=now)
    move = move_towards(PayoutState(payout.state), answer.state)
    if move is not None:
        words = answer.failure or answer.ref
        move_payout(payout, move, words=words, actor=BY_GATEWAY, now=now)
    _note_command(payout, answer, now=now)
    return PayoutState(payout.state)


def move_payout(
    payout: Payout, move: PayoutMove, *, words: str, actor: str, now: datetime
) -> PayoutState:
    """
    Move a payout and everything that hangs on it.

    Raises: PayoutMoveRefusedError.
    Lock: the caller holds the seller's money and the payout.
    """
    before = PayoutState(payout.state)
    after = next_state(before, move)
    if move is PayoutMove.PAY:
        _post_paid(payout, now=now)
        payout.paid_at, payout.bank_reference = now, words[:80]
    else:
        payout.failure = words[:300]
        _post_back(payout, was_paid=before is PayoutState.PAID, memo=words, now=now)
    payout.state, payout.ended_at = after.value, now
    payout.save(update_fields=["state", "paid_at", "ended_at", "bank_reference", "failure"])
    PayoutMoveRecord.objects.create(
        payout=payout, move=move.value, from_state=before.value, to_state=after.value,
        moved_at=now, actor=actor[:200], reason=words[:300],
    )  # fmt: skip
    if after in CAME_BACK:
        _block_account(payout, move=move, words=words, now=now)
        letters.tell_came_back(payout, now=now)
    audit.record(
        actor=actor, action=f"payouts.{after.value}", subject=f"payout:{payout.id}", now=now
    )
    return after


def locked_payout(payout_id: UUID) -> Payout:
    """
    Return a payout whose seller's money nobody else moves.

    Lock: the seller's money, then the payout's row.
    """
    known = Payout.objects.only("seller_id", "currency").get(pk=payout_id)
    lock_seller(known.seller_id, currency=known.currency)
    return Payout.objects.select_for_update().get(pk=payout_id)


def amount_of(payout: Payout) -> Money:
    """Return what a payout pays."""
    return Money(payout.amount_minor, payout.currency)


def _post_paid(payout: Payout, *, now: datetime) -> None:
    # Payouts from before there were gateways left the bank's account when they were confirmed.
    if not payout.gateway:
        return
    ledger.post(
        idempotency_key=f"payout_paid:{payout.id}",
        kind="payout left",
        entries=paid_entries(
            amount_of(payout),
            seller=seller_key(payout.seller_id),
            out_of=gateways.gateway(payout.gateway).out_of,
        ),
        effective_at=now,
        now=now,
        memo=payout.bank_reference or _ref_of(payout),
    )


def _post_back(payout: Payout, *, was_paid: bool, memo: str, now: datetime) -> None:
    # What came back came back whole: what had been taken out of it is owed again, and netted below.
    _undo_reversals(payout, now=now)
    left = books.transfer_by_key(f"payout_paid:{payout.id}") if was_paid else None
    if left is not None:
        ledger.reverse(
            transfer_id=left.transfer_id,
            idempotency_key=f"payout_back:{payout.id}",
            now=now,
            memo=_ref_of(payout),
        )
    ledger.reverse(
        transfer_id=payout.transfer_id,
        idempotency_key=f"payout_failed:{payout.id}",
        now=now,
        memo=memo[:300],
    )
    net_debt(payout.seller_id, currency=payout.currency, key=f"net:payout:{payout.id}", now=now)


def _block_account(payout: Payout, *, move: PayoutMove, words: str, now: datetime) -> None:
    is_the_accounts = move is PayoutMove.RETURN or words in ACCOUNT_FAULTS
    by_hand = bool(payout.gateway) and gateways.gateway(payout.gateway).is_by_hand
    account = payout.account
    if account is None or account.blocked_at is not None or not (is_the_accounts or by_hand):
        return
    account.blocked_at, account.blocked_reason = now, f"a payout came back: {words}"[:300]
    account.save(update_fields=["blocked_at", "blocked_reason"])


def _ref_of(payout: Payout) -> str:
    sent = payout.commands.filter(kind=CommandKind.SEND.value).first()
    return sent.provider_ref if sent else ""


def _note_command(payout: Payout, answer: PayoutAnswer, *, now: datetime) -> None:
    command = payout.commands.select_for_update().filter(kind=CommandKind.SEND.value).first()
    if command is None:
        return
    state = COMMAND_AFTER[PayoutState(payout.state)]
    has_settled = state is not CommandState.SENT
    command.state = state.value
    command.provider_ref = answer.ref[:120]
    command.failure = answer.failure[:300]
    command.settled_at = (command.settled_at or now) if has_settled else None
    command.save(update_fields=["state", "provider_ref", "failure", "settled_at"])


def _undo_reversals(payout: Payout, *, now: datetime) -> None:
    done = payout.commands.filter(kind=CommandKind.REVERSE.value, state=CommandState.PAID.value)
    for command in done.order_by("written_at", "id"):
        posted = books.transfer_by_key(f"payout_reversed:{command.id}")
        assert posted is not None  # noqa: S101 -- posted in the transaction that said it was done
        ledger.reverse(
            transfer_id=posted.transfer_id,
            idempotency_key=f"payout_reversed_back:{command.id}",
            now=now,
        )
        command.state = CommandState.RETURNED.value
        command.save(update_fields=["state"])


def _settle_reversals(payout: Payout, answer: PayoutAnswer, *, now: datetime) -> None:
    asked = payout.commands.select_for_update().filter(
        kind=CommandKind.REVERSE.value, state__in=OPEN_WORDS
    )
    for command in asked.order_by("written_at", "id"):
        done = answer.reversal(command.key)
        if done is None or done.amount.minor != command.amount_minor:
            continue
        if payout.state == PayoutState.RETURNED.value:
            command.state, command.settled_at = CommandState.RETURNED.value, now
            command.save(update_fields=["state", "settled_at"])
        else:
            _post_reversal(payout, command, now=now)


def _post_reversal(payout: Payout, command: PayoutCommand, *, now: datetime) -> None:
    amount = Money(command.amount_minor, payout.currency)
    owed = balance_of(payout.seller_id, currency=payout.currency).owed_to_us
    ledger.post(
        idempotency_key=f"payout_reversed:{command.id}",
        kind="payout taken back",
        entries=reversal_entries(
            amount,
            seller=seller_key(payout.seller_id),
            into=gateways.gateway(payout.gateway).out_of,
            owed=owed,
        ),
        effective_at=now,
        now=now,
        memo=f"of {print_id(IdKind.PARTY, payout.seller_id)}",
    )
    command.state, command.settled_at, command.failure = CommandState.PAID.value, now, ""
    command.save(update_fields=["state", "settled_at", "failure"])
