"""
A payout run: proposed by one person, looked at, and confirmed by another.

The books move when a run is confirmed, so money on its way to a seller is never paid a second time.
The calls that pay it are written in the same transaction and made after it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.payouts import queries
from bandstand.payouts.models import Payout, PayoutAccount, PayoutCommand, PayoutRun
from bandstand.payouts.queries import balance_of, seller_key
from bandstand.payouts.rules import (
    CommandKind,
    CommandState,
    PayoutMoveRefusedError,
    PayoutState,
    RunState,
    payout_entries,
    require_run,
    require_second,
)
from bandstand.payouts.services.accounts import lock_seller
from bandstand.plumbing import audit, jobs
from bandstand.plumbing.locks import lock


@transaction.atomic
def propose_run(*, currency: str, actor: str, now: datetime) -> UUID:
    """
    Begin a payout run in a currency; the open one, if there is one.

    Raises: PayoutMoveRefusedError if nobody has anything to be paid.
    """
    lock(f"payout_run:{currency}")
    open_run = PayoutRun.objects.filter(currency=currency, state=RunState.PROPOSED.value).first()
    if open_run is not None:
        return open_run.id
    if not queries.payable_now(currency=currency, now=now):
        raise PayoutMoveRefusedError(f"No seller has money to be paid out in {currency}.")
    run = PayoutRun.objects.create(
        currency=currency, state=RunState.PROPOSED.value, proposed_at=now, proposed_by=actor
    )
    return run.id


@transaction.atomic
def confirm_run(*, run_id: UUID, expected: Money, actor: str, now: datetime) -> int:
    """
    Pay every seller of a run what is theirs now; return how many.

    ``expected`` is the total that was looked at: another total is refused, and looked at again.
    Raises: NotFoundError; PayoutMoveRefusedError; SecondPersonError for whoever proposed it.
    Lock: the run, then each seller's money in id order.
    """
    run = _locked_run(run_id)
    if run.state == RunState.CONFIRMED.value:
        return run.payouts.count()
    require_run(RunState(run.state), RunState.PROPOSED)
    require_second(first=run.proposed_by, second=actor, deed="A payout run")
    due = sorted(queries.payable_now(currency=run.currency, now=now), key=lambda one: one.seller_id)
    for one in due:
        lock_seller(one.seller_id, currency=run.currency)
    amounts = [(one.seller_id, balance_of(one.seller_id, currency=run.currency)) for one in due]
    paying = [(seller, held.payable) for seller, held in amounts if held.payable.is_positive]
    total = sum((amount.minor for _, amount in paying), 0)
    if total != expected.minor:
        raise PayoutMoveRefusedError(
            f"The run now pays {Money(total, run.currency)}, not {expected}. Look at it again."
        )
    run.gateway = queries.route_of(run.currency, now=now).gateway
    for seller_id, amount in paying:
        _pay(run, seller_id=seller_id, amount=amount, now=now)
    run.state, run.decided_at, run.decided_by = RunState.CONFIRMED.value, now, actor
    run.save(update_fields=["state", "gateway", "decided_at", "decided_by"])
    audit.record(
        actor=actor, action="payouts.confirm", subject=f"run:{run.id}", now=now, total=str(total)
    )
    return len(paying)


@transaction.atomic
def discard_run(*, run_id: UUID, actor: str, now: datetime) -> None:
    """
    Drop a proposed run; nothing has moved.

    Raises: NotFoundError; PayoutMoveRefusedError once it is confirmed.
    """
    run = _locked_run(run_id)
    if run.state == RunState.DISCARDED.value:
        return
    require_run(RunState(run.state), RunState.PROPOSED)
    run.state, run.decided_at, run.decided_by = RunState.DISCARDED.value, now, actor
    run.save(update_fields=["state", "decided_at", "decided_by"])


def _pay(run: PayoutRun, *, seller_id: UUID, amount: Money, now: datetime) -> None:
    key = f"payout:{run.id}:{print_id(IdKind.PARTY, seller_id)}"
    transfer_id = ledger.post(
        idempotency_key=key,
        kind="payout",
        entries=payout_entries(amount, seller=seller_key(seller_id)),
        effective_at=now,
        now=now,
    )
    # Locked, so that an account that changes now is either seen here or not paid to.
    account = PayoutAccount.objects.select_for_update().get(
        seller=seller_id, currency=run.currency, ended_at=None
    )
    if account.blocked_at is not None or account.usable_from > now:
        raise PayoutMoveRefusedError(
            f"The account of {account.seller} has just changed. Look at the run again."
        )
    payout = Payout.objects.create(
        run=run,
        seller_id=seller_id,
        account=account,
        gateway=run.gateway,
        currency=amount.currency,
        amount_minor=amount.minor,
        state=PayoutState.SENT.value,
        transfer_id=transfer_id,
        sent_at=now,
    )
    command = PayoutCommand.objects.create(
        key=key,
        payout=payout,
        kind=CommandKind.SEND.value,
        state=CommandState.WRITTEN.value,
        amount_minor=amount.minor,
        written_at=now,
    )
    jobs.defer("bandstand.payouts.tasks.send_command", command_id=str(command.id))


def _locked_run(run_id: UUID) -> PayoutRun:
    run = PayoutRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFoundError("There is no such payout run.")
    return run
