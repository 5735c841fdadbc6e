"""Any life of a plan: paid, paused, changed, charged a fee; every cent is accounted for."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.credit import services
from bandstand.credit.models import LateFeePolicy
from bandstand.credit.queries.changes import changes_of
from bandstand.credit.rules import (
    AmountRefusedError,
    AskKind,
    InstalmentKind,
    PlanMoveRefusedError,
    PlanState,
)
from bandstand.credit.rules.hardship import ChangeKind, ChangeRefusedError, ProposalState, Wish
from bandstand.credit.rules.late_fees import LateFeeRefusedError, LateFeeTerms
from bandstand.credit.rules.pausing import PauseCause
from bandstand.ledger.rules import AccountCode
from tests.credit.plans import Sold, noon_of, sold
from tests.factories import catalogue
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WISHES = st.builds(
    Wish,
    kind=st.sampled_from(
        [ChangeKind.EXTEND, ChangeKind.LOWER, ChangeKind.MOVE_DAY, ChangeKind.SKIP]
    ),
    months=st.integers(1, 5),
    amount_minor=st.integers(1, 9_000),
    day=st.integers(1, 31),
    forgives_interest=st.sampled_from([False, False, True]),
)
STEPS = st.tuples(
    st.integers(0, 45),
    st.one_of(
        st.sampled_from(["instalment", "payoff", "pause", "hold", "resume", "unhold", "fee"]),
        st.integers(1, 20_000),
        WISHES,
    ),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rate=st.sampled_from([0, 999, 2400]), life=st.lists(STEPS, max_size=14))
def test_any_life_accounts_for_every_cent(rate: int, life: list[tuple[int, object]]) -> None:
    _late_fees()
    plan, at = sold(rate_bps=rate), NOON
    price = sum(row.principal for row in plan.rows)
    charge = sum(row.interest for row in plan.rows)

    for days, step in life:
        at += days * DAY
        services.charge_late_fees(now=at)
        if plan.money.state is PlanState.ACTIVE:
            _step(plan, step, at=noon_of(at.date()))
        plan.require_sound()
        _require_accounted(plan, price=price, charge=charge)

    if plan.money.state is PlanState.ACTIVE:
        plan.pay(AskKind.PAYOFF, at=at)
    assert plan.money.state is PlanState.SETTLED
    assert plan.balance(AccountCode.DEFERRED_FINANCE_INCOME) == 0
    plan.require_sound()


def _require_accounted(plan: Sold, *, price: int, charge: int) -> None:
    rows = plan.rows
    fees = [row for row in rows if row.kind is InstalmentKind.LATE_FEE]
    own = [row for row in rows if row.kind is InstalmentKind.INSTALMENT]
    charged = sum(row.principal for row in fees)
    paid = sum(row.paid for row in rows)
    waived = sum(row.waived for row in rows)
    assert paid + plan.owed + waived == price + charge + charged
    assert paid == sum(one.amount.minor - one.surplus.minor for one in plan.money.payments)
    # What interest is still asked for, was paid or was forgiven is never more than was disclosed.
    assert sum(row.open_interest for row in own) + sum(row.waived for row in own) <= charge
    principal = sum(row.open_principal for row in own)
    assert principal <= price


def _late_fees() -> None:
    catalogue.market(code="US")
    if not LateFeePolicy.objects.exists():
        services.set_late_fee_policy(
            market="US",
            terms=LateFeeTerms(grace_days=10, currency="USD", fixed_minor=500),
            source="counsel",
            from_at=NOON,
            actor="ada",
            now=NOON,
        )


def _step(plan: Sold, step: object, *, at: datetime) -> None:
    try:
        match step:
            case "pause" | "hold" | "resume" | "unhold":
                _pause(plan, step, now=at)
            case "fee":
                _waive(plan, now=at)
            case str(kind):
                plan.pay(AskKind(kind), at=at)
            case int(minor):
                plan.pay(AskKind.EXTRA, minor=minor, at=at)
            case Wish():
                _change(plan, step, now=at)
            case _:
                raise AssertionError(step)
    except (AmountRefusedError, ChangeRefusedError, LateFeeRefusedError, PlanMoveRefusedError):
        return  # refused steps change nothing, which is what is looked at next


def _pause(plan: Sold, step: str, *, now: datetime) -> None:
    cause = PauseCause.HOLD if "hold" in step else PauseCause.BY_HAND
    if step in {"pause", "hold"}:
        services.pause_plan(plan_id=plan.plan_id, reason="x", actor="ada", now=now, cause=cause)
    else:
        services.resume_plan(plan_id=plan.plan_id, now=now, cause=cause)


def _waive(plan: Sold, *, now: datetime) -> None:
    for fee in changes_of(plan.plan_id).fees:
        services.waive_late_fee(
            plan_id=plan.plan_id, number=fee.number, reason="x", actor="ada", now=now
        )


def _change(plan: Sold, wish: Wish, *, now: datetime) -> None:
    made = services.propose_change(
        plan_id=plan.plan_id, wish=wish, reason="x", actor="ada", now=now
    )
    services.accept_change(proposal_id=made, accepted_by="mira@example.org", now=now)
    accepted = changes_of(plan.plan_id).proposals[0]
    assert accepted.state is ProposalState.ACCEPTED
