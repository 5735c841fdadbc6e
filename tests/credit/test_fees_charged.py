"""Late fees on plans: as agreed, once, waived in the books, given back with the sale."""

from datetime import date, datetime, timedelta

import pytest

from bandstand.credit import services
from bandstand.credit.models import Agreement, Instalment, LateFeePolicy
from bandstand.credit.queries.policies import late_fee_of
from bandstand.credit.rules import AskKind, InstalmentState, PlanState
from bandstand.credit.rules.late_fees import LateFeeRefusedError, LateFeeTerms
from bandstand.kernel.errors import NotFoundError
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from tests.credit.plans import NOTHING, Sold, noon_of, sold
from tests.factories import catalogue
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TERMS = LateFeeTerms(grace_days=10, currency="USD", fixed_minor=500, share_bps=500)


def policy(terms: LateFeeTerms = TERMS, *, from_at: datetime = NOON, market: str = "US") -> None:
    catalogue.market(code=market)
    services.set_late_fee_policy(
        market=market,
        terms=terms,
        source="Counsel's letter of 1 March 2026",
        from_at=from_at,
        actor="ada",
        now=NOON,
    )


def late(plan: Sold, *, days: int = 11, number: int = 1) -> datetime:
    due = next(row.due_on for row in plan.rows if row.number == number)
    return noon_of(due + days * DAY)


def fees(plan: Sold) -> list[Instalment]:
    return list(Instalment.objects.filter(plan=plan.plan_id, kind="late_fee").order_by("number"))


def test_fresh_shop_charges_nothing_and_says_so() -> None:
    plan = sold()

    assert services.charge_late_fees(now=late(plan, days=100)) == 0
    assert fees(plan) == []
    assert "There is no fee for a late payment." in Agreement.objects.get().html


def test_fee_that_was_agreed_is_charged_once_and_posted() -> None:
    policy()
    plan = sold()
    before = plan.owed

    assert services.charge_late_fees(now=late(plan, days=10)) == 0
    assert [services.charge_late_fees(now=late(plan)) for _ in range(3)] == [1, 0, 0]

    (fee,) = fees(plan)
    assert fee.principal_minor == 374  # 5 % of 74.99 is less than 5.00
    assert fee.due_on == late(plan).date()
    assert plan.owed == before + 374
    assert plan.balance(AccountCode.LATE_FEE_INCOME, key="") == -374
    assert "late charge of the lower of $5.00 and 5 %" in Agreement.objects.get().html
    plan.require_sound()


def test_policy_after_the_agreement_changes_nothing() -> None:
    plan = sold()
    policy()

    assert services.charge_late_fees(now=late(plan)) == 0
    assert late_fee_of(plan.plan_id) is None


def test_policy_of_another_market_or_a_later_day_is_not_disclosed() -> None:
    policy(from_at=NOON + DAY)
    policy(LateFeeTerms(grace_days=9, currency="GBP", fixed_minor=1), market="GB")

    assert late_fee_of(sold().plan_id) is None


def test_nothing_is_charged_while_paused_or_for_the_days_of_a_pause() -> None:
    policy()
    plan = sold()
    services.pause_plan(plan_id=plan.plan_id, reason="x", actor="ada", now=late(plan, days=1))

    assert services.charge_late_fees(now=late(plan, days=30)) == 0
    resumed = late(plan, days=20)
    services.resume_plan(plan_id=plan.plan_id, now=resumed)
    assert services.charge_late_fees(now=resumed + 10 * DAY) == 0
    assert services.charge_late_fees(now=resumed + 11 * DAY) == 1


def test_fee_is_paid_like_an_instalment_and_holds_the_plan_open() -> None:
    policy()
    plan = sold(months=1)
    services.charge_late_fees(now=late(plan))
    instalment = plan.rows[0].open

    plan.pay(AskKind.INSTALMENT, at=late(plan))

    assert [one.amount.minor for one in plan.money.payments] == [instalment + 500]
    assert plan.money.state is PlanState.SETTLED
    plan.require_sound()


def test_waived_fee_is_posted_back_and_settles_what_is_left() -> None:
    policy()
    plan = sold(months=1)
    services.charge_late_fees(now=late(plan))
    asked = services.ask_payment(
        plan_id=plan.plan_id,
        kind=AskKind.PAYOFF,
        extra=NOTHING,
        on=late(plan).date(),
        now=late(plan),
    )
    with pytest.raises(LateFeeRefusedError, match="under way"):
        waive(plan)
    plan.take(asked.serial, amount=asked.amount - Money(100, "USD"), at=late(plan))
    assert state_of(plan) is PlanState.ACTIVE

    waived = waive(plan)

    assert waived == 100
    assert state_of(plan) is PlanState.SETTLED
    assert plan.balance(AccountCode.LATE_FEE_INCOME, key="") == -400
    with pytest.raises(LateFeeRefusedError):
        waive(plan)
    plan.require_sound()


def test_unpaid_fee_that_is_waived_is_no_payment() -> None:
    policy()
    plan = sold()
    services.charge_late_fees(now=late(plan))

    waive(plan)

    assert fees(plan)[0].state == InstalmentState.WAIVED.value
    assert plan.balance(AccountCode.LATE_FEE_INCOME, key="") == 0
    assert services.charge_late_fees(now=late(plan, days=12)) == 0
    with pytest.raises(NotFoundError):
        services.waive_late_fee(
            plan_id=plan.plan_id, number=1, reason="x", actor="ada", now=late(plan)
        )
    plan.require_sound()


@pytest.mark.parametrize(
    ("terms", "source", "from_at"),
    [
        (TERMS, " ", NOON),
        (TERMS, "law", NOON - DAY),
        (LateFeeTerms(grace_days=1, currency="USD", fixed_minor=1), "law", NOON),
        (LateFeeTerms(grace_days=9, currency="EUR", fixed_minor=1), "law", NOON),
    ],
)
def test_policy_without_source_or_sense_is_refused(
    terms: LateFeeTerms, source: str, from_at: datetime
) -> None:
    catalogue.market(code="US")

    with pytest.raises(LateFeeRefusedError):
        services.set_late_fee_policy(
            market="US", terms=terms, source=source, from_at=from_at, actor="ada", now=NOON
        )

    assert not LateFeePolicy.objects.exists()


def state_of(plan: Sold) -> PlanState:
    return plan.money.state


def waive(plan: Sold) -> int:
    (fee,) = fees(plan)
    at = noon_of(date(2026, 6, 1))
    return services.waive_late_fee(
        plan_id=plan.plan_id, number=fee.number, reason="goodwill", actor="ada", now=at
    ).minor
