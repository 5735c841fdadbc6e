"""
What is told to a credit bureau about a plan, as of a day. Pure.

The row is neutral; a format writes it in its own way. It is computed from the plan's instalments,
the payments on them and the ledger, never typed, so that it can be computed again for any day.

Source: 15 U.S.C. 1681s-2(a)(1) accuracy, (a)(2) duty to correct and update, (a)(3) notice of
dispute, (a)(5) date of first delinquency; known 2026-11-22, not re-read.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from bandstand.credit.rules.life import InstalmentKind, PlanState
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError

PROFILE_MONTHS: Final = 24
BUCKETS: Final = (180, 150, 120, 90, 60, 30)
"""Days past due at which a plan falls into the next class, the worst first."""
DISPUTE_DAYS_MAX: Final = 90
"""Laws give 30 to 45 days."""


class ReportStatus(StrEnum):
    """How a plan is told to stand."""

    CURRENT = "current"
    PAST_DUE = "past_due"
    """Thirty days or more."""
    SETTLED = "settled"
    CHARGED_OFF = "charged_off"
    DELETED = "deleted"
    """Its sale was undone: it is to be taken out of the file as if it had never been."""

    @property
    def is_negative(self) -> bool:
        """Say whether this harms the buyer."""
        return self in {ReportStatus.PAST_DUE, ReportStatus.CHARGED_OFF}


class BureauFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    METRO = "metro"
    """426 characters a row, in the manner of the credit industry's base segment."""


class DisputeOutcome(StrEnum):
    """What the look into a dispute found."""

    VERIFIED = "verified"
    CORRECTED = "corrected"
    DELETED = "deleted"


class BureauRefusedError(RefusedError):
    """A report that may not be made."""

    code = "bureau_refused"


class BureauPolicyError(BadInputError):
    """A reporting policy that cannot be meant."""

    code = "bureau_policy"


