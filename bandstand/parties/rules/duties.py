"""
What a law's clock asks next of a shop about one seller: ask, remind, suspend, or be content.

    asked ──due──▶ noticed ──ten days──▶ suspended
      └──────────────┴──── all stated ────┴──▶ met

Only what the seller owes moves this clock. A field that waits for the operator's check is the
operator's own duty and suspends nobody.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bandstand.money.months import shift_months
from bandstand.parties.rules.identity_specs import IdentityName
from bandstand.parties.rules.inform import TraderPolicy


class DutyKind(StrEnum):
    """What a seller owes."""

    COLLECT = "collect"
    """The fields that the law asks for."""
    CERTIFY = "certify"
    """The yearly word that they are current."""


class DutyStep(StrEnum):
    """What the shop does next."""

    NONE = "none"
    OPEN = "open"
    NOTICE = "notice"
    SUSPEND = "suspend"
    MEET = "meet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFact:
    """A duty that is open."""

    kind: DutyKind
    opened_at: datetime
    due_at: datetime
    noticed_at: datetime | None = None
    suspend_at: datetime | None = None
    is_suspended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The instants that a new duty begins with."""

    due_at: datetime
    noticed_at: datetime | None = None
    suspend_at: datetime | None = None


def next_step(duty: DutyFact | None, *, owes: tuple[IdentityName, ...], now: datetime) -> DutyStep:
    """Return what the shop does next about one duty of a seller that the law asks."""
    if duty is None:
        return DutyStep.OPEN if owes else DutyStep.NONE
    if not owes:
        return DutyStep.MEET
    if duty.noticed_at is None:
        return DutyStep.NOTICE if now >= duty.due_at else DutyStep.NONE
    is_over = duty.suspend_at is not None and now >= duty.suspend_at
    return DutyStep.SUSPEND if is_over and not duty.is_suspended else DutyStep.NONE


def opening(
    *, policy: TraderPolicy, kind: DutyKind, since: date, now: datetime, zone: str
) -> Opening:
    """
    Return the instants of a duty that begins now for a seller whom the law asks since a day.

    The seller has until the end of the last day, on the operator's clock. Where that has passed
    before anybody asked, the first letter is the notice, and its ten days begin with it.
    """
    days = policy.collect_days if kind is DutyKind.COLLECT else policy.certify_days
    due_at = end_of_day(since + timedelta(days=days), zone=zone)
    if days and due_at > now:
        return Opening(due_at=due_at)
    return Opening(due_at=min(due_at, now), noticed_at=now, suspend_at=notice_ends(policy, now=now))


def notice_ends(policy: TraderPolicy, *, now: datetime) -> datetime:
    """Return when the notice given now has run out and sales are suspended."""
    return now + timedelta(days=policy.notice_days)


def must_certify(*, policy: TraderPolicy, last_on: date | None, today: date) -> bool:
    """
    Say whether a year has passed since a seller last gave, or certified, what the law asks.

    Source: 15 U.S.C. 45f(a)(1)(B): not less than annually.
    """
    if policy.certify_months is None or last_on is None:
        return False
    return shift_months(last_on, months=policy.certify_months) <= today


def verify_by(stated_at: datetime, *, policy: TraderPolicy) -> datetime:
    """
    Return until when the operator has to check what a seller stated.

    Source: 15 U.S.C. 45f(a)(2): within ten days of being provided, and of each change.
    """
    return stated_at + timedelta(days=policy.verify_days)


def end_of_day(on: date, *, zone: str) -> datetime:
    """Return the instant at which a day is over on a clock."""
    midnight = datetime.combine(on + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return midnight.astimezone(ZoneInfo("UTC"))
