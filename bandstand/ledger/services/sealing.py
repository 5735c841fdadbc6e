"""Seal what was posted since the last seal, prove the books, fold the shards of balances."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction

from bandstand.ledger import queries
from bandstand.ledger.models import Proof, Seal, SealedTransfer, Transfer
from bandstand.plumbing.locks import lock

logger = structlog.get_logger(__name__)

SEAL_LOCK: Final = "ledger:seal"
SEAL_TRANSFERS_MAX: Final = 100_000
"""Transfers under one seal: a longer day makes several, so that memory stays small."""
FOLD_ACCOUNTS: Final = 10_000

LINK = """
    select encode(sha256(convert_to(%s, 'UTF8')
             || string_agg(digest, ''::bytea order by id)), 'hex')
      from ledger_digests(%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class SealRow:
    """A link that was added to the chain."""

    number: int
    transfers: int
    sha256: str


@transaction.atomic
def seal_books(*, now: datetime) -> SealRow | None:
    """
    Add one link to the chain, over transfers no link covers yet; nothing if there are none.

    Lock: the chain's, so that two seals are never made of one predecessor.
    """
    lock(SEAL_LOCK)
    ids = _unsealed()
    if not ids:
        return None
    last = Seal.objects.order_by("-number").first()
    previous = last.sha256 if last else queries.FIRST_LINK
    seal = Seal.objects.create(
        number=last.number + 1 if last else 1,
        sealed_at=now,
        transfers=len(ids),
        previous=previous,
        sha256=_link(previous, ids),
    )
    members = [SealedTransfer(transfer_id=key, seal=seal) for key in ids]
    SealedTransfer.objects.bulk_create(members, batch_size=5_000)
    return SealRow(seal.number, seal.transfers, seal.sha256)


@transaction.atomic
def prove_books(*, now: datetime) -> queries.ProofRow:
    """Inspect the books and keep what was found; a fault is logged as an error, for alarms."""
    found = queries.inspect_books()
    transfers, postings = queries.counts()
    proof = Proof.objects.create(
        proved_at=now,
        transfers=transfers,
        postings=postings,
        head=queries.head(),
        faults=found.as_json(),
    )
    if not found.is_sound:
        logger.error("ledger.books_unsound", **found.as_json())
    return queries.ProofRow(now, transfers, postings, proof.head, proof.faults)


@transaction.atomic
def fold_balances() -> int:
    """
    Add the shards of running balances together; return how many accounts were folded.

    Shards that a posting holds are left for the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute("select ledger_fold_balances(%s)", [FOLD_ACCOUNTS])
        row = cursor.fetchone()
    return int(row[0])


def _unsealed() -> list[UUID]:
    waiting = Transfer.objects.filter(sealed=None).order_by("id")
    return list(waiting.values_list("id", flat=True)[:SEAL_TRANSFERS_MAX])


def _link(previous: str, ids: list[UUID]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(LINK, [previous, ids])
        row = cursor.fetchone()
    return str(row[0])
