"""Reads of the cases that are not settled, whatever hold they are under."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.takedowns.models import Case
from bandstand.takedowns.queries.case_rows import WHOLE
from bandstand.takedowns.rules import CaseState, RemedyKind

SOON: Final = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueCase:
    """A buyer whose money is still out."""

    public_id: str
    hold_id: UUID
    notice_id: UUID | None
    order_id: UUID
    order_number: str
    title: str
    remedy: RemedyKind
    state: CaseState
    due_at: datetime


def unsettled_cases(*, limit: int = 20) -> tuple[DueCase, ...]:
    """Return the cases whose buyers are not whole, those due first before others."""
    found = _unsettled().select_related("hold", "line__order").order_by("due_at", "id")
    return tuple(
        DueCase(
            public_id=print_id(IdKind.CASE, one.id),
            hold_id=one.hold_id,
            notice_id=one.hold.notice_id,
            order_id=one.line.order_id,
            order_number=one.line.order.number,
            title=one.line.title,
            remedy=RemedyKind(one.remedy),
            state=CaseState(one.state),
            due_at=one.due_at,
        )
        for one in found[:limit]
    )


def unsettled_count(*, now: datetime) -> tuple[int, int]:
    """Return how many cases are not settled, and how many of those are due soon or late."""
    return _unsettled().count(), _unsettled().filter(due_at__lte=now + SOON).count()


def _unsettled() -> QuerySet[Case]:
    return Case.objects.exclude(state__in=[state.value for state in WHOLE])
