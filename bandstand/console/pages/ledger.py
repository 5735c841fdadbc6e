"""The books: trial balance, journal, and one account with its movements."""

from collections.abc import Iterable
from typing import Final

from bandstand.console.desk import Desk, major, money
from bandstand.kernel.errors import NotFoundError, near_matches
from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import BalanceRow, JournalRow, TrialBalanceRow
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money, sum_of
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    number,
    page_links,
    plain_headings,
)
from bandstand.plumbing.desk.words import plural, time_cell

KEYS_SHOWN: Final = 200
TRIAL_HEADS: Final = ("account", "kind", "currency", "debit", "credit", "balance")
JOURNAL_HEADS: Final = (
    "transfer", "kind", "memo", "key", "effective_at", "account", "account_key", "amount",
    "currency",
)  # fmt: skip
STATEMENT_HEADS: Final = (
    "transfer", "kind", "memo", "effective_at", "amount", "balance", "currency",
)  # fmt: skip


def trial_page() -> Listing:
    """Return the trial balance with the proof that it holds."""
    rows = ledger.trial_balance()
    faults = ledger.imbalance()
    currencies = sorted({row.debit.currency for row in rows})
    return Listing(
        title="Ledger",
        lead="Every movement of money, once, balanced and never changed.",
        stats=(
            Stat(
                "Books",
                "in balance" if not faults else plural(faults, "fault"),
                kind="good" if not faults else "bad",
            ),
            *(
                Stat(f"Debits = credits, {of}", money(_total(rows, of)), kind="")
                for of in currencies
            ),
        ),
        table=Table(
            caption="Trial balance",
            columns=plain_headings(
                Column("Account"),
                Column("Kind"),
                Column("Debit", is_number=True),
                Column("Credit", is_number=True),
                Column("Balance", is_number=True),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(row.code.value),
                        Cell(row.kind.value),
                        number(money(row.debit)),
                        number(money(row.credit)),
                        number(money(row.balance)),
                    ),
                    url=_account_url(row.code.value, row.debit.currency),
                )
                for row in rows
            ),
        ),
        pages=ONE_PAGE,
        export_url="/console/ledger/?format=csv",
        action_url="/console/ledger/journal/",
        action_label="Journal",
        empty_title="The books are empty",
        empty_text="They fill with the first sale.",
    )


def trial_export() -> Iterable[tuple[object, ...]]:
    """Yield the trial balance, for a spreadsheet."""
    for row in ledger.trial_balance():
        yield (
            row.code.value,
            row.kind.value,
            row.debit.currency,
            major(row.debit),
            major(row.credit),
            major(row.balance),
        )


