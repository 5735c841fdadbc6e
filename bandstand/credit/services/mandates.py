"""
A buyer's word that their saved card may be charged: off until they turn it on.

Source: 12 CFR 1005.10 (e)(1) (Regulation E): credit is never conditioned on automatic payment.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit import rules
from bandstand.credit.models import Mandate
from bandstand.credit.rules import PlanState
from bandstand.credit.services.moving import locked_plan


@transaction.atomic
def save_mandate(*, plan_id: UUID, card_token: str, saved_by: str, now: datetime) -> UUID:
    """
    Let a card be charged when instalments fall due, in place of whichever was saved before.

    Raises: NotFoundError; NothingOwedError for a plan that has ended.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    if plan.state != PlanState.ACTIVE.value:
        raise rules.NothingOwedError(f"This plan is {plan.state}; nothing will be charged.")
    current = plan.mandates.filter(revoked_at=None).first()
    if current is not None and current.card_token == card_token:
        return current.id
    plan.mandates.filter(revoked_at=None).update(revoked_at=now)
    return Mandate.objects.create(
        plan=plan, card_token=card_token, saved_at=now, saved_by=saved_by
    ).id


@transaction.atomic
def revoke_mandate(*, plan_id: UUID, now: datetime) -> bool:
    """
    Charge the saved card no more; return whether there was one.

    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    return bool(plan.mandates.filter(revoked_at=None).update(revoked_at=now))
