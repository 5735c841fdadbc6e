"""The book of plans and the page of one: what is owed, what was paid, what was done."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, major, money
from bandstand.console.pages.plan_life import (
    calendar_table,
    proposals_table,
    timeline_table,
    versions_table,
)
from bandstand.credit import queries as credit
from bandstand.credit.queries.book import BUCKETS, PlanBookPage, PlanBookRow, ageing, plan_book
from bandstand.credit.queries.changes import ChangedPlan, changes_of, waiting_wishes
from bandstand.credit.queries.owing import PlanMoney, PlanPaymentRow
from bandstand.credit.queries.plans import PlanMoveRow
from bandstand.credit.rules import InstalmentKind, PlanState
from bandstand.credit.rules.standing import in_order, open_total
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments.rules import decline_text
from bandstand.payments.services import collecting
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, columns_svg
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    headings,
    number,
    page_links,
    plain_headings,
    select,
    sort_words,
)
from bandstand.plumbing.desk.words import plural, state_cell, state_word, time_cell

COLUMNS: Final = (
    Column("Plan"),
    Column("State"),
    Column("Buyer", sort="buyer"),
    Column("Open", is_number=True, sort="open"),
    Column("Days late", is_number=True, sort="late"),
    Column("Financed", is_number=True),
    Column("Agreed", sort="agreed"),
)
HEADS: Final = ("plan", "state", "buyer", "open", "currency", "days_late", "financed", "agreed_at")
BUCKET_WORDS: Final = {name: f"{name} days late" for name, _, _ in BUCKETS} | {
    "current": "Not late"
}


def plans_page(desk: Desk) -> Listing:
    """Return the book of plans as its address asks."""
    asking, today = Asking.of(desk.request), desk.now.date()
    found, sort, state, bucket = _found(asking, today=today, page=asking.page())
    buckets = ageing(today=today)
    return Listing(
        title="Plans",
        stats=tuple(
            Stat(BUCKET_WORDS[one.name], str(one.plans), kind=_kind(one.name, one.plans))
            for one in buckets
        ),
        picture=columns_svg(
            [Part(one.name, one.plans) for one in buckets],
            label="Active plans by days late",
        ),
        text=asking.text(),
        text_label="Buyer’s e-mail",
        filters=(
            select("state", "State", values=_states(), chosen=state, any_label="Any state"),
            select("late", "Days late", values=BUCKET_WORDS, chosen=bucket, any_label="Any day"),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Plans",
            note=plural(found.total, "plan"),
            columns=headings(COLUMNS, asking=asking, sort=sort),
            rows=tuple(_row(one, today=today, zone=desk.zone) for one in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/plans/" if asking.text() or state or bucket else "",
        sort=sort,
        empty_title="No plan found",
        empty_text="Clear the search, or choose another state.",
        sections=_wishes(desk),
    )


def plans_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every plan that the list's address asks for, for a spreadsheet."""
    asking, today = Asking.of(desk.request), desk.now.date()
    for page in every_page(lambda at: _found(asking, today=today, page=at)[0]):
        for one in page.rows:
            yield (
                one.public_id,
                one.state.value,
                one.buyer_email,
                major(one.open),
                one.open.currency,
                one.days_late(today),
                major(one.financed),
                one.agreed_at.isoformat(),
            )


def plan_page(plan_id: UUID, *, desk: Desk) -> Listing:
    """
    Return the page of one plan.

    Raises: NotFoundError.
    """
    found = credit.plan_money(plan_id)
    today = collecting.today_of(found, now=desk.now)
    changes = changes_of(plan_id)
    printed = print_id(IdKind.PLAN, plan_id)
    is_active = found.state is PlanState.ACTIVE
    off = found.asked_for_payoff(today)
    return Listing(
        title=f"Plan of {found.buyer_email}",
        lead=printed,
        stats=(
            Stat("State", "Paused" if found.is_paused else state_word(found.state.value)),
            Stat("Open", money(Money(open_total(found.owed), found.currency))),
            Stat("Pays it off today", money(off) if is_active else "–"),
            Stat("Card charged by itself", "yes" if found.has_mandate else "no"),
        ),
        table=Table(
            caption="Instalments",
            columns=plain_headings(
                Column("No."),
                Column("Due"),
                Column("State"),
                Column("Amount", is_number=True),
                Column("Paid", is_number=True),
            ),
            rows=tuple(_instalments(found, today=today)),
        ),
        pages=ONE_PAGE,
        action_url=f"/console/plans/{printed}/deed/" if is_active else "",
        action_label="Pause or charge off",
        sections=(
            *(_changed(changes, zone=desk.zone)),
            *((calendar_table(found, today=today),) if is_active else ()),
            timeline_table(found, changes=changes, moves=_moves(found), zone=desk.zone),
            _payments(found, zone=desk.zone),
            _statement(found, zone=desk.zone),
        ),
    )


