"""
Money owed for a phone goes to its owner's bank account: asked, proposed, confirmed, answered.

One member of staff proposes and another confirms; the books move with the confirmation. What the
bank gives back is owed again.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum

from bandstand.kernel.errors import NotFoundError
from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.parties.sealing import seal, unseal
from bandstand.plumbing import audit
from bandstand.trade_in import letters
from bandstand.trade_in.models import CreditPayout, TradeIn
from bandstand.trade_in.rules import (
    PAYOUT_OPEN,
    BankAccount,
    CreditMoney,
    PayoutRefusedError,
    PayoutState,
    TradeInState,
    paid_entries,
    require_payout,
    require_two_people,
)
from bandstand.trade_in.services.crediting import line_key
from bandstand.trade_in.services.moving import locked

WORDS_MAX = 80


def money_of(trade_in: TradeIn) -> CreditMoney:
    """Return where the value of a credited phone has gone so far."""
    standing = [PayoutState.PAID.value, *(one.value for one in PAYOUT_OPEN)]
    promised = trade_in.payouts.filter(state__in=standing).aggregate(sum=Sum("amount_minor"))
    is_credited = trade_in.state == TradeInState.CREDITED.value
    currency = trade_in.currency
    return CreditMoney(
        value=Money(trade_in.value_minor if is_credited else 0, currency),
        applied=Money(trade_in.applied_minor, currency),
        kept=Money(trade_in.kept_minor, currency),
        promised=Money(int(promised["sum"] or 0), currency),
    )


@transaction.atomic
def ask_payout(*, trade_in_id: UUID, account: BankAccount, now: datetime) -> UUID:
    """
    Ask for what is owed to be sent to a bank account; the open one, if it was asked already.

    Raises: PayoutRefusedError if nothing is owed.
    Lock: the trade-in.
    """
    trade_in = locked(trade_in_id)
    standing = trade_in.payouts.filter(state__in=[one.value for one in PAYOUT_OPEN]).first()
    if standing is not None:
        return standing.id
    owed = money_of(trade_in).owed
    if not owed.is_positive:
        raise PayoutRefusedError("Nothing is owed to you for this phone.")
    last = trade_in.payouts.aggregate(last=Max("serial"))["last"] or 0
    row = CreditPayout.objects.create(
        trade_in=trade_in,
        serial=last + 1,
        amount_minor=owed.minor,
        currency=owed.currency,
        state=PayoutState.ASKED.value,
        account_masked=account.masked[:200],
        account_sealed=seal(f"{account.holder}\n{account.routing}\n{account.number}".encode()),
        asked_at=now,
    )
    return row.id


@transaction.atomic
def propose_payout(*, payout_id: UUID, actor: str, now: datetime) -> None:
    """
    Propose a payout that was asked for; another person must confirm it.

    Raises: NotFoundError; PayoutRefusedError.
    Lock: the trade-in, then the payout.
    """
    row = _locked_payout(payout_id)
    require_payout(PayoutState(row.state), PayoutState.ASKED)
    row.state, row.proposed_by, row.proposed_at = PayoutState.PROPOSED.value, actor, now
    row.save(update_fields=["state", "proposed_by", "proposed_at"])
    _note(row, "propose", actor=actor, now=now)


@transaction.atomic
def confirm_payout(*, payout_id: UUID, actor: str, now: datetime) -> None:
    """
    Confirm a payout that somebody else proposed: the books move, and the bank is given the order.

    Raises: NotFoundError; PayoutRefusedError.
    Lock: the trade-in, then the payout.
    """
    row = _locked_payout(payout_id)
    require_payout(PayoutState(row.state), PayoutState.PROPOSED)
    require_two_people(proposed_by=row.proposed_by, confirmed_by=actor)
    row.transfer_id = ledger.post(
        idempotency_key=f"trade_in_paid:{row.trade_in.reference}:{row.serial}",
        kind="trade_in_paid",
        entries=paid_entries(Money(row.amount_minor, row.currency), line=line_key(row.trade_in)),
        effective_at=now,
        now=now,
        memo=row.trade_in.reference,
    )
    row.state, row.confirmed_by, row.confirmed_at = PayoutState.SENT.value, actor, now
    row.save(update_fields=["state", "confirmed_by", "confirmed_at", "transfer_id"])
    _note(row, "confirm", actor=actor, now=now)


@transaction.atomic
def turn_down_payout(*, payout_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Turn down a payout before it is confirmed: the owner is told why, and may ask again.

    Raises: NotFoundError; PayoutRefusedError.
    Lock: the trade-in, then the payout.
    """
    row = _locked_payout(payout_id)
    require_payout(PayoutState(row.state), PayoutState.ASKED, PayoutState.PROPOSED)
    _fail(row, reason=reason, actor=actor, now=now)


