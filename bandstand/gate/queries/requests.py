"""Proposals to lift or widen holds, and their answers, as rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from bandstand.gate.models import Hold, HoldAnswer, HoldRequest
from bandstand.gate.queries import rows
from bandstand.gate.rules import Activity, HoldScope
from bandstand.gate.rules.requests import Answer, RequestKind, scope_from_json
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRequestRow:
    """A proposal as staff see it; ``answer`` is None while it waits."""

    id: UUID
    hold_id: UUID
    hold_scope_text: str
    hold_reason: str
    kind: RequestKind
    scope: HoldScope | None
    """Of the wider hold; None for a proposal to lift."""
    scope_text: str
    activities: frozenset[Activity]
    reason: str
    proposed_by: str
    person_id: UUID
    proposed_at: datetime
    open_until: datetime
    answer: Answer | None = None
    answer_reason: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    new_hold_id: UUID | None = None

    @property
    def printed_hold(self) -> str:
        return print_id(IdKind.HOLD, self.hold_id)

    def is_open(self, now: datetime) -> bool:
        return self.answer is None and now < self.open_until


def requests_of(hold_id: UUID) -> tuple[HoldRequestRow, ...]:
    """Return every proposal about a hold, newest first."""
    return _rows_of(_named().filter(hold_id=hold_id).order_by("-proposed_at", "-id"))


def open_requests(*, now: datetime) -> tuple[HoldRequestRow, ...]:
    """Return the proposals that wait for a second person, oldest first."""
    waiting = _named().filter(answer=None, open_until__gt=now, hold__lifted_at=None)
    return _rows_of(waiting.order_by("proposed_at", "id"))


def open_request_count(*, now: datetime) -> int:
    """Return how many proposals wait for a second person."""
    return HoldRequest.objects.filter(answer=None, open_until__gt=now, hold__lifted_at=None).count()


def request_row(request_id: UUID) -> HoldRequestRow:
    """
    Return one proposal.

    Raises: NotFoundError.
    """
    found = _rows_of(_named().filter(pk=request_id))
    if not found:
        raise NotFoundError("There is no such proposal.", request_id=str(request_id))
    return found[0]


def _named() -> QuerySet[HoldRequest]:
    return HoldRequest.objects.select_related(
        "answer", "hold", *(f"hold__{part}" for part in rows.NAMED)
    )


def _rows_of(found: Iterable[HoldRequest]) -> tuple[HoldRequestRow, ...]:
    return tuple(_row(one) for one in found)


def _row(request: HoldRequest) -> HoldRequestRow:
    scope = scope_from_json(request.scope) if request.kind == RequestKind.WIDEN.value else None
    # Django raises where there is no answer yet; the attribute is fetched with the row.
    given: HoldAnswer | None = getattr(request, "answer", None)
    return HoldRequestRow(
        id=request.id,
        hold_id=request.hold_id,
        hold_scope_text=rows.scope_text(request.hold),
        hold_reason=request.hold.reason,
        kind=RequestKind(request.kind),
        scope=scope,
        scope_text=rows.scope_text(Hold(**rows.columns_of(scope))) if scope else "",
        activities=frozenset(map(Activity, request.activities)),
        reason=request.reason,
        proposed_by=request.proposed_by,
        person_id=request.person_id,
        proposed_at=request.proposed_at,
        open_until=request.open_until,
        answer=Answer(given.answer) if given else None,
        answer_reason=given.reason if given else "",
        answered_by=given.answered_by if given else "",
        answered_at=given.answered_at if given else None,
        new_hold_id=given.new_hold_id if given else None,
    )
