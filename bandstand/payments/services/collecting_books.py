"""What collecting on plans writes into the ledger: payments, what nobody owes, debts given up."""

from datetime import datetime
from uuid import UUID

from bandstand.credit.services import RecordedPayment
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger_queries, services as ledger
from bandstand.ledger.rules import (
    AccountCode,
    TransferOrder,
    credit_if_any,
    debit,
    debit_if_any,
    legs,
)
from bandstand.money import Money


def post_plan_payment(
    recorded: RecordedPayment, *, payment_id: UUID, gateway: str, amount: Money, now: datetime
) -> UUID:
    """Post money taken for a plan, once."""
    order = plan_payment_order(
        recorded, payment_id=payment_id, gateway=gateway, amount=amount, now=now
    )
    return ledger.post_batch(orders=[order], now=now)[0]


def plan_payment_order(
    recorded: RecordedPayment, *, payment_id: UUID, gateway: str, amount: Money, now: datetime
) -> TransferOrder:
    """
    Return the transfer of money taken for a plan.

    Finance income is earned with the interest it pays; with the last payment, all that is left of
    it, less what a payoff forgave.
    """
    asked = recorded.asked
    plan = print_id(IdKind.PLAN, asked.plan_id)
    line = print_id(IdKind.LINE, asked.order_line_id)
    to_debt = amount - recorded.surplus
    earned = recorded.interest
    if recorded.has_ended and to_debt.is_positive:
        earned = deferred_of(plan, currency=amount.currency) - recorded.waived
    return TransferOrder(
        idempotency_key=f"inst:{plan}:{asked.serial}:{print_id(IdKind.PAYMENT, payment_id)}",
        kind="instalment",
        entries=legs(
            debit(AccountCode.PSP_CLEARING, amount, key=gateway),
            debit_if_any(AccountCode.DEFERRED_FINANCE_INCOME, earned + recorded.waived, key=plan),
            credit_if_any(AccountCode.INSTALMENT_RECEIVABLE, to_debt + recorded.waived, key=plan),
            credit_if_any(AccountCode.REFUND_DUE, recorded.surplus, key=line),
            credit_if_any(AccountCode.FINANCE_INCOME, earned),
        ),
        effective_at=now,
        memo=f"payment {asked.serial} of {plan}",
    )


def post_charge_off(*, plan_id: UUID, amount: Money, now: datetime) -> UUID:
    """Post a plan given up: what was lent is a loss, what was never earned is not income."""
    plan = print_id(IdKind.PLAN, plan_id)
    deferred = deferred_of(plan, currency=amount.currency)
    return ledger.post(
        idempotency_key=f"charge_off:{plan}",
        kind="charge_off",
        entries=legs(
            debit_if_any(AccountCode.WRITE_OFF, amount - deferred),
            debit_if_any(AccountCode.DEFERRED_FINANCE_INCOME, deferred, key=plan),
            credit_if_any(AccountCode.INSTALMENT_RECEIVABLE, amount, key=plan),
        ),
        effective_at=now,
        now=now,
        memo=f"{plan} charged off",
    )


def deferred_of(plan: str, *, currency: str) -> Money:
    """Return the finance charge of a plan that is not yet earned."""
    return -ledger_queries.balance(
        code=AccountCode.DEFERRED_FINANCE_INCOME, key=plan, currency=currency
    )
