"""A sale is undone and its credits with it; what is owed as money is paid out by the bank."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.plumbing import audit
from bandstand.promotions.models import CreditRow, PromisedCredits
from bandstand.promotions.rules import LIABLE, CreditState
from bandstand.promotions.services.books import post_ended, post_paid_out
from bandstand.promotions.services.giving import locked_promise
from bandstand.promotions.services.promising import tell_plan

UNDONE = "The sale was undone."


class NothingOwedToBuyerError(RefusedError):
    """No credits are owed to a buyer as money."""

    code = "nothing_owed_to_buyer"


@transaction.atomic
def undo_credits(*, order_line_id: UUID, now: datetime) -> bool:
    """
    End the credits of a sale that is undone, in the transaction that undoes it; repeats change
    nothing.

    Whoever pays for them has them back, those given too: the sale's unwinding has put what they
    paid back on what was promised. What the buyer was already paid as money stays theirs.
    Lock: takes the plan's row, which the caller holds.
    """
    found = PromisedCredits.objects.filter(order_line_id=order_line_id).first()
    promise = None if found is None else locked_promise(found.plan_id)
    if promise is None or not promise.rows.exclude(state__in=_OVER).exists():
        return False
    rows = list(promise.rows.exclude(state__in=_OVER))
    promised, owed = sum(_promised(row) for row in rows), sum(_owed(row) for row in rows)
    for row in rows:
        _undo(row, now=now)
    post_ended(
        promise,
        promised=Money(promised, promise.currency),
        owed=Money(owed, promise.currency),
        deed="undone",
        now=now,
    )
    tell_plan(promise)
    return True


@transaction.atomic
def pay_out_owed(*, plan_id: UUID, reference: str, actor: str, now: datetime) -> Money:
    """
    Write down that a buyer was paid what is owed to them in credits; return how much.

    ``reference`` is the bank's, so that the payment can be found again.
    Raises: NotFoundError; NothingOwedToBuyerError, also without a reference.
    Lock: takes the plan's row.
    """
    promise = locked_promise(plan_id)
    if promise is None:
        raise NotFoundError("No credits were promised with that plan.", plan_id=str(plan_id))
    rows = list(promise.rows.filter(state=CreditState.OWED.value))
    if not rows:
        raise NothingOwedToBuyerError("Nothing is owed to this buyer in credits.")
    if not reference.strip():
        raise NothingOwedToBuyerError("Give the bank's reference of the payment.")
    amount = Money(sum(_owed(row) for row in rows), promise.currency)
    for row in rows:
        row.state, row.ended_at = CreditState.PAID_OUT.value, now
        row.save(update_fields=["state", "ended_at"])
    post_paid_out(promise, amount=amount, now=now)
    audit.record(
        actor=actor,
        action="promotion.paid_out",
        subject=print_id(IdKind.PLAN, plan_id),
        now=now,
        amount=str(amount),
        reference=reference,
    )
    return amount


_OVER = [CreditState.ENDED.value, CreditState.UNDONE.value]


def _promised(row: CreditRow) -> int:
    """Return what of a credit stands as promised in the books once its sale is unwound."""
    if row.state in {one.value for one in LIABLE}:
        return row.amount_minor
    return row.given_minor


def _owed(row: CreditRow) -> int:
    return row.amount_minor - row.given_minor if row.state == CreditState.OWED.value else 0


def _undo(row: CreditRow, *, now: datetime) -> None:
    if row.state == CreditState.PAID_OUT.value and not row.given_minor:
        return
    was_given = row.given_minor > 0
    row.state = CreditState.UNDONE.value if was_given else CreditState.ENDED.value
    row.reason, row.ended_at = UNDONE, now
    row.save(update_fields=["state", "reason", "ended_at"])
