"""What became of the money, by the provider's book and by ours."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from bandstand.credit.models import Plan
from bandstand.credit.rules import ENDED
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.payments.gateways import sandbox_disputes
from bandstand.payments.gateways.sandbox_cards import CARDS
from bandstand.payments.models import Dispute, SandboxIntent, SandboxOperation
from bandstand.payments.rules import AWAY, CommandKind, OperationState

# A payment's commands and transfers begin with its purpose, inst:<plan>:<serial>.
LOST = """
select count(*) from payments_sandboxintent i
  join payments_moneycommand c on c.key = i.idempotency_key
  join payments_payment p on p.id = c.payment_id
 where i.captured_minor > 0 and not exists (
    select 1 from ledger_transfer t
     where t.kind = 'instalment' and t.idempotency_key >= p.purpose || ':'
       and t.idempotency_key < p.purpose || ';')
"""
DOUBLED = """
select (select count(*) from (
          select split_part(idempotency_key, ':', 2), split_part(idempotency_key, ':', 3)
            from ledger_transfer where kind = 'instalment' group by 1, 2 having count(*) > 1) x)
     + (select count(*) from (
          select c.payment_id from payments_sandboxintent i
            join payments_moneycommand c on c.key = i.idempotency_key
           where i.captured_minor > 0 group by 1 having count(*) > 1) y)
     + (select count(*) from (
          select n.id from credit_instalment n
            left join credit_planpaymentpart s on s.instalment_id = n.id
           group by n.id, n.paid_minor having n.paid_minor <> coalesce(sum(s.amount_minor), 0)) z)
"""
STRAY = """
select count(*) from credit_plan p where p.state <> 'charged_off'
   and (select coalesce(sum(principal_minor + interest_minor - paid_minor - waived_minor), 0)
          from credit_instalment n where n.plan_id = p.id and n.state = 'scheduled') < 0
"""


@dataclass(frozen=True, slots=True)
class MoneyDrillReport:
    """
    What the drill found.

    ``stuck`` is what of the last day never ended. Units: minor units for ``unexplained``, counts
    for the rest.
    """

    plans: int
    seed: int
    days: int
    payments: int
    refunds: int
    disputes: int
    settled: int
    cancelled: int
    charged_off: int
    unfinished: int
    lost: int
    doubled: int
    unexplained: int
    unbalanced: int
    stuck: int
    kills: int
    seconds: float

    @property
    def is_promise_kept(self) -> bool:
        faults = (self.lost, self.doubled, self.unexplained, self.unbalanced)
        return not any((*faults, self.unfinished, self.stuck))

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command prints it."""
        return asdict(self)


def judge(
    *,
    plans: int,
    seed: int,
    now: datetime,
    days: int,
    stuck: int,
    kills: int,
    seconds: float,
) -> MoneyDrillReport:
    """Compare the provider's book with ours, payment by payment and in all."""
    states = Counter(Plan.objects.values_list("state", flat=True))
    given_back = SandboxOperation.objects.filter(
        kind=CommandKind.REFUND.value, state=OperationState.SUCCEEDED.value
    )
    return MoneyDrillReport(
        plans=plans,
        seed=seed,
        days=days,
        payments=SandboxIntent.objects.filter(captured_minor__gt=0).count(),
        refunds=given_back.count(),
        disputes=Dispute.objects.count(),
        settled=states["settled"],
        cancelled=states["cancelled"],
        charged_off=states["charged_off"],
        unfinished=sum(count for state, count in states.items() if state not in ENDED),
        lost=_count(LOST),
        doubled=_count(DOUBLED),
        unexplained=_unexplained(now=now),
        unbalanced=ledger.imbalance() + ledger.balances_off() + _count(STRAY),
        stuck=stuck,
        kills=kills,
        seconds=round(seconds, 1),
    )


def _unexplained(*, now: datetime) -> int:
    """Return what the books say of the provider, and of buyers to be refunded, that is not so."""
    held = SandboxIntent.objects.aggregate(taken=Sum("captured_minor"), given=Sum("refunded_minor"))
    ours = ledger.balance(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD").minor
    theirs = (held["taken"] or 0) - (held["given"] or 0) - _contested(now=now)
    owed = sum(abs(row.balance.minor) for row in _owed_back())
    return abs(ours - theirs) + owed


def _owed_back() -> tuple[ledger.BalanceRow, ...]:
    return ledger.balances(code=AccountCode.REFUND_DUE, currency="USD")


def _contested(*, now: datetime) -> int:
    """Return what buyers' banks hold or keep, by the provider's own book."""
    cards = [token for token, card in CARDS.items() if card.is_disputed]
    taken = SandboxIntent.objects.filter(card_token__in=cards, captured_minor__gt=0)
    return sum(
        dispute.amount.minor
        for intent in taken
        for dispute in sandbox_disputes.disputes_of(intent, now=now)
        if dispute.state in AWAY
    )


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (count,) = cursor.fetchone()
    return int(count)
