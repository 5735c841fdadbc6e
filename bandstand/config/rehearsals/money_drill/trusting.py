"""
A shop that believes every report as if it were the first. The drill must catch it.

Three places know that something was heard before; here all three forget.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from bandstand.credit import services as credit
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import AskState
from bandstand.credit.services import PaidNow, RecordedPayment
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import TransferOrder
from bandstand.payments.models import MoneyCommand
from bandstand.payments.rules import CommandState
from bandstand.payments.services import record


def trust_every_report() -> None:
    """Take the de-duplication of events out of this process and those it starts."""
    settle = record._settle_command  # noqa: SLF001 -- what is taken out
    paid, post = credit.record_paid_many, ledger.post_batch

    def settle_again(command: MoneyCommand, *sheet: Any, **news: Any) -> bool:  # noqa: ANN401 -- whatever the real one takes
        settle(command, *sheet, **news)
        return news["state"] in {CommandState.SUCCEEDED, CommandState.FAILED}

    def pay_again(*, paid_now: Sequence[PaidNow], **news: Any) -> tuple[RecordedPayment, ...]:  # noqa: ANN401 -- whatever the real one takes
        for one in paid_now:
            rows = PlanPayment.objects.filter(plan_id=one.plan_id, serial=one.serial)
            rows.filter(state=AskState.PAID.value).update(state=AskState.DROPPED.value)
        return paid(paid=paid_now, **news)

    def post_again(*, orders: Sequence[TransferOrder], **news: Any) -> object:  # noqa: ANN401 -- whatever the real one takes
        anew = [
            replace(one, idempotency_key=f"{one.idempotency_key}:{uuid4().hex[:8]}")
            for one in orders
        ]
        return post(orders=anew, **news)

    record._settle_command = settle_again  # noqa: SLF001 -- what is taken out
    credit.record_paid_many = lambda *, paid, **news: pay_again(paid_now=paid, **news)
    ledger.post_batch = post_again  # type: ignore[assignment]  # a stand-in
