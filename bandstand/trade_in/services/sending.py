"""From the quote to our door: accepted for an order, sent, received, or not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.orders.models import OrderLine
from bandstand.orders.rules import ENDED, LineState
from bandstand.plumbing.locks import lock
from bandstand.trade_in import letters
from bandstand.trade_in.imeis import digits_of, imei_hash
from bandstand.trade_in.models import TradeIn
from bandstand.trade_in.queries.values import terms_at
from bandstand.trade_in.rules import (
    OPEN,
    TradeInMove,
    TradeInMoveRefusedError,
    TradeInNotFoundError,
    TradeInState,
    parse_reference,
)
from bandstand.trade_in.services.moving import OWNER, locked, move_trade_in
from bandstand.trade_in.services.quoting import PhoneBusyError, claim_phone

SHIPPED_LENGTH_MAX = 80


class OrderNotFitError(TradeInMoveRefusedError):
    """An order that a phone cannot be traded in for."""

    code = "trade_in_order"


@transaction.atomic
def accept(*, trade_in_id: UUID, line_id: UUID, imei: str = "", now: datetime) -> None:
    """
    Trade a phone in for an order line of its owner's, at the quoted value.

    Raises: TradeInMoveRefusedError once the quote has run out; OrderNotFitError; PhoneBusyError;
        MalformedImeiError if the phone was not named yet and is not now.
    Lock: the trade-in, then the phone's IMEI.
    """
    trade_in = locked(trade_in_id)
    if now >= trade_in.quote_until and trade_in.state == TradeInState.QUOTED.value:
        raise TradeInMoveRefusedError("This quote has run out. Ask for a new one.")
    line = OrderLine.objects.select_related("order").filter(pk=line_id).first()
    _require_fit(trade_in, line=line)
    changed = ["line", "arrive_by", "imei_hash", "imei_masked"]
    if imei or not trade_in.imei_hash:
        claimed = claim_phone(imei=imei, now=now, trade_in_id=trade_in.id)
        trade_in.imei_hash, trade_in.imei_masked = claimed.hashed, claimed.masked
    trade_in.line = line
    trade_in.arrive_by = terms_at(trade_in.market_id, now=now).arrive_by(now)
    move_trade_in(trade_in, TradeInMove.ACCEPT, actor=OWNER, now=now, changed=changed)
    letters.write_accepted(trade_in, now=now)


@transaction.atomic
def withdraw(*, trade_in_id: UUID, now: datetime) -> None:
    """
    Let the owner keep their phone; once we have it, that is asking for it back.

    Raises: TradeInMoveRefusedError.
    Lock: the trade-in.
    """
    trade_in = locked(trade_in_id)
    is_with_us = trade_in.state in {TradeInState.RECEIVED.value, TradeInState.REVALUED.value}
    move = TradeInMove.DECLINE if is_with_us else TradeInMove.WITHDRAW
    move_trade_in(trade_in, move, actor=OWNER, now=now, reason="Its owner wants it back.")
    if is_with_us:
        letters.write_return_due(trade_in, reason="You asked for it back.", now=now)


@transaction.atomic
def note_sent(*, trade_in_id: UUID, carrier: str, tracking: str, now: datetime) -> None:
    """
    Note that the owner has sent their phone.

    Raises: TradeInMoveRefusedError.
    Lock: the trade-in.
    """
    trade_in = locked(trade_in_id)
    trade_in.carrier = carrier.strip()[:60]
    trade_in.tracking = tracking.strip()[:SHIPPED_LENGTH_MAX]
    move_trade_in(trade_in, TradeInMove.SEND, actor=OWNER, now=now, changed=["carrier", "tracking"])


@transaction.atomic
def receive(*, scanned: str, actor: str, now: datetime) -> str:
    """
    Receive a phone by its trade-in's reference or by its IMEI; return the reference.

    Received twice, it is received once. Its owner has our word on the day it is looked at by.
    Raises: TradeInNotFoundError; TradeInMoveRefusedError; MalformedImeiError.
    Lock: the trade-in.
    """
    found_id, hashed = _scanned(scanned)
    trade_in = locked(found_id)
    if trade_in.state in {TradeInState.RECEIVED.value, TradeInState.REVALUED.value}:
        return trade_in.reference
    if trade_in.line_id is None:
        raise TradeInMoveRefusedError(
            f"{trade_in.reference} was quoted and never accepted: it names no order, and no owner"
            " to credit. Find whose parcel it is, and send it back."
        )
    _require_only_one(trade_in)
    trade_in.received_at = now
    trade_in.inspect_by = terms_at(trade_in.market_id, now=now).inspect_by(now)
    trade_in.arrived_hash = hashed
    move_trade_in(
        trade_in,
        TradeInMove.RECEIVE,
        actor=actor,
        now=now,
        changed=["received_at", "inspect_by", "arrived_hash"],
    )
    letters.write_received(trade_in, now=now)
    return trade_in.reference


@transaction.atomic
def send_back(*, trade_in_id: UUID, carrier: str, tracking: str, actor: str, now: datetime) -> None:
    """
    Send a phone back to its owner, free.

    Raises: TradeInMoveRefusedError.
    Lock: the trade-in.
    """
    trade_in = locked(trade_in_id)
    if not carrier.strip():
        raise TradeInMoveRefusedError("Say which carrier takes it back to its owner.")
    trade_in.back_carrier = carrier.strip()[:60]
    trade_in.back_tracking = tracking.strip()[:SHIPPED_LENGTH_MAX]
    move_trade_in(
        trade_in,
        TradeInMove.SEND_BACK,
        actor=actor,
        now=now,
        changed=["back_carrier", "back_tracking"],
    )
    letters.write_sent_back(trade_in, now=now)


def _require_fit(trade_in: TradeIn, *, line: OrderLine | None) -> None:
    if line is None:
        raise OrderNotFitError("There is no such order. Use the whole link from its letter.")
    if LineState(line.state) in ENDED:
        raise OrderNotFitError("This order has ended; a phone is traded in for one that stands.")
    if line.order.market_id != trade_in.market_id or line.currency != trade_in.currency:
        raise OrderNotFitError("This quote is for another market than the order’s.")


def _require_only_one(trade_in: TradeIn) -> None:
    """Refuse a trade-in that had ended if the same phone is in another one by now."""
    lock(f"trade_in_phone:{trade_in.imei_hash}")
    others = TradeIn.objects.filter(
        imei_hash=trade_in.imei_hash, state__in=[one.value for one in OPEN]
    ).exclude(pk=trade_in.pk)
    other = others.values_list("reference", flat=True).first()
    if other is not None:
        raise PhoneBusyError(f"This phone is in another trade-in by now: receive {other} instead.")


def _scanned(text: str) -> tuple[UUID, str]:
    """Return the trade-in that a scan names, and the hash of the IMEI if that was scanned."""
    letters_in_it = [one for one in text if one.isalpha()]
    if letters_in_it:
        reference = parse_reference(text)
        found = TradeIn.objects.filter(reference=reference).values_list("id", flat=True).first()
        if found is None:
            raise TradeInNotFoundError(f"There is no trade-in {reference}.")
        return found, ""
    hashed = imei_hash(digits_of(text))
    rows = TradeIn.objects.filter(imei_hash=hashed).order_by("-quoted_at")
    row = rows.filter(state__in=[one.value for one in OPEN]).first() or rows.first()
    if row is None:
        raise TradeInNotFoundError(
            "No trade-in names this IMEI. Look for the reference on the slip in the parcel."
        )
    return row.id, hashed
