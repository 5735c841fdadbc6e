"""
What follows a hold: sellers get reasons, checkouts end, every affected line gets a case and a
remedy.

The whole is a walk of small transactions. Each asks the tables what is left, so a walk that is
killed anywhere is walked again from its start and comes to the same end.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.gate.models import Hold
from bandstand.gate.rules import Activity
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders.models import Checkout, OrderLine
from bandstand.orders.rules import CheckoutMove, LineState
from bandstand.orders.services.ending import end_checkout
from bandstand.payouts import services as payouts
from bandstand.plumbing import audit, outbox
from bandstand.plumbing.locks import lock
from bandstand.takedowns import rules
from bandstand.takedowns.events import AftermathDone
from bandstand.takedowns.models import Case, CaseMoveRecord, Notice
from bandstand.takedowns.queries import reach
from bandstand.takedowns.queries.facts import line_facts
from bandstand.takedowns.rules import AftermathExtent, CaseState, LineFacts
from bandstand.takedowns.services import buyers, remedies, statements

CHUNK = 100
SELLER_MONEY_WAITS = timedelta(days=30)
"""How long the seller's share of an affected sale waits for its buyer to choose."""


class AftermathStep(StrEnum):
    """What one transaction of an aftermath did."""

    SELLER_TOLD = "seller_told"
    CHECKOUT_STOPPED = "checkout_stopped"
    CASES_OPENED = "cases_opened"
    CASES_ADVANCED = "cases_advanced"
    DONE = "done"


@dataclass(frozen=True, kw_only=True, slots=True)
class AftermathReport:
    """What an aftermath found and did, and where its cases stand."""

    hold_id: UUID
    sellers_told: int
    checkouts_stopped: int
    cases_opened: int
    cases: dict[CaseState, int]

    @property
    def total(self) -> int:
        return sum(self.cases.values())


def run_aftermath(*, hold_id: UUID, now: datetime, chunk: int = CHUNK) -> AftermathReport:
    """
    Walk the aftermath of a hold to its end; walking again does only what is left.

    Raises: NotFoundError if there is no such hold.
    """
    done: Counter[AftermathStep] = Counter()
    for step, count in aftermath_steps(hold_id=hold_id, now=now, chunk=chunk):
        done[step] += count
    states = Counter(Case.objects.filter(hold_id=hold_id).values_list("state", flat=True))
    return AftermathReport(
        hold_id=hold_id,
        sellers_told=done[AftermathStep.SELLER_TOLD],
        checkouts_stopped=done[AftermathStep.CHECKOUT_STOPPED],
        cases_opened=done[AftermathStep.CASES_OPENED],
        cases={state: states[state.value] for state in CaseState},
    )


def aftermath_steps(
    *, hold_id: UUID, now: datetime, chunk: int = CHUNK
) -> Iterator[tuple[AftermathStep, int]]:
    """
    Do one transaction of the aftermath at a time and yield what it did, to how many.

    A hold that has ended begins nothing new; the cases that it opened go on.
    """
    hold = _hold(hold_id)
    extent = _extent(hold, now=now)
    if extent is not AftermathExtent.NONE:
        for _ in statements.state_reasons(hold, now=now):
            yield AftermathStep.SELLER_TOLD, 1
    if extent is not AftermathExtent.NONE and Activity.ORDER_COMMIT.value in hold.activities:
        for _ in _stop_checkouts(hold, now=now):
            yield AftermathStep.CHECKOUT_STOPPED, 1
    while extent is AftermathExtent.MAKE_WHOLE and (
        opened := _open_cases(hold, size=chunk, now=now)
    ):
        yield AftermathStep.CASES_OPENED, opened
    after: UUID | None = None
    while visited := remedies.advance_chunk(hold_id=hold.id, after=after, size=chunk, now=now):
        after = visited[-1]
        yield AftermathStep.CASES_ADVANCED, len(visited)
    _finish(hold, now=now)
    yield AftermathStep.DONE, 1


def sweep(*, now: datetime) -> int:
    """
    Walk every aftermath that was left, and look again at cases that wait; return how many notices.

    News of a payment usually moves a case at once; this is for news that got lost.
    """
    left = list(
        Notice.objects.filter(aftermath_done_at=None, hold__isnull=False).values_list(
            "hold_id", flat=True
        )
    )
    waiting = Case.objects.filter(state__in=remedies.UNSETTLED).values_list("hold_id", flat=True)
    for line_id in _returned_lines():
        remedies.take_back(line_id=line_id, now=now)
    for hold_id in sorted(
        {*left, *waiting.distinct(), *_begun_without_notice(now)} - {None}, key=str
    ):
        run_aftermath(hold_id=hold_id, now=now)
    return len(left)


