"""
The ledger's side of a takedown that the sale's own unwinding does not cover.

A cancelled line is unwound by its order, under a key of the takedown. The customer is refunded
first; what the seller was owed is taken back by the same transfer, and an account that falls below
nothing thereby says what the seller owes us. Here a seller's money is kept back while a buyer may
still return a phone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.models import Posting, Transfer
from bandstand.ledger.rules import AccountCode, Entry
from bandstand.money import Money

FROZEN: Final = "frozen"


def unwinding_key(*, hold_id: UUID, line_id: UUID) -> str:
    """Return the key under which a line's sale is unwound because of a hold."""
    return f"takedown:{print_id(IdKind.HOLD, hold_id)}:{print_id(IdKind.LINE, line_id)}"


def unwinding_of(*, hold_id: UUID, line_id: UUID) -> UUID | None:
    """Return the transfer that unwound a line's sale because of a hold, if there was one."""
    key = unwinding_key(hold_id=hold_id, line_id=line_id)
    return Transfer.objects.filter(idempotency_key=key).values_list("id", flat=True).first()


def freeze_payout(*, line_id: UUID, now: datetime) -> UUID | None:
    """
    Keep back what a seller is owed for a line whose buyer may yet return it.

    Only the affected line's money is kept back, in an account of its own beside the seller's;
    nothing is returned if nothing is owed.
    """
    owed = _owed_for(line_id)
    if not owed:
        return None
    entries = []
    for leg in owed:
        entries.append(Entry(code=leg.code, key=leg.key, amount=-leg.amount))
        entries.append(Entry(code=leg.code, key=f"{leg.key}:{FROZEN}", amount=leg.amount))
    return ledger.post(
        idempotency_key=f"freeze:{print_id(IdKind.LINE, line_id)}",
        kind="payout_frozen",
        entries=entries,
        effective_at=now,
        now=now,
        memo="kept back until the buyer has chosen",
    )


def release_payout(*, line_id: UUID, now: datetime) -> None:
    """Put what was kept back for a line where it was, so that what follows finds it there."""
    printed = print_id(IdKind.LINE, line_id)
    frozen = Transfer.objects.filter(idempotency_key=f"freeze:{printed}").first()
    if frozen is not None:
        ledger.reverse(transfer_id=frozen.id, idempotency_key=f"unfreeze:{printed}", now=now)


def _owed_for(line_id: UUID) -> Sequence[Entry]:
    """Return the legs of a line's sale that credit its seller."""
    rows = Posting.objects.filter(
        transfer__idempotency_key=f"sale:{print_id(IdKind.LINE, line_id)}",
        account__code=AccountCode.SELLER_PAYABLE.value,
    )
    return [
        Entry(
            code=AccountCode.SELLER_PAYABLE,
            key=row.account.key,
            amount=Money(row.amount_minor, row.currency),
        )
        for row in rows.select_related("account").order_by("number")
    ]
