"""
Credits given to a plan: they pay instalments like money, and are no money of the buyer's.

A bill credit and a phone traded in both come this way. The credit is written down once by its key;
the caller posts it with ``credit_entries`` in the same transaction.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bandstand.credit import rules
from bandstand.credit.events import CreditGiven
from bandstand.credit.models import Plan, PlanPayment
from bandstand.credit.queries.owing import owed_rows
from bandstand.credit.rules import AskKind, AskState, PlanState
from bandstand.credit.rules.standing import Part, payoff, share_out
from bandstand.credit.services.asking import (
    RecordedPayment,
    recorded_payment,
    settle_if_paid,
    write_parts,
)
from bandstand.credit.services.moving import contract_date, locked_plan
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger_queries
from bandstand.ledger.rules import AccountCode, Entry, credit_if_any, debit_if_any, legs
from bandstand.money import Money
from bandstand.plumbing import outbox


class CreditGoesTo(StrEnum):
    """Which instalments a credit pays."""

    OLDEST = "oldest"
    """What is due, then the next ones: a bill credit."""
    LAST = "last"
    """What is due, then the last ones, so that the plan ends earlier: a phone traded in."""


class UnsoundCreditError(BadInputError):
    """A credit of nothing, in another currency than its plan, or one key for two credits."""

    code = "unsound_credit"


@transaction.atomic
def record_credit(  # noqa: PLR0913 -- a credit has these parts, and none may be guessed
    *,
    plan_id: UUID,
    key: str,
    amount: Money,
    on: date,
    now: datetime,
    label: str,
    account: AccountCode = AccountCode.PROMOTION_LIABILITY,
    account_key: str = "",
    to: CreditGoesTo = CreditGoesTo.OLDEST,
) -> RecordedPayment:
    """
    Give a credit to a plan, once by its key; the same key again reports what it did.

    What the plan does not owe any more is ``surplus``: it stays where it was, and the caller
    decides. ``account`` and ``account_key`` (by default the plan) say where the credit is given
    from; there it goes back when the sale is undone.
    Raises: NotFoundError; UnsoundCreditError; NothingOwedError for a plan that has not begun.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    found = PlanPayment.objects.filter(credit_key=key).first()
    if found is not None:
        _require_same(found, plan=plan, amount=amount)
        return recorded_payment(found, plan=plan, parts=(), is_new=False)
    _require_sound(plan, key=key, amount=amount)
    parts, surplus, waived = _shared(plan, amount=amount, on=on, to=to)
    row = PlanPayment.objects.create(
        plan=plan,
        serial=(plan.payments.aggregate(last=Max("serial"))["last"] or 0) + 1,
        kind=AskKind.CREDIT.value,
        amount_minor=amount.minor,
        waived_minor=waived,
        surplus_minor=surplus,
        state=AskState.PAID.value,
        asked_at=now,
        ended_at=now,
        credit_key=key,
        label=label[:160],
        from_account=account.value,
        from_key=account_key or print_id(IdKind.PLAN, plan.id),
    )
    write_parts(row, parts, now=now)
    if amount.minor > surplus:
        _tell(row, plan=plan, now=now)
    settle_if_paid(plan, now=now)
    return recorded_payment(row, plan=plan, parts=parts, is_new=True)


@transaction.atomic
def expect_credits(*, plan_id: UUID, next_on: date | None, kept: Money) -> None:
    """
    Note when the oldest credit not yet given is due, and what a payoff would bring forward.

    From that day on no saved card is charged for the plan until the credit is given.
    """
    Plan.objects.filter(pk=plan_id).update(
        credit_expected_on=next_on, credits_kept_minor=kept.minor
    )


def credit_entries(
    recorded: RecordedPayment, *, account: AccountCode, account_key: str
) -> tuple[Entry, ...]:
    """
    Return the legs of a credit that was just given: from its account to what the buyer owes.

    Only what reached the plan moves. Finance income is earned with the interest it paid, and with
    the last payment all that is left of it. Nothing moves where all of it was surplus.
    """
    asked = recorded.asked
    plan = print_id(IdKind.PLAN, asked.plan_id)
    to_debt = asked.amount - recorded.surplus
    earned = recorded.interest
    if recorded.has_ended and to_debt.is_positive:
        deferred = -ledger_queries.balance(
            code=AccountCode.DEFERRED_FINANCE_INCOME, key=plan, currency=asked.amount.currency
        )
        earned = deferred - recorded.waived
    return legs(
        debit_if_any(account, to_debt, key=account_key),
        debit_if_any(AccountCode.DEFERRED_FINANCE_INCOME, earned + recorded.waived, key=plan),
        credit_if_any(AccountCode.INSTALMENT_RECEIVABLE, to_debt + recorded.waived, key=plan),
        credit_if_any(AccountCode.FINANCE_INCOME, earned),
    )


def _require_same(row: PlanPayment, *, plan: Plan, amount: Money) -> None:
    if row.plan_id != plan.id or row.amount_minor != amount.minor:
        raise UnsoundCreditError(
            f"The key “{row.credit_key}” already stands for another credit.", key=row.credit_key
        )


def _require_sound(plan: Plan, *, key: str, amount: Money) -> None:
    if not key.strip():
        raise UnsoundCreditError("A credit needs the key of what it is given for.")
    if not amount.is_positive or amount.currency != plan.currency:
        raise UnsoundCreditError(
            f"A credit to this plan is more than nothing, in {plan.currency}, not {amount}."
        )
    if plan.state == PlanState.AGREED.value:
        raise rules.NothingOwedError("This plan has not begun; nothing is owed on it yet.")


def _shared(
    plan: Plan, *, amount: Money, on: date, to: CreditGoesTo
) -> tuple[tuple[Part, ...], int, int]:
    """Return where a credit goes, what of it nobody owes, and the interest it spares."""
    if plan.state != PlanState.ACTIVE.value:
        return (), amount.minor, 0
    rows = owed_rows(plan.id)
    off = payoff(rows, contract_date=contract_date(plan), on=on)
    # A credit that covers all that is owed today pays the plan off, as money would.
    waived = off.waived if amount.minor >= off.amount else 0
    kind = AskKind.EXTRA if to is CreditGoesTo.LAST else AskKind.CREDIT
    parts, surplus = share_out(amount.minor, rows, kind=kind, waived=waived, on=on)
    return parts, surplus, waived


def _tell(row: PlanPayment, *, plan: Plan, now: datetime) -> None:
    outbox.emit(
        CreditGiven(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            serial=row.serial,
            amount_minor=row.amount_minor - row.surplus_minor,
            currency=plan.currency,
            label=row.label,
        ),
        now=now,
    )
