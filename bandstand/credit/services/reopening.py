"""A payment on a plan that the buyer's bank took back for good: what it paid is owed again."""

from uuid import UUID

from django.db import transaction

from bandstand.credit.models import Plan, PlanPayment
from bandstand.credit.rules import AskState, InstalmentState, PlanMoveRefusedError, PlanState
from bandstand.credit.rules.asking import CHARGED_BACK
from bandstand.credit.services.moving import locked_plan
from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.money import Money

OPENABLE = frozenset({InstalmentState.PAID.value, InstalmentState.SCHEDULED.value})


class ReopenRefusedError(RefusedError):
    """What the payment paid cannot be owed again as it was."""

    code = "reopen_refused"


@transaction.atomic
def reopen_payment(*, plan_id: UUID, serial: int, expected_minor: int) -> Money:
    """
    Have the instalments that a payment paid owed again; return how much that is.

    The payment stays on record, with nothing of it counted towards the debt.
    Raises: NotFoundError; PlanMoveRefusedError for a plan that has ended; ReopenRefusedError.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    row = plan.payments.filter(serial=serial, state=AskState.PAID.value).first()
    if row is None:
        raise NotFoundError(f"The plan has no payment {serial} that was made.")
    _require_openable(plan, row, expected_minor=expected_minor)
    opened = 0
    for part in row.parts.select_related("instalment").order_by("id"):
        instalment = part.instalment
        instalment.paid_minor -= part.amount_minor
        instalment.state = InstalmentState.SCHEDULED.value
        instalment.settled_at = None
        instalment.save(update_fields=["paid_minor", "state", "settled_at"])
        opened += part.amount_minor
    row.surplus_minor = row.amount_minor
    row.failure = CHARGED_BACK
    row.save(update_fields=["surplus_minor", "failure"])
    return Money(opened, plan.currency)


def _require_openable(plan: Plan, row: PlanPayment, *, expected_minor: int) -> None:
    if plan.state != PlanState.ACTIVE.value:
        raise PlanMoveRefusedError(
            f"This plan is {plan.state}; what was paid on it cannot be owed again. Write it off."
        )
    if row.surplus_minor or row.amount_minor != expected_minor:
        raise ReopenRefusedError(
            "The bank took back another amount than paid the instalments. Write it off."
        )
    states = set(row.parts.values_list("instalment__state", flat=True))
    if not states <= OPENABLE or row.waived_minor:
        raise ReopenRefusedError(
            "The plan was changed since this payment, so its instalments are no more. Write it off."
        )
