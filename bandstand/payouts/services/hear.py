"""
What happens to a seller's share when a sale is paid for or undone. ``config`` wires these.

Each is idempotent and may come in any order: an undoing heard first leaves a share that is
reversed from the start.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.orders.events import LineCancelled, LinePaid, LineReturned
from bandstand.orders.models import OrderLine
from bandstand.payouts.models import Payable
from bandstand.payouts.queries import balance_of, seller_key
from bandstand.payouts.rules import PayableState, clawback_entries, split_clawback
from bandstand.payouts.services.accounts import lock_seller
from bandstand.payouts.services.reversing import claim_reversals
from bandstand.tax import queries as tax


@transaction.atomic
def hear_line_paid(event: LinePaid, now: datetime) -> None:
    """Note what a seller will be owed for a sale, once the buyer's window has closed."""
    _payable_of(UUID(event.line_id), now=now)


@transaction.atomic
def hear_line_undone(event: LineCancelled | LineReturned, now: datetime) -> None:
    """
    Take a seller's share back from wherever it is; a sale never paid for has none.

    The ledger has already taken the share off ``pay.seller``, to refund the buyer first; here that
    is made good from what was kept back, what is available, or a debt.
    Lock: the seller's money, then the payable's row.
    """
    line_id = UUID(event.line_id)
    if not OrderLine.objects.filter(pk=line_id, moves__move="pay").exists():
        return
    known = _payable_of(line_id, now=now)
    lock_seller(known.seller_id, currency=known.currency)
    payable = Payable.objects.select_for_update().get(pk=known.pk)
    if payable.state == PayableState.REVERSED.value:
        return
    if payable.state == PayableState.AVAILABLE.value:
        _take_back(payable, now=now)
    payable.state, payable.reversed_at = PayableState.REVERSED.value, now
    payable.save(update_fields=["state", "reversed_at"])


def _payable_of(line_id: UUID, *, now: datetime) -> Payable:
    line = OrderLine.objects.select_related("offer", "order").get(pk=line_id)
    # A tax inside the price is the authority's; seller and operator share what is left.
    within = tax.included_minor_of_lines([line_id]).get(line_id, 0)
    payable, _ = Payable.objects.get_or_create(
        line_id=line_id,
        defaults={
            "seller_id": line.offer.seller_id,
            "market_id": line.order.market_id,
            "currency": line.currency,
            "amount_minor": line.price_minor - within - line.commission_minor,
            "state": PayableState.PENDING.value,
            "sold_at": now,
        },
    )
    return payable


def _take_back(payable: Payable, *, now: datetime) -> None:
    amount = Money(payable.amount_minor, payable.currency)
    kept = 0 if payable.reserve_released_at else payable.reserve_minor
    balance = balance_of(payable.seller_id, currency=payable.currency)
    back = split_clawback(
        amount, kept_of_sale=Money(kept, payable.currency), available=balance.available
    )
    if amount.is_zero:
        return
    ledger.post(
        idempotency_key=f"clawback:{print_id(IdKind.LINE, payable.line_id)}",
        kind="clawback",
        entries=clawback_entries(back, seller=seller_key(payable.seller_id)),
        effective_at=now,
        now=now,
    )
    if back.owed.is_positive:
        claim_reversals(
            seller_id=payable.seller_id, line_id=payable.line_id, owed=back.owed, now=now
        )