@transaction.atomic
def record_bank_answer(
    *, payout_id: UUID, is_paid: bool, words: str, actor: str, now: datetime
) -> None:
    """
    Record what the bank says: its reference, or why the money came back. Twice is once.

    Raises: NotFoundError; PayoutRefusedError.
    Lock: the trade-in, then the payout.
    """
    row = _locked_payout(payout_id)
    said = PayoutState.PAID if is_paid else PayoutState.FAILED
    if row.state == said.value:
        return
    require_payout(PayoutState(row.state), PayoutState.SENT)
    if not words.strip():
        raise PayoutRefusedError("Give the bank’s reference, or its reason.")
    if not is_paid:
        assert row.transfer_id is not None  # noqa: S101 -- the database demands it of a sent one
        ledger.reverse(
            transfer_id=row.transfer_id,
            idempotency_key=f"trade_in_back:{row.trade_in.reference}:{row.serial}",
            now=now,
            memo=words[:300],
        )
        _fail(row, reason=words, actor=actor, now=now)
        return
    row.state, row.bank_reference = PayoutState.PAID.value, words.strip()[:WORDS_MAX]
    row.ended_at, row.account_sealed = now, None
    row.save(update_fields=["state", "bank_reference", "ended_at", "account_sealed"])
    _note(row, "paid", actor=actor, now=now)
    letters.write_paid_out(row, now=now)


@transaction.atomic
def show_account(*, payout_id: UUID, actor: str, now: datetime) -> BankAccount:
    """
    Return the account of a payout that is on its way, to whoever sends the money; it is noted.

    Raises: NotFoundError; PayoutRefusedError once it is forgotten; SealBrokenError.
    """
    row = _locked_payout(payout_id)
    if row.account_sealed is None:
        raise PayoutRefusedError("This account is forgotten: the payout has ended.")
    holder, routing, number = unseal(bytes(row.account_sealed)).decode().split("\n")
    _note(row, "show_account", actor=actor, now=now)
    return BankAccount(holder, routing, number)


def _fail(row: CreditPayout, *, reason: str, actor: str, now: datetime) -> None:
    if not reason.strip():
        raise PayoutRefusedError("Say why; its owner reads it.")
    row.state, row.failure = PayoutState.FAILED.value, reason.strip()[:300]
    row.ended_at, row.account_sealed = now, None
    row.save(update_fields=["state", "failure", "ended_at", "account_sealed"])
    _note(row, "failed", actor=actor, now=now)
    letters.write_payout_failed(row, now=now)


def _locked_payout(payout_id: UUID) -> CreditPayout:
    found = CreditPayout.objects.filter(pk=payout_id).first()
    if found is None:
        raise NotFoundError("There is no such payout.")
    trade_in = locked(found.trade_in_id)
    row = CreditPayout.objects.select_for_update().get(pk=payout_id)
    row.trade_in = trade_in
    return row


def _note(row: CreditPayout, deed: str, *, actor: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"trade_in.payout_{deed}",
        subject=row.trade_in.reference,
        now=now,
        amount=str(row.amount_minor),
        currency=row.currency,
    )
