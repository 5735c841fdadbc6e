"""What became of the money, by the provider's book and by ours."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum

from bandstand.credit.models import Plan
from bandstand.credit.rules import ENDED
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.payments.models import SandboxIntent

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
     + (select count(*) from credit_instalment n
         where n.paid_minor <> coalesce((select sum(amount_minor) from credit_planpaymentpart
                                          where instalment_id = n.id), 0))
"""
STRAY = """
select count(*) from credit_plan p where p.state <> 'charged_off'
   and (select coalesce(sum(principal_minor + interest_minor - paid_minor - waived_minor), 0)
          from credit_instalment n where n.plan_id = p.id and n.state = 'scheduled') < 0
"""


@dataclass(frozen=True, slots=True)
class MoneyDrillReport:
    """What the drill found. Units: minor units for ``unexplained``, counts for the rest."""

    plans: int
    seed: int
    payments: int
    settled: int
    charged_off: int
    unfinished: int
    lost: int
    doubled: int
    unexplained: int
    unbalanced: int
    kills: int
    seconds: float

    @property
    def is_promise_kept(self) -> bool:
        faults = (self.lost, self.doubled, self.unexplained, self.unbalanced, self.unfinished)
        return not any(faults)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command prints it."""
        return asdict(self)


def judge(*, plans: int, seed: int, kills: int, seconds: float) -> MoneyDrillReport:
    """Compare the provider's book with ours, payment by payment and in all."""
    states = list(Plan.objects.values_list("state", flat=True))
    return MoneyDrillReport(
        plans=plans,
        seed=seed,
        payments=SandboxIntent.objects.filter(captured_minor__gt=0).count(),
        settled=states.count("settled"),
        charged_off=states.count("charged_off"),
        unfinished=sum(state not in ENDED for state in states),
        lost=_count(LOST),
        doubled=_count(DOUBLED),
        unexplained=_unexplained(),
        unbalanced=ledger.imbalance() + _count(STRAY),
        kills=kills,
        seconds=round(seconds, 1),
    )


def _unexplained() -> int:
    held = SandboxIntent.objects.aggregate(taken=Sum("captured_minor"), given=Sum("refunded_minor"))
    ours = ledger.balance(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD").minor
    return abs(ours - (held["taken"] or 0) + (held["given"] or 0))


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (count,) = cursor.fetchone()
    return int(count)
