"""Which plans a saved card is charged for, and whether a plan ever had one."""

from uuid import UUID

from bandstand.credit.models import Mandate
from bandstand.credit.rules import PlanState

RUNNING = (PlanState.AGREED.value, PlanState.ACTIVE.value)


def plans_charging(card_token: str) -> tuple[UUID, ...]:
    """Return the running plans that a card is charged for, in id order."""
    found = Mandate.objects.filter(card_token=card_token, revoked_at=None, plan__state__in=RUNNING)
    return tuple(found.order_by("plan_id").values_list("plan_id", flat=True))


def has_had_mandate(plan_id: UUID) -> bool:
    """Say whether a card was ever let be charged for a plan, also if it is not any more."""
    return Mandate.objects.filter(plan_id=plan_id).exists()


def has_had_card(plan_id: UUID, *, card_token: str) -> bool:
    """Say whether this card was ever let be charged for a plan."""
    return Mandate.objects.filter(plan_id=plan_id, card_token=card_token).exists()
