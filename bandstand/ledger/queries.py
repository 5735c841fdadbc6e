"""Reads of the ledger: balances, trial balance, journal, statement, and the proof."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger.models import Posting, Transfer
from bandstand.ledger.rules import AccountCode, AccountKind
from bandstand.money import Money

COUNT_FAULTS = """
    select
      (select count(*) from (
         select 1 from ledger_posting group by transfer_id, currency
         having sum(amount_minor) <> 0) as unbalanced)
    + (select count(*) from (
         select 1 from ledger_posting group by currency
         having sum(amount_minor) <> 0) as currencies)
    + (select count(*) from ledger_transfer t
        where t.leg_count <> (select count(*) from ledger_posting p where p.transfer_id = t.id))
    + (select count(*) from ledger_posting p join ledger_account a on a.id = p.account_id
        where a.currency <> p.currency)
"""
TRIAL_BALANCE = """
    select a.code, a.kind, a.currency,
           coalesce(sum(p.amount_minor) filter (where p.amount_minor > 0), 0),
           coalesce(-sum(p.amount_minor) filter (where p.amount_minor < 0), 0)
      from ledger_account a join ledger_posting p on p.account_id = a.id
     where %s = '' or a.currency = %s
     group by a.code, a.kind, a.currency order by a.currency, a.code
"""


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """All sub-ledgers of one account code in one currency, added up."""

    code: AccountCode
    kind: AccountKind
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """Debits less credits: positive for what we own, negative for what we owe."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What one sub-ledger stands at."""

    key: str
    balance: Money


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One movement on an account, and what the account stood at after it."""

    transfer_id: UUID
    public_id: str
    kind: str
    memo: str
    idempotency_key: str
    effective_at: datetime
    amount: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of a transfer: debit positive, credit negative."""

    code: AccountCode
    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One transfer with its legs."""

    transfer_id: UUID
    public_id: str
    kind: str
    memo: str
    idempotency_key: str
    effective_at: datetime
    recorded_at: datetime
    reverses_id: UUID | None
    legs: tuple[LegRow, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of the journal, newest first."""

    rows: tuple[JournalRow, ...]
    total: int
    page: int
    pages: int


def balance(*, code: AccountCode, currency: str, key: str = "") -> Money:
    """Return debits less credits of one account; an account never used stands at zero."""
    legs = _legs_of(code=code, key=key, currency=currency)
    total = legs.aggregate(total=Sum("amount_minor"))["total"]
    return Money(int(total or 0), currency)


def balances(*, code: AccountCode, currency: str) -> tuple[BalanceRow, ...]:
    """Return every sub-ledger of a code that does not stand at zero, by key."""
    rows = (
        Posting.objects.filter(account__code=code.value, account__currency=currency)
        .values_list("account__key")
        .annotate(total=Sum("amount_minor"))
        .exclude(total=0)
        .order_by("account__key")
    )
    return tuple(BalanceRow(key=key, balance=Money(int(total), currency)) for key, total in rows)


def imbalance() -> int:
    """
    Return how many faults the books have: zero, always.

    Counted are transfers that do not sum to zero, currencies that do not, transfers whose legs are
    not as many as they said, and legs in another currency than their account.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT_FAULTS)
        row = cursor.fetchone()
    return int(row[0])


def trial_balance(*, currency: str = "") -> tuple[TrialBalanceRow, ...]:
    """Return debits and credits of every account code, per currency; both columns add up alike."""
    with connection.cursor() as cursor:
        cursor.execute(TRIAL_BALANCE, [currency, currency])
        rows = cursor.fetchall()
    return tuple(
        TrialBalanceRow(
            code=AccountCode(code),
            kind=AccountKind(kind),
            debit=Money(int(debit), of),
            credit=Money(int(credit), of),
        )
        for code, kind, of, debit, credit in rows
    )


def statement(*, code: AccountCode, currency: str, key: str = "") -> tuple[StatementRow, ...]:
    """Return the movements on one account, oldest first, with the running balance."""
    legs = _legs_of(code=code, key=key, currency=currency).select_related("transfer")
    rows: list[StatementRow] = []
    running = Money.zero(currency)
    for leg in legs.order_by("transfer__effective_at", "transfer_id", "number"):
        amount = Money(leg.amount_minor, currency)
        running += amount
        rows.append(_statement_row(leg.transfer, amount=amount, running=running))
    return tuple(rows)


def journal(*, page: int = 1, page_size: int = 50, kind: str = "") -> JournalPage:
    """Return a page of transfers with their legs, newest first."""
    transfers = Transfer.objects.filter(kind=kind) if kind else Transfer.objects.all()
    total = transfers.count()
    pages = max(1, -(-total // page_size))
    at = min(max(page, 1), pages)
    shown = transfers.order_by("-recorded_at", "-id")[(at - 1) * page_size : at * page_size]
    rows = tuple(_journal_row(transfer) for transfer in shown.prefetch_related("postings__account"))
    return JournalPage(rows=rows, total=total, page=at, pages=pages)


def transfer_by_key(idempotency_key: str) -> JournalRow | None:
    """Return the transfer that a key stands for, if it was posted."""
    rows = Transfer.objects.filter(idempotency_key=idempotency_key)
    found = rows.prefetch_related("postings__account").first()
    return None if found is None else _journal_row(found)


def _legs_of(*, code: AccountCode, key: str, currency: str) -> QuerySet[Posting]:
    return Posting.objects.filter(
        account__code=code.value, account__key=key, account__currency=currency
    )


def _statement_row(transfer: Transfer, *, amount: Money, running: Money) -> StatementRow:
    return StatementRow(
        transfer_id=transfer.id,
        public_id=print_id(IdKind.TRANSFER, transfer.id),
        kind=transfer.kind,
        memo=transfer.memo,
        idempotency_key=transfer.idempotency_key,
        effective_at=transfer.effective_at,
        amount=amount,
        balance_after=running,
    )


def _journal_row(transfer: Transfer) -> JournalRow:
    legs = sorted(transfer.postings.all(), key=lambda leg: leg.number)
    return JournalRow(
        transfer_id=transfer.id,
        public_id=print_id(IdKind.TRANSFER, transfer.id),
        kind=transfer.kind,
        memo=transfer.memo,
        idempotency_key=transfer.idempotency_key,
        effective_at=transfer.effective_at,
        recorded_at=transfer.recorded_at,
        reverses_id=transfer.reverses_id,
        legs=tuple(
            LegRow(
                code=AccountCode(leg.account.code),
                key=leg.account.key,
                amount=Money(leg.amount_minor, leg.currency),
            )
            for leg in legs
        ),
    )
