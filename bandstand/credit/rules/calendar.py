"""
When a card is tried, a buyer is written to, and a debt is given up. Pure.

A policy counts from the day it takes effect; a day before the first is not guessed. Due dates never
move by it: only tries wait for a day on which banks work, and only reminders come before one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

import holidays

from bandstand.kernel.errors import BadInputError

DAY: Final = timedelta(days=1)
DAYS_MAX: Final = 60
CHARGE_OFF_MAX: Final = 365
SATURDAY: Final = 5


class CalendarRefusedError(BadInputError):
    """A calendar by which nobody could collect."""

    code = "calendar_refused"


class OnResume(StrEnum):
    """What becomes of due dates when a paused plan goes on."""

    SHIFT = "shift"
    """What fell due in the pause, and all after it, moves by whole months."""
    KEEP = "keep"
    """Due dates stay; what fell due in the pause is due at once."""


@dataclass(frozen=True, slots=True)
class CollectingPolicy:
    """
    How the shop collects from a day on.

    Units: days; ``tries`` and ``charge_off`` after the due date, ``reminder`` before it.
    """

    from_on: date
    tries: tuple[int, ...]
    reminder: int
    charge_off: int
    source: str
    skips_weekends: bool = False
    skips_holidays: bool = False
    on_resume: OnResume = OnResume.SHIFT


POLICIES: Final = (
    CollectingPolicy(
        from_on=date(2000, 6, 12),
        tries=(0, 3, 7, 14),
        reminder=3,
        charge_off=120,
        source="Tries and reminder: the shop's own promise. Charge-off: FFIEC, Uniform Retail"
        " Credit Classification and Account Management Policy, 65 FR 36903 (12 June 2000):"
        " closed-end retail credit at 120 days past due; known 2026-11-22, not re-read.",
    ),
)


class Deed(StrEnum):
    """What the calendar has happen on a day."""

    REMINDER = "reminder"
    DUE = "due"
    TRY = "try"
    LATE_FEE = "late_fee"
    CHARGE_OFF = "charge_off"


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry of a plan's calendar."""

    on: date
    deed: Deed
    due_on: date


def policy_on(day: date, policies: Sequence[CollectingPolicy] = POLICIES) -> CollectingPolicy:
    """Return the policy of a day: the newest that has taken effect."""
    return max((one for one in policies if one.from_on <= day), key=lambda one: one.from_on)


def require_sound(policy: CollectingPolicy) -> None:
    """
    Refuse a calendar by which nobody could collect.

    Raises: CalendarRefusedError.
    """
    tries = policy.tries
    if not tries or list(tries) != sorted(set(tries)) or tries[0] < 0 or tries[-1] > DAYS_MAX:
        raise CalendarRefusedError(
            f"Tries are rising days after the due date, 0 to {DAYS_MAX}, such as 0, 3, 7, 14."
        )
    if not 1 <= policy.reminder <= DAYS_MAX // 10:
        raise CalendarRefusedError(f"A reminder comes 1 to {DAYS_MAX // 10} days before.")
    if not DAYS_MAX < policy.charge_off <= CHARGE_OFF_MAX:
        raise CalendarRefusedError(
            f"A debt is given up {DAYS_MAX + 1} to {CHARGE_OFF_MAX} days after its due date."
        )


def is_closed(day: date, *, policy: CollectingPolicy, market: str) -> bool:
    """
    Say whether no card is tried on a day.

    Source: the ``holidays`` library's public holidays of the market's country; a market it does
        not know has none.
    """
    if policy.skips_weekends and day.weekday() >= SATURDAY:
        return True
    return policy.skips_holidays and day in _holidays(market, day.year)


def try_days(
    due_on: date, *, policy: CollectingPolicy | None = None, market: str = ""
) -> tuple[date, ...]:
    """
    Return the days on which a card may be tried for a due date.

    A day on which banks are closed waits for the next one; two never fall on one day.
    """
    by = policy or policy_on(due_on)
    days: list[date] = []
    for after in by.tries:
        day = due_on + timedelta(days=after)
        if days and day <= days[-1]:
            day = days[-1] + DAY
        while is_closed(day, policy=by, market=market):
            day += DAY
        days.append(day)
    return tuple(days)


def may_try(
    *,
    due_since: date,
    tried_on: Sequence[date],
    today: date,
    policy: CollectingPolicy | None = None,
    market: str = "",
) -> bool:
    """
    Say whether the saved card may be tried today.

    Each try waits for its day after the due date; never twice on one day, never more than planned.
    """
    by = policy or policy_on(due_since)
    made = [day for day in tried_on if day >= due_since]
    if today in made or len(made) >= len(by.tries):
        return False
    if is_closed(today, policy=by, market=market):
        return False
    return today >= try_days(due_since, policy=by, market=market)[len(made)]


def is_given_up(*, due_since: date, today: date, policy: CollectingPolicy | None = None) -> bool:
    """Say whether a debt has been late so long that the books give it up."""
    by = policy or policy_on(due_since)
    return today >= due_since + timedelta(days=by.charge_off)


def reminder_day(due_on: date, *, policy: CollectingPolicy | None = None, market: str = "") -> date:
    """Return the day from which a buyer is reminded: earlier, where that day is closed."""
    by = policy or policy_on(due_on)
    day = due_on - timedelta(days=by.reminder)
    while is_closed(day, policy=by, market=market):
        day -= DAY
    return day


def is_reminder_day(
    *, due_on: date, today: date, policy: CollectingPolicy | None = None, market: str = ""
) -> bool:
    """Say whether the buyer is reminded today that something falls due."""
    return reminder_day(due_on, policy=policy, market=market) <= today < due_on


def calendar_of(
    dues: Sequence[date],
    *,
    policy: CollectingPolicy,
    market: str,
    is_automatic: bool,
    fee_grace: int | None,
) -> tuple[Planned, ...]:
    """
    Return what happens when for some due dates, should nobody pay by hand.

    Tries are there where a card may be charged, a fee where the agreement has one.
    """
    planned = (
        one
        for due in dues
        for one in _planned(
            due, policy=policy, market=market, is_automatic=is_automatic, fee_grace=fee_grace
        )
    )
    return tuple(sorted(planned, key=lambda one: (one.on, one.due_on)))


def _planned(
    due: date, *, policy: CollectingPolicy, market: str, is_automatic: bool, fee_grace: int | None
) -> Iterator[Planned]:
    yield Planned(reminder_day(due, policy=policy, market=market), Deed.REMINDER, due)
    yield Planned(due, Deed.DUE, due)
    if is_automatic:
        for day in try_days(due, policy=policy, market=market):
            yield Planned(day, Deed.TRY, due)
    if fee_grace is not None:
        yield Planned(due + timedelta(days=fee_grace + 1), Deed.LATE_FEE, due)
    yield Planned(due + timedelta(days=policy.charge_off), Deed.CHARGE_OFF, due)


@lru_cache(maxsize=256)
def _holidays(market: str, year: int) -> frozenset[date]:
    country = "GB" if market == "UK" else market
    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))
