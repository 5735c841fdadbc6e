"""Stopping: holds are placed, and provisional ones confirmed."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.gate.guard import guarded
from bandstand.gate.models import Hold
from bandstand.gate.queries.rows import columns_of, scope_of
from bandstand.gate.rules import Activity, Basis, HoldMove, HoldScope, check_scope
from bandstand.gate.rules.requests import PROVISIONAL_FOR_MAX, check_provisional
from bandstand.gate.rules.scope import HoldScopeError
from bandstand.gate.services.known import check_known
from bandstand.gate.services.notes import locked_hold, note_move, note_placed
from bandstand.kernel.words import Ground
from bandstand.plumbing import jobs

TURN_TASK: Final = "bandstand.gate.tasks.turn_holds"


@transaction.atomic
def place_hold(  # noqa: PLR0913 -- a hold has these parts
    *,
    scope: HoldScope,
    activities: frozenset[Activity],
    basis: Basis,
    ground: Ground,
    reason: str,
    actor: str,
    now: datetime,
    legal_reference: str = "",
    notice_id: UUID | None = None,
    effective_at: datetime | None = None,
    expires_at: datetime | None = None,
    is_provisional: bool = False,
    supersedes: UUID | None = None,
    notifier_email: str = "",
) -> UUID:
    """
    Stop activities for a scope, at once or from a later instant.

    When the transaction commits, no row that the scope covers can commit after it. ``reason`` is
    one plain sentence that shoppers read. A hold on the word of somebody whose right is not
    verified is provisional: it stops one offer and ends by itself after 72 hours at most.
    ``notifier_email`` is who is told how it ended.

    Raises: EmptyScopeError, HoldScopeError, NotFoundError.
    Lock: the one anchor that the scope fixes, exclusively, until the transaction ends.
    """
    check_scope(scope)
    begins_at = effective_at or now
    is_provisional = is_provisional or basis is Basis.UNVERIFIED_NOTICE
    if is_provisional:
        expires_at = expires_at or begins_at + PROVISIONAL_FOR_MAX
        check_provisional(scope, begins_at=begins_at, expires_at=expires_at)
    _check_words(activities=activities, reason=reason, begins_at=begins_at, expires_at=expires_at)
    check_known(scope)
    with guarded(has_savepoint=False):
        hold = Hold.objects.create(
            **columns_of(scope),
            activities=sorted(activity.value for activity in activities),
            basis=basis.value,
            ground=ground.value,
            legal_reference=legal_reference,
            reason=reason,
            notice_id=notice_id,
            placed_by=actor,
            placed_at=now,
            effective_at=begins_at,
            expires_at=expires_at,
            is_provisional=is_provisional,
            supersedes_id=supersedes,
            notifier_email=notifier_email,
        )
    note_placed(hold.id, begins=begins_at <= now, actor=actor, reason=reason, now=now)
    for instant in (effective_at, expires_at):
        if instant is not None and instant > now:
            jobs.defer(TURN_TASK, at=instant)
    return hold.id


@transaction.atomic
def confirm_provisional(
    *, hold_id: UUID, basis: Basis, reason: str, actor: str, now: datetime
) -> UUID:
    """
    Let a provisional hold stand until it is lifted: place a hold of the same scope over it.

    ``reason`` is the sentence that shoppers read from now on. Confirming takes one person, as
    placing does. The provisional hold itself still ends when it would have.

    Raises: NotFoundError, HoldScopeError if it is not provisional or has ended.
    Lock: the hold's row, then the one anchor of its scope.
    """
    hold = locked_hold(hold_id)
    if not hold.is_provisional or hold.superseded_by.filter(lifted_at=None).exists():
        raise HoldScopeError("Only a provisional hold is confirmed, and only once.")
    if hold.lifted_at is not None or (hold.expires_at is not None and hold.expires_at <= now):
        raise HoldScopeError("This provisional hold has ended. Place a hold instead.")
    if basis is Basis.UNVERIFIED_NOTICE:
        raise HoldScopeError("Say on whose word it stands now that somebody has looked at it.")
    placed = place_hold(
        scope=scope_of(hold),
        activities=frozenset(map(Activity, hold.activities)),
        basis=basis,
        ground=Ground(hold.ground),
        reason=reason,
        legal_reference=hold.legal_reference,
        notice_id=hold.notice_id,
        supersedes=hold.id,
        notifier_email=hold.notifier_email,
        actor=actor,
        now=now,
    )
    note_move(HoldMove.CONFIRM, hold_id, actor=actor, reason=reason, now=now)
    return placed


def _check_words(
    *,
    activities: frozenset[Activity],
    reason: str,
    begins_at: datetime,
    expires_at: datetime | None,
) -> None:
    if not activities:
        known = ", ".join(Activity)
        raise HoldScopeError(f"The hold stops no activity. Name at least one of {known}.")
    if not reason.strip():
        raise HoldScopeError("Give the reason in one plain sentence; shoppers read it.")
    if expires_at is not None and expires_at <= begins_at:
        raise HoldScopeError("The hold would end before it begins. Give a later end, or none.")
