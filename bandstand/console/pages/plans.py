"""The book of plans and the page of one: what is owed, what was paid, what was done."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django import forms

from bandstand.console.desk import Desk, major, money
from bandstand.credit import queries as credit
from bandstand.credit.queries.book import BUCKETS, PlanBookPage, PlanBookRow, ageing, plan_book
from bandstand.credit.queries.owing import PlanMoney, PlanPaymentRow
from bandstand.credit.rules import PlanState
from bandstand.credit.rules.standing import Owed, open_total
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments.rules import decline_text
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


class PlanDeedForm(forms.Form):
    """What is done to a plan, and why."""

    deed = forms.ChoiceField(label="What to do", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        help_text="It is kept with the plan.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object = None, *, is_paused: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # whatever the request holds
        field = self.fields["deed"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        first = (
            ("resume", "Go on collecting")
            if is_paused
            else ("pause", "Pause it: charge no card until it goes on")
        )
        field.choices = [first, ("charge_off", "Charge it off: give up what is open as a loss")]


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
    found, today = credit.plan_money(plan_id), desk.now.date()
    printed = print_id(IdKind.PLAN, plan_id)
    is_active = found.state is PlanState.ACTIVE
    off = Money(found.payoff_on(today).amount, found.currency)
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
            rows=tuple(_instalment(row, found, today=today) for row in found.owed),
        ),
        pages=ONE_PAGE,
        action_url=f"/console/plans/{printed}/deed/" if is_active else "",
        action_label="Pause, resume or charge off",
        sections=(_payments(found, zone=desk.zone), _statement(found, zone=desk.zone)),
    )


def _found(asking: Asking, *, today: date, page: int) -> tuple[PlanBookPage, str, str, str]:
    sort = asking.word("sort", known=sort_words(COLUMNS), unless="-agreed")
    state = asking.word("state", known=_states())
    bucket = asking.word("late", known=BUCKET_WORDS)
    found = plan_book(
        today=today, state=state, bucket=bucket, text=asking.text(), sort=sort, page=page
    )
    return found, sort, state, bucket


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


def _instalment(row: Owed, found: PlanMoney, *, today: date) -> Row:
    return Row(
        cells=(
            Cell(str(row.number)),
            Cell(row.due_on.isoformat()),
            state_cell(row.standing(today).value),
            number(money(Money(row.principal + row.interest - row.waived, found.currency))),
            number(money(Money(row.paid, found.currency))),
        )
    )


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
    who = "saved card" if row.is_automatic else "by hand"
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
