"""What accounts stand at: now from running balances, at an instant from the postings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, Sum

from bandstand.ledger.models import Balance, Posting
from bandstand.ledger.queries.instants import NOW, AsOf
from bandstand.ledger.rules import AccountCode, AccountKind
from bandstand.money import Money

TRIAL_BALANCE = """
    select a.code, a.kind, a.currency,
           coalesce(sum(p.amount_minor) filter (where p.amount_minor > 0), 0),
           coalesce(-sum(p.amount_minor) filter (where p.amount_minor < 0), 0)
      from ledger_account a
      join ledger_posting p on p.account_id = a.id
      join ledger_transfer t on t.id = p.transfer_id
     where (%(currency)s = '' or a.currency = %(currency)s)
       and (%(effective)s::timestamptz is null or t.effective_at < %(effective)s)
       and (%(recorded)s::timestamptz is null or t.recorded_at < %(recorded)s)
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


def balance(*, code: AccountCode, currency: str, key: str = "", as_of: AsOf = NOW) -> Money:
    """Return debits less credits of one account; an account never used stands at zero."""
    account = Q(account__code=code.value, account__key=key, account__currency=currency)
    if as_of.is_now:
        found = Balance.objects.filter(account).aggregate(total=Sum("amount_minor"))
    else:
        legs = Posting.objects.filter(account & as_of.of_transfers("transfer__"))
        found = legs.aggregate(total=Sum("amount_minor"))
    return Money(int(found["total"] or 0), currency)


def balances(*, code: AccountCode, currency: str) -> tuple[BalanceRow, ...]:
    """Return every sub-ledger of a code that does not stand at zero, by key."""
    rows = (
        Balance.objects.filter(account__code=code.value, account__currency=currency)
        .values_list("account__key")
        .annotate(total=Sum("amount_minor"))
        .exclude(total=0)
        .order_by("account__key")
    )
    return tuple(BalanceRow(key=key, balance=Money(int(total), currency)) for key, total in rows)


def balances_of_key(*, key: str) -> Mapping[tuple[AccountCode, str], Money]:
    """Return what each account of one sub-ledger key (a seller, a plan) stands at, zeros too."""
    rows = (
        Balance.objects.filter(account__key=key)
        .values_list("account__code", "account__currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("account__currency", "account__code")
    )
    return {
        (AccountCode(code), currency): Money(int(total), currency) for code, currency, total in rows
    }


def trial_balance(*, currency: str = "", as_of: AsOf = NOW) -> tuple[TrialBalanceRow, ...]:
    """Return debits and credits of every account code, per currency; both columns add up alike."""
    words = {
        "currency": currency,
        "effective": as_of.effective_before,
        "recorded": as_of.recorded_before,
    }
    with connection.cursor() as cursor:
        cursor.execute(TRIAL_BALANCE, words)
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
