"""The journal and one transfer of it."""

from collections.abc import Iterable, Mapping
from typing import Final

from bandstand.console.desk import Desk, key_of, major, money
from bandstand.console.pages.books.accounts import account_url
from bandstand.console.pages.books.instants import begin_of, end_of
from bandstand.console.pages.named import Named, named
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import JournalAsk, JournalRow
from bandstand.ledger.rules import AccountCode
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    DayField,
    Listing,
    Row,
    Table,
    number,
    page_links,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import plural, time_cell

JOURNAL_HEADS: Final = (
    "transfer", "kind", "memo", "key", "effective_at", "recorded_at", "account", "account_key",
    "amount", "currency",
)  # fmt: skip


def journal_page(desk: Desk) -> Listing:
    """Return the journal, newest first, each transfer with its legs."""
    asking = Asking.of(desk.request)
    ask = _ask(asking, desk=desk)
    found = ledger.journal(page=asking.page(), ask=ask)
    about = named(leg.key for row in found.rows for leg in row.legs)
    is_narrowed = ask != ledger.EVERYTHING
    return Listing(
        title="Journal",
        lead="Debits are positive, credits negative; each transfer adds up to nothing.",
        problems=tuple(asking.problems),
        text=ask.text,
        text_label="Find a memo or a key",
        filters=(
            select(
                "kind",
                "Kind",
                values={kind: kind for kind in ledger.kinds()},
                chosen=ask.kind,
                any_label="Every kind",
            ),
            select(
                "code",
                "Account",
                values={code.value: code.value for code in AccountCode},
                chosen=ask.code.value if ask.code else "",
                any_label="Every account",
            ),
        ),
        days=(
            DayField("since", "From", asking.params.get("since", "")),
            DayField("until", "To", asking.params.get("until", "")),
        ),
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
            rows=tuple(
                line for row in found.rows for line in _transfer(row, about=about, zone=desk.zone)
            ),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/ledger/journal/" if is_narrowed else "",
        action_url="/console/ledger/",
        action_label="Trial balance",
        empty_title="No transfer",
        empty_text="Nothing like that was posted." if is_narrowed else "Nothing was posted yet.",
    )


def journal_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every leg of every transfer asked for, for a spreadsheet."""
    for row in ledger.journal_rows(ask=_ask(Asking.of(desk.request), desk=desk)):
        for leg in row.legs:
            yield (
                row.public_id,
                row.kind,
                row.memo,
                row.idempotency_key,
                row.effective_at.isoformat(),
                row.recorded_at.isoformat(),
                leg.code.value,
                leg.key,
                major(leg.amount),
                leg.amount.currency,
            )


def transfer_page(desk: Desk, *, transfer: str) -> Listing:
    """
    Return one transfer: its legs, its key, both its instants, and what it reverses.

    Raises: NotFoundError.
    """
    row = ledger.transfer(key_of(IdKind.TRANSFER, transfer))
    if row is None:
        raise NotFoundError(f"There is no transfer {transfer}.")
    about = named(leg.key for leg in row.legs)
    return Listing(
        title=f"Transfer: {row.kind.replace('_', ' ')}",
        lead=row.memo,
        table=Table(
            caption="Legs",
            columns=plain_headings(
                Column("Account"),
                Column("Key"),
                Column("About"),
                Column("Debit", is_number=True),
                Column("Credit", is_number=True),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(leg.code.value),
                        Cell(
                            leg.key,
                            url=f"/console/ledger/party/?key={leg.key}" if leg.key else "",
                        ),
                        _about(leg.key, about),
                        number(money(leg.amount) if leg.amount.is_positive else ""),
                        number("" if leg.amount.is_positive else money(-leg.amount)),
                    ),
                    url=account_url(leg.code.value, leg.amount.currency, key=leg.key),
                )
                for leg in row.legs
            ),
        ),
        sections=(_record(row, zone=desk.zone), *_reversal(row)),
        pages=ONE_PAGE,
        action_url="/console/ledger/journal/",
        action_label="Journal",
    )


def _record(row: JournalRow, *, zone: str) -> Table:
    return Table(
        caption="Record",
        columns=plain_headings(Column("What"), Column("As recorded")),
        rows=(
            Row((Cell("Number"), Cell(row.public_id))),
            Row((Cell("Key"), Cell(row.idempotency_key, note="Posted twice, it is still once."))),
            Row((Cell("Took effect"), time_cell(row.effective_at, zone=zone))),
            Row((Cell("Recorded"), time_cell(row.recorded_at, zone=zone))),
        ),
    )


def _reversal(row: JournalRow) -> tuple[Table, ...]:
    if row.reverses_id is None:
        return ()
    reversed_id = print_id(IdKind.TRANSFER, row.reverses_id)
    link = Row((Cell(reversed_id),), url=f"/console/ledger/transfers/{reversed_id}/")
    return (Table(caption="It reverses", columns=plain_headings(Column("Transfer")), rows=(link,)),)


def _ask(asking: Asking, *, desk: Desk) -> JournalAsk:
    codes = {code.value: code.value for code in AccountCode}
    code = asking.word("code", known=codes)
    return JournalAsk(
        kind=asking.text("kind"),
        code=AccountCode(code) if code else None,
        key=asking.text("key"),
        text=asking.text(),
        since=begin_of(asking.day("since"), zone=desk.zone),
        until=end_of(asking.day("until"), zone=desk.zone),
    )


def _about(key: str, about: Mapping[str, Named]) -> Cell:
    one = about.get(key)
    return Cell("") if one is None else Cell(one.text, url=one.url)


def _transfer(row: JournalRow, *, about: Mapping[str, Named], zone: str) -> tuple[Row, ...]:
    lines = []
    for at, leg in enumerate(row.legs):
        account = Cell(
            f"{leg.code.value} {leg.key}".strip(),
            url=account_url(leg.code.value, leg.amount.currency, key=leg.key),
            note=about[leg.key].text if leg.key in about else "",
        )
        amount = number(money(leg.amount))
        if at:
            lines.append(Row((Cell(""), Cell(""), account, amount, Cell(""))))
            continue
        kind = Cell(row.kind, url=f"/console/ledger/journal/?kind={row.kind}")
        when = time_cell(row.effective_at, zone=zone)
        lines.append(
            Row(
                (Cell(row.public_id, note=row.memo), kind, account, amount, when),
                url=f"/console/ledger/transfers/{row.public_id}/",
            )
        )
    return tuple(lines)
