"""Whatever happens to a plan with credits, in whatever order, every cent is accounted for."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries
from bandstand.credit.rules import AmountRefusedError, AskKind, NothingOwedError
from bandstand.kernel.errors import RefusedError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders import services as order_services
from bandstand.orders.queries import OrderRow
from bandstand.payments.models import Payment
from bandstand.payments.services import collecting
from bandstand.plumbing import clock
from bandstand.plumbing.models import OutboxEvent
from bandstand.promotions import queries, services
from bandstand.promotions.rules import CreditState, OnPayoff
from tests.factories import credit, offers, orders, promotions
from tests.factories.promotions import balance, credits_of, plan_of, require_sound

pytestmark = pytest.mark.django_db
STEPS = st.one_of(
    st.tuples(st.just("give"), st.integers(20, 220)),
    st.tuples(st.sampled_from([AskKind.EXTRA, AskKind.INSTALMENT]), st.integers(500, 30_000)),
    st.sampled_from(["payoff", "cancel", "give up", "replay", "pay out"]),
)
Step = tuple[str | AskKind, int] | str


@given(
    steps=st.lists(STEPS, min_size=2, max_size=5),
    on_payoff=st.sampled_from(list(OnPayoff)),
    rate=st.sampled_from([0, 1499]),
)
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_life_keeps_books_credits_and_plan_together(
    steps: list[Step], on_payoff: OnPayoff, rate: int
) -> None:
    wire()
    orders.shop()
    for old in queries.running(market="US", now=clock.now()):
        services.end_promotion(promotion_id=old.id, reason="x", actor="ada", now=clock.now())
    promotions.promotion(on_payoff=on_payoff, minor=6_001, name=f"{clock.now()}")
    before, banked = balance(AccountCode.PROMOTION_EXPENSE), -balance(AccountCode.BANK)
    order = orders.paid(offers.offer(), terms_id=credit.terms(months=6, annual_rate_bps=rate).id)
    plan_id = plan_of(order)

    for step in steps:
        live(order, plan_id, step)
        orders.hear_everything()
        require_every_cent(plan_id, before=before, banked=banked)


def live(order: OrderRow, plan_id: UUID, step: Step) -> None:
    now = clock.now()
    match step:
        case ("give", int() as days):
            services.give_due(now=now + timedelta(days=days))
        case (AskKind() as kind, int() as minor):
            pay(plan_id, kind, minor=minor)
        case "payoff":
            pay(plan_id, AskKind.PAYOFF, minor=0)
        case "cancel":
            order_services.cancel_line(
                line_id=orders.line_of(order), reason="x", actor="ada", now=now
            )
        case "give up":
            refused(lambda: collecting.give_up(plan_id=plan_id, actor="ada", reason="x", now=now))
            services.give_due(now=now + timedelta(days=220))
        case "replay":
            newest = OutboxEvent.objects.order_by("-emitted_at")[:20]
            told = list(newest.values_list("id", flat=True))
            OutboxEvent.objects.filter(pk__in=told).update(delivered_at=None)
        case "pay out":
            refused(
                lambda: services.pay_out_owed(plan_id=plan_id, reference="1", actor="ada", now=now)
            )
        case _:
            pytest.fail(f"no such step: {step}")


def pay(plan_id: UUID, kind: AskKind, *, minor: int) -> None:
    try:
        collecting.pay_plan(
            plan_id=plan_id,
            kind=kind,
            extra=Money(minor, "USD"),
            card_token="tok_ok",  # noqa: S106 -- a test card
            return_url="",
            now=clock.now(),
        )
    except (NothingOwedError, AmountRefusedError):
        return


def refused(act: object) -> None:
    try:
        act()  # type: ignore[operator]  # one of the lambdas above
    except RefusedError:
        return


def require_every_cent(plan_id: UUID, *, before: int, banked: int) -> None:
    found, money = credits_of(plan_id), credit_queries.plan_money(plan_id)
    require_sound(plan_id)
    paid_out = -balance(AccountCode.BANK) - banked
    # What the promotion cost is what was given, is still promised, is owed or was paid out.
    cost = balance(AccountCode.PROMOTION_EXPENSE) - before
    assert cost == found.given.minor + found.left.minor + found.owed.minor + paid_out
    credited = sum(
        row.amount.minor - row.surplus.minor for row in money.payments if row.kind is AskKind.CREDIT
    )
    # A sale that is undone takes back what its credits gave, though the plan's own record stays.
    undone = sum(row.given.minor for row in found.rows if row.state is CreditState.UNDONE)
    assert credited == found.given.minor + undone
    assert all(one.captured_minor >= one.refunded_minor for one in Payment.objects.all())
    assert ledger.imbalance() == 0
