"""Promotions at the desk: the list, one with its numbers and months, what one would cost."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, major, money
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import bound_text, instant_text, plural
from bandstand.promotions import queries
from bandstand.promotions.queries import (
    PromotionNumbers,
    PromotionRow,
)
from bandstand.promotions.rules import PromotionState

HERE: Final = "/console/promotions/"
STATES: Final = {
    PromotionState.DRAFT: ("Draft", ""),
    PromotionState.ASKED: ("Waits for who pays", "part"),
    PromotionState.RUNNING: ("Running", "good"),
    PromotionState.REFUSED: ("Refused", "bad"),
    PromotionState.ENDED: ("Ended", ""),
}
HEADS: Final = (
    "promotion",
    "name",
    "market",
    "state",
    "paid_by",
    "credits_each_sale",
    "number_of_credits",
    "currency",
    "sales",
    "promised",
    "given",
    "to_come",
    "owed_as_money",
    "ended",
    "missed",
    "from",
    "until",
)


def promotions_page(desk: Desk) -> Listing:
    """Return the promotions the address asks for, with what is missed and owed above them."""
    asking = Asking.of(desk.request)
    found, state, market = _found(asking)
    missed = queries.missed(now=desk.now)
    return Listing(
        title="Promotions",
        lead="Money off a plan, given in credits while it runs. Every credit stands in the books"
        " from the day of the sale until it is given.",
        stats=(
            Stat("Running", str(_running(found))),
            Stat(
                "Late credits",
                str(len(missed)),
                note="by more than a day",
                kind="bad" if missed else "good",
            ),
            _proof(desk),
        ),
        text=asking.text(),
        text_label="Name or words",
        filters=(
            select("state", "State", values=_states(), chosen=state, any_label="Any state"),
            select("market", "Market", values=_markets(), chosen=market, any_label="Any market"),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Promotions",
            note=plural(len(found), "promotion"),
            columns=plain_headings(
                Column("Promotion"),
                Column("State"),
                Column("Credits a sale", is_number=True),
                Column("Sales", is_number=True),
                Column("Given", is_number=True),
                Column("To come", is_number=True),
                Column("Paid by"),
                Column("Until"),
            ),
            rows=tuple(_row(row, numbers, zone=desk.zone) for row, numbers in found),
        ),
        pages=ONE_PAGE,
        export_url=asking.address(format="csv"),
        clear_url=HERE if asking.text() or state or market else "",
        action_url=f"{HERE}new/",
        action_label="Make a promotion",
        empty_title="No promotion",
        empty_text="Make one, or clear the search.",
        sections=tuple(_alarms(desk)),
    )


def promotions_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every promotion that the address asks for, for a spreadsheet."""
    found, _, _ = _found(Asking.of(desk.request))
    for row, numbers in found:
        yield (
            row.public_id,
            row.name,
            row.market,
            row.state.value,
            row.funder_name or "operator",
            major(row.amount),
            row.credits_count,
            row.amount.currency,
            numbers.sales,
            major(numbers.promised),
            major(numbers.given),
            major(numbers.left),
            major(numbers.owed),
            major(numbers.ended),
            numbers.missed,
            row.from_at.isoformat(),
            row.until_at.isoformat() if row.until_at else "",
        )


def _found(
    asking: Asking,
) -> tuple[tuple[tuple[PromotionRow, PromotionNumbers], ...], str, str]:
    state = asking.word("state", known=_states())
    market = asking.word("market", known=_markets())
    return (
        queries.promotions_list(state=state, market=market, text=asking.text()),
        state,
        market,
    )


def _states() -> dict[str, str]:
    return {state.value: words for state, (words, _) in STATES.items()}


def _markets() -> dict[str, str]:
    return {one.code: one.name for one in catalogue.markets()}


def _running(found: tuple[tuple[PromotionRow, PromotionNumbers], ...]) -> int:
    return sum(row.state is PromotionState.RUNNING for row, _ in found)


def _proof(desk: Desk) -> Stat:
    last = queries.last_proof()
    if last is None:
        return Stat("Proof against the books", "none yet", note="made every night")
    at, faults = last
    said = plural(len(faults), "fault") if faults else "sound"
    return Stat(
        "Proof against the books",
        said,
        note=instant_text(at, zone=desk.zone),
        kind="bad" if faults else "good",
    )


def _row(row: PromotionRow, numbers: PromotionNumbers, *, zone: str) -> Row:
    return Row(
        cells=(
            Cell(row.name, note=row.market),
            pill(*STATES[row.state]),
            number(money(row.amount)),
            number(numbers.sales),
            number(money(numbers.given)),
            number(money(numbers.left)),
            Cell(row.funder_name or "operator"),
            _bound(row.until_at, zone=zone),
        ),
        url=f"{HERE}{row.public_id}/",
    )


def _bound(at: datetime | None, *, zone: str) -> Cell:
    return Cell("no end") if at is None else Cell(bound_text(at, zone=zone), iso=at.isoformat())


def _alarms(desk: Desk) -> Iterable[Table]:
    missed = queries.missed(now=desk.now)
    if missed:
        yield Table(
            caption="Late credits",
            note="No saved card is charged for these plans until their credit is given.",
            columns=plain_headings(
                Column("Plan"), Column("Due"), Column("Credit", is_number=True), Column("Why")
            ),
            rows=tuple(
                Row(
                    (
                        Cell(print_id(IdKind.PLAN, plan_id)),
                        Cell(one.due_on.isoformat()),
                        number(money(one.amount)),
                        Cell(one.reason or "Not tried yet: is the worker running?"),
                    ),
                    url=f"/console/plans/{print_id(IdKind.PLAN, plan_id)}/",
                )
                for plan_id, one in missed
            ),
        )
    owed = queries.owed_to_buyers(now=desk.now)
    if owed:
        yield Table(
            caption="Owed to buyers as money",
            note="Their plans are paid off. Pay them from the bank, then note its reference here.",
            columns=plain_headings(
                Column("Plan"), Column("Promotion"), Column("Owed", is_number=True)
            ),
            rows=tuple(
                Row(
                    (
                        Cell(print_id(IdKind.PLAN, one.plan_id)),
                        Cell(one.name),
                        number(money(one.owed)),
                    ),
                    url=f"{HERE}owed/{print_id(IdKind.PLAN, one.plan_id)}/",
                )
                for one in owed
            ),
        )
