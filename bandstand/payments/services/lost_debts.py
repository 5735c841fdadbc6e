"""
What becomes of instalments that a lost charge had paid: owed again, or written off. A person says.

Losing the charge was posted as a loss when the bank decided. Owed again, the loss becomes a debt
of the plan once more.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit.services.reopening import reopen_payment
from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money
from bandstand.payments.models import Dispute
from bandstand.payments.rules import DebtChoice, DisputeState
from bandstand.payments.services.collecting import plan_of
from bandstand.plumbing import audit


class DebtChoiceRefusedError(RefusedError):
    """There is nothing to choose, or it was chosen already."""

    code = "debt_choice_refused"


@transaction.atomic
def choose_debt(*, dispute_id: UUID, choice: DebtChoice, actor: str, now: datetime) -> None:
    """
    Say what becomes of the instalments that a lost charge had paid; it can be said once.

    Raises: NotFoundError; DebtChoiceRefusedError; PlanMoveRefusedError or ReopenRefusedError if the
        debt cannot be owed again.
    Lock: takes the dispute's row, then the plan's.
    """
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related("payment")
        .filter(pk=dispute_id)
        .first()
    )
    if dispute is None:
        raise NotFoundError("There is no dispute by that id. Check the address.")
    found = plan_of(dispute.payment.purpose)
    if found is None or dispute.state != DisputeState.LOST.value:
        raise DebtChoiceRefusedError("Only a lost charge that paid a plan leaves a debt to decide.")
    if dispute.debt_choice:
        raise DebtChoiceRefusedError(f"It was decided already, by {dispute.debt_chosen_by}.")
    dispute.debt_choice = choice.value
    dispute.debt_chosen_at = now
    dispute.debt_chosen_by = actor[:200]
    dispute.save(update_fields=["debt_choice", "debt_chosen_at", "debt_chosen_by"])
    plan_id, serial = found
    if choice is DebtChoice.REOPEN:
        to_debt = reopen_payment(
            plan_id=plan_id, serial=serial, expected_minor=dispute.amount_minor
        )
        _post_reopened(dispute, plan_id=plan_id, amount=to_debt, now=now)
    audit.record(
        actor=actor,
        action="dispute.debt",
        subject=f"dispute:{dispute.provider_ref}",
        now=now,
        choice=choice.value,
    )


def _post_reopened(dispute: Dispute, *, plan_id: UUID, amount: Money, now: datetime) -> None:
    plan = print_id(IdKind.PLAN, plan_id)
    ledger.post(
        idempotency_key=f"dispute:{dispute.gateway}:{dispute.provider_ref}:reopened",
        kind="dispute reopened",
        entries=(
            debit(AccountCode.INSTALMENT_RECEIVABLE, amount, key=plan),
            credit(AccountCode.WRITE_OFF, amount),
        ),
        effective_at=now,
        now=now,
        memo=dispute.reason,
    )
