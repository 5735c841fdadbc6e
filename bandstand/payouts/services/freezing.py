"""A sale that a takedown touches is not paid out until its buyer has chosen; others are."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.payouts.models import Payable
from bandstand.payouts.rules import PayableState
from bandstand.plumbing import audit


@transaction.atomic
def freeze_lines(
    *, line_ids: Iterable[UUID], until: datetime, reason: str, actor: str, now: datetime
) -> int:
    """Keep the shares of these sales pending for a time, and of no others; return how many."""
    rows = Payable.objects.filter(
        line_id__in=list(line_ids), state=PayableState.PENDING.value
    ).exclude(frozen_until__gte=until)
    frozen = rows.update(frozen_until=until, frozen_reason=reason[:200])
    if frozen:
        audit.record(
            actor=actor, action="payouts.freeze", subject=reason[:60], now=now, lines=str(frozen)
        )
    return frozen


@transaction.atomic
def thaw_lines(*, line_ids: Iterable[UUID], actor: str, now: datetime) -> int:
    """Let the shares of these sales go their way again; return how many were frozen."""
    rows = Payable.objects.filter(line_id__in=list(line_ids), frozen_until__gt=now)
    thawed = rows.update(frozen_until=now)
    if thawed:
        audit.record(actor=actor, action="payouts.thaw", subject="", now=now, lines=str(thawed))
    return thawed
