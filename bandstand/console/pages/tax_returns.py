"""Returns to authorities: what is to be reported, what was filed and paid, and registrations."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, major, money
from bandstand.money import Money, sum_of
from bandstand.plumbing import clock
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
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import time_cell
from bandstand.tax import queries
from bandstand.tax.queries import NextReturn, RegistrationRow, ReturnRow
from bandstand.tax.rules import FilingPeriod, ReturnMove, ReturnState

HERE: Final = "/console/tax/returns/"
RETURN_WORDS: Final = {
    ReturnState.PREPARED: ("Prepared", "part"),
    ReturnState.FILED: ("Filed, unpaid", "info"),
    ReturnState.PAID: ("Paid", "good"),
    ReturnState.DROPPED: ("Dropped", ""),
}
PERIOD_WORDS: Final = {
    FilingPeriod.MONTH: "Every month",
    FilingPeriod.QUARTER: "Every quarter",
    FilingPeriod.YEAR: "Every year",
}
STEP_WORDS: Final = {
    ReturnMove.FILE: ("Was it filed?", "Yes, it was filed", "The authority’s reference"),
    ReturnMove.PAY: ("Was it paid?", "Yes, it was paid", "The bank’s reference"),
    ReturnMove.DROP: ("Drop this return?", "Yes, drop it", "Reason"),
}
NEXT_STEPS: Final = {
    ReturnState.PREPARED: ReturnMove.FILE,
    ReturnState.FILED: ReturnMove.PAY,
}
HEADS: Final = (
    "authority", "registration", "from", "until", "role", "state", "levied_by", "code",
    "collected", "refunded", "net", "credit_used", "due", "carried", "currency",
)  # fmt: skip
PERIODS_DRAWN: Final = 8


def returns_page(desk: Desk) -> Listing:
    """Return what is to be reported next, every return, and the registrations."""
    rows = queries.returns()
    today = clock.day_in(desk.zone, at=desk.now)
    coming = queries.next_returns(today=today, zone=desk.zone)
    return Listing(
        title="Tax returns",
        lead="One person prepares a return from the ledger, another files it, and it is paid by"
        " somebody other than who filed it.",
        stats=_stats(rows, coming),
        picture=_picture(rows),
        table=Table(
            caption="Returns",
            columns=plain_headings(
                Column("Authority"),
                Column("Period"),
                Column("State"),
                Column("Collected", is_number=True),
                Column("Given back", is_number=True),
                Column("Due", is_number=True),
            ),
            rows=tuple(_return(row) for row in rows),
        ),
        sections=(_coming(coming), _registrations(queries.registrations())),
        pages=ONE_PAGE,
        export_url=f"{HERE}?format=csv" if rows else "",
        action_url="/console/tax/registrations/new/",
        action_label="New registration",
        empty_title="No return yet",
        empty_text="Prepare one below when its period is over.",
    )


def return_page(return_id: UUID, *, desk: Desk) -> Listing:
    """
    Return one return with its figures, its shares and its steps.

    Raises: NoSuchReturnError.
    """
    row = queries.return_row(return_id)
    step = NEXT_STEPS.get(row.state)
    word, kind = RETURN_WORDS[row.state]
    figures = row.figures
    return Listing(
        title=f"Return to {row.authority}, {period_text(row)}",
        lead=f"{'Marketplace facilitator' if row.is_facilitator else 'Retailer'},"
        f" registration {row.body['registration']}. Figures of the ledger, kept with"
        f" sha256 {row.sha256[:16]}….",
        stats=(
            Stat("State", word, kind=kind),
            Stat("Collected", money(figures.collected)),
            Stat("Given back", money(figures.refunded)),
            Stat("Credit used", money(figures.credit_used)),
            Stat("Due", money(figures.due)),
            Stat("Carried to the next", money(figures.carried)),
        ),
        table=_shares(row),
        sections=(_steps(row, desk=desk),),
        pages=ONE_PAGE,
        export_url=f"{HERE}{row.id}/?format=csv",
        action_url=f"{HERE}{row.id}/{step.value}/" if step else "",
        action_label=STEP_WORDS[step][0] if step else "",
        empty_title="Not known by jurisdiction",
        empty_text="The sales of this period were taxed at one rate for the whole place.",
    )


def return_export(rows: Iterable[ReturnRow]) -> Iterable[tuple[object, ...]]:
    """Yield returns for a spreadsheet: the whole first, then each jurisdiction’s share of sales."""
    for row in rows:
        one = row.figures
        head = (
            row.authority,
            row.body["registration"],
            row.from_date,
            row.until_date,
            "facilitator" if row.is_facilitator else "retailer",
            row.state.value,
        )
        amounts = (one.collected, one.refunded, one.net, one.credit_used, one.due, one.carried)
        yield (*head, "all", "", *(major(amount) for amount in amounts), row.currency)
        for share in row.body["shares"]:
            net = major(Money(share["minor"], row.currency))
            yield (*head, share["name"], share["code"], "", "", net, "", "", "", row.currency)


def coming_facts(one: NextReturn, *, desk: Desk) -> tuple[Fact, ...]:
    """Return what would be reported, for the question before a return is prepared."""
    owed = [row for row in queries.collected() if row.owed_to == one.authority]
    standing = sum_of(
        (row.amount for row in owed if row.amount.currency == one.currency), currency=one.currency
    )
    return (
        Fact("Authority", one.authority),
        Fact("Period", f"{one.from_date} up to and without {one.until_date}"),
        Fact("Days end at midnight in", desk.zone),
        Fact("Owed by the ledger today, also for later days", money(standing)),
    )


def step_facts(row: ReturnRow) -> tuple[Fact, ...]:
    """Return what a step is about."""
    return (
        Fact("Authority", row.authority),
        Fact("Period", period_text(row)),
        Fact("Due", money(row.figures.due)),
        Fact("Last step by", row.last_actor),
    )


def period_text(row: ReturnRow) -> str:
    """Return the days of a return as people say them."""
    last = row.until_date.fromordinal(row.until_date.toordinal() - 1)
    return f"{row.from_date:%-d %b %Y} to {last:%-d %b %Y}"


def _stats(rows: tuple[ReturnRow, ...], coming: tuple[NextReturn, ...]) -> tuple[Stat, ...]:
    waiting = sum(one.is_over for one in coming)
    unpaid = sum(row.state in NEXT_STEPS for row in rows)
    return (
        Stat("To prepare", str(waiting), kind="part" if waiting else ""),
        Stat("Not paid yet", str(unpaid), kind="part" if unpaid else ""),
    )


def _picture(rows: tuple[ReturnRow, ...]) -> str:
    """Draw what was due by month in which periods ended, in whole units of the first currency."""
    if not rows:
        return ""
    currency = rows[0].currency
    sums: dict[str, int] = {}
    for row in sorted(rows, key=lambda one: one.until_date):
        if row.currency == currency:
            label = f"{row.until_date.fromordinal(row.until_date.toordinal() - 1):%b %y}"
            sums[label] = sums.get(label, 0) + int(row.figures.due.major)
    parts = [Part(label, due, "info") for label, due in list(sums.items())[-PERIODS_DRAWN:]]
    return columns_svg(parts, label=f"Tax due by end of period, {currency}")


def _return(row: ReturnRow) -> Row:
    return Row(
        (
            Cell(row.authority, note="Facilitator" if row.is_facilitator else "Retailer"),
            Cell(period_text(row)),
            pill(*RETURN_WORDS[row.state]),
            number(money(row.figures.collected)),
            number(money(row.figures.refunded)),
            number(money(row.figures.due)),
        ),
        url=f"{HERE}{row.id}/",
    )


def _coming(coming: tuple[NextReturn, ...]) -> Table:
    return Table(
        caption="To be reported next",
        note="Open one whose period is over to prepare its return",
        columns=plain_headings(Column("Authority"), Column("Period"), Column("Ready")),
        rows=tuple(
            Row(
                (
                    Cell(one.authority),
                    Cell(f"{one.from_date} up to and without {one.until_date}, {one.currency}"),
                    pill("Period is over", "part") if one.is_over else pill("Still running", ""),
                ),
                url=f"{HERE}prepare/?authority={one.authority}&currency={one.currency}"
                if one.is_over
                else "",
            )
            for one in coming
        ),
    )


def _registrations(rows: tuple[RegistrationRow, ...]) -> Table:
    return Table(
        caption="Registrations",
        note="The latest statement for each authority",
        columns=plain_headings(
            Column("Authority"), Column("Number"), Column("As"), Column("Returns"), Column("From")
        ),
        rows=tuple(
            Row(
                (
                    Cell(row.authority, note=row.source),
                    Cell(row.number),
                    Cell("Marketplace facilitator" if row.is_facilitator else "Retailer"),
                    Cell(PERIOD_WORDS[row.period]),
                    Cell(f"{row.from_date:%-d %B %Y}"),
                )
            )
            for row in rows
        ),
    )


def _shares(row: ReturnRow) -> Table:
    return Table(
        caption="Sales of the period by who levies the tax",
        columns=plain_headings(Column("Levied by"), Column("Code"), Column("Tax", is_number=True)),
        rows=tuple(
            Row(
                (
                    Cell(share["name"]),
                    Cell(share["code"]),
                    number(money(Money(share["minor"], row.currency))),
                )
            )
            for share in row.body["shares"]
        ),
    )


def _steps(row: ReturnRow, *, desk: Desk) -> Table:
    prepared = Row(
        (
            pill(*RETURN_WORDS[ReturnState.PREPARED]),
            Cell(row.prepared_by),
            Cell(""),
            time_cell(row.prepared_at, zone=desk.zone),
        )
    )
    dropping = (
        (
            Row(
                (Cell("Drop it and prepare it anew"), Cell(""), Cell(""), Cell("")),
                url=f"{HERE}{row.id}/drop/",
            ),
        )
        if row.state is ReturnState.PREPARED
        else ()
    )
    return Table(
        caption="Steps",
        columns=plain_headings(Column("Step"), Column("By"), Column("Reference"), Column("When")),
        rows=(
            prepared,
            *(
                Row(
                    (
                        pill(*RETURN_WORDS[step.to_state]),
                        Cell(step.actor),
                        Cell(step.reference),
                        time_cell(step.moved_at, zone=desk.zone),
                    )
                )
                for step in row.steps
            ),
            *dropping,
        ),
    )
