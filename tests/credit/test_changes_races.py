"""A buyer's yes and a payment at once, each on a connection of its own: one of them waits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from bandstand.credit import services
from bandstand.credit.models import PlanPayment, PlanVersion
from bandstand.credit.rules import AskKind, PaymentUnderWayError
from bandstand.credit.rules.hardship import ChangeKind, ProposalEndedError, Wish
from tests.credit.plans import NOTHING, sold
from tests.factories.credit import NOON

pytestmark = pytest.mark.race
ROUNDS = 6


def test_yes_and_payment_at_once_never_both_rest_on_the_old_schedule(scratch_database: str) -> None:
    assert scratch_database
    outcomes = set()
    for _ in range(ROUNDS):
        plan = sold()
        row = services.propose_change(
            plan_id=plan.plan_id,
            wish=Wish(kind=ChangeKind.EXTEND, months=6),
            reason="x",
            actor="ada",
            now=NOON,
        )
        gate = Barrier(2)

        def accept() -> str:
            try:
                gate.wait()  # noqa: B023 -- both run within this round
                services.accept_change(proposal_id=row, accepted_by="mira", now=NOON)  # noqa: B023 -- as above
            except (PaymentUnderWayError, ProposalEndedError):
                return "refused"
            finally:
                connections.close_all()
            return "accepted"

        def ask() -> int:
            try:
                gate.wait()  # noqa: B023 -- both run within this round
                asked = services.ask_payment(
                    plan_id=plan.plan_id,  # noqa: B023 -- as above
                    kind=AskKind.INSTALMENT,
                    extra=NOTHING,
                    on=NOON.date(),
                    now=NOON,
                )
            finally:
                connections.close_all()
            return asked.amount.minor

        with ThreadPoolExecutor(max_workers=2) as pool:
            said, asked = pool.submit(accept), pool.submit(ask)
            outcome, amount = said.result(), asked.result()
        outcomes.add(outcome)
        has_version = PlanVersion.objects.filter(plan=plan.plan_id, kind="extend").exists()
        assert has_version is (outcome == "accepted")
        # Whoever came second saw what the first had done.
        assert amount == (plan.still_open[0].open if has_version else plan.rows[0].open)
        assert PlanPayment.objects.filter(plan=plan.plan_id, state="asked").count() == 1

    assert outcomes <= {"accepted", "refused"}


def test_two_yeses_at_once_make_one_version(scratch_database: str) -> None:
    assert scratch_database
    plan = sold()
    row = services.propose_change(
        plan_id=plan.plan_id,
        wish=Wish(kind=ChangeKind.SKIP),
        reason="x",
        actor="ada",
        now=NOON,
    )

    def accept(_: int) -> bool:
        try:
            services.accept_change(proposal_id=row, accepted_by="mira", now=NOON)
        except ProposalEndedError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(max_workers=3) as pool:
        said = list(pool.map(accept, range(3)))

    assert said.count(True) == 1
    assert PlanVersion.objects.filter(plan=plan.plan_id, kind="skip").count() == 1
    assert plan.owed == sum(row.open for row in plan.still_open)
