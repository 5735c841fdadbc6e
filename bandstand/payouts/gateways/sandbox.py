"""
The sandbox of payouts: an honest gateway without money, that keeps its own book.

Nothing it answers is final: a payout is decided when it comes in, and becomes paid, failed or
returned when the clock gets there, told by signed webhook only. Accounts behave by their number:

    acct_fails      refused by the seller's bank minutes later
    acct_returned   paid, and given back by the seller's bank three days later
    acct_lost       paid, and the answer to the call is lost
    acct_closed     refused at once: there is no such account
    acct_spent      paid; the seller has nothing left to take back
    anything else   paid
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from bandstand.kernel.canonical import sha256_hex
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments.gateways import sandbox_events
from bandstand.payments.gateways.port import GatewayRefusedError, GatewaySilentError, ProviderNotice
from bandstand.payments.gateways.sandbox_chaos import CALM, Chaos
from bandstand.payouts.gateways import sandbox_post
from bandstand.payouts.gateways.port import PayoutsWaitError
from bandstand.payouts.models import SandboxPayout, SandboxReversal
from bandstand.payouts.rules import (
    SELLER_SHORT,
    AccountDetails,
    AccountKind,
    PayoutAnswer,
    PayoutOrder,
    PayoutState,
    Purse,
    Reversal,
    ReversalOrder,
)
from bandstand.plumbing.locks import lock

FAILS: Final = "acct_fails"
RETURNED: Final = "acct_returned"
LOST: Final = "acct_lost"
CLOSED: Final = "acct_closed"
SPENT: Final = "acct_spent"
RETURNS_AFTER: Final = timedelta(days=3)


class SandboxPayouts:
    """The sandbox; ``funds`` in minor units by currency, without any it never runs dry."""

    name = "sandbox"
    label = "Sandbox"
    takes = frozenset(AccountKind)
    is_by_hand = False
    can_reverse = True
    out_of = Purse(AccountCode.BANK)

    def __init__(
        self, *, chaos: Chaos = CALM, secret: str = "", funds: Mapping[str, int] | None = None
    ) -> None:
        self._chaos = chaos
        self._secret = secret
        self._funds = funds

    @property
    def secret(self) -> str:
        """Return what its events are signed with."""
        return self._secret or str(settings.SANDBOX_WEBHOOK_SECRET)

    def send(self, order: PayoutOrder, *, now: datetime) -> PayoutAnswer:
        """Take a payout in. Raises: GatewaySilentError; GatewayRefusedError; PayoutsWaitError."""
        if self._chaos.is_call_lost(f"send:{order.key}:{now.isoformat()}"):
            raise GatewaySilentError("The call to the sandbox was lost.")
        row = self._taken_in(order, now=now)
        is_lost = order.to.number == LOST and row.sent_at == now
        if is_lost or self._chaos.is_answer_lost(f"send:{order.key}:{now.isoformat()}"):
            raise GatewaySilentError("The sandbox's answer was lost.")
        return answer_of(row, now=now)

    def look_up(self, *, key: str, now: datetime, ref: str = "") -> PayoutAnswer | None:
        """Return what the sandbox has of a payout, by its reference or by our key."""
        by = {"ref": ref} if ref else {"key": key}
        row = SandboxPayout.objects.filter(**by).first()
        return None if row is None else answer_of(row, now=now)

    def reverse(self, order: ReversalOrder, *, now: datetime) -> PayoutAnswer:
        """Take back what the seller still has. Raises: GatewaySilentError; GatewayRefusedError."""
        if self._chaos.is_call_lost(f"reverse:{order.key}:{now.isoformat()}"):
            raise GatewaySilentError("The call to the sandbox was lost.")
        row = self._reversed(order, now=now)
        if self._chaos.is_answer_lost(f"reverse:{order.key}:{now.isoformat()}"):
            raise GatewaySilentError("The sandbox's answer was lost.")
        return answer_of(row, now=now)

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a signed event says. Raises: WebhookRefusedError."""
        return sandbox_events.verify(raw, headers, secret=self.secret, now=now)

    @transaction.atomic
    def _taken_in(self, order: PayoutOrder, *, now: datetime) -> SandboxPayout:
        lock("sandbox_payouts")
        wanted = _hash_of(order)
        known = SandboxPayout.objects.filter(key=order.key).first()
        if known is not None:
            _require_same(known, wanted)
            return known
        if order.to.number == CLOSED:
            raise GatewayRefusedError("There is no such account.", code="no_such_account")
        self._require_funds(order.amount)
        settles_at = now + self._chaos.settling_delay(order.key)
        row = SandboxPayout.objects.create(
            ref=f"sbo_{sha256_hex({'key': order.key})[:24]}",
            key=order.key,
            body_hash=wanted,
            currency=order.amount.currency,
            amount_minor=order.amount.minor,
            account=order.to.number if order.to.kind is AccountKind.CONNECTED else order.to.masked,
            sent_at=now,
            settles_at=settles_at,
            fails=order.to.number == FAILS,
            returns_at=settles_at + RETURNS_AFTER if order.to.number == RETURNED else None,
            failure={FAILS: "account_closed", RETURNED: "account_closed"}.get(order.to.number, ""),
        )
        self._announce(row)
        return row

    def _require_funds(self, amount: Money) -> None:
        if self._funds is None:
            return
        mine = SandboxPayout.objects.filter(currency=amount.currency, fails=False)
        spent = mine.aggregate(total=Sum("amount_minor"))["total"] or 0
        if int(spent) + amount.minor > self._funds.get(amount.currency, 0):
            raise PayoutsWaitError("The sandbox has too little of ours to pay this out.")

    def _announce(self, row: SandboxPayout) -> None:
        first = "payout.failed" if row.fails else "payout.paid"
        moments = [(first, row.settles_at)]
        if row.returns_at is not None:
            moments.append(("payout.returned", row.returns_at))
        for kind, due_at in moments:
            sandbox_post.announce(kind=kind, ref=row.ref, due_at=due_at, chaos=self._chaos)

    @transaction.atomic
    def _reversed(self, order: ReversalOrder, *, now: datetime) -> SandboxPayout:
        lock("sandbox_payouts")
        row = SandboxPayout.objects.filter(ref=order.ref).first()
        if row is None:
            raise GatewayRefusedError("There is no such payout.", code="no_such_payout")
        known = row.reversals.filter(key=order.key).first()
        if known is not None:
            if known.amount_minor != order.amount.minor:
                raise GatewayRefusedError("The key was used before.", code="idempotency_mismatch")
            return row
        taken = row.reversals.aggregate(total=Sum("amount_minor"))["total"] or 0
        is_paid = answer_of(row, now=now).state is PayoutState.PAID
        has_left = is_paid and row.account != SPENT
        if not has_left or int(taken) + order.amount.minor > row.amount_minor:
            raise GatewayRefusedError("The seller has too little to take back.", code=SELLER_SHORT)
        SandboxReversal.objects.create(
            payout=row, key=order.key, amount_minor=order.amount.minor, done_at=now
        )
        return row


def answer_of(row: SandboxPayout, *, now: datetime) -> PayoutAnswer:
    """Return a row of the sandbox's book as it stands at an instant."""
    state = PayoutState.SENT
    if row.settles_at <= now:
        state = PayoutState.FAILED if row.fails else PayoutState.PAID
    if row.returns_at is not None and row.returns_at <= now:
        state = PayoutState.RETURNED
    has_ended_badly = state in {PayoutState.FAILED, PayoutState.RETURNED}
    return PayoutAnswer(
        ref=row.ref,
        key=row.key,
        state=state,
        amount=Money(row.amount_minor, row.currency),
        failure=row.failure if has_ended_badly else "",
        reversals=tuple(
            Reversal(one.key, Money(one.amount_minor, row.currency))
            for one in row.reversals.order_by("done_at", "id")
        ),
    )


def _hash_of(order: PayoutOrder) -> str:
    to: AccountDetails = order.to
    return sha256_hex({"amount": str(order.amount), "to": to.as_text(), "group": order.group})


def _require_same(known: SandboxPayout, wanted: str) -> None:
    if known.body_hash != wanted:
        raise GatewayRefusedError(
            "The key was already used for another payout.", code="idempotency_mismatch"
        )
