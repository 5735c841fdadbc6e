from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bandstand.credit import queries, rules, services
from bandstand.credit.models import Disclosure, Plan, PlanMoveRecord, PlanTerms
from bandstand.credit.rules import InstalmentState, PlanState
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.plumbing.models import OutboxEvent
from tests.factories import credit
from tests.factories.credit import NOON, PRICE

pytestmark = pytest.mark.django_db


def page(line: UUID) -> queries.PlanPage:
    found = queries.plan_page(line)
    assert found is not None
    return found


def told_kinds() -> list[str]:
    return list(OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True))


def test_terms_are_offered_once_per_market_months_and_start() -> None:
    first = credit.terms()
    again = credit.terms()

    assert first == again
    assert PlanTerms.objects.count() == 1


def test_terms_for_a_market_without_a_known_law_are_refused() -> None:
    with pytest.raises(rules.NoCreditRegimeError):
        credit.terms(market="JP")

    assert not PlanTerms.objects.exists()


def test_terms_for_leaves_out_what_is_not_on_offer() -> None:
    kept = credit.terms(months=24)
    credit.terms(months=12, until_at=NOON + timedelta(days=1))
    credit.terms(months=36, price_minimum=Money(100_000, "USD"))
    credit.terms(months=48, from_at=NOON + timedelta(days=9))
    credit.terms(months=60, annual_rate_bps=999, down_payment_bps=1)
    credit.terms(months=6, market="GB", price_minimum=Money(0, "GBP"))

    rows = queries.terms_for(market="US", price=Money(4000, "USD"), now=NOON + timedelta(days=2))

    assert rows == (kept,)
    assert queries.is_on_offer(terms_id=kept.id, price=PRICE, market="US", now=NOON)
    assert not queries.is_on_offer(terms_id=uuid4(), price=PRICE, market="US", now=NOON)


def test_terms_for_takes_the_later_of_two_rows_and_sorts_by_length() -> None:
    credit.terms(months=24)
    newer = credit.terms(months=24, down_payment_bps=2000, from_at=NOON + timedelta(days=1))
    short = credit.terms(months=12)

    rows = queries.terms_for(market="US", price=PRICE, now=NOON + timedelta(days=2))

    assert rows == (short, newer)


def test_unknown_terms_and_disclosures_are_not_found() -> None:
    for look_up in (queries.terms_row, queries.disclosure):
        with pytest.raises(NotFoundError):
            look_up(uuid4())


def test_disclosure_is_kept_as_it_was_told() -> None:
    told = credit.disclosure()

    kept = services.store_disclosure(disclosure=told, market="US", now=NOON)

    assert queries.disclosure(kept) == told
    assert Disclosure.objects.get().sha256 == told.sha256


def test_plan_is_opened_once_with_every_instalment() -> None:
    on = credit.terms()
    line = credit.plan(terms=on)
    shown = page(line)

    again = services.open_plan(
        order_line_id=line,
        terms_id=on.id,
        disclosure_id=Disclosure.objects.get().id,
        buyer_email="mira@example.org",
        now=NOON,
    )

    assert again == shown.id
    assert shown.state is PlanState.AGREED
    assert shown.public_id.startswith("pln_")
    assert len(shown.instalments) == 24
    assert shown.open == shown.disclosure.total_of_payments
    assert shown.paid == Money.zero("USD")
    assert shown.next_due is not None
    assert shown.next_due.number == 1


def test_second_plan_on_another_disclosure_is_refused() -> None:
    line = credit.plan()

    with pytest.raises(services.PlanDiffersError):
        credit.plan(order_line_id=line)

    assert Plan.objects.count() == 1


def test_plan_on_terms_that_were_not_disclosed_is_refused() -> None:
    told = services.store_disclosure(disclosure=credit.disclosure(), market="US", now=NOON)

    with pytest.raises(rules.TermsNotDisclosedError):
        services.open_plan(
            order_line_id=uuid4(),
            terms_id=credit.terms(months=36).id,
            disclosure_id=told,
            buyer_email="mira@example.org",
            now=NOON,
        )

    assert not Plan.objects.exists()


