"""The trial balance with the proof that it holds, and the nightly proofs before it."""

from collections.abc import Iterable
from typing import Final

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from bandstand.console.desk import Desk, major, money
from bandstand.console.pages.books.accounts import account_url
from bandstand.console.pages.books.instants import asked_instant
from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import ProofRow, TrialBalanceRow
from bandstand.ledger.rules import AccountKind
from bandstand.money import Money, sum_of
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.pictures import Part, whole_svg
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
)
from bandstand.plumbing.desk.words import plural, time_cell

TRIAL_HEADS: Final = ("account", "kind", "currency", "debit", "credit", "balance")
KIND_COLOURS: Final = {
    AccountKind.ASSET: "good",
    AccountKind.LIABILITY: "part",
    AccountKind.INCOME: "info",
    AccountKind.EXPENSE: "bad",
}
HASH_SHOWN: Final = 16


def trial_page(desk: Desk) -> Listing:
    """Return the trial balance, now or as of an instant, with the proof that it holds."""
    asking = Asking.of(desk.request)
    asked = asked_instant(asking, desk=desk)
    rows = ledger.trial_balance(as_of=asked.as_of)
    currencies = sorted({row.debit.currency for row in rows})
    return Listing(
        title="Ledger",
        lead="Every movement of money, once, balanced and never changed"
        + (f": {asked.words}." if asked.words else "."),
        problems=tuple(asking.problems),
        stats=(
            _books_stat(),
            *(
                Stat(f"Debits = credits, {of}", money(_total(rows, of)), kind="")
                for of in currencies
            ),
            _seal_stat(),
        ),
        picture=format_html_join("", "{}", ((_picture(rows, one),) for one in currencies)),
        days=asked.fields,
        table=Table(
            caption="Trial balance",
            columns=plain_headings(
                Column("Account"),
                Column("Kind"),
                Column("Debit", is_number=True),
                Column("Credit", is_number=True),
                Column("Balance", is_number=True),
            ),
            rows=tuple(_account(row) for row in rows),
        ),
        sections=(_proofs(desk),),
        pages=ONE_PAGE,
        export_url=asking.address(format="csv"),
        clear_url="/console/ledger/" if asked.words else "",
        action_url="/console/ledger/journal/",
        action_label="Journal",
        empty_title="The books are empty",
        empty_text="They fill with the first sale.",
    )


def trial_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the trial balance, for a spreadsheet."""
    asked = asked_instant(Asking.of(desk.request), desk=desk)
    for row in ledger.trial_balance(as_of=asked.as_of):
        yield (
            row.code.value,
            row.kind.value,
            row.debit.currency,
            major(row.debit),
            major(row.credit),
            major(row.balance),
        )


def _books_stat() -> Stat:
    faults, off = ledger.imbalance(), ledger.balances_off()
    if faults or off:
        said = " and ".join(
            plural(count, word)
            for count, word in ((faults, "fault"), (off, "balance off"))
            if count
        )
        return Stat("Books", said, kind="bad")
    return Stat("Books", "in balance", kind="good")


def _seal_stat() -> Stat:
    waiting = ledger.unsealed()
    head = ledger.head()
    if head == ledger.FIRST_LINK:
        return Stat("Chain of seals", "not begun", note="The first night seals what was posted.")
    return Stat(
        "Chain of seals",
        head[:HASH_SHOWN],
        note=f"{plural(waiting, 'transfer')} wait for tonight's seal",
    )


def _account(row: TrialBalanceRow) -> Row:
    return Row(
        (
            Cell(row.code.value),
            Cell(row.kind.value),
            number(money(row.debit)),
            number(money(row.credit)),
            number(money(row.balance)),
        ),
        url=account_url(row.code.value, row.debit.currency),
    )


def _picture(rows: tuple[TrialBalanceRow, ...], currency: str) -> SafeString:
    """Draw what is owned and owed: each account's balance as a part, in whole units of money."""
    parts = [
        Part(row.code.value, int(abs(row.balance.major)), KIND_COLOURS[row.kind])
        for row in rows
        if row.debit.currency == currency and row.balance.minor
    ]
    return whole_svg(parts, label=f"Balances in {currency}")


def _proofs(desk: Desk) -> Table:
    return Table(
        caption="Nightly proofs",
        note="Balance, running balances, the chain of seals and the guards, over every transfer",
        columns=plain_headings(
            Column("Proved"),
            Column("Found"),
            Column("Transfers", is_number=True),
            Column("Postings", is_number=True),
            Column("Head of the chain"),
        ),
        rows=tuple(_proof(row, zone=desk.zone) for row in ledger.latest_proofs(limit=10)),
    )


def _proof(row: ProofRow, *, zone: str) -> Row:
    found = pill("Sound", "good") if row.is_sound else pill("Faults", "bad", note=str(row.faults))
    return Row(
        (
            time_cell(row.proved_at, zone=zone),
            found,
            number(row.transfers),
            number(row.postings),
            Cell(row.head[:HASH_SHOWN]),
        )
    )


def _total(rows: tuple[TrialBalanceRow, ...], currency: str) -> Money:
    return sum_of((row.debit for row in rows if row.debit.currency == currency), currency=currency)
