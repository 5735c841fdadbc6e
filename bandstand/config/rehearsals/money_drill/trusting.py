"""
A shop that believes every report as if it were the first. The drill must catch it.

Three places know that something was heard before; here all three forget.
"""

from typing import Any
from uuid import uuid4

from bandstand.credit import services as credit
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import AskState
from bandstand.credit.services import RecordedPayment
from bandstand.ledger import services as ledger
from bandstand.payments.models import MoneyCommand
from bandstand.payments.rules import CommandState
from bandstand.payments.services import record


def trust_every_report() -> None:
    """Take the de-duplication of events out of this process and those it starts."""
    settle, paid, post = record._settle_command, credit.record_paid, ledger.post  # noqa: SLF001 -- what is taken out

    def settle_again(command: MoneyCommand, **news: Any) -> bool:  # noqa: ANN401 -- whatever the real one takes
        settle(command, **news)
        return news["state"] in {CommandState.SUCCEEDED, CommandState.FAILED}

    def pay_again(**news: Any) -> RecordedPayment:  # noqa: ANN401 -- whatever the real one takes
        rows = PlanPayment.objects.filter(plan_id=news["plan_id"], serial=news["serial"])
        rows.filter(state=AskState.PAID.value).update(state=AskState.DROPPED.value)
        return paid(**news)

    def post_again(*, idempotency_key: str, **news: Any) -> object:  # noqa: ANN401 -- whatever the real one takes
        return post(idempotency_key=f"{idempotency_key}:{uuid4().hex[:8]}", **news)

    record._settle_command = settle_again  # noqa: SLF001 -- what is taken out
    credit.record_paid = pay_again
    ledger.post = post_again  # type: ignore[assignment]  # a stand-in