def test_plan_without_a_disclosure_is_refused() -> None:
    with pytest.raises(NotFoundError):
        services.open_plan(
            order_line_id=uuid4(),
            terms_id=credit.terms().id,
            disclosure_id=uuid4(),
            buyer_email="mira@example.org",
            now=NOON,
        )


def test_plan_becomes_active_once() -> None:
    line = credit.plan()

    for _ in range(2):
        services.activate_plan(order_line_id=line, now=NOON)

    assert page(line).state is PlanState.ACTIVE
    assert [move.move for move in page(line).moves] == ["activate"]
    assert services.activate_plan(order_line_id=uuid4(), now=NOON) is None


def test_last_payment_settles_the_plan_once() -> None:
    line = credit.plan(terms=credit.terms(months=2))
    plan_id = page(line).id

    states = [
        services.settle_instalment(plan_id=plan_id, number=number, now=NOON)
        for number in (1, 1, 2, 2)
    ]

    assert states == [PlanState.ACTIVE, PlanState.ACTIVE, PlanState.SETTLED, PlanState.SETTLED]
    shown = page(line)
    assert shown.paid == shown.disclosure.total_of_payments
    assert shown.next_due is None
    assert shown.ended_at == NOON
    assert [move.move for move in shown.moves] == ["activate", "settle"]
    assert told_kinds() == ["credit.plan_settled", "credit.unlock_due"]


def test_payment_of_an_instalment_that_is_not_there_is_refused() -> None:
    plan_id = page(credit.plan()).id

    with pytest.raises(NotFoundError, match="no instalment 25"):
        services.settle_instalment(plan_id=plan_id, number=25, now=NOON)


def test_cancelling_reports_what_was_open_and_paid_and_stays_so() -> None:
    line = credit.plan()
    before = page(line)
    services.settle_instalment(plan_id=before.id, number=1, now=NOON)

    reports = [
        services.cancel_plan(order_line_id=line, reason="hold", actor="system:sweep", now=NOON)
        for _ in range(2)
    ]

    first = reports[0]
    assert first is not None
    assert first == reports[1]
    assert first.paid == before.instalments[0].total
    assert first.open + first.paid == before.disclosure.total_of_payments
    shown = page(line)
    assert shown.state is PlanState.CANCELLED
    assert shown.open == Money.zero("USD")
    assert shown.instalments[0].state is InstalmentState.PAID
    assert shown.instalments[1].state is InstalmentState.CANCELLED
    assert told_kinds() == ["credit.plan_cancelled"]
    assert PlanMoveRecord.objects.filter(move="cancel", reason="hold").count() == 1


def test_cancelled_instalment_takes_no_payment() -> None:
    line = credit.plan()
    services.cancel_plan(order_line_id=line, reason="hold", actor="system:sweep", now=NOON)

    with pytest.raises(rules.InstalmentCancelledError):
        services.settle_instalment(plan_id=page(line).id, number=1, now=NOON)

    assert page(line).paid == Money.zero("USD")


def test_settled_plan_is_reported_as_it_stands_when_cancelled() -> None:
    line = credit.plan(terms=credit.terms(months=1))
    services.settle_instalment(plan_id=page(line).id, number=1, now=NOON)

    report = services.cancel_plan(order_line_id=line, reason="hold", actor="system", now=NOON)

    assert report is not None
    assert report.open == Money.zero("USD")
    assert report.paid == page(line).disclosure.total_of_payments
    assert page(line).state is PlanState.SETTLED


def test_outright_sale_has_no_plan_to_show_or_cancel() -> None:
    line = uuid4()

    assert queries.plan_page(line) is None
    assert services.cancel_plan(order_line_id=line, reason="x", actor="system", now=NOON) is None
