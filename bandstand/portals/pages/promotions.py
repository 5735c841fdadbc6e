"""Promotions a seller or brand pays for, or is asked to: what they promise and what they cost."""

from typing import Final

from bandstand.parties.rules import Role
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import bound_text, plural
from bandstand.portals.desk import Desk, money
from bandstand.promotions import queries
from bandstand.promotions.queries import PromotionNumbers, PromotionRow
from bandstand.promotions.rules import OnPayoff, PromotionState, credit_conditions

STATES: Final = {
    PromotionState.ASKED: ("Waits for you", "part"),
    PromotionState.RUNNING: ("Running", "good"),
    PromotionState.REFUSED: ("You refused", ""),
    PromotionState.ENDED: ("Ended", ""),
}


def here_of(desk: Desk) -> str:
    """Return where the promotions of a desk are."""
    return f"/portals/{'brand' if desk.role is Role.BRAND else 'seller'}/promotions/"


def promotions_page(desk: Desk) -> Listing:
    """Return the promotions the party of a desk pays for, newest first."""
    found = queries.funded_by(desk.party.id)
    asked = sum(row.state is PromotionState.ASKED for row, _ in found)
    return Listing(
        title="Promotions",
        lead="Credits to buyers that you pay for. Nothing is promised in your name before you"
        " agree; what was promised is owed from the day of the sale, and comes back to you if the"
        " sale is undone.",
        stats=(Stat("Wait for your answer", str(asked), kind="part" if asked else ""),),
        table=Table(
            caption="Promotions",
            note=plural(len(found), "promotion"),
            columns=plain_headings(
                Column("Promotion"),
                Column("State"),
                Column("Credits a sale", is_number=True),
                Column("Sales", is_number=True),
                Column("You owe for them", is_number=True),
                Column("Given", is_number=True),
            ),
            rows=tuple(_row(row, numbers, desk=desk) for row, numbers in found),
        ),
        pages=ONE_PAGE,
        empty_title="No promotion",
        empty_text="The operator asks you here before a promotion runs in your name.",
    )


def promotion_facts(row: PromotionRow, numbers: PromotionNumbers, *, zone: str) -> tuple[Fact, ...]:
    """Return what a promotion would bind a party to."""
    until = "no end" if row.until_at is None else bound_text(row.until_at, zone=zone)
    most = f"at most {plural(row.uses_max, 'sale')}" if row.uses_max else "no limit of sales"
    whole = money(row.amount)
    if row.uses_max:
        most += f", so at most {money(row.amount.times(row.uses_max))}"
    return (
        Fact("What buyers read", row.words),
        Fact("You pay for one sale", f"{whole} in {plural(row.credits_count, 'credit')}"),
        Fact("For how many", most),
        Fact("From", bound_text(row.from_at, zone=zone)),
        Fact("Until", until),
        Fact("Conditions", " ".join(_conditions(row.on_payoff, conditions=row.conditions))),
        Fact("Sales so far", str(numbers.sales)),
    )


def _conditions(on_payoff: OnPayoff, *, conditions: str) -> tuple[str, ...]:
    return credit_conditions(on_payoff=on_payoff, conditions=conditions)


def _row(row: PromotionRow, numbers: PromotionNumbers, *, desk: Desk) -> Row:
    owed = numbers.promised - numbers.ended
    return Row(
        cells=(
            Cell(row.name, note=row.words),
            pill(*STATES.get(row.state, ("Draft", ""))),
            number(money(row.amount)),
            number(numbers.sales),
            number(money(owed)),
            number(money(numbers.given)),
        ),
        url=f"{here_of(desk)}{row.public_id}/" if row.state is PromotionState.ASKED else "",
    )
