"""What promotions write into the ledger: credits promised, given, owed as money, ended."""

from datetime import datetime

from bandstand.credit.services import RecordedPayment, credit_entries
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import (
    AccountCode,
    Entry,
    TransferOrder,
    credit,
    credit_if_any,
    debit,
    debit_if_any,
    legs,
)
from bandstand.money import Money
from bandstand.promotions.models import CreditRow, PromisedCredits


def post_promise(promise: PromisedCredits, *, now: datetime) -> None:
    """Post what was promised with a sale, once: it is owed from the first day."""
    amount = Money(promise.amount_minor, promise.currency)
    code, funder = _funder(promise)
    _post(
        promise,
        deed="promised",
        entries=(
            debit(code, amount, key=funder),
            credit(AccountCode.PROMOTION_LIABILITY, amount, key=plan_key(promise)),
        ),
        now=now,
    )


def given_order(
    row: CreditRow, *, recorded: RecordedPayment, now: datetime
) -> TransferOrder | None:
    """Return the transfer of a credit that was given; nothing if the plan took none of it."""
    entries = credit_entries(
        recorded, account=AccountCode.PROMOTION_LIABILITY, account_key=plan_key(row.promise)
    )
    if not entries:
        return None
    return TransferOrder(
        idempotency_key=f"{credit_key(row)}:given",
        kind="bill_credit",
        entries=entries,
        effective_at=now,
        memo=f"credit {row.number} of {plan_key(row.promise)}",
    )


def post_owed(promise: PromisedCredits, *, amount: Money, deed: str, now: datetime) -> None:
    """Post credits that a plan does not owe any more: the buyer is owed them as money."""
    if amount.is_zero:
        return
    _post(
        promise,
        deed=deed,
        entries=(
            debit(AccountCode.PROMOTION_LIABILITY, amount, key=plan_key(promise)),
            credit(AccountCode.CUSTOMER_CREDIT, amount, key=plan_key(promise)),
        ),
        now=now,
    )


def post_paid_out(promise: PromisedCredits, *, amount: Money, now: datetime) -> None:
    """Post credits that were paid to the buyer from the bank, once."""
    _post(
        promise,
        deed="paid_out",
        entries=(
            debit(AccountCode.CUSTOMER_CREDIT, amount, key=plan_key(promise)),
            credit(AccountCode.BANK, amount),
        ),
        now=now,
    )


def post_ended(
    promise: PromisedCredits, *, promised: Money, owed: Money, deed: str, now: datetime
) -> None:
    """Post credits that will not be given: who pays for them has them back."""
    whole = promised + owed
    if whole.is_zero:
        return
    key = plan_key(promise)
    code, funder = _funder(promise)
    _post(
        promise,
        deed=deed,
        entries=legs(
            debit_if_any(AccountCode.PROMOTION_LIABILITY, promised, key=key),
            debit_if_any(AccountCode.CUSTOMER_CREDIT, owed, key=key),
            credit_if_any(code, whole, key=funder),
        ),
        now=now,
    )


def credit_key(row: CreditRow) -> str:
    """Return the business identity of a credit: its plan and its number."""
    return f"promo:{plan_key(row.promise)}:{row.number}"


def plan_key(promise: PromisedCredits) -> str:
    """Return the sub-ledger of a promise: its plan."""
    return print_id(IdKind.PLAN, promise.plan_id)


def _funder(promise: PromisedCredits) -> tuple[AccountCode, str]:
    if promise.funder_id is None:
        return AccountCode.PROMOTION_EXPENSE, ""
    return AccountCode.SELLER_RECEIVABLE, print_id(IdKind.PARTY, promise.funder_id)


def _post(
    promise: PromisedCredits, *, deed: str, entries: tuple[Entry, ...], now: datetime
) -> None:
    ledger.post(
        idempotency_key=f"promo:{plan_key(promise)}:{deed}",
        kind=f"promotion_{deed.partition(':')[0]}",
        entries=entries,
        effective_at=now,
        now=now,
        memo=promise.words[:120],
    )
