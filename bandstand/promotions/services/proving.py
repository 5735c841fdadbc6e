"""Every night: what the books say is promised is what the credits say; what is missed alarms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing import clock
from bandstand.promotions import queries
from bandstand.promotions.models import CreditProof, CreditRow
from bandstand.promotions.rules import LIABLE, CreditState, is_missed

logger = structlog.get_logger(__name__)

AHEAD: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProvedCredits:
    """What a proof of credits found; ``faults`` is empty when all is sound."""

    promises: int
    missed: int
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.faults


@transaction.atomic
def prove_credits(*, now: datetime) -> ProvedCredits:
    """Compare credits with the books, plan by plan, and keep what was found; faults alarm."""
    faults = queries.liability_faults()
    missed = queries.missed_count(now=now)
    promises, open_minor = queries.promised_totals()
    CreditProof.objects.create(
        proved_at=now,
        promises=promises,
        open_minor=open_minor,
        missed=missed,
        faults=list(faults),
    )
    if faults:
        logger.error("promotions.credits_unsound", faults=list(faults))
    return ProvedCredits(promises, missed, faults)


@transaction.atomic
def alarm_missed(*, now: datetime) -> int:
    """Raise the alarm over credits that are late by more than a day, once each; return how many."""
    rows = CreditRow.objects.filter(
        state__in=[one.value for one in LIABLE], missed_at=None, due_on__lt=now.date() + AHEAD
    ).select_related("promise__promotion__market")
    raised = 0
    for row in rows.order_by("due_on", "id"):
        today = clock.day_in(row.promise.promotion.market.time_zone, at=now)
        if not is_missed(state=CreditState(row.state), due_on=row.due_on, today=today):
            continue
        row.missed_at = now
        row.save(update_fields=["missed_at"])
        logger.error(
            "promotions.credit_missed",
            plan=print_id(IdKind.PLAN, row.promise.plan_id),
            number=row.number,
            due_on=row.due_on.isoformat(),
            reason=row.reason,
        )
        raised += 1
    return raised
