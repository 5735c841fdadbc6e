"""Taking one case forward, step by step, until its buyer is whole or an answer is awaited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from bandstand.credit import services as credit
from bandstand.kernel.errors import DomainError
from bandstand.offers import services as offers
from bandstand.offers.models import Unit
from bandstand.offers.rules import UnitState
from bandstand.orders import services as orders
from bandstand.orders.rules import ENDED
from bandstand.payments import services as payments
from bandstand.payments.models import Refund
from bandstand.payments.rules import BY_BANK, CommandState
from bandstand.plumbing import outbox
from bandstand.takedowns import rules
from bandstand.takedowns.events import BuyerMadeWhole
from bandstand.takedowns.models import Case, CaseMoveRecord
from bandstand.takedowns.queries.facts import line_facts
from bandstand.takedowns.rules import CaseMove, CaseState, LineFacts, Step
from bandstand.takedowns.services import buyers, postings

ACTOR = "system:takedown"
UNSETTLED = (CaseState.OPEN.value, CaseState.IN_PROGRESS.value)
STEPS_MAX: Final = 4
"""Cancel, then refund or void, then the look that finds nothing more to do."""

logger = structlog.get_logger(__name__)


@transaction.atomic
def advance_chunk(*, hold_id: UUID, after: UUID | None, size: int, now: datetime) -> list[UUID]:
    """
    Take the next unsettled cases of a hold forward; return those visited, none when there are no
    more.

    Lock: takes the cases' rows, passing over those that another worker has.
    """
    cases = Case.objects.filter(hold_id=hold_id, state__in=UNSETTLED)
    if after is not None:
        cases = cases.filter(pk__gt=after)
    return _advance_all(cases.values_list("id", flat=True).order_by("id")[:size], now=now)


@transaction.atomic
def advance_lines(*, line_ids: list[UUID], now: datetime) -> list[UUID]:
    """
    Take the unsettled cases of some lines forward, whatever hold they are under.

    Lock: takes the cases' rows, waiting for another worker: its news may be older than ours.
    """
    cases = Case.objects.filter(line__in=line_ids, state__in=UNSETTLED).order_by("id")
    found = list(cases.select_for_update(of=("self",)).values_list("id", flat=True))
    for case_id in found:
        _advance_alone(case_id, now=now)
    return found


@transaction.atomic
def take_back(*, line_id: UUID, now: datetime) -> list[UUID]:
    """
    Go on with the cases of a line whose buyer chose to return the phone; return those that moved.

    The seller's money is no longer kept back: the return's own unwinding has taken it.
    Lock: takes the cases' rows.
    """
    offered = Case.objects.filter(line_id=line_id, state=CaseState.CHOICE_OFFERED.value)
    found = list(offered.order_by("id").select_for_update(of=("self",)))
    if found:
        postings.release_payout(line_id=line_id, now=now)
    for case in found:
        _move(case, CaseMove.REMEDY, note="the buyer sent it back", now=now)
        _advance_alone(case.id, now=now)
    return [case.id for case in found]


@transaction.atomic
def take_up_again(*, line_id: UUID, now: datetime) -> list[UUID]:
    """
    Take up the settled cases of a line whose refund came back; return those that moved.

    Lock: takes the cases' rows.
    """
    settled = Case.objects.filter(line_id=line_id, state=CaseState.MADE_WHOLE.value)
    found = list(settled.order_by("id").select_for_update(of=("self",)))
    for case in found:
        if rules.next_step(_facts(case)) is Step.SETTLED:
            continue
        case.made_whole_at = None
        _move(case, CaseMove.REOPEN, note="a refund came back", now=now)
    return [case.id for case in found]


def _advance_all(case_ids: QuerySet[Case, UUID], *, now: datetime) -> list[UUID]:
    found = list(case_ids.select_for_update(skip_locked=True, of=("self",)))
    for case_id in found:
        _advance_alone(case_id, now=now)
    return found


def _advance_alone(case_id: UUID, *, now: datetime) -> None:
    """Take one case forward so that its refusal leaves the others of its chunk as they are."""
    try:
        with transaction.atomic():
            _advance(_case(case_id), now=now)
    except DomainError:
        logger.exception("takedowns.case_refused", case_id=str(case_id))


@dataclass(frozen=True, slots=True)
class _Turn:
    """A case whose row is held, the facts about its line, and the instant."""

    case: Case
    facts: LineFacts
    now: datetime


def _advance(case: Case, *, now: datetime) -> None:
    turn = _Turn(case, _facts(case), now)
    if case.state == CaseState.OPEN.value:
        _begin(turn)
    for _ in range(STEPS_MAX):
        take = _STEPS.get(rules.next_step(turn.facts))
        if take is None or not take(turn):
            return
        turn = replace(turn, facts=_facts(case))


def _begin(turn: _Turn) -> None:
    # The line may have moved since the case was opened; the remedy follows what is true now.
    case, facts, now = turn.case, turn.facts, turn.now
    case.remedy = rules.remedy_for(facts).value
    letter = buyers.write_remedy(case, facts=facts, now=now)
    case.proof = {**case.proof, "remedy_letter": letter}
    case.save(update_fields=["remedy", "proof"])
    is_out = rules.next_step(facts) is Step.OFFER_RETURN
    _move(case, CaseMove.OFFER if is_out else CaseMove.REMEDY, note=case.remedy, now=now)


def _offer_return(turn: _Turn) -> bool:
    case = turn.case
    frozen = postings.freeze_payout(line_id=case.line_id, now=turn.now)
    case.proof = {**case.proof, "payout_frozen": str(frozen) if frozen else ""}
    case.save(update_fields=["proof"])
    return False


def _cancel(turn: _Turn) -> bool:
    case, reason = turn.case, turn.case.hold.reason
    if turn.facts.line_state not in ENDED:
        orders.cancel_line(
            line_id=case.line_id,
            reason=reason,
            actor=ACTOR,
            posting_key=postings.unwinding_key(hold_id=case.hold_id, line_id=case.line_id),
            now=turn.now,
        )
    # The line's own cancellation ends its plan; one that ended by other means may have left it.
    credit.cancel_plan(order_line_id=case.line_id, reason=reason, actor=ACTOR, now=turn.now)
    state = Unit.objects.values_list("state", flat=True).get(pk=case.line.unit_id)
    if state != UnitState.QUARANTINED.value:
        offers.quarantine_unit(unit_id=case.line.unit_id, reason=reason, actor=ACTOR, now=turn.now)
    return True


def _refund(turn: _Turn) -> bool:
    """
    Ask again for the refunds that the provider refused; the order asked for them first.

    Each is asked again of the payment that it gives back: an instalment's of the instalment's own.
    """
    failed = Refund.objects.filter(
        order_line_id=turn.case.line_id, command__state=CommandState.FAILED.value, again=None
    ).exclude(command__failure=BY_BANK)
    for refund_id in list(failed.order_by("asked_at", "id").values_list("id", flat=True)):
        payments.refund_again(refund_id=refund_id, actor=ACTOR, now=turn.now)
    return False


def _void(turn: _Turn) -> bool:
    payment_id = turn.case.line.order.payment_id
    if payment_id is not None:
        payments.claim_void(payment_id=payment_id, now=turn.now)
    return False


def _settle(turn: _Turn) -> bool:
    case, facts, now = turn.case, turn.facts, turn.now
    case.made_whole_at = now
    case.refund_minor = facts.refund_settled_minor
    case.proof = {**case.proof, **_proof(case, facts)}
    case.proof["settled_letter"] = buyers.write_made_whole(case, now=now)
    case.save(update_fields=["made_whole_at", "refund_minor", "proof"])
    _move(case, CaseMove.SETTLE, note=_settled_note(case, facts), now=now)
    outbox.emit(
        BuyerMadeWhole(case_id=str(case.id), hold_id=str(case.hold_id), line_id=str(case.line_id)),
        now=now,
    )
    return False


_STEPS: Final[Mapping[Step, Callable[[_Turn], bool]]] = MappingProxyType(
    {
        Step.OFFER_RETURN: _offer_return,
        Step.CANCEL: _cancel,
        Step.REFUND: _refund,
        Step.VOID: _void,
        Step.SETTLED: _settle,
    }
)


def _proof(case: Case, facts: LineFacts) -> dict[str, object]:
    refunds = Refund.objects.filter(order_line_id=case.line_id, settled_at__isnull=False)
    unwound = postings.unwinding_of(hold_id=case.hold_id, line_id=case.line_id)
    return {
        "transfer": str(unwound or ""),
        "captured_minor": facts.captured_minor,
        "refunded_minor": facts.refund_settled_minor,
        "charged_back_minor": facts.charged_back_minor,
        "refunds": [
            {"id": str(one.id), "key": one.key, "settled_at": one.settled_at.isoformat()}
            for one in refunds
            if one.settled_at
        ],
        "payment": str(case.line.order.payment_id or ""),
        "payment_state": facts.payment_state.value if facts.payment_state else "none",
    }


def _settled_note(case: Case, facts: LineFacts) -> str:
    if facts.captured_minor:
        by_bank = f", {facts.charged_back_minor} by their bank" * bool(facts.charged_back_minor)
        return f"refunded {facts.refund_settled_minor} {case.currency} minor units{by_bank}"
    return "never charged; the authorisation is gone"


def _move(case: Case, move: CaseMove, *, note: str, now: datetime) -> None:
    """Move a case and record the step. Lock: the caller holds the case's row."""
    before = CaseState(case.state)
    after = rules.next_case_state(before, move)
    case.state = after.value
    case.save(update_fields=["state", "made_whole_at"])
    CaseMoveRecord.objects.create(
        case=case, from_state=before.value, to_state=after.value, moved_at=now, note=note
    )


def _case(case_id: UUID) -> Case:
    return Case.objects.select_related("hold", "line__order__market").get(pk=case_id)


def _facts(case: Case) -> LineFacts:
    return line_facts([case.line_id])[case.line_id]
