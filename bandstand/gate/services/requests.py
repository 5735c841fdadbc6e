"""
Two people: one proposes to lift or to widen a hold, another confirms.

Nothing here is believed by the database: its own triggers refuse a hold that is lifted without a
proposal and a second person's confirmation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.gate.events import HoldLifted
from bandstand.gate.guard import guarded
from bandstand.gate.models import Hold, HoldAnswer, HoldRequest
from bandstand.gate.queries.rows import scope_of
from bandstand.gate.rules import Activity, Basis, HoldMove, HoldScope, check_scope
from bandstand.gate.rules.requests import (
    OPEN_FOR,
    Answer,
    RequestAnsweredError,
    RequestFact,
    RequestKind,
    SecondPersonError,
    check_answer,
    check_wider,
    scope_as_json,
    scope_from_json,
)
from bandstand.gate.rules.scope import HoldScopeError
from bandstand.gate.services import holds
from bandstand.gate.services.known import check_known, implied_by
from bandstand.gate.services.notes import locked_hold, note_move
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.words import Ground
from bandstand.parties.models import Membership, Person
from bandstand.parties.rules import Role
from bandstand.plumbing import outbox

SYSTEM = "system:gate"


@dataclass(frozen=True, slots=True)
class _Signer:
    """Who proposes or answers, as the parties room knows them."""

    id: UUID
    email: str
    is_staff: bool


@transaction.atomic
def propose_lift(
    *, hold_id: UUID, reason: str, actor: str, now: datetime, on_behalf_of: UUID | None = None
) -> UUID:
    """
    Propose to lift a hold; it stands until a second person confirms. Returns the proposal.

    Staff may propose for any hold. With ``on_behalf_of``, a member of that party may: the caller
    vouches that the hold is that party's own, such as the brand whose notice it rests on.

    Raises: NotFoundError, HoldScopeError without a reason or for a hold that is lifted,
        SecondPersonError, RequestAnsweredError if such a proposal waits already.
    Lock: the hold's row.
    """
    return _propose(
        hold_id,
        kind=RequestKind.LIFT,
        reason=reason,
        signer=_signer(actor),
        party_id=on_behalf_of,
        now=now,
    )


@transaction.atomic
def propose_widening(
    *,
    hold_id: UUID,
    scope: HoldScope,
    activities: frozenset[Activity],
    reason: str,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Propose that a hold covers more: everything it covers now, and more. Returns the proposal.

    Raises: NotFoundError, HoldScopeError if it would not be wider, SecondPersonError,
        RequestAnsweredError if such a proposal waits already.
    Lock: the hold's row.
    """
    hold = locked_hold(hold_id)
    check_scope(scope)
    check_known(scope)
    old = scope_of(hold)
    check_wider(
        old,
        scope,
        implied=implied_by(old),
        old_activities=frozenset(map(Activity, hold.activities)),
        new_activities=activities,
    )
    return _propose(
        hold_id,
        kind=RequestKind.WIDEN,
        reason=reason,
        signer=_signer(actor),
        now=now,
        scope=scope_as_json(scope),
        activities=sorted(one.value for one in activities),
    )


@transaction.atomic
def confirm_lift(*, request_id: UUID, actor: str, now: datetime, reason: str = "") -> None:
    """
    Confirm a proposal to lift a hold: the hold is lifted; every other hold stands as it stood.

    Raises: NotFoundError, SecondPersonError, RequestAnsweredError.
    Lock: the hold's row, then its anchor, exclusively.
    """
    request = _locked_request(request_id, kind=RequestKind.LIFT)
    _answer(request, answer=Answer.CONFIRM, actor=actor, reason=reason, now=now)
    hold = request.hold
    # The guard copies both names from the proposal and its answer, whatever is written here.
    hold.lifted_at, hold.lift_reason = now, request.reason
    hold.lifted_by, hold.lift_confirmed_by = request.proposed_by, actor
    with guarded():
        hold.save(update_fields=["lifted_at", "lifted_by", "lift_confirmed_by", "lift_reason"])
    note_move(HoldMove.LIFT, hold.id, actor=actor, reason=request.reason, now=now)
    outbox.emit(HoldLifted(str(hold.id)), now=now)
    for left in HoldRequest.objects.filter(hold=hold, answer=None):
        _close(left, reason="The hold was lifted meanwhile.", now=now)


