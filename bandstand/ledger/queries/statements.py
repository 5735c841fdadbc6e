"""The movements on one account, with what it stood at after each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum, Window

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger.models import Account, Posting
from bandstand.ledger.queries.instants import NOW, AsOf
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One movement on an account, and what the account stood at after it."""

    transfer_id: UUID
    public_id: str
    kind: str
    memo: str
    idempotency_key: str
    effective_at: datetime
    recorded_at: datetime
    amount: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A page of a statement, oldest first."""

    rows: tuple[StatementRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account that was ever used."""

    code: AccountCode
    key: str
    currency: str


def statement(
    *, code: AccountCode, currency: str, key: str = "", as_of: AsOf = NOW
) -> tuple[StatementRow, ...]:
    """Return the movements on one account, oldest first, with the running balance."""
    return tuple(statement_rows(code=code, currency=currency, key=key, as_of=as_of))


def statement_rows(
    *,
    code: AccountCode,
    currency: str,
    key: str = "",
    as_of: AsOf = NOW,
    begin: int = 0,
    end: int | None = None,
) -> Iterator[StatementRow]:
    """Return the movements one by one, for exports longer than memory; numbered from ``begin``."""
    legs = _legs(code=code, currency=currency, key=key, as_of=as_of)[begin:end]
    for row in legs.iterator(chunk_size=2_000):
        yield StatementRow(
            transfer_id=row[0],
            public_id=print_id(IdKind.TRANSFER, row[0]),
            kind=row[1],
            memo=row[2],
            idempotency_key=row[3],
            effective_at=row[4],
            recorded_at=row[5],
            amount=Money(row[6], currency),
            balance_after=Money(int(row[7]), currency),
        )


def statement_page(
    *,
    code: AccountCode,
    currency: str,
    key: str = "",
    as_of: AsOf = NOW,
    page: int = 1,
    page_size: int = 50,
) -> StatementPage:
    """Return one page of a statement; a page that is not there is the nearest that is."""
    total = _legs(code=code, currency=currency, key=key, as_of=as_of).count()
    pages = max(1, -(-total // page_size))
    at = min(max(page, 1), pages)
    rows = statement_rows(
        code=code,
        currency=currency,
        key=key,
        as_of=as_of,
        begin=(at - 1) * page_size,
        end=at * page_size,
    )
    return StatementPage(rows=tuple(rows), total=total, page=at, pages=pages)


def accounts(*, code: AccountCode | None = None, key_contains: str = "") -> tuple[AccountRow, ...]:
    """Return the accounts ever used, by code and key, at most a thousand."""
    found = Account.objects.order_by("code", "key", "currency")
    if code is not None:
        found = found.filter(code=code.value)
    if key_contains:
        found = found.filter(key__icontains=key_contains)
    return tuple(
        AccountRow(AccountCode(code_), key, currency)
        for code_, key, currency in found.values_list("code", "key", "currency")[:1_000]
    )


def _legs(*, code: AccountCode, currency: str, key: str, as_of: AsOf):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a values_list has no short name
    order = [F("transfer__effective_at"), F("transfer_id"), F("number")]
    return (
        Posting.objects.filter(
            as_of.of_transfers("transfer__"),
            account__code=code.value,
            account__key=key,
            account__currency=currency,
        )
        .annotate(running=Window(Sum("amount_minor"), order_by=order))
        .order_by("transfer__effective_at", "transfer_id", "number")
        .values_list(
            "transfer_id",
            "transfer__kind",
            "transfer__memo",
            "transfer__idempotency_key",
            "transfer__effective_at",
            "transfer__recorded_at",
            "amount_minor",
            "running",
        )
    )
