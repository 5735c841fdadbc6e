"""Reads of cases, and the proof that everyone affected is whole."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.gate.models import Hold
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.orders.rules import LineState
from bandstand.takedowns.models import Case
from bandstand.takedowns.queries.facts import line_facts
from bandstand.takedowns.queries.reach import lines_without_case
from bandstand.takedowns.rules import CaseState, LineFacts, RemedyKind, Step, next_step

WHOLE = frozenset({CaseState.MADE_WHOLE, CaseState.CHOICE_OFFERED})


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """One affected order line and what is done for its buyer."""

    id: UUID
    public_id: str
    hold_id: UUID
    line_id: UUID
    order_id: UUID
    order_public_id: str
    order_number: str
    title: str
    line_state_found: LineState
    line_state: LineState
    remedy: RemedyKind
    state: CaseState
    refund: Money
    due_at: datetime
    opened_at: datetime
    made_whole_at: datetime | None
    proof: dict[str, object]

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the deadline passed while the buyer's money is still out."""
        return self.state not in WHOLE and self.due_at <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class Wholeness:
    """Whether everyone a hold affected is whole, and who is not."""

    affected: int
    made_whole: int
    """Cancelled, with their money back or never taken."""
    choice_offered: int
    """Told that they may keep the phone or return it, with the seller's money kept back."""
    problems: tuple[str, ...]

    @property
    def is_everyone_whole(self) -> bool:
        return not self.problems and self.affected == self.made_whole + self.choice_offered


def cases(
    hold_id: UUID, *, state: CaseState | None = None, limit: int | None = None
) -> list[CaseRow]:
    """Return the cases of a hold, those due first before others."""
    found = Case.objects.filter(hold_id=hold_id).select_related("line__order")
    if state is not None:
        found = found.filter(state=state.value)
    return [_case_row(case) for case in found.order_by("due_at", "id")[:limit]]


def case_counts(hold_id: UUID) -> dict[CaseState, int]:
    """Return how many cases of a hold stand where."""
    states = Counter(Case.objects.filter(hold_id=hold_id).values_list("state", flat=True))
    return {state: states[state.value] for state in CaseState}


def overdue_cases(*, now: datetime, limit: int = 100) -> list[CaseRow]:
    """Return the cases whose deadline passed with the buyer's money still out, oldest first."""
    whole = [state.value for state in WHOLE]
    late = Case.objects.filter(due_at__lte=now).exclude(state__in=whole)
    return [_case_row(one) for one in late.select_related("line__order").order_by("due_at")[:limit]]


def is_everyone_whole(hold_id: UUID) -> Wholeness:
    """
    Prove from the money itself, not from the cases' word, that everyone a hold affected is whole.

    A cancelled line is whole when what was captured for it was refunded, no capture or
    authorisation of it is open, and its buyer owes nothing on a plan.
    """
    hold = Hold.objects.get(pk=hold_id)
    found = list(
        Case.objects.filter(hold=hold).select_related("line__order").order_by("opened_at", "id")
    )
    facts = line_facts(case.line_id for case in found)
    problems = [
        f"{case.line.order.number}: {problem}"
        for case in found
        if (problem := _problem(case, facts[case.line_id]))
    ]
    lines = lines_without_case(hold).select_related("order")
    problems += [f"{line.order.number}: no case was opened" for line in lines]
    states = Counter(case.state for case in found)
    return Wholeness(
        affected=len(found) + len(lines),
        made_whole=states[CaseState.MADE_WHOLE.value],
        choice_offered=states[CaseState.CHOICE_OFFERED.value],
        problems=tuple(problems),
    )


def _problem(case: Case, facts: LineFacts) -> str:
    step = next_step(facts)
    if case.state == CaseState.CHOICE_OFFERED.value:
        if step is not Step.OFFER_RETURN:
            return f"the phone came back, and {step.value} is left"
        return "" if case.proof.get("remedy_letter") else "the choice was not put to the buyer"
    if case.state != CaseState.MADE_WHOLE.value:
        return f"the case is {case.state} and needs: {step.value}"
    if step is not Step.SETTLED:
        return f"called whole, yet {step.value} is left"
    return ""


def _case_row(case: Case) -> CaseRow:
    return CaseRow(
        id=case.id,
        public_id=print_id(IdKind.CASE, case.id),
        hold_id=case.hold_id,
        line_id=case.line_id,
        order_id=case.line.order_id,
        order_public_id=print_id(IdKind.ORDER, case.line.order_id),
        order_number=case.line.order.number,
        title=case.line.title,
        line_state_found=LineState(case.line_state_found),
        line_state=LineState(case.line.state),
        remedy=RemedyKind(case.remedy),
        state=CaseState(case.state),
        refund=Money(case.refund_minor, case.currency),
        due_at=case.due_at,
        opened_at=case.opened_at,
        made_whole_at=case.made_whole_at,
        proof=case.proof,
    )
