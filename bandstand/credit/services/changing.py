"""
A change of a plan: the buyer asks or the shop proposes, the buyer accepts, a version is written.

Nothing changes without the buyer's yes. A yes counts for the schedule that was shown, and for no
other: where the plan moved on meanwhile, it is proposed anew.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.templatetags.static import static

from bandstand.catalogue import queries as catalogue
from bandstand.credit import documents, rules
from bandstand.credit.events import ChangeAccepted, ChangeProposed, ChangeRefused
from bandstand.credit.models import Agreement, Plan, PlanProposal
from bandstand.credit.queries.owing import owed_rows
from bandstand.credit.rules import AskState, PlanState
from bandstand.credit.rules.amendment import amendment_of
from bandstand.credit.rules.hardship import (
    OPEN_PROPOSALS,
    ChangeKind,
    ChangeRefusedError,
    NewSchedule,
    ProposalEndedError,
    ProposalState,
    Wish,
    changed,
    read_wish,
)
from bandstand.credit.rules.standing import Owed, in_order
from bandstand.credit.services.moving import locked_plan
from bandstand.credit.services.versions import write_version
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing import audit, clock, outbox

VALID_FOR: Final = timedelta(days=14)
"""How long a proposal stands."""


@transaction.atomic
def ask_for_change(*, plan_id: UUID, wish: Wish, reason: str, asked_by: str, now: datetime) -> UUID:
    """
    Write down what a buyer asks for, so that somebody looks at it; one wish at a time.

    Raises: NotFoundError; ChangeRefusedError for a wish that makes no plan; ProposalEndedError if
        another wish is open.
    Lock: takes the plan's row.
    """
    plan = _active(plan_id)
    if not reason.strip():
        raise ChangeRefusedError("Say in a few words why; it helps us to decide.")
    changed(owed_rows(plan.id), wish, on=_today(plan, now=now), currency=plan.currency)
    if plan.proposals.filter(state__in=OPEN_PROPOSALS).exists():
        raise ProposalEndedError("A change of this plan is already being looked at.")
    row = PlanProposal.objects.create(
        plan=plan,
        state=ProposalState.ASKED.value,
        wish=wish.as_json(),
        reason=reason[:500],
        asked_by=asked_by,
        asked_at=now,
    )
    return row.id


@transaction.atomic
def propose_change(*, plan_id: UUID, wish: Wish, reason: str, actor: str, now: datetime) -> UUID:
    """
    Offer a buyer another schedule; it takes the place of whatever was asked or offered before.

    Raises: NotFoundError; ChangeRefusedError.
    Lock: takes the plan's row.
    """
    plan = _active(plan_id)
    rows, today = owed_rows(plan.id), _today(plan, now=now)
    changed(rows, wish, on=today, currency=plan.currency)
    row = plan.proposals.filter(state__in=OPEN_PROPOSALS).first()
    if row is not None and row.state == ProposalState.PROPOSED.value:
        _end(row, ProposalState.LAPSED, by=actor, now=now, answer="Another was proposed.")
        row = None
    offered = {
        "wish": wish.as_json(),
        "state": ProposalState.PROPOSED.value,
        "rests_on": _rests_on(rows),
        "answer": reason[:500],
        "proposed_by": actor,
        "proposed_at": now,
        "valid_until": today + VALID_FOR,
    }
    if row is None:
        row = PlanProposal.objects.create(
            plan=plan, reason=reason[:500], asked_by=actor, asked_at=now, **offered
        )
    else:
        for name, value in offered.items():
            setattr(row, name, value)
        row.save(update_fields=list(offered))
    audit.record(
        actor=actor,
        action="plan.propose_change",
        subject=print_id(IdKind.PLAN, plan.id),
        now=now,
        wish=wish.as_json(),
    )
    outbox.emit(
        ChangeProposed(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            proposal_id=str(row.id),
            valid_until=(today + VALID_FOR).isoformat(),
        ),
        now=now,
    )
    return row.id


@transaction.atomic
def refuse_change(*, proposal_id: UUID, answer: str, actor: str, now: datetime) -> None:
    """
    Tell a buyer that the shop does not offer what they asked for, and why.

    Raises: NotFoundError; ProposalEndedError; ChangeRefusedError without an answer.
    Lock: takes the plan's row.
    """
    if not answer.strip():
        raise ChangeRefusedError("Say why; the buyer reads it.")
    plan, row = _locked(proposal_id)
    if row.state != ProposalState.ASKED.value:
        raise ProposalEndedError(f"This wish is {row.state}; it cannot be refused.")
    _end(row, ProposalState.REFUSED, by=actor, now=now, answer=answer)
    outbox.emit(
        ChangeRefused(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            proposal_id=str(row.id),
            answer=row.answer,
        ),
        now=now,
    )


@transaction.atomic
def decline_change(*, proposal_id: UUID, declined_by: str, now: datetime) -> None:
    """
    Write down that a buyer does not want a change, or wants it no more.

    Raises: NotFoundError; ProposalEndedError.
    Lock: takes the plan's row.
    """
    _, row = _locked(proposal_id)
    if row.state not in OPEN_PROPOSALS:
        raise ProposalEndedError(f"This proposal is {row.state} already.")
    _end(row, ProposalState.DECLINED, by=declined_by, now=now, answer=row.answer)


@transaction.atomic
def accept_change(*, proposal_id: UUID, accepted_by: str, now: datetime) -> int:
    """
    Put a proposed schedule in the place of the old one; return the version's number.

    The page that the buyer accepted is kept as it was, with its hash.
    Raises: NotFoundError; ProposalEndedError; PaymentUnderWayError.
    Lock: takes the plan's row, so a payment waits for it, and it is refused during a payment.
    """
    plan, row = _locked(proposal_id)
    rows, today = owed_rows(plan.id), _today(plan, now=now)
    _require_acceptable(plan, row, rows=rows, today=today)
    wish = read_wish(row.wish)
    assert row.proposed_at is not None  # noqa: S101 -- it is proposed
    made = changed(rows, wish, on=_today(plan, now=row.proposed_at), currency=plan.currency)
    if made.rows[0].due_on <= today:
        raise ProposalEndedError("Its first payment would be due already. Ask us anew.")
    html = amendment_html(plan, rows=rows, made=made, row=row)
    version = write_version(
        plan,
        made,
        kind=ChangeKind(wish.kind),
        actor=accepted_by,
        now=now,
        before=rows,
        reason=row.reason,
        proposal=row,
        html=html,
        sha256=hashlib.sha256(html.encode()).hexdigest(),
    )
    _end(row, ProposalState.ACCEPTED, by=accepted_by, now=now, answer=row.answer)
    outbox.emit(
        ChangeAccepted(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            version=version.number,
            next_due_on=made.rows[0].due_on.isoformat(),
            last_due_on=made.last_due.isoformat(),
        ),
        now=now,
    )
    return version.number


def lapse_proposals(*, now: datetime) -> int:
    """End proposals that nobody answered in their time; return how many."""
    # A day of slack: where the buyer lives it may still be the last day.
    waiting = PlanProposal.objects.filter(
        state=ProposalState.PROPOSED.value, valid_until__lt=now.date() - timedelta(days=1)
    )
    return waiting.update(state=ProposalState.LAPSED.value, ended_at=now, ended_by="system:credit")


def amendment_html(
    plan: Plan, *, rows: Sequence[Owed], made: NewSchedule, row: PlanProposal
) -> str:
    """Return the page that a buyer accepts: the old schedule beside the new, and the totals."""
    agreement = Agreement.objects.filter(disclosure_id=plan.disclosure_id).first()
    locale = catalogue.market(plan.terms.market_id).locale
    amendment = amendment_of(
        rows,
        made,
        wish=read_wish(row.wish),
        currency=plan.currency,
        locale=locale,
        plan=print_id(IdKind.PLAN, plan.id),
        agreement_sha256=agreement.sha256 if agreement else "",
        parties=tuple(agreement.body["buyer"][:1]) if agreement else (),
        creditor=agreement.body["creditor"] if agreement else "",
    )
    return documents.amendment_html(
        amendment, stylesheet=static(documents.STYLESHEET), locale=locale
    )


def _require_acceptable(
    plan: Plan, row: PlanProposal, *, rows: Sequence[Owed], today: date
) -> None:
    if row.state != ProposalState.PROPOSED.value:
        raise ProposalEndedError(f"This proposal is {row.state}; there is nothing to accept.")
    assert row.valid_until is not None  # noqa: S101 -- it is proposed
    if today > row.valid_until:
        raise ProposalEndedError(f"This proposal stood until {row.valid_until}. Ask us anew.")
    if plan.payments.filter(state=AskState.ASKED.value).exists():
        raise rules.PaymentUnderWayError(
            "A payment on this plan is under way. Wait a minute and look again."
        )
    if plan.state != PlanState.ACTIVE.value or row.rests_on != _rests_on(rows):
        raise ProposalEndedError(
            "This plan has moved on since the change was proposed. Ask us anew."
        )


def _rests_on(rows: Sequence[Owed]) -> str:
    shown = [
        [row.number, row.due_on.isoformat(), row.open, row.open_interest] for row in in_order(rows)
    ]
    return sha256_hex({"rows": shown})


def _active(plan_id: UUID) -> Plan:
    plan = locked_plan(plan_id)
    if plan.state != PlanState.ACTIVE.value:
        raise ChangeRefusedError(f"This plan is {plan.state}; it cannot be changed.")
    return plan


def _locked(proposal_id: UUID) -> tuple[Plan, PlanProposal]:
    found = PlanProposal.objects.filter(pk=proposal_id)
    plan_id = found.values_list("plan_id", flat=True).first()
    if plan_id is None:
        raise NotFoundError("There is no proposal by that id.", proposal_id=str(proposal_id))
    plan = locked_plan(plan_id)
    # Read after the lock: whoever held the plan may have answered it.
    return plan, found.get()


def _end(row: PlanProposal, state: ProposalState, *, by: str, now: datetime, answer: str) -> None:
    row.state, row.ended_at, row.ended_by, row.answer = state.value, now, by, answer[:500]
    row.save(update_fields=["state", "ended_at", "ended_by", "answer"])


def _today(plan: Plan, *, now: datetime) -> date:
    return clock.day_in(catalogue.market(plan.terms.market_id).time_zone, at=now)