class NoSuchReportError(NotFoundError):
    """No report, row or dispute by that id."""

    code = "no_such_report"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportingTerms:
    """Whether plans of a market are reported, by whom, how, and what the law there wants."""

    market: str
    is_on: bool
    format: BureauFormat
    furnisher: str
    furnisher_id: str = ""
    needs_consent: bool = True
    sends_notice: bool = True
    dispute_days: int = 30
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReportedInstalment:
    """
    One due payment, and what was paid on it, by day.

    Units: minor units.
    """

    due_on: date
    amount: int
    paid: tuple[tuple[date, int], ...]
    kind: InstalmentKind = InstalmentKind.INSTALMENT

    def open_on(self, day: date) -> int:
        """Return what of it was not paid by the end of a day."""
        return self.amount - sum(minor for on, minor in self.paid if on <= day)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanHistory:
    """
    A plan as its books had it on a day.

    Shape: ``states`` are the days and states of its life, the oldest first.
    """

    account: str
    opened_on: date
    months: int
    currency: str
    original: int
    scheduled: int
    balance: int
    instalments: tuple[ReportedInstalment, ...]
    states: tuple[tuple[date, PlanState], ...]
    is_disputed: bool = False
    was_disputed: bool = False
    is_paused: bool = False
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauRow:
    """
    One plan as of a day, in no bureau's format.

    Units: minor units of the currency. ``profile`` is the month before first: 0 current, 1 to 6
    for 30, 60, 90, 120, 150 and 180 days past due, L charged off, S settled, B before it began.
    """

    account: str
    as_of: date
    opened_on: date
    months: int
    currency: str
    original: int
    scheduled: int
    balance: int
    past_due: int
    days_past_due: int
    bucket: int
    status: ReportStatus
    profile: str
    first_delinquent_on: date | None
    closed_on: date | None
    last_paid_on: date | None
    charged_off: int
    is_disputed: bool
    was_disputed: bool
    comment: str

    def as_json(self) -> dict[str, Any]:
        """Return the row in plain JSON values."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }


def require_reportable(terms: ReportingTerms) -> None:
    """
    Refuse terms under which nobody could honestly report.

    Raises: BureauPolicyError.
    """
    if not terms.source.strip() or not terms.furnisher.strip():
        raise BureauPolicyError("Name who reports, and where this is decided.")
    if not 1 <= terms.dispute_days <= DISPUTE_DAYS_MAX:
        raise BureauPolicyError(
            f"Disputes are answered within 1 to {DISPUTE_DAYS_MAX} days, not {terms.dispute_days}."
        )


def as_deleted(row: BureauRow) -> BureauRow:
    """Return a row that takes a plan out of the file: it harms nobody any more."""
    return replace(
        row,
        status=ReportStatus.DELETED,
        balance=0,
        past_due=0,
        days_past_due=0,
        bucket=0,
        first_delinquent_on=None,
        charged_off=0,
        profile="B" * len(row.profile),
        comment="the sale was undone",
    )


def differs(one: BureauRow, other: BureauRow) -> bool:
    """Say whether two rows tell something else of the money; a dispute alone is no correction."""
    same = replace(one, is_disputed=other.is_disputed, was_disputed=other.was_disputed)
    return same != other


def report_row(history: PlanHistory, *, as_of: date) -> BureauRow | None:
    """Return what is told of a plan as of the end of a day; None before it began."""
    state = _state_on(history, as_of)
    if state is None or state is PlanState.AGREED:
        return None
    late_since = _late_since(history, as_of)
    days = 0 if late_since is None else (as_of - late_since).days
    given_up = state is PlanState.CHARGED_OFF
    lost = _open_total(history) if given_up else 0
    status = _status(state, days=days)
    ended = status in {ReportStatus.SETTLED, ReportStatus.DELETED}
    return BureauRow(
        account=history.account,
        as_of=as_of,
        opened_on=history.opened_on,
        months=history.months,
        currency=history.currency,
        original=history.original,
        scheduled=history.scheduled,
        balance=history.balance + lost,
        past_due=0 if ended else _past_due(history, as_of) if not given_up else lost,
        days_past_due=0 if ended else days,
        bucket=0 if ended else bucket_of(days),
        status=status,
        profile=_profile(history, as_of),
        first_delinquent_on=late_since if status.is_negative else None,
        closed_on=_ended_on(history, as_of),
        last_paid_on=_last_paid(history, as_of),
        charged_off=lost,
        is_disputed=history.is_disputed,
        was_disputed=history.was_disputed,
        comment=_comment(history, status),
    )


def read_row(body: dict[str, Any]) -> BureauRow:
    """Return a row that was kept."""
    days = {"as_of", "opened_on", "first_delinquent_on", "closed_on", "last_paid_on"}
    values: dict[str, Any] = {
        name: date.fromisoformat(value) if name in days and value else value
        for name, value in body.items()
    }
    values["status"] = ReportStatus(values["status"])
    return BureauRow(**values)


def bucket_of(days: int) -> int:
    """Return the class of days past due: 0, 30, 60, 90, 120, 150 or 180."""
    return next((floor for floor in BUCKETS if days >= floor), 0)


def require_month_end(as_of: date, *, today: date) -> None:
    """
    Refuse a report as of a day that is no month's last, or is not over.

    Raises: BureauRefusedError.
    """
    if (as_of + timedelta(days=1)).day != 1:
        raise BureauRefusedError(f"Reports are as of a month’s last day; {as_of} is none.")
    if as_of >= today:
        raise BureauRefusedError(f"{as_of} is not over yet. Report it from the day after.")


def month_ends_before(day: date, *, count: int) -> Sequence[date]:
    """Return the last days of the months before the one a day lies in, the latest first."""
    first = day.replace(day=1)
    ends = []
    for _ in range(count):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends


def _status(state: PlanState, *, days: int) -> ReportStatus:
    known = {
        PlanState.SETTLED: ReportStatus.SETTLED,
        PlanState.CANCELLED: ReportStatus.DELETED,
        PlanState.CHARGED_OFF: ReportStatus.CHARGED_OFF,
    }
    return known.get(state) or (ReportStatus.PAST_DUE if bucket_of(days) else ReportStatus.CURRENT)


def _state_on(history: PlanHistory, day: date) -> PlanState | None:
    return next((state for on, state in reversed(history.states) if on <= day), None)


def _late_since(history: PlanHistory, day: date) -> date | None:
    """Return the due day of the oldest instalment not paid by a day; fees do not count."""
    return min(
        (
            one.due_on
            for one in history.instalments
            if one.kind is InstalmentKind.INSTALMENT and one.due_on <= day and one.open_on(day) > 0
        ),
        default=None,
    )


def _past_due(history: PlanHistory, day: date) -> int:
    return sum(one.open_on(day) for one in history.instalments if one.due_on <= day)


def _open_total(history: PlanHistory) -> int:
    return sum(max(0, one.open_on(date.max)) for one in history.instalments)


def _profile(history: PlanHistory, as_of: date) -> str:
    ends = month_ends_before(as_of, count=PROFILE_MONTHS)
    return "".join(_month(history, day) for day in ends)


def _month(history: PlanHistory, day: date) -> str:
    state = _state_on(history, day)
    if state is None or state is PlanState.AGREED:
        return "B"
    if state is PlanState.ACTIVE:
        late_since = _late_since(history, day)
        days = 0 if late_since is None else (day - late_since).days
        return str(bucket_of(days) // 30)
    return "L" if state is PlanState.CHARGED_OFF else "S"


def _ended_on(history: PlanHistory, day: date) -> date | None:
    ends = {PlanState.SETTLED, PlanState.CANCELLED, PlanState.CHARGED_OFF}
    return next((on for on, state in history.states if state in ends and on <= day), None)


def _last_paid(history: PlanHistory, day: date) -> date | None:
    days = [on for one in history.instalments for on, minor in one.paid if minor and on <= day]
    return max(days, default=None)


def _comment(history: PlanHistory, status: ReportStatus) -> str:
    if status is ReportStatus.DELETED:
        return "the sale was undone"
    if history.is_paused:
        return "payment deferred by agreement"
    return "schedule changed by agreement" if history.version > 1 else ""
