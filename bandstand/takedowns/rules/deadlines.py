"""
By when a buyer must be whole.

The shop's own aim is a day; the deadline of a case is the outer one, set by the rules of the place
of delivery.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import holidays

US_REFUND_WORKING_DAYS: Final = 7
"""
A prompt refund of a prepaid sale in the US.

Source: 16 CFR 435.1(b), Mail, Internet, or Telephone Order Merchandise Rule: seven working days
(read 2026-11-22).
"""
OTHER_REFUND_DAYS: Final = 14
"""
Everywhere else the shop binds itself to the European Union's outer limit.

Source: Directive 2011/83/EU, article 13(1): not later than 14 days (read 2026-11-22).
"""


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant by which a duty must be done, and the rule that sets it."""

    due_at: datetime
    rule: str


def refund_deadline(*, market: str, zone: str, from_at: datetime) -> Deadline:
    """
    Return the instant by which a buyer's money must be on its way back.

    Days are the market's calendar days; the deadline is the end of the last of them.

    Source: 16 CFR 435.1(b) in the US, Directive 2011/83/EU article 13(1) elsewhere (read
    2026-11-22).
    """
    start = from_at.astimezone(ZoneInfo(zone))
    if market == "US":
        calendar = holidays.country_holidays("US", years=(start.year, start.year + 1))
        last = calendar.get_nth_working_day(start.date(), US_REFUND_WORKING_DAYS)
        rule = "16 CFR 435.1(b): 7 working days"
    else:
        last = start.date() + timedelta(days=OTHER_REFUND_DAYS)
        rule = "Directive 2011/83/EU art. 13(1): 14 days"
    ends = datetime.combine(last + timedelta(days=1), time(), tzinfo=start.tzinfo)
    return Deadline(due_at=ends.astimezone(from_at.tzinfo), rule=rule)
