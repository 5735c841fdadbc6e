"""A phone that is ours leaves the stock: sold on, taken apart, recycled."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.plumbing import audit
from bandstand.trade_in.models import Disposal
from bandstand.trade_in.rules import (
    DisposalKind,
    DisposalRefusedError,
    TradeInMoveRefusedError,
    TradeInState,
    disposal_entries,
)
from bandstand.trade_in.services.moving import locked


@transaction.atomic
def dispose(
    *,
    trade_in_id: UUID,
    kind: DisposalKind,
    proceeds: Money,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """
    Take a credited phone out of the stock, once.

    Raises: TradeInMoveRefusedError for a phone that is not ours, or is gone; DisposalRefusedError.
    Lock: the trade-in.
    """
    trade_in = locked(trade_in_id)
    if trade_in.state != TradeInState.CREDITED.value:
        raise TradeInMoveRefusedError("This phone is not ours: only a credited one may be sold.")
    if Disposal.objects.filter(trade_in=trade_in).exists():
        raise TradeInMoveRefusedError("This phone has left the stock already.")
    if not reason.strip():
        raise DisposalRefusedError("Say who took it and under which document.")
    cost = Money(trade_in.value_minor, trade_in.currency)
    entries = disposal_entries(cost=cost, proceeds=proceeds, phone=trade_in.reference)
    Disposal.objects.create(
        trade_in=trade_in,
        kind=kind.value,
        proceeds_minor=proceeds.minor,
        reason=reason.strip()[:300],
        disposed_at=now,
        disposed_by=actor,
    )
    ledger.post(
        idempotency_key=f"trade_in_gone:{trade_in.reference}",
        kind="trade_in_gone",
        entries=entries,
        effective_at=now,
        now=now,
        memo=f"{kind.value}: {reason}"[:300],
    )
    audit.record(
        actor=actor,
        action=f"trade_in.{kind.value}",
        subject=trade_in.reference,
        now=now,
        proceeds=str(proceeds),
    )
