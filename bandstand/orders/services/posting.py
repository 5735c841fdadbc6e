"""What orders write into the ledger: sales, their unwinding, late captures and refunds."""

from datetime import datetime
from uuid import UUID

from bandstand.credit.rules import read_disclosure
from bandstand.credit.services import CancelledPlan
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger_queries, services as ledger
from bandstand.ledger.rules import AccountCode, Entry, credit, debit
from bandstand.money import Money
from bandstand.orders.models import OrderLine
from bandstand.orders.rules import (
    SaleAmounts,
    SaleKeys,
    SinceSale,
    late_capture_entries,
    refund_entries,
    sale_entries,
    unwind_entries,
)
from bandstand.payments import queries as payments
from bandstand.tax import queries as tax


def post_sale(line: OrderLine, *, plan_id: UUID | None, now: datetime) -> UUID:
    """Post the sale of a line whose money was captured, once; return the transfer."""
    return ledger.post(
        idempotency_key=f"sale:{print_id(IdKind.LINE, line.id)}",
        kind="sale",
        entries=sale_entries(amounts_of(line), keys=keys_of(line, plan_id=plan_id)),
        effective_at=now,
        now=now,
        memo=f"{line.order.number} {line.title}"[:300],
    )


def post_unwinding(
    line: OrderLine, *, plan: CancelledPlan | None, idempotency_key: str, now: datetime
) -> UUID:
    """Post the transfer that undoes a sale and leaves what the buyer paid as owed to them."""
    keys = keys_of(line, plan_id=None if plan is None else plan.plan_id)
    nothing = Money.zero(line.currency)
    open_receivable = deferred = nothing
    if plan is not None:
        open_receivable = ledger_queries.balance(
            code=AccountCode.INSTALMENT_RECEIVABLE, key=keys.plan, currency=line.currency
        )
        deferred = -ledger_queries.balance(
            code=AccountCode.DEFERRED_FINANCE_INCOME, key=keys.plan, currency=line.currency
        )
    return ledger.post(
        idempotency_key=idempotency_key,
        kind=idempotency_key.partition(":")[0],
        entries=unwind_entries(
            amounts_of(line),
            keys=keys,
            open_receivable=open_receivable,
            deferred=deferred,
            given_back=() if plan is None else _given_back(plan),
            since=None if plan is None else _since_sale(plan),
        ),
        effective_at=now,
        now=now,
        memo=f"{line.order.number} {line.title}"[:300],
    )


def _given_back(plan: CancelledPlan) -> tuple[Entry, ...]:
    return tuple(credit(AccountCode(one.account), one.amount, key=one.key) for one in plan.credited)


def _since_sale(plan: CancelledPlan) -> SinceSale:
    return SinceSale(
        late_fees=Money(plan.late_fees_minor, plan.currency),
        forgiven=Money(plan.forgiven_minor, plan.currency),
        written_off=Money(plan.written_off_minor, plan.currency),
        written_off_interest=Money(plan.written_off_interest_minor, plan.currency),
    )


def post_late_capture(line: OrderLine, *, amount: Money, command_id: UUID, now: datetime) -> UUID:
    """Post money that was captured for a line cancelled meanwhile: it is owed back."""
    return ledger.post(
        idempotency_key=f"late_capture:{print_id(IdKind.LINE, line.id)}:{command_id}",
        kind="late_capture",
        entries=late_capture_entries(amount, keys=keys_of(line, plan_id=None)),
        effective_at=now,
        now=now,
    )


def post_refund(*, key: str, line_id: UUID, payment_id: UUID, amount: Money, now: datetime) -> UUID:
    """Post a refund that reached its buyer, once."""
    return ledger.post(
        idempotency_key=f"refund:{key}",
        kind="refund",
        entries=refund_entries(
            amount,
            gateway=payments.payment_row(payment_id).gateway,
            line=print_id(IdKind.LINE, line_id),
        ),
        effective_at=now,
        now=now,
    )


def post_refund_by_bank(*, key: str, line_id: UUID, amount: Money, now: datetime) -> UUID:
    """Post that a buyer's bank gave back what we owed, so that losing the charge cost that less."""
    return ledger.post(
        idempotency_key=f"refund_by_bank:{key}",
        kind="refund by bank",
        entries=(
            debit(AccountCode.REFUND_DUE, amount, key=print_id(IdKind.LINE, line_id)),
            credit(AccountCode.WRITE_OFF, amount),
        ),
        effective_at=now,
        now=now,
    )


def refund_key(line_id: UUID) -> str:
    """Return the business identity of the refund of a whole line: there is one."""
    return f"line:{print_id(IdKind.LINE, line_id)}"


def amounts_of(line: OrderLine) -> SaleAmounts:
    """Return the amounts of a line's sale."""
    charge = Money.zero(line.currency)
    if line.disclosure is not None:
        charge = read_disclosure(line.disclosure.body).finance_charge
    quoted = tax.quote_of_line(line.id)
    return SaleAmounts(
        price=Money(line.price_minor, line.currency),
        tax=Money(line.tax_minor, line.currency),
        due_today=Money(line.due_today_minor, line.currency),
        commission=Money(line.commission_minor, line.currency),
        finance_charge=charge,
        tax_is_included=quoted is not None and quoted.line.is_included,
    )


def keys_of(line: OrderLine, *, plan_id: UUID | None) -> SaleKeys:
    """Return the sub-ledgers that a line's sale moves."""
    payment_id = line.order.payment_id
    quoted = tax.quote_of_line(line.id)
    return SaleKeys(
        gateway="" if payment_id is None else payments.payment_row(payment_id).gateway,
        seller=print_id(IdKind.PARTY, line.offer.seller_id),
        plan="" if plan_id is None else print_id(IdKind.PLAN, plan_id),
        line=print_id(IdKind.LINE, line.id),
        tax="" if quoted is None else quoted.line.owed_to,
    )
