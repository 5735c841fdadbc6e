"""Reads of contested charges."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id
from bandstand.money import Money
from bandstand.payments.models import Dispute
from bandstand.payments.rules import DebtChoice, DisputeState, is_pressing


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A contested charge, with how long evidence may still be sent."""

    id: UUID
    payment_id: UUID
    purpose: str
    gateway: str
    ref: str
    amount: Money
    state: DisputeState
    reason: str
    opened_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    answer_words: str
    plan_id: UUID | None
    """The plan that the charge had paid; None if it paid for something else."""
    debt_choice: DebtChoice | None
    debt_chosen_by: str

    @property
    def awaits_choice(self) -> bool:
        """Say whether a person is to say what becomes of the debt that the charge had paid."""
        is_lost = self.state is DisputeState.LOST and self.plan_id is not None
        return is_lost and self.debt_choice is None

    def is_pressing(self, *, now: datetime) -> bool:
        """Say whether evidence must be sent soon and was not."""
        is_soon = is_pressing(self.state, due_at=self.due_at, now=now)
        return is_soon and self.answered_at is None


def disputes(*, open_only: bool = False) -> tuple[DisputeRow, ...]:
    """Return contested charges, those whose evidence is due first at the top."""
    found = Dispute.objects.select_related("payment").order_by("due_at", "opened_at", "id")
    if open_only:
        found = found.filter(decided_at=None)
    return tuple(_row(dispute) for dispute in found)


def dispute(dispute_id: UUID) -> DisputeRow:
    """
    Return a contested charge.

    Raises: NotFoundError.
    """
    found = Dispute.objects.select_related("payment").filter(pk=dispute_id).first()
    if found is None:
        raise NotFoundError("There is no dispute by that id. Check the address.")
    return _row(found)


def open_dispute_count() -> int:
    """Return how many charges are contested and not decided."""
    return Dispute.objects.filter(decided_at=None).count()


def _row(found: Dispute) -> DisputeRow:
    return DisputeRow(
        id=found.id,
        payment_id=found.payment_id,
        purpose=found.payment.purpose,
        gateway=found.gateway,
        ref=found.provider_ref,
        amount=Money(found.amount_minor, found.payment.currency),
        state=DisputeState(found.state),
        reason=found.reason,
        opened_at=found.opened_at,
        due_at=found.due_at,
        decided_at=found.decided_at,
        answered_at=found.answered_at,
        answered_by=found.answered_by,
        answer_words=found.answer_words,
        plan_id=_plan_of(found.payment.purpose),
        debt_choice=DebtChoice(found.debt_choice) if found.debt_choice else None,
        debt_chosen_by=found.debt_chosen_by,
    )


def _plan_of(purpose: str) -> UUID | None:
    """Return the plan that a payment paid, by its purpose ``inst:<plan>:<serial>``."""
    room, _, rest = purpose.partition(":")
    if room != "inst":
        return None
    try:
        return parse_id(IdKind.PLAN, rest.partition(":")[0])
    except MalformedIdError:
        return None
