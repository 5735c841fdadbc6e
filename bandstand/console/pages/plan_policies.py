"""The policies of plans as the desk lists them."""

from datetime import date
from typing import Final

from bandstand.catalogue.queries import MarketRow
from bandstand.console.desk import Desk
from bandstand.credit.queries.policies import calendars, late_fee_policies
from bandstand.credit.rules.calendar import CollectingPolicy, OnResume, reminder_day, try_days
from bandstand.credit.rules.late_fees import LateFeeTerms, late_words
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    plain_headings,
)
from bandstand.plumbing.desk.words import time_cell

EXAMPLE: Final = date(2026, 12, 25)
"""A due date that shows what a calendar does: a Friday, and a holiday in most places."""
ON_RESUME: Final = {
    OnResume.SHIFT: "due dates move by whole months",
    OnResume.KEEP: "due dates stay",
}


def policies_page(desk: Desk) -> Listing:
    """Return every policy, newest first, and what counts where there is none."""
    return Listing(
        title="Plan policies",
        lead="Where a market has no row, nothing is ever charged for paying late, and cards are"
        " tried on the due day and 3, 7 and 14 days after it.",
        table=Table(
            caption="Late charges",
            columns=plain_headings(
                Column("Market"), Column("From"), Column("What it says"), Column("Decided by")
            ),
            rows=tuple(
                Row(
                    cells=(
                        Cell(row.market),
                        time_cell(row.from_at, zone=desk.zone),
                        Cell(late_words(row.terms, locale="en_US"), note=row.source),
                        Cell(row.set_by),
                    )
                )
                for row in late_fee_policies()
            ),
        ),
        pages=ONE_PAGE,
        empty_title="No late charge anywhere",
        empty_text="Nothing is charged for paying late until you say so.",
        sections=(_calendars(),),
    )


def late_fee_facts(terms: LateFeeTerms, *, market: MarketRow, source: str) -> tuple[Fact, ...]:
    """Return a policy of late charges for the second look, in the agreement's own words."""
    return (
        Fact("Market", market.name),
        Fact("Agreements will say", late_words(terms, locale=market.locale)),
        Fact("Decided", source),
    )


def calendar_facts(policy: CollectingPolicy, *, market: str) -> tuple[Fact, ...]:
    """Return a calendar for the second look, with an example."""
    tried = ", ".join(_day(day) for day in try_days(EXAMPLE, policy=policy, market=market))
    return (
        Fact("Market", market),
        Fact("For what falls due from", _day(policy.from_on)),
        Fact("Tries", ", ".join(f"day {after}" for after in policy.tries)),
        Fact(f"Due on {_day(EXAMPLE)}, a card is tried", tried),
        Fact(
            f"Due on {_day(EXAMPLE)}, the reminder goes",
            _day(reminder_day(EXAMPLE, policy=policy, market=market)),
        ),
        Fact("Given up after", f"{policy.charge_off} days"),
        Fact("When a paused plan goes on", ON_RESUME[policy.on_resume]),
        Fact("Decided", policy.source),
    )


def _calendars() -> Table:
    return Table(
        caption="Calendars of collecting",
        columns=plain_headings(
            Column("Market"),
            Column("For what falls due from"),
            Column("Tries"),
            Column("Waits for open days"),
            Column("Given up"),
            Column("After a pause"),
            Column("Decided by"),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(row.market),
                    Cell(_day(row.policy.from_on)),
                    Cell(", ".join(map(str, row.policy.tries)), note=row.policy.source),
                    Cell(_closed_words(row.policy)),
                    Cell(f"{row.policy.charge_off} days"),
                    Cell(ON_RESUME[row.policy.on_resume]),
                    Cell(row.set_by),
                )
            )
            for row in calendars()
        ),
    )


def _closed_words(policy: CollectingPolicy) -> str:
    words = ["weekends"] * policy.skips_weekends + ["public holidays"] * policy.skips_holidays
    return f"not on {' or '.join(words)}" if words else "no"


def _day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"
