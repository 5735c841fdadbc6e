"""What a bank said of a payout: one person reads it, a second reads the same."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.payouts import gateways
from bandstand.payouts.models import Payout, PayoutCommand, PayoutResult
from bandstand.payouts.rules import (
    COMMAND_AFTER,
    CommandKind,
    PayoutMove,
    PayoutMoveRefusedError,
    PayoutState,
    next_state,
    require_second,
)
from bandstand.payouts.services.moving import locked_payout, move_payout
from bandstand.plumbing import audit


@transaction.atomic
def propose_result(
    *, payout_id: UUID, move: PayoutMove, words: str, actor: str, now: datetime
) -> UUID:
    """
    Note what one person read of the bank's answer; nothing moves until another has read it too.

    Raises: NotFoundError; PayoutMoveRefusedError; BadInputError without the bank's words.
    """
    payout = _by_hand(payout_id)
    next_state(PayoutState(payout.state), move)
    said = words.strip()
    if not said:
        raise BadInputError("Give the bank's reference, or its reason.")
    if payout.results.filter(decided_at=None).exists():
        raise PayoutMoveRefusedError("Somebody has read an answer already. Confirm or drop that.")
    row = PayoutResult.objects.create(
        payout=payout, move=move.value, words=said[:300], proposed_at=now, proposed_by=actor[:200]
    )
    audit.record(
        actor=actor, action="payouts.read_answer", subject=f"payout:{payout.id}", now=now,
        said=move.value, words=said[:300],
    )  # fmt: skip
    return row.id


@transaction.atomic
def confirm_result(*, result_id: UUID, actor: str, now: datetime) -> PayoutState:
    """
    Move a payout by what two people have read.

    Raises: NotFoundError; PayoutMoveRefusedError; SecondPersonError for whoever read it first.
    Lock: the seller's money, the payout, the reading.
    """
    row, payout = _open_result(result_id)
    require_second(first=row.proposed_by, second=actor, deed="A bank's answer")
    state = move_payout(payout, PayoutMove(row.move), words=row.words, actor=actor, now=now)
    PayoutCommand.objects.filter(payout=payout, kind=CommandKind.SEND.value).update(
        state=COMMAND_AFTER[state].value, settled_at=now
    )
    row.is_confirmed, row.decided_at, row.decided_by = True, now, actor[:200]
    row.save(update_fields=["is_confirmed", "decided_at", "decided_by"])
    return state


@transaction.atomic
def drop_result(*, result_id: UUID, actor: str, now: datetime) -> None:
    """
    Drop what one person read; nothing has moved.

    Raises: NotFoundError; PayoutMoveRefusedError.
    """
    row, payout = _open_result(result_id)
    row.decided_at, row.decided_by = now, actor[:200]
    row.save(update_fields=["decided_at", "decided_by"])
    audit.record(actor=actor, action="payouts.drop_answer", subject=f"payout:{payout.id}", now=now)


def _open_result(result_id: UUID) -> tuple[PayoutResult, Payout]:
    known = PayoutResult.objects.filter(pk=result_id).first()
    if known is None:
        raise NotFoundError("There is no such answer of a bank.")
    payout = locked_payout(known.payout_id)
    row = PayoutResult.objects.select_for_update().get(pk=result_id)
    if row.decided_at is not None:
        word = "confirmed" if row.is_confirmed else "dropped"
        raise PayoutMoveRefusedError(f"This answer was {word} by {row.decided_by} already.")
    return row, payout


def _by_hand(payout_id: UUID) -> Payout:
    payout = Payout.objects.select_for_update().filter(pk=payout_id).first()
    if payout is None:
        raise NotFoundError("There is no such payout.")
    if payout.gateway and not gateways.gateway(payout.gateway).is_by_hand:
        raise PayoutMoveRefusedError("The gateway tells what became of this payout; wait for it.")
    return payout
