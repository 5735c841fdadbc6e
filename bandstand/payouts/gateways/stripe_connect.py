"""
Payouts by Stripe Connect: a transfer from our balance to the seller's connected account.

Separate charges and transfers: the transfer names its run as ``transfer_group``. It names no charge
as its ``source_transaction``: a share has waited for its buyer's window by then, longer than Stripe
waits for the charge, and a transfer pays for many sales at once. A
refund of the buyer takes nothing back by itself; a transfer reversal does, if the seller still has
it. What was asked is found again by our key in the metadata, also after Stripe has forgotten the
call (its idempotency keys live 24 hours; ours live for ever).
Source: Stripe, "Create separate charges and transfers", the Transfer and Transfer Reversal objects
(known 2026-11-22, not re-read).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import stripe
from django.conf import settings

from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments.gateways import stripe_events
from bandstand.payments.gateways.port import (
    GatewayRefusedError,
    ProviderNotice,
    WebhookRefusedError,
)
from bandstand.payments.gateways.stripe_wire import (
    Book,
    Wire,
    book,
    call,
    client,
    from_wire,
    to_wire,
)
from bandstand.payouts.gateways.port import PayoutsWaitError
from bandstand.payouts.rules import (
    SELLER_SHORT,
    AccountKind,
    PayoutAnswer,
    PayoutOrder,
    PayoutState,
    Purse,
    Reversal,
    ReversalOrder,
)

PAYOUT_KEY: Final = "payout_key"
REVERSAL_KEY: Final = "reversal_key"
SHORT: Final = frozenset({"balance_insufficient", "insufficient_funds"})
NO_ACCOUNT: Final = frozenset({"no_such_payment", "account_invalid", "resource_missing"})


class StripeConnect:
    """Stripe; the settings' own account unless another key, secret or host is given."""

    name = "stripe_connect"
    label = "Stripe Connect"
    takes = frozenset({AccountKind.CONNECTED})
    is_by_hand = False
    can_reverse = True
    out_of = Purse(AccountCode.PSP_CLEARING, "stripe")

    def __init__(
        self, *, secret_key: str = "", webhook_secret: str = "", base_url: str = ""
    ) -> None:
        self._secret_key = secret_key
        self._webhook_secret = webhook_secret
        self._base_url = base_url
        self._wire = Wire()

    @cached_property
    def _stripe(self) -> stripe.StripeClient:
        key = self._secret_key or str(settings.STRIPE_SECRET_KEY)
        return client(secret_key=key, wire=self._wire, base_url=self._base_url)

    def close(self) -> None:
        """Hang up; another call dials anew."""
        self._wire.close()

    def send(self, order: PayoutOrder, *, now: datetime) -> PayoutAnswer:
        """
        Transfer to the seller's account.

        Raises: GatewaySilentError; GatewayRefusedError; PayoutsWaitError.
        """
        earlier = self.look_up(key=order.key, now=now)
        if earlier is not None:
            if earlier.amount != order.amount:
                raise GatewayRefusedError(
                    f"The key “{order.key}” was already used for another payout.",
                    code="idempotency_mismatch",
                )
            return earlier
        params: stripe.params.TransferCreateParams = {
            "amount": to_wire(order.amount),
            "currency": order.amount.currency.lower(),
            "destination": order.to.number,
            "transfer_group": order.group,
            "metadata": {PAYOUT_KEY: order.key},
        }
        try:
            made = call(
                lambda: self._stripe.v1.transfers.create(params, {"idempotency_key": order.key}),
                doing="pay out",
            )
        except GatewayRefusedError as refused:
            if refused.code in SHORT:
                raise PayoutsWaitError("Our balance at Stripe is too small; it waits.") from None
            if refused.code in NO_ACCOUNT:
                raise GatewayRefusedError(refused.message, code="no_such_account") from None
            raise
        return _answer(book(made))

    def look_up(self, *, key: str, now: datetime, ref: str = "") -> PayoutAnswer | None:  # noqa: ARG002 -- the port's signature
        """Return Stripe's book on a transfer, by its id or by our key within its run."""
        if ref:
            try:
                found = call(lambda: self._stripe.v1.transfers.retrieve(ref), doing="look up")
            except GatewayRefusedError:
                return None
            return _answer(book(found))
        listed = call(
            lambda: list(
                self._stripe.v1.transfers.list(
                    {"transfer_group": group_of(key), "limit": 100}
                ).auto_paging_iter()
            ),
            doing="look up",
        )
        books = (book(one) for one in listed)
        mine = (one for one in books if (one.get("metadata") or {}).get(PAYOUT_KEY) == key)
        first = next(mine, None)
        return None if first is None else _answer(first)

    def reverse(self, order: ReversalOrder, *, now: datetime) -> PayoutAnswer:
        """
        Take back what the seller still has at Stripe; more than that is not asked.

        Raises: GatewaySilentError; GatewayRefusedError.
        """
        standing = self.look_up(key="", now=now, ref=order.ref)
        if standing is None:
            raise GatewayRefusedError("There is no such transfer.", code="no_such_payout")
        if standing.reversal(order.key) is not None:
            return standing
        if self._left(order) < order.amount:
            raise GatewayRefusedError("The seller has too little at Stripe.", code=SELLER_SHORT)
        try:
            call(
                lambda: self._stripe.v1.transfers.reversals.create(
                    order.ref,
                    {"amount": to_wire(order.amount), "metadata": {REVERSAL_KEY: order.key}},
                    {"idempotency_key": order.key},
                ),
                doing="reverse",
            )
        except GatewayRefusedError as refused:
            code = SELLER_SHORT if refused.code in SHORT else refused.code
            raise GatewayRefusedError(refused.message, code=code) from None
        return self.look_up(key="", now=now, ref=order.ref) or standing

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a signed event says. Raises: WebhookRefusedError."""
        secret = self._webhook_secret or str(settings.STRIPE_WEBHOOK_SECRET)
        notice = stripe_events.verify(raw, headers, secret=secret, now=now)
        try:
            event: dict[str, Any] = json.loads(raw)
            about: dict[str, Any] = event["data"]["object"]
            ref = str(about["id"]) if about["object"] == "transfer" else ""
        except (ValueError, KeyError, TypeError) as refused:
            raise WebhookRefusedError(
                "The webhook's body is not an event of Stripe's."
            ) from refused
        payload = {**notice.payload, "account": str(event.get("account") or "")}
        return ProviderNotice(notice.event_id, kind=notice.kind, ref=ref, payload=payload)

    def _left(self, order: ReversalOrder) -> Money:
        """Return what a seller has available at Stripe."""
        found = call(
            lambda: self._stripe.v1.balance.retrieve({}, {"stripe_account": order.to.number}),
            doing="look up",
        )
        parts = book(found).get("available") or ()
        wanted = order.amount.currency.lower()
        units = sum(int(one["amount"]) for one in parts if one["currency"] == wanted)
        return from_wire(units, wanted)


def group_of(key: str) -> str:
    """Return the run that a payout's key names; all its transfers share it as their group."""
    return key.rpartition(":")[0]


def _answer(found: Book) -> PayoutAnswer:
    currency = str(found["currency"])
    reversals = tuple(
        Reversal(key, from_wire(int(one["amount"]), currency))
        for one in (found.get("reversals") or {}).get("data") or ()
        if (key := (one.get("metadata") or {}).get(REVERSAL_KEY, ""))
    )
    amount = from_wire(int(found["amount"]), currency)
    ours = sum(one.amount.minor for one in reversals)
    undone = from_wire(int(found.get("amount_reversed") or 0), currency).minor - ours
    # Taken back whole by somebody else, such as a person at Stripe's page: the seller has nothing.
    is_returned = undone > 0 and undone + ours >= amount.minor
    return PayoutAnswer(
        ref=str(found["id"]),
        key=str((found.get("metadata") or {}).get(PAYOUT_KEY, "")),
        state=PayoutState.RETURNED if is_returned else PayoutState.PAID,
        amount=amount,
        failure="reversed at Stripe" if is_returned else "",
        reversals=reversals,
    )
