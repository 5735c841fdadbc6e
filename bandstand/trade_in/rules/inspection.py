"""What an inspection comes to. The inspector types no amounts: values come from the list."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bandstand.money import Money
from bandstand.trade_in.rules.grades import Answers, Grade, Question, Said, differences


class Outcome(StrEnum):
    """What an inspection comes to."""

    CREDIT = "credit"
    REVALUE = "revalue"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What an inspector found on the table in front of them."""

    answers: Answers
    grade: Grade | None
    """None for a phone locked to an account."""
    listed: Money | None
    """What the list of the day of the quote says of the phone that came; None if not taken."""
    is_same_phone: bool
    is_same_variant: bool
    is_reported: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectionVerdict:
    """What is done about a phone, at what value, and why."""

    outcome: Outcome
    value: Money
    reasons: tuple[str, ...]


def is_overdue(*, inspect_by: datetime | None, now: datetime) -> bool:
    """Say whether the promise to look at a phone in time was missed."""
    return inspect_by is not None and now > inspect_by


def judge_inspection(
    finding: Finding, *, told: Answers, quoted: Money, is_guaranteed: bool
) -> InspectionVerdict:
    """
    Return what an inspection comes to.

    A phone reported lost or stolen, or locked, goes back. A phone better than described earns what
    the better state is worth. Once the days for the inspection are over, the quoted value stands
    for the phone that was quoted, whatever its state.
    """
    nothing = Money.zero(quoted.currency)
    if stopped := _stoppers(finding):
        return InspectionVerdict(outcome=Outcome.REFUSE, value=nothing, reasons=stopped)
    if is_guaranteed and finding.is_same_phone and finding.is_same_variant:
        best = quoted if finding.listed is None or finding.listed < quoted else finding.listed
        return InspectionVerdict(outcome=Outcome.CREDIT, value=best, reasons=())
    reasons = _reasons(finding, told=told)
    if finding.listed is None:
        why = (*reasons, "We do not take this phone in this state.")
        return InspectionVerdict(outcome=Outcome.REFUSE, value=nothing, reasons=why)
    if finding.listed >= quoted:
        return InspectionVerdict(outcome=Outcome.CREDIT, value=finding.listed, reasons=())
    return InspectionVerdict(outcome=Outcome.REVALUE, value=finding.listed, reasons=reasons)


def _stoppers(finding: Finding) -> tuple[str, ...]:
    stopped = []
    if finding.is_reported:
        stopped.append("It is reported lost or stolen.")
    if finding.answers.get(Question.LOCK_REMOVED) is not Said.YES or finding.grade is None:
        stopped.append("It is locked to an account. Remove the account and trade it in again.")
    return tuple(stopped)


def _reasons(finding: Finding, *, told: Answers) -> tuple[str, ...]:
    reasons = []
    if not finding.is_same_variant:
        reasons.append("It is another model than the one that was quoted.")
    elif not finding.is_same_phone:
        reasons.append("Its IMEI is not the one you told us.")
    return (*reasons, *differences(told=told, found=finding.answers))
