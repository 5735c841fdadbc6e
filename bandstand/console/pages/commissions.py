"""The list of commission rules, in the order in which they are asked."""

from uuid import UUID

from bandstand.console.desk import Desk, money
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.orders.queries.commissions import CommissionRow, commission_rules
from bandstand.orders.rules import CommissionRule
from bandstand.orders.rules.commission import DEFAULT_WORDS
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import time_cell


def commissions_page(desk: Desk) -> Listing:
    """Return every rule; the first in force that matches a sale counts."""
    return Listing(
        title="Commission",
        lead="The first rule that matches a sale counts, and stays with it."
        f" Otherwise it is {DEFAULT_WORDS}.",
        table=Table(
            caption="Rules",
            columns=plain_headings(
                Column("Order", is_number=True),
                Column("Rule"),
                Column("About"),
                Column("Commission", is_number=True),
                Column("State"),
                Column("From"),
            ),
            rows=tuple(_row(row, desk=desk) for row in commission_rules()),
        ),
        pages=ONE_PAGE,
        action_url="/console/commission/new/",
        action_label="Add a rule",
        empty_title="No rule yet",
        empty_text=f"Every sale pays {DEFAULT_WORDS}.",
    )


def rule_row(rule_id: UUID) -> CommissionRow:
    """
    Return one rule.

    Raises: NotFoundError.
    """
    for row in commission_rules():
        if row.id == rule_id:
            return row
    raise NotFoundError("There is no such commission rule.")


def rule_facts(rule: CommissionRule, *, about: str) -> tuple[Fact, ...]:
    """Return a rule in words, for the question before it is set or ended."""
    return (
        Fact("Rule", f"{rule.position}: {rule.label}"),
        Fact("About", about),
        Fact("Commission", rate_words(rule)),
        Fact("From", f"{rule.from_at:%-d %B %Y %H:%M} UTC"),
    )


def about_words(row: CommissionRow) -> str:
    """Return what a rule is about, in words."""
    rule = row.rule
    parts = [rule.market, row.seller, row.category, rule.condition]
    if rule.price_from_minor:
        parts.append(f"from {money(Money(rule.price_from_minor, rule.currency))}")
    if rule.price_below_minor is not None:
        parts.append(f"below {money(Money(rule.price_below_minor, rule.currency))}")
    return ", ".join(part for part in parts if part) or "every sale"


def rate_words(rule: CommissionRule) -> str:
    """Return a rule's rate, in words."""
    said = f"{rule.rate_bps / 100:g} %"
    if rule.fixed_minor:
        said += f" and {money(Money(rule.fixed_minor, rule.currency))}"
    return said


def _row(row: CommissionRow, *, desk: Desk) -> Row:
    rule = row.rule
    state = pill("In force", "good")
    if rule.from_at > desk.now:
        state = pill("To come", "info")
    elif rule.until_at is not None and rule.until_at <= desk.now:
        state = pill("Ended", "")
    return Row(
        (
            number(rule.position),
            Cell(rule.label, note=f"by {row.set_by}"),
            Cell(about_words(row)),
            number(rate_words(rule)),
            state,
            time_cell(rule.from_at, zone=desk.zone),
        ),
        url="" if state.text == "Ended" else f"/console/commission/{row.id}/end/",
    )
