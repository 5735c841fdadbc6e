"""One promotion at the desk: its numbers and months, its plans, and what one would cost."""

from datetime import date
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, money
from bandstand.console.pages.promotions import HERE, STATES
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing.desk.pictures import Part, columns_svg
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
    plain_headings,
)
from bandstand.plumbing.desk.words import bound_text, instant_text, plural, time_cell
from bandstand.promotions import queries
from bandstand.promotions.queries import (
    MonthCost,
    PromotionNumbers,
    PromotionPage,
    PromotionPreview,
    PromotionRow,
)
from bandstand.promotions.rules import OnPayoff, PromotionState
from bandstand.promotions.services import PromotionTerms

PAYOFF_WORDS: Final = {
    OnPayoff.KEEP: "given at once when the plan is paid off early",
    OnPayoff.LOSE: "lost when the plan is paid off early",
}


def promotion_view(promotion_id: UUID, *, desk: Desk) -> Listing:
    """
    Return one promotion: numbers, what it gives by month, its plans, who did what.

    Raises: NotFoundError.
    """
    found = queries.promotion_page(promotion_id)
    row, numbers = found.promotion, found.numbers
    deed, label = deed_of(row.state, has_funder=row.funder_id is not None)
    return Listing(
        title=row.name,
        lead=f"{row.words} {row.conditions}".strip(),
        stats=(
            Stat("State", *_stat_state(row.state)),
            Stat("Sales", str(numbers.sales), note=_places(row)),
            Stat("Promised", money(numbers.promised)),
            Stat("Given", money(numbers.given)),
            Stat("To come", money(numbers.left)),
            Stat("Ended", money(numbers.ended)),
            Stat(
                "Late credits",
                str(numbers.missed),
                kind="bad" if numbers.missed else "good",
            ),
        ),
        picture=_picture(found.months, today=desk.now.date()),
        table=_months(found.months),
        pages=ONE_PAGE,
        action_url=f"{HERE}{row.public_id}/{deed}/" if deed else "",
        action_label=label,
        empty_title="Promised to nobody yet",
        empty_text="Its months show here once a plan is sold with it.",
        sections=(_terms(row, zone=desk.zone), _plans(found), _steps(found, zone=desk.zone)),
    )


def deed_of(state: PromotionState, *, has_funder: bool) -> tuple[str, str]:
    """Return what can be done with a promotion next, and its button; empty when nothing can."""
    if state is PromotionState.DRAFT:
        return "start", "Ask who pays for it" if has_funder else "Start it"
    if state in {PromotionState.RUNNING, PromotionState.ASKED}:
        return "end", "End it"
    return "", ""


def preview_facts(
    terms: PromotionTerms, found: PromotionPreview, *, funder: str, zone: str
) -> tuple[Fact, ...]:
    """Return what a promotion would promise, to whom, and what it would cost."""
    until = "no end" if terms.until_at is None else bound_text(terms.until_at, zone=zone)
    return (
        Fact("Promises", f"{money(terms.amount)} in {plural(terms.credits_count, 'credit')}"),
        Fact("If paid off early", f"Credits left are {PAYOFF_WORDS[terms.on_payoff]}"),
        Fact("From", bound_text(terms.from_at, zone=zone)),
        Fact("Until", until),
        Fact("Paid by", funder or "you"),
        Fact("Offers it applies to now", _titles(found)),
        Fact("Phones of them in stock", str(found.units)),
        Fact("Cost of one sale", money(found.cost_each)),
        Fact("Cost if all of them are sold with it", money(found.cost_most)),
    )


def row_facts(row: PromotionRow, numbers: PromotionNumbers) -> tuple[Fact, ...]:
    """Return a promotion in words, for the question before it is started or ended."""
    return (
        Fact("Promotion", row.name),
        Fact("Promises", f"{money(row.amount)} in {plural(row.credits_count, 'credit')}"),
        Fact("Paid by", row.funder_name or "you"),
        Fact("Sales so far", str(numbers.sales)),
        Fact("Still to come of them", money(numbers.left)),
    )


def _stat_state(state: PromotionState) -> tuple[str, str, str]:
    words, kind = STATES[state]
    return words, "", kind


def _places(row: PromotionRow) -> str:
    return f"at most {row.uses_max}" if row.uses_max else ""


def _picture(months: tuple[MonthCost, ...], *, today: date) -> str:
    """Draw a year of a promotion's months, half of it behind us where there is so much."""
    behind = [one for one in months if one.month < today][:-6]
    shown = months[len(behind) :][:12]
    if not shown:
        return ""
    return columns_svg(
        [Part(f"{one.month:%b}", int(one.given.major + one.to_come.major)) for one in shown],
        label=f"What it gives by month, in whole {shown[0].given.currency}, from"
        f" {shown[0].month:%B %Y}",
    )


def _months(months: tuple[MonthCost, ...]) -> Table:
    return Table(
        caption="By month",
        columns=plain_headings(
            Column("Month"), Column("Given", is_number=True), Column("To come", is_number=True)
        ),
        rows=tuple(
            Row(
                (
                    Cell(f"{one.month:%B %Y}"),
                    number(money(one.given)),
                    number(money(one.to_come)),
                )
            )
            for one in months
        ),
    )


def _terms(row: PromotionRow, *, zone: str) -> Table:
    until = "no end" if row.until_at is None else bound_text(row.until_at, zone=zone)
    said = (
        ("Credits", f"{money(row.amount)} in {row.credits_count}"),
        ("If paid off early", PAYOFF_WORDS[row.on_payoff]),
        ("Runs", f"{bound_text(row.from_at, zone=zone)} until {until}"),
        ("Paid by", row.funder_name or "the operator"),
        ("Made by", f"{row.made_by}, {instant_text(row.made_at, zone=zone)}"),
        ("Id", row.public_id),
    )
    return Table(
        caption="What it says",
        columns=plain_headings(Column("Term"), Column("Words")),
        rows=tuple(Row((Cell(label), Cell(words))) for label, words in said),
    )


def _plans(found: PromotionPage) -> Table:
    return Table(
        caption="Its newest plans",
        columns=plain_headings(
            Column("Plan"),
            Column("Buyer"),
            Column("Promised", is_number=True),
            Column("Given", is_number=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(print_id(IdKind.PLAN, plan_id)),
                    Cell(buyer),
                    number(money(promised)),
                    number(money(given)),
                ),
                url=f"/console/plans/{print_id(IdKind.PLAN, plan_id)}/",
            )
            for plan_id, buyer, promised, given in found.plans
        ),
    )


def _steps(found: PromotionPage, *, zone: str) -> Table:
    return Table(
        caption="Who did what",
        columns=plain_headings(Column("Step"), Column("By"), Column("When"), Column("Why")),
        rows=tuple(
            Row(
                (
                    Cell(one.move),
                    Cell(one.actor),
                    time_cell(one.moved_at, zone=zone),
                    Cell(one.reason or "–"),
                )
            )
            for one in reversed(found.steps)
        ),
    )


def _titles(found: PromotionPreview) -> str:
    if not found.offers:
        return "none"
    named = "; ".join(found.titles[:6])
    more = found.offers - min(6, len(found.titles))
    return f"{found.offers}: {named}" + (f" and {more} more" if more > 0 else "")