def _begun_without_notice(now: datetime) -> list[UUID]:
    """Return the holds in force that rest on no notice and have buyers nobody looked at yet."""
    in_force = Hold.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        notice=None,
        lifted_at=None,
        effective_at__lte=now,
        activities__contains=[Activity.ORDER_COMMIT.value],
    )
    return [
        hold.id
        for hold in in_force.order_by("id")
        if _extent(hold, now=now) is AftermathExtent.MAKE_WHOLE
        and reach.lines_without_case(hold).exists()
    ]


def _extent(hold: Hold, *, now: datetime) -> AftermathExtent:
    if hold.lifted_at is not None or (hold.expires_at is not None and hold.expires_at <= now):
        return AftermathExtent.NONE
    return rules.aftermath_extent(
        frozenset(map(Activity, hold.activities)), is_provisional=hold.is_provisional
    )


def _returned_lines() -> list[UUID]:
    returned = Case.objects.filter(
        state=CaseState.CHOICE_OFFERED.value, line__state=LineState.RETURNED.value
    )
    return list(returned.values_list("line_id", flat=True).distinct())


def _stop_checkouts(hold: Hold, *, now: datetime) -> Iterator[UUID]:
    for checkout_id in list(reach.live_checkouts(hold).values_list("id", flat=True)):
        if _stop_checkout(checkout_id, hold=hold, now=now):
            yield checkout_id


@transaction.atomic
def _stop_checkout(checkout_id: UUID, *, hold: Hold, now: datetime) -> bool:
    """End one checkout, unless it ended by itself meanwhile; return whether this call did."""
    ended = end_checkout(
        checkout_id=checkout_id, move=CheckoutMove.FAIL, reason=hold.reason, now=now
    )
    checkout = Checkout.objects.select_related("market").get(pk=checkout_id)
    if ended and checkout.payment_id is None:
        # One that had begun to pay is told by the checkout's own letter what happens to the money.
        lines = checkout.lines.select_related("offer__variant__model__brand")
        title = " and ".join(str(line.offer.variant.model) for line in lines)
        buyers.write_checkout_stopped(checkout, title=title, reason=hold.reason, now=now)
    return ended


@transaction.atomic
def _open_cases(hold: Hold, *, size: int, now: datetime) -> int:
    # One walker opens cases of a hold at a time; the unique constraint says the same again.
    lock(f"aftermath:{hold.id}")
    lines = list(
        reach.lines_without_case(hold).select_related("order__market").order_by("id")[:size]
    )
    facts = line_facts(line.id for line in lines)
    cases = [_case(line, hold=hold, facts=facts[line.id], now=now) for line in lines]
    Case.objects.bulk_create(cases)
    CaseMoveRecord.objects.bulk_create(
        CaseMoveRecord(case=case, to_state=case.state, moved_at=now, note=case.line_state_found)
        for case in cases
    )
    payouts.freeze_lines(
        line_ids=[line.id for line in lines],
        until=now + SELLER_MONEY_WAITS,
        reason=f"Touched by hold {print_id(IdKind.HOLD, hold.id)}",
        actor=remedies.ACTOR,
        now=now,
    )
    return len(cases)


def _case(line: OrderLine, *, hold: Hold, facts: LineFacts, now: datetime) -> Case:
    market = line.order.market
    # The clock of a buyer's deadline starts with the hold, not with our getting round to it.
    deadline = rules.refund_deadline(
        market=market.code, zone=market.time_zone, from_at=hold.effective_at
    )
    return Case(
        hold=hold,
        line=line,
        line_state_found=line.state,
        remedy=rules.remedy_for(facts).value,
        state=CaseState.OPEN.value,
        currency=line.currency,
        due_at=deadline.due_at,
        opened_at=now,
        proof={"deadline_rule": deadline.rule},
    )


@transaction.atomic
def _finish(hold: Hold, *, now: datetime) -> None:
    notice = Notice.objects.select_for_update().filter(hold=hold, aftermath_done_at=None).first()
    if notice is None:
        return
    notice.aftermath_done_at = now
    notice.save(update_fields=["aftermath_done_at"])
    cases = Case.objects.filter(hold=hold).count()
    audit.record(
        actor=remedies.ACTOR,
        action="notice.aftermath",
        subject=print_id(IdKind.NOTICE, notice.id),
        now=now,
        cases=cases,
    )
    outbox.emit(AftermathDone(hold_id=str(hold.id), cases=cases), now=now)


def _hold(hold_id: UUID) -> Hold:
    hold = Hold.objects.select_related("brand").filter(pk=hold_id).first()
    if hold is None:
        raise NotFoundError("There is no hold by that id.", hold_id=print_id(IdKind.HOLD, hold_id))
    return hold
