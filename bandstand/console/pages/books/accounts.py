"""One account: its sub-ledgers, or the movements of one of them; and a party's whole statement."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from bandstand.console.desk import Desk, major, money
from bandstand.console.pages.books.instants import asked_instant
from bandstand.console.pages.named import named
from bandstand.kernel.errors import NotFoundError, near_matches
from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import BalanceRow, StatementRow
from bandstand.ledger.rules import AccountCode
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
    page_links,
    plain_headings,
)
from bandstand.plumbing.desk.words import plural, time_cell

KEYS_SHOWN: Final = 500
STATEMENT_HEADS: Final = (
    "transfer", "kind", "memo", "effective_at", "recorded_at", "amount", "balance", "currency",
)  # fmt: skip


def account_page(desk: Desk) -> Listing:
    """
    Return one account: its sub-ledgers, or with a key the movements of one of them.

    Raises: NotFoundError naming near matches.
    """
    code, currency, key = account_of(desk)
    keys = ledger.balances(code=code, currency=currency)
    if not desk.request.GET.get("key") and any(row.key for row in keys):
        return _sub_ledgers(desk, code=code, currency=currency, keys=keys)
    return _statement(desk, code=code, currency=currency, key=key)


def account_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield the movements of one account, for a spreadsheet."""
    code, currency, key = account_of(desk)
    asked = asked_instant(Asking.of(desk.request), desk=desk)
    rows = ledger.statement_rows(code=code, currency=currency, key=key, as_of=asked.as_of)
    for row in rows:
        yield (
            row.public_id,
            row.kind,
            row.memo,
            row.effective_at.isoformat(),
            row.recorded_at.isoformat(),
            major(row.amount),
            major(row.balance_after),
            currency,
        )


def party_page(desk: Desk) -> Listing:
    """
    Return everything that stands under one key: a seller, a plan, an order.

    Raises: NotFoundError if nothing was ever posted under it.
    """
    key = desk.request.GET.get("key", "")
    rows = ledger.balances_of_key(key=key) if key else {}
    if not rows:
        raise NotFoundError(f"Nothing was ever posted under “{key[:60]}”.")
    about = named([key]).get(key)
    return Listing(
        title=f"Statement of {about.text if about else key}",
        lead=f"Every account kept under {key}, and what it stands at.",
        table=Table(
            caption="Accounts",
            columns=plain_headings(
                Column("Account"), Column("Currency"), Column("Balance", is_number=True)
            ),
            rows=tuple(
                Row(
                    (Cell(code.value), Cell(currency), number(money(balance))),
                    url=account_url(code.value, currency, key=key),
                )
                for (code, currency), balance in rows.items()
            ),
        ),
        pages=ONE_PAGE,
        action_url=about.url if about else "/console/ledger/",
        action_label="Look at it" if about else "Trial balance",
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


def account_url(code: str, currency: str, *, key: str = "") -> str:
    """Return where an account's page is."""
    named = {"code": code, "currency": currency} | ({"key": key} if key else {})
    return f"/console/ledger/account/?{urlencode(named)}"


def _statement(desk: Desk, *, code: AccountCode, currency: str, key: str) -> Listing:
    asking = Asking.of(desk.request)
    asked = asked_instant(asking, desk=desk)
    found = ledger.statement_page(
        code=code, currency=currency, key=key, as_of=asked.as_of, page=asking.page()
    )
    stands_at = ledger.balance(code=code, currency=currency, key=key, as_of=asked.as_of)
    return Listing(
        title=f"{code.value} {key}".strip(),
        lead=f"Its movements in {currency}, oldest first{_of(asked.words)}.",
        problems=tuple(asking.problems),
        stats=(
            Stat("Stands at", money(stands_at)),
            Stat("Movements", str(found.total)),
        ),
        days=asked.fields,
        kept=(("code", code.value), ("currency", currency), ("key", key)),
        table=Table(
            caption="Movements",
            note=plural(found.total, "movement"),
            columns=plain_headings(
                Column("Transfer"),
                Column("Kind"),
                Column("Effective"),
                Column("Amount", is_number=True),
                Column("Balance after", is_number=True),
            ),
            rows=tuple(_movement(row, zone=desk.zone) for row in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url=account_url(code.value, currency, key=key) if asked.words else "",
        action_url="/console/ledger/",
        action_label="Trial balance",
        empty_title="No movement",
        empty_text="Nothing was posted to this account by then.",
    )


def _movement(row: StatementRow, *, zone: str) -> Row:
    return Row(
        (
            Cell(row.public_id, note=row.memo),
            Cell(row.kind),
            time_cell(row.effective_at, zone=zone),
            number(money(row.amount)),
            number(money(row.balance_after)),
        ),
        url=f"/console/ledger/transfers/{row.public_id}/",
    )


def _sub_ledgers(
    desk: Desk, *, code: AccountCode, currency: str, keys: tuple[BalanceRow, ...]
) -> Listing:
    asking = Asking.of(desk.request)
    text = asking.text().lower()
    found = [row for row in keys if text in row.key.lower()]
    found.sort(key=lambda row: (-abs(row.balance.minor), row.key))
    shown = found[:KEYS_SHOWN]
    about = named(row.key for row in shown)
    return Listing(
        title=code.value,
        lead=f"Its sub-ledgers in {currency} that do not stand at nothing, the largest first.",
        text=asking.text(),
        text_label="Find a key",
        kept=(("code", code.value), ("currency", currency)),
        clear_url=account_url(code.value, currency) if text else "",
        table=Table(
            caption="Sub-ledgers",
            note=plural(len(found), "sub-ledger")
            + (f", the first {KEYS_SHOWN} shown" if len(found) > KEYS_SHOWN else ""),
            columns=plain_headings(Column("Key"), Column("Balance", is_number=True)),
            rows=tuple(
                Row(
                    (
                        Cell(
                            row.key or "(none)",
                            note=about[row.key].text if row.key in about else "",
                        ),
                        number(money(row.balance)),
                    ),
                    url=account_url(code.value, currency, key=row.key),
                )
                for row in shown
            ),
        ),
        pages=ONE_PAGE,
        action_url="/console/ledger/",
        action_label="Trial balance",
        empty_title="No such key",
        empty_text="Nothing under that name; clear the search.",
    )


def _of(words: str) -> str:
    return f": {words}" if words else ""