@transaction.atomic
def confirm_widening(*, request_id: UUID, actor: str, now: datetime, reason: str = "") -> UUID:
    """
    Confirm a proposal to widen a hold: another hold of the wider scope is placed over it.

    The narrower hold stands as it stood, so lifting the wider one later opens only what was added.
    Returns the new hold.

    Raises: NotFoundError, SecondPersonError, RequestAnsweredError.
    Lock: the hold's row, then the anchor of the wider scope, exclusively.
    """
    request = _locked_request(request_id, kind=RequestKind.WIDEN)
    hold = request.hold
    _check(request, answer=Answer.CONFIRM, signer=_signer(actor), now=now)
    wider = holds.place_hold(
        scope=scope_from_json(request.scope),
        activities=frozenset(map(Activity, request.activities)),
        basis=Basis(hold.basis),
        ground=Ground(hold.ground),
        reason=hold.reason,
        legal_reference=hold.legal_reference,
        notice_id=None,
        expires_at=None if hold.is_provisional else hold.expires_at,
        supersedes=hold.id,
        notifier_email=hold.notifier_email,
        actor=request.proposed_by,
        now=now,
    )
    _answer(request, answer=Answer.CONFIRM, actor=actor, reason=reason, now=now, new_hold_id=wider)
    note_move(HoldMove.WIDEN, hold.id, actor=actor, reason=request.reason, now=now)
    return wider


