"""Posting: the only way money is written down."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from bandstand.ledger import rules
from bandstand.ledger.models import Posting, Transfer
from bandstand.ledger.rules import KINDS, AccountCode, Entry, TransferOrder
from bandstand.money import Money
from bandstand.plumbing.ids import new_id

AccountName = tuple[str, str, str]  # code, key, currency

ADD_ACCOUNTS = """
    insert into ledger_account (id, code, key, currency, kind)
    select * from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
    on conflict (code, key, currency) do nothing
"""
FIND_ACCOUNTS = """
    select a.code, a.key, a.currency, a.id
      from unnest(%s::text[], %s::text[], %s::text[]) as wanted(code, key, currency)
      join ledger_account a using (code, key, currency)
"""
ADD_TRANSFERS = """
    insert into ledger_transfer (id, idempotency_key, request_hash, kind, memo, effective_at,
                                 reverses_id, leg_count, recorded_at)
    select wanted.*, %s from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
                                    %s::timestamptz[], %s::uuid[], %s::int[]) as wanted
    on conflict (idempotency_key) do nothing
    returning idempotency_key, id
"""
ADD_POSTINGS = """
    insert into ledger_posting (id, transfer_id, number, account_id, currency, amount_minor)
    select * from unnest(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::text[], %s::bigint[])
"""


@transaction.atomic
def post(
    *,
    idempotency_key: str,
    kind: str,
    entries: Sequence[Entry],
    effective_at: datetime,
    now: datetime,
    memo: str = "",
    reverses: UUID | None = None,
) -> UUID:
    """
    Post one transfer; the same key and the same legs are the same transfer.

    Raises: UnbalancedTransferError; MissingKeyError; IdempotencyConflictError if the key stands for
        another movement.
    """
    order = TransferOrder(
        idempotency_key=idempotency_key,
        kind=kind,
        entries=tuple(entries),
        effective_at=effective_at,
        memo=memo,
        reverses=reverses,
    )
    return post_batch(orders=[order], now=now)[0]


@transaction.atomic
def post_batch(*, orders: Sequence[TransferOrder], now: datetime) -> tuple[UUID, ...]:
    """
    Post many transfers in four statements whatever their number; all of them or none.

    Shape: one transfer id per order, in the order given.
    Raises: as ``post``.
    Lock: none. Rows are inserted in key order, so two batches that share keys wait, never deadlock.
    """
    once = rules.require_postable(orders)
    if not once:
        return ()
    accounts = _accounts(entry for order in once for entry in order.entries)
    added = _add_transfers(once, now=now)
    new = [order for order in once if order.idempotency_key in added]
    _add_postings(new, added=added, accounts=accounts)
    repeated = [order for order in once if order.idempotency_key not in added]
    ids = added | _recorded(repeated)
    return tuple(ids[order.idempotency_key] for order in orders)


@transaction.atomic
def reverse(*, transfer_id: UUID, idempotency_key: str, now: datetime, memo: str = "") -> UUID:
    """
    Post the mirror image of a transfer; a transfer is reversed at most once.

    Raises: NothingToReverseError; IdempotencyConflictError if it was reversed under another key.
    """
    original = Transfer.objects.filter(pk=transfer_id).first()
    if original is None:
        raise rules.NothingToReverseError(
            "There is no transfer by that id.", transfer_id=str(transfer_id)
        )
    earlier = Transfer.objects.filter(reverses=original).first()
    rules.require_reversible(
        reversed_by=earlier.idempotency_key if earlier else None, idempotency_key=idempotency_key
    )
    return post(
        idempotency_key=idempotency_key,
        kind=f"reversal of {original.kind}"[:40],
        entries=_mirror(original),
        effective_at=now,
        now=now,
        memo=memo,
        reverses=original.id,
    )


def _mirror(original: Transfer) -> tuple[Entry, ...]:
    legs = Posting.objects.filter(transfer=original).select_related("account").order_by("number")
    return tuple(
        Entry(
            code=AccountCode(leg.account.code),
            key=leg.account.key,
            amount=Money(-leg.amount_minor, leg.currency),
        )
        for leg in legs
    )


def _accounts(entries: Iterable[Entry]) -> dict[AccountName, UUID]:
    names = sorted({_account_name(entry) for entry in entries})
    found = _find_accounts(names)
    missing = [name for name in names if name not in found]
    if missing:
        codes, keys, currencies = map(list, zip(*missing, strict=True))
        kinds = [KINDS[AccountCode(code)].value for code in codes]
        with connection.cursor() as cursor:
            cursor.execute(
                ADD_ACCOUNTS, [[new_id() for _ in missing], codes, keys, currencies, kinds]
            )
        found |= _find_accounts(missing)
    return found


def _find_accounts(names: list[AccountName]) -> dict[AccountName, UUID]:
    codes, keys, currencies = map(list, zip(*names, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(FIND_ACCOUNTS, [codes, keys, currencies])
        return {(code, key, currency): found for code, key, currency, found in cursor.fetchall()}


def _add_transfers(orders: Sequence[TransferOrder], *, now: datetime) -> dict[str, UUID]:
    """Insert the transfers whose key is new, and return those by key."""
    columns: list[list[Any]] = [
        [new_id() for _ in orders],
        [order.idempotency_key for order in orders],
        [order.request_hash for order in orders],
        [order.kind for order in orders],
        [order.memo for order in orders],
        [order.effective_at for order in orders],
        [order.reverses for order in orders],
        [len(order.entries) for order in orders],
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD_TRANSFERS, [now, *columns])
        return dict(cursor.fetchall())


def _add_postings(
    orders: Sequence[TransferOrder],
    *,
    added: dict[str, UUID],
    accounts: dict[AccountName, UUID],
) -> None:
    legs = [
        (order, number, entry)
        for order in orders
        for number, entry in enumerate(order.entries, start=1)
    ]
    columns: list[list[Any]] = [
        [new_id() for _ in legs],
        [added[order.idempotency_key] for order, _, _ in legs],
        [number for _, number, _ in legs],
        [accounts[_account_name(entry)] for _, _, entry in legs],
        [entry.amount.currency for _, _, entry in legs],
        [entry.amount.minor for _, _, entry in legs],
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD_POSTINGS, columns)


def _recorded(orders: Sequence[TransferOrder]) -> dict[str, UUID]:
    """Return the transfers that an earlier posting of these keys made, if they are the same."""
    keys = [order.idempotency_key for order in orders]
    rows = Transfer.objects.filter(idempotency_key__in=keys).values_list(
        "idempotency_key", "request_hash", "id"
    )
    found = {key: (recorded_hash, row_id) for key, recorded_hash, row_id in rows}
    for order in orders:
        rules.require_same(order, found[order.idempotency_key][0])
    return {key: row_id for key, (_, row_id) in found.items()}


def _account_name(entry: Entry) -> AccountName:
    return entry.code.value, entry.key, entry.amount.currency