def journal_page(desk: Desk) -> Listing:
    """Return the journal, newest first, each transfer with its legs."""
    asking = Asking.of(desk.request)
    kind = asking.text("kind")
    found = ledger.journal(page=asking.page(), kind=kind)
    return Listing(
        title="Journal",
        lead="Debits are positive, credits negative; each transfer adds up to nothing."
        if not kind
        else f"Only transfers of the kind “{kind}”.",
        problems=tuple(asking.problems),
        table=Table(
            caption="Transfers",
            note=plural(found.total, "transfer"),
            columns=plain_headings(
                Column("Transfer"),
                Column("Kind"),
                Column("Legs"),
                Column("Amount", is_number=True),
                Column("Effective"),
            ),
            rows=tuple(line for row in found.rows for line in _transfer(row, zone=desk.zone)),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/ledger/journal/" if kind else "",
        action_url="/console/ledger/",
        action_label="Trial balance",
        empty_title="No transfer",
        empty_text="Nothing was posted yet.",
    )


def journal_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every leg of every transfer, for a spreadsheet."""
    kind = desk.request.GET.get("kind", "")
    for page in every_page(lambda at: ledger.journal(page=at, kind=kind)):
        for row in page.rows:
            for leg in row.legs:
                yield (
                    row.public_id,
                    row.kind,
                    row.memo,
                    row.idempotency_key,
                    row.effective_at.isoformat(),
                    leg.code.value,
                    leg.key,
                    major(leg.amount),
                    leg.amount.currency,
                )


def account_page(desk: Desk) -> Listing:
    """
    Return one account: its sub-ledgers, or with a key the movements of one of them.

    Raises: NotFoundError naming near matches.
    """
    code, currency, key = account_of(desk)
    keys = ledger.balances(code=code, currency=currency)
    if not desk.request.GET.get("key") and any(row.key for row in keys):
        return _sub_ledgers(code, currency=currency, keys=keys)
    rows = ledger.statement(code=code, currency=currency, key=key)
    return Listing(
        title=f"{code.value} {key}".strip(),
        lead=f"Its movements in {currency}, oldest first.",
        table=Table(
            caption="Movements",
            note=plural(len(rows), "movement"),
            columns=plain_headings(
                Column("Transfer"),
                Column("Kind"),
                Column("Effective"),
                Column("Amount", is_number=True),
                Column("Balance after", is_number=True),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(row.public_id, note=row.memo),
                        Cell(row.kind),
                        time_cell(row.effective_at, zone=desk.zone),
                        number(money(row.amount)),
                        number(money(row.balance_after)),
                    )
                )
                for row in rows
            ),
        ),
        pages=ONE_PAGE,
        export_url=f"{_account_url(code.value, currency, key=key)}&format=csv",
        action_url="/console/ledger/",
        action_label="Trial balance",
        empty_title="No movement",
        empty_text="Nothing was posted to this account.",
    )


def account_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the movements of one account, for a spreadsheet."""
    code, currency, key = account_of(desk)
    for row in ledger.statement(code=code, currency=currency, key=key):
        yield (
            row.public_id,
            row.kind,
            row.memo,
            row.effective_at.isoformat(),
            major(row.amount),
            major(row.balance_after),
            currency,
        )


def account_of(desk: Desk) -> tuple[AccountCode, str, str]:
    """
    Return the account that an address names: code, currency and key.

    Raises: NotFoundError naming near matches.
    """
    params = desk.request.GET
    given, currency, key = params.get("code", ""), params.get("currency", ""), params.get("key", "")
    known = [one.value for one in AccountCode]
    if given not in known:
        near = near_matches(given, known)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."
        raise NotFoundError(f"There is no account “{given}”. {hint}", near=near)
    used = sorted({row.debit.currency for row in ledger.trial_balance()})
    if currency not in used:
        raise NotFoundError(
            f"Nothing was posted in “{currency}”. The books know {', '.join(used) or 'none'}."
        )
    return AccountCode(given), currency, key


def _total(rows: tuple[TrialBalanceRow, ...], currency: str) -> Money:
    return sum_of((row.debit for row in rows if row.debit.currency == currency), currency=currency)


def _account_url(code: str, currency: str, *, key: str = "") -> str:
    return f"/console/ledger/account/?code={code}&currency={currency}" + (
        f"&key={key}" if key else ""
    )


def _transfer(row: JournalRow, *, zone: str) -> tuple[Row, ...]:
    first = True
    lines = []
    for leg in row.legs:
        lines.append(
            Row(
                (
                    Cell(row.public_id, note=row.memo if first else ""),
                    Cell(row.kind, url=f"/console/ledger/journal/?kind={row.kind}")
                    if first
                    else Cell(""),
                    Cell(
                        f"{leg.code.value} {leg.key}".strip(),
                        url=_account_url(leg.code.value, leg.amount.currency, key=leg.key),
                    ),
                    number(money(leg.amount)),
                    time_cell(row.effective_at, zone=zone) if first else Cell(""),
                )
            )
        )
        first = False
    return tuple(lines)


def _sub_ledgers(code: AccountCode, *, currency: str, keys: tuple[BalanceRow, ...]) -> Listing:
    return Listing(
        title=code.value,
        lead=f"Its sub-ledgers in {currency} that do not stand at nothing.",
        table=Table(
            caption="Sub-ledgers",
            note=plural(len(keys), "sub-ledger"),
            columns=plain_headings(Column("Key"), Column("Balance", is_number=True)),
            rows=tuple(
                Row(
                    (Cell(row.key or "(none)"), number(money(row.balance))),
                    url=_account_url(code.value, currency, key=row.key),
                )
                for row in keys[:KEYS_SHOWN]
            ),
        ),
        pages=ONE_PAGE,
        action_url="/console/ledger/",
        action_label="Trial balance",
    )
