"""
What orders do when a sale is undone, for plans that no order of the scratch shop has.

The plan ends, the books owe its buyer what was paid on it, and every refund that settles is posted.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit import services as credit
from bandstand.credit.models import Plan
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger_queries, services as ledger
from bandstand.ledger.rules import AccountCode, credit_if_any, debit, debit_if_any, legs
from bandstand.money import Money
from bandstand.payments import queries
from bandstand.payments.events import RefundSettled

SELLER: Final = "northgate"
ACTOR: Final = "system:drill"


@transaction.atomic
def undo_sale(*, plan_id: UUID, now: datetime) -> None:
    """End a plan as a takedown would, unless it has ended, and post what that undoes."""
    plan = Plan.objects.get(pk=plan_id)
    done = credit.cancel_plan(
        order_line_id=plan.order_line_id, reason="taken down", actor=ACTOR, now=now
    )
    plan.refresh_from_db(fields=["state"])
    if done is None or plan.state != "cancelled":
        return
    key, line = print_id(IdKind.PLAN, plan.id), print_id(IdKind.LINE, plan.order_line_id)
    open_then = _balance(AccountCode.INSTALMENT_RECEIVABLE, key)
    deferred = -_balance(AccountCode.DEFERRED_FINANCE_INCOME, key)
    paid = Money(done.paid_minor, plan.currency)
    lent = Money(plan.financed_minor, plan.currency)
    ledger.post(
        idempotency_key=f"unwind:{key}",
        kind="unwind",
        entries=legs(
            debit(AccountCode.SELLER_PAYABLE, lent, key=SELLER),
            debit_if_any(AccountCode.DEFERRED_FINANCE_INCOME, deferred, key=key),
            # What interest had been earned is given back with the rest.
            debit_if_any(AccountCode.FINANCE_INCOME, paid + open_then - deferred - lent),
            credit_if_any(AccountCode.INSTALMENT_RECEIVABLE, open_then, key=key),
            credit_if_any(AccountCode.REFUND_DUE, paid, key=line),
        ),
        effective_at=now,
        now=now,
    )


def hear_refund_settled(event: RefundSettled, now: datetime) -> None:
    """Post a refund that reached its buyer, once."""
    if event.order_line_id is None:
        return
    amount = Money(event.amount_minor, event.currency)
    ledger.post(
        idempotency_key=f"refund:{event.key}",
        kind="refund",
        entries=legs(
            debit(
                AccountCode.REFUND_DUE,
                amount,
                key=print_id(IdKind.LINE, UUID(event.order_line_id)),
            ),
            credit_if_any(
                AccountCode.PSP_CLEARING,
                amount,
                key=queries.payment_row(UUID(event.payment_id)).gateway,
            ),
        ),
        effective_at=now,
        now=now,
    )


def _balance(code: AccountCode, key: str) -> Money:
    return ledger_queries.balance(code=code, key=key, currency="USD")