@transaction.atomic
def refuse_request(*, request_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Refuse a proposal; the hold stands as it stood.

    Raises: NotFoundError, HoldScopeError without a reason, SecondPersonError,
        RequestAnsweredError.
    Lock: the hold's row.
    """
    if not reason.strip():
        raise HoldScopeError("Say why the proposal is refused; who proposed it reads it.")
    request = _locked_request(request_id)
    _answer(request, answer=Answer.REFUSE, actor=actor, reason=reason, now=now)
    note_move(HoldMove.REFUSE, request.hold_id, actor=actor, reason=reason, now=now)


@transaction.atomic
def withdraw_request(*, request_id: UUID, actor: str, now: datetime, reason: str = "") -> None:
    """
    Take one's own proposal back; the hold stands as it stood.

    Raises: NotFoundError, SecondPersonError, RequestAnsweredError.
    Lock: the hold's row.
    """
    request = _locked_request(request_id)
    _answer(request, answer=Answer.WITHDRAW, actor=actor, reason=reason, now=now)
    note_move(HoldMove.WITHDRAW, request.hold_id, actor=actor, reason=reason, now=now)


def close_stale_requests(*, now: datetime) -> int:
    """Close the proposals that nobody answered in time; return how many."""
    stale = Q(open_until__lte=now) | Q(hold__lifted_at__isnull=False)
    keys = HoldRequest.objects.filter(stale, answer=None).values_list("id", flat=True)
    return sum(_lapse(key, now=now) for key in list(keys))


@transaction.atomic
def _lapse(request_id: UUID, *, now: datetime) -> bool:
    request = _locked_request(request_id)
    if HoldAnswer.objects.filter(request=request).exists():
        return False
    _close(request, reason="Nobody answered in time.", now=now)
    return True


def _close(request: HoldRequest, *, reason: str, now: datetime) -> None:
    with guarded():
        HoldAnswer.objects.create(
            request=request,
            answer=Answer.EXPIRE.value,
            reason=reason,
            answered_by=SYSTEM,
            answered_at=now,
        )
    note_move(HoldMove.LAPSE, request.hold_id, actor=SYSTEM, reason=reason, now=now)


def _propose(  # noqa: PLR0913 -- a proposal has these parts
    hold_id: UUID,
    *,
    kind: RequestKind,
    reason: str,
    signer: _Signer,
    now: datetime,
    party_id: UUID | None = None,
    scope: dict[str, Any] | None = None,
    activities: list[str] | None = None,
) -> UUID:
    hold = locked_hold(hold_id)
    if not reason.strip():
        raise HoldScopeError(f"Say why you propose to {kind.value} this hold; the answer is kept.")
    if hold.lifted_at is not None:
        raise RequestAnsweredError("This hold is lifted already.")
    _require_standing(signer, party_id=party_id)
    _require_none_open(hold, kind=kind, now=now)
    with guarded():
        request = HoldRequest.objects.create(
            hold=hold,
            kind=kind.value,
            scope=scope or {},
            activities=activities or [],
            reason=reason.strip(),
            proposed_by=signer.email,
            person_id=signer.id,
            party_id=party_id,
            proposed_at=now,
            open_until=now + OPEN_FOR,
        )
    note_move(HoldMove.PROPOSE, hold_id, actor=signer.email, reason=reason.strip(), now=now)
    return request.id


def _require_standing(signer: _Signer, *, party_id: UUID | None) -> None:
    is_member = (
        party_id is not None
        and Membership.objects.filter(person_id=signer.id, party_id=party_id).exists()
    )
    if not (signer.is_staff or is_member):
        raise SecondPersonError(
            "Only the operator's staff, or the party whose notice the hold rests on, may propose "
            "this."
        )


def _require_none_open(hold: Hold, *, kind: RequestKind, now: datetime) -> None:
    waiting = hold.requests.filter(kind=kind.value, answer=None).order_by("proposed_at")
    for request in waiting:
        if request.open_until > now:
            raise RequestAnsweredError(
                f"{request.proposed_by} has proposed to {kind.value} this hold already. Confirm "
                "that proposal, or have it withdrawn first."
            )
        _close(request, reason="Nobody answered in time.", now=now)


def _locked_request(request_id: UUID, *, kind: RequestKind | None = None) -> HoldRequest:
    rows = HoldRequest.objects.filter(pk=request_id)
    found = (rows.filter(kind=kind.value) if kind else rows).first()
    if found is None:
        raise NotFoundError(
            "There is no such proposal. Read the hold again.", request_id=str(request_id)
        )
    found.hold = locked_hold(found.hold_id)
    return found


def _check(request: HoldRequest, *, answer: Answer, signer: _Signer, now: datetime) -> None:
    given = HoldAnswer.objects.filter(request=request).first()
    fact = RequestFact(
        kind=RequestKind(request.kind),
        proposer_id=request.person_id,
        proposed_by=request.proposed_by,
        open_until=request.open_until,
        answer=Answer(given.answer) if given else None,
        answered_by=given.answered_by if given else "",
    )
    check_answer(fact, answer=answer, person_id=signer.id, is_staff=signer.is_staff, now=now)
    if request.hold.lifted_at is not None:
        raise RequestAnsweredError("This hold is lifted already.")


def _answer(
    request: HoldRequest,
    *,
    answer: Answer,
    actor: str,
    reason: str,
    now: datetime,
    new_hold_id: UUID | None = None,
) -> None:
    signer = _signer(actor)
    _check(request, answer=answer, signer=signer, now=now)
    with guarded():
        HoldAnswer.objects.create(
            request=request,
            answer=answer.value,
            reason=reason.strip() or request.reason,
            answered_by=signer.email,
            person_id=signer.id,
            answered_at=now,
            new_hold_id=new_hold_id,
        )


def _signer(actor: str) -> _Signer:
    person = Person.objects.filter(email__iexact=actor.strip(), is_active=True).first()
    if person is None:
        raise SecondPersonError(
            f"A person answers for a hold, and “{actor}” is nobody who can sign in.", actor=actor
        )
    is_staff = Membership.objects.filter(person=person, role=Role.OPERATOR.value).exists()
    return _Signer(person.id, person.email, is_staff)