def _found(asking: Asking, *, today: date, page: int) -> tuple[PlanBookPage, str, str, str]:
    sort = asking.word("sort", known=sort_words(COLUMNS), unless="-agreed")
    state = asking.word("state", known=_states())
    bucket = asking.word("late", known=BUCKET_WORDS)
    found = plan_book(
        today=today, state=state, bucket=bucket, text=asking.text(), sort=sort, page=page
    )
    return found, sort, state, bucket


def _wishes(desk: Desk) -> tuple[Table, ...]:
    found = waiting_wishes()
    if not found:
        return ()
    rows = (
        Row(
            cells=(
                Cell(print_id(IdKind.PLAN, row.plan_id)),
                Cell(row.words),
                Cell(row.reason),
                time_cell(row.asked_at, zone=desk.zone),
            ),
            url=f"/console/plans/{print_id(IdKind.PLAN, row.plan_id)}/",
        )
        for row in found
    )
    heads = plain_headings(Column("Plan"), Column("Asks for"), Column("Why"), Column("Since"))
    return (Table(caption="Buyers who ask for a change", columns=heads, rows=tuple(rows)),)


def _states() -> dict[str, str]:
    return {state.value: state_word(state.value) for state in PlanState}


def _kind(bucket: str, plans: int) -> str:
    return "bad" if plans and bucket != "current" else ""


def _row(one: PlanBookRow, *, today: date, zone: str) -> Row:
    return Row(
        cells=(
            Cell(one.public_id),
            state_cell(one.state.value),
            Cell(one.buyer_email),
            number(money(one.open)),
            number(one.days_late(today) if one.state is PlanState.ACTIVE else "–"),
            number(money(one.financed)),
            time_cell(one.agreed_at, zone=zone),
        ),
        url=f"/console/plans/{one.public_id}/",
    )


def _instalments(found: PlanMoney, *, today: date) -> Iterator[Row]:
    """Yield what falls due in its order; of what a change replaced, only what was paid on it."""
    for row in in_order(found.owed):
        if not (row.is_current or row.paid):
            continue
        asked = row.principal + row.interest - row.waived if row.is_current else row.paid
        label = "late charge" if row.kind is InstalmentKind.LATE_FEE else f"version {row.version}"
        yield Row(
            cells=(
                Cell(str(row.number), note="" if row.version == 1 and label[0] == "v" else label),
                Cell(row.due_on.isoformat()),
                state_cell(row.standing(today).value),
                number(money(Money(asked, found.currency))),
                number(money(Money(row.paid, found.currency))),
            )
        )


def _changed(changes: ChangedPlan, *, zone: str) -> Iterator[Table]:
    if changes.proposals:
        yield proposals_table(changes, zone=zone)
    if changes.versions:
        yield versions_table(changes, zone=zone)


def _moves(found: PlanMoney) -> tuple[PlanMoveRow, ...]:
    page = credit.plan_page(found.order_line_id)
    return () if page is None else page.moves


def _payments(found: PlanMoney, *, zone: str) -> Table:
    return Table(
        caption="Payments asked for",
        columns=plain_headings(
            Column("No."),
            Column("What"),
            Column("State"),
            Column("Amount", is_number=True),
            Column("When"),
            Column("Why not"),
        ),
        rows=tuple(_payment(row, zone=zone) for row in reversed(found.payments)),
    )


def _payment(row: PlanPaymentRow, *, zone: str) -> Row:
    who = row.label or ("saved card" if row.is_automatic else "by hand")
    return Row(
        cells=(
            Cell(str(row.serial)),
            Cell(f"{row.kind.value}, {who}"),
            state_cell(row.state.value),
            number(money(row.amount)),
            time_cell(row.ended_at or row.asked_at, zone=zone),
            Cell(decline_text(row.failure) if row.failure else "–"),
        )
    )


def _statement(found: PlanMoney, *, zone: str) -> Table:
    rows = ledger.statement(
        code=AccountCode.INSTALMENT_RECEIVABLE,
        key=print_id(IdKind.PLAN, found.plan_id),
        currency=found.currency,
    )
    return Table(
        caption="What the books say",
        columns=plain_headings(
            Column("Transfer"),
            Column("Kind"),
            Column("Amount", is_number=True),
            Column("Owed after", is_number=True),
            Column("When"),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(row.public_id),
                    Cell(row.kind),
                    number(money(row.amount)),
                    number(money(row.balance_after)),
                    time_cell(row.effective_at, zone=zone),
                ),
                url=f"/console/ledger/transfers/{row.public_id}/",
            )
            for row in rows
        ),
    )
