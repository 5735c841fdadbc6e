"""Whatever happens to plans, in whatever order, the money is accounted for to the cent."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.config.wiring import wire
from bandstand.credit import services as credit_services
from bandstand.credit.models import PlanPaymentPart
from bandstand.credit.rules import (
    AmountRefusedError,
    AskKind,
    NothingOwedError,
    PlanMoveRefusedError,
    PlanState,
)
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments.models import SandboxIntent
from bandstand.payments.services import collecting
from bandstand.plumbing.models import OutboxEvent
from tests.factories import credit
from tests.factories.credit import NOON
from tests.payments.test_collecting import Sold, require_sound, run, sold

pytestmark = pytest.mark.django_db
STEPS = st.one_of(
    st.tuples(
        st.sampled_from(list(AskKind)),
        st.integers(50, 40_000),
        st.sampled_from(["tok_ok", "tok_declined", "tok_lost_answer"]),
    ),
    st.sampled_from(["pause", "resume", "collect", "replay"]),
)


@given(steps=st.lists(STEPS, min_size=1, max_size=6), rate=st.sampled_from([0, 1499]))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_life_accounts_for_every_cent(
    steps: list[tuple[AskKind, int, str] | str], rate: int
) -> None:
    wire()
    plan = sold(terms=credit.terms(months=3, annual_rate_bps=rate))
    begun = sum(row.principal + row.interest for row in plan.money.owed)
    for number, step in enumerate(steps, start=1):
        live(plan, step, day=number * 20)
        require_sound(plan)
    require_every_cent(plan, begun=begun)


def live(plan: Sold, step: tuple[AskKind, int, str] | str, *, day: int) -> None:
    now = NOON + timedelta(days=day)
    match step:
        case "pause":
            try:
                credit_services.pause_plan(plan_id=plan.plan_id, reason="x", actor="ada", now=now)
            except PlanMoveRefusedError:
                assert plan.money.state is PlanState.SETTLED
        case "resume":
            credit_services.resume_plan(plan_id=plan.plan_id, now=now)
        case "collect":
            collecting.collect_due(now=now)
        case "replay":
            newest = OutboxEvent.objects.order_by("-emitted_at")[:20]
            told_again = list(newest.values_list("id", flat=True))
            OutboxEvent.objects.filter(pk__in=told_again).update(delivered_at=None)
        case (AskKind() as kind, int() as minor, str() as card):
            ask(plan, kind, minor=minor, card=card, now=now)
        case _:
            pytest.fail(f"no such step: {step}")
    run(now)


def ask(plan: Sold, kind: AskKind, *, minor: int, card: str, now: datetime) -> None:
    try:
        collecting.pay_plan(
            plan_id=plan.plan_id,
            kind=kind,
            extra=Money(minor, "USD"),
            card_token=card,
            return_url="",
            now=now,
        )
    except (NothingOwedError, AmountRefusedError):
        return


def require_every_cent(plan: Sold, *, begun: int) -> None:
    taken = sum(SandboxIntent.objects.values_list("captured_minor", flat=True))
    parts = PlanPaymentPart.objects.values_list("payment__plan_id", "amount_minor")
    shared = sum(minor for _, minor in parts)
    ours = sum(minor for plan_id, minor in parts if plan_id == plan.plan_id)
    waived = sum(row.waived for row in plan.money.owed)
    assert taken == shared
    assert plan.owed + ours + waived == begun
    clearing = ledger.balance(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD")
    assert clearing.minor == taken
