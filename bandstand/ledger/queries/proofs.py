"""Whether the books are true: balance, running balances, the chain, and the guards themselves."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from bandstand.ledger.models import Posting, Proof, Seal, Transfer

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
COUNT_OFF_BALANCES = """
    select count(*) from (
      select account_id, sum(amount_minor) as amount, count(*) as postings
        from ledger_posting group by account_id) p
    full join (
      select account_id, sum(amount_minor) as amount, sum(postings) as postings
        from ledger_balance group by account_id) b using (account_id)
    where (p.amount, p.postings) is distinct from (b.amount, b.postings)
"""
RESEAL = """
    select s.number, s.previous, s.sha256, s.transfers, count(d.id),
           encode(sha256(convert_to(s.previous, 'UTF8')
             || coalesce(string_agg(d.digest, ''::bytea order by d.id), ''::bytea)), 'hex')
      from ledger_seal s
      left join lateral ledger_digests(array(
        select m.transfer_id from ledger_sealedtransfer m where m.seal_id = s.number)) d on true
     group by s.number order by s.number
"""
COUNT_GUARDS = """
    select wanted.relname from unnest(%s::text[]) as wanted(relname)
     where (select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid
             where c.relname = wanted.relname and t.tgenabled in ('O', 'A')
               and t.tgname in ('append_only_rows', 'append_only_table')) < 2
     order by 1
"""
GUARDED: Final = (
    "ledger_account",
    "ledger_transfer",
    "ledger_posting",
    "ledger_seal",
    "ledger_sealedtransfer",
    "ledger_proof",
)
FIRST_LINK: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Findings:
    """What a proof of the books found. Zero and empty everywhere is sound."""

    imbalance: int
    balances_off: int
    broken_seals: tuple[int, ...]
    unguarded_tables: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Say whether nothing is wrong."""
        return not any(asdict(self).values())

    def as_json(self) -> dict[str, object]:
        """Return what is wrong, by name; empty if nothing is."""
        return {name: found for name, found in asdict(self).items() if found}


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One nightly proof."""

    proved_at: datetime
    transfers: int
    postings: int
    head: str
    faults: dict[str, object]

    @property
    def is_sound(self) -> bool:
        """Say whether it found nothing wrong."""
        return not self.faults


def imbalance() -> int:
    """
    Return how many faults the books have: zero, always.

    Counted are transfers that do not sum to zero, currencies that do not, transfers whose legs are
    not as many as they said, and legs in another currency than their account.
    """
    return int(_one(COUNT_FAULTS))


def balances_off() -> int:
    """Return how many accounts have a running balance that is not the sum of their postings."""
    return int(_one(COUNT_OFF_BALANCES))


def broken_seals() -> tuple[int, ...]:
    """Return the links of the chain that no longer cover what they were made over."""
    broken, before = [], FIRST_LINK
    with connection.cursor() as cursor:
        cursor.execute(RESEAL)
        for number, previous, sealed, said, counted, found in cursor.fetchall():
            if (previous, found, counted) != (before, sealed, said):
                broken.append(int(number))
            before = sealed
    return tuple(broken)


def unguarded_tables() -> tuple[str, ...]:
    """Return the tables of the books that lack the guard against editing."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_GUARDS, [list(GUARDED)])
        return tuple(name for (name,) in cursor.fetchall())


def inspect_books() -> Findings:
    """Prove the books now: balance, running balances, the chain, the guards."""
    return Findings(
        imbalance=imbalance(),
        balances_off=balances_off(),
        broken_seals=broken_seals(),
        unguarded_tables=unguarded_tables(),
    )


def head() -> str:
    """Return the hash of the last seal: noted elsewhere, it fixes the whole history before it."""
    last = Seal.objects.order_by("-number").first()
    return FIRST_LINK if last is None else last.sha256


def unsealed() -> int:
    """Return how many transfers wait for the next seal."""
    return Transfer.objects.filter(sealed=None).count()


def counts() -> tuple[int, int]:
    """Return how many transfers and postings the books hold."""
    return Transfer.objects.count(), Posting.objects.count()


def latest_proofs(*, limit: int = 30) -> tuple[ProofRow, ...]:
    """Return the latest nightly proofs, newest first."""
    return tuple(
        ProofRow(row.proved_at, row.transfers, row.postings, row.head, row.faults)
        for row in Proof.objects.order_by("-proved_at")[:limit]
    )


def _one(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0])
