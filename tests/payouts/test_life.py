"""A seller's share: pending, available, kept back, paid out, and taken back from wherever it is."""

from datetime import timedelta

import pytest

from bandstand.ledger import queries as ledger
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.payouts import queries, services
from bandstand.payouts.models import Payable, Payout
from bandstand.payouts.rules import PayoutMoveRefusedError, SellerBalance
from bandstand.plumbing import clock
from tests.factories import offers, orders, payouts

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone() -> Offer:
    orders.shop()
    payouts.terms()
    payouts.route()
    return offers.offer(units=3)


def balance(offer: Offer) -> SellerBalance:
    return queries.balance_of(offer.seller_id, currency="USD")


def minors(held: SellerBalance) -> tuple[int, int, int, int]:
    return held.pending.minor, held.available.minor, held.reserve.minor, held.owed_to_us.minor


def paid_out() -> Payout:
    return payouts.paid_out(now=payouts.after_window())


def test_a_share_waits_until_the_buyers_window_has_closed(phone: Offer) -> None:
    line = payouts.delivered(phone)
    share = line.price_minor - line.commission_minor

    assert services.mature_due(now=payouts.after_window(days=-1)) == 0
    assert minors(balance(phone)) == (share, 0, 0, 0)

    assert services.mature_due(now=payouts.after_window()) == 1
    kept = Payable.objects.get().reserve_minor
    assert abs(kept - share / 10) < 1
    assert minors(balance(phone)) == (0, share - kept, kept, 0)
    assert services.mature_due(now=payouts.after_window()) == 0


def test_what_was_kept_back_is_let_go_in_time(phone: Offer) -> None:
    line = payouts.matured(phone)
    share = line.price_minor - line.commission_minor

    assert services.release_due(now=payouts.after_window(days=29)) == 0
    assert services.release_due(now=payouts.after_window(days=31)) == 1
    assert services.release_due(now=payouts.after_window(days=32)) == 0
    assert minors(balance(phone)) == (0, share, 0, 0)


def test_a_run_pays_what_is_available_and_never_twice(phone: Offer) -> None:
    payouts.matured(phone)
    due = balance(phone).payable

    payout = paid_out()

    assert payout.amount_minor == due.minor
    assert balance(phone).available.is_zero
    with pytest.raises(PayoutMoveRefusedError):
        services.propose_run(currency="USD", actor=payouts.ACTOR, now=payouts.after_window())
    again = services.confirm_run(
        run_id=payout.run_id, expected=due, actor=payouts.SECOND, now=payouts.after_window()
    )
    assert again == 1
    assert Payout.objects.count() == 1


def test_a_run_that_changed_since_it_was_looked_at_is_not_confirmed(phone: Offer) -> None:
    payouts.matured(phone)
    run = services.propose_run(currency="USD", actor=payouts.ACTOR, now=payouts.after_window())

    with pytest.raises(PayoutMoveRefusedError, match="Look at it again"):
        services.confirm_run(
            run_id=run,
            expected=Money(1, "USD"),
            actor=payouts.SECOND,
            now=payouts.after_window(),
        )
    assert not Payout.objects.exists()


def test_a_phone_given_back_while_its_share_is_pending_costs_nobody(phone: Offer) -> None:
    line = payouts.delivered(phone)

    payouts.give_back(line)

    assert minors(balance(phone)) == (0, 0, 0, 0)
    assert services.mature_due(now=payouts.after_window()) == 0


def test_a_share_already_available_is_taken_back_whole(phone: Offer) -> None:
    line = payouts.matured(phone)

    payouts.give_back(line)

    assert minors(balance(phone)) == (0, 0, 0, 0)
    assert services.release_due(now=payouts.after_window(days=60)) == 0


def test_a_share_already_paid_out_becomes_a_debt_that_the_next_sale_pays(phone: Offer) -> None:
    first = payouts.matured(phone)
    share = first.price_minor - first.commission_minor
    paid = paid_out().amount_minor

    payouts.give_back(first)
    assert minors(balance(phone)) == (0, 0, 0, paid)

    payouts.matured(phone)
    kept = share - paid
    assert minors(balance(phone)) == (0, 0, kept, 0)
    assert ledger.imbalance() == 0


def test_a_frozen_share_does_not_mature_and_others_do(phone: Offer) -> None:
    frozen, free = payouts.delivered(phone), payouts.delivered(phone)
    services.freeze_lines(
        line_ids=[frozen.id],
        until=payouts.after_window(days=10),
        reason="hold",
        actor=payouts.ACTOR,
        now=clock.now(),
    )

    assert services.mature_due(now=payouts.after_window()) == 1
    assert Payable.objects.get(line_id=free.id).state == "available"

    assert services.mature_due(now=payouts.after_window(days=11)) == 1


def test_a_share_that_is_thawed_matures_at_once(phone: Offer) -> None:
    line = payouts.delivered(phone)
    until, now = payouts.after_window(days=10), payouts.after_window()
    services.freeze_lines(
        line_ids=[line.id], until=until, reason="hold", actor=payouts.ACTOR, now=clock.now()
    )
    assert services.mature_due(now=now) == 0

    services.thaw_lines(line_ids=[line.id], actor=payouts.ACTOR, now=now)

    assert services.mature_due(now=now) == 1


def test_a_market_without_terms_pays_nothing_out() -> None:
    orders.shop()
    offer = offers.offer()
    payouts.delivered(offer)

    assert services.mature_due(now=payouts.after_window()) == 0
    assert balance(offer).pending.is_positive


def test_a_statement_closes_at_what_the_ledger_says(phone: Offer) -> None:
    payouts.matured(phone)
    paid_out()
    since, until = clock.now() - timedelta(days=1), payouts.after_window(days=2)

    told = queries.seller_statement(
        seller_id=phone.seller_id, currency="USD", since=since, until=until
    )

    held = balance(phone)
    assert told.opening.is_zero
    assert told.closing == held.pending + held.available + held.reserve - held.owed_to_us
    assert told.lines[-1].balance == told.closing
    assert [line.kind for line in told.lines] == ["sale", "payout"]


def test_the_years_report_counts_sales_that_stood(phone: Offer) -> None:
    kept, returned = payouts.delivered(phone), payouts.delivered(phone)
    payouts.give_back(returned)
    year = clock.now().year

    (row,) = queries.year_report(year=year, zone="UTC")

    assert row.gross == Money(kept.price_minor + kept.tax_minor, "USD")
    assert sum(row.sales_by_quarter) == 1
    assert queries.year_report(year=year - 1, zone="UTC") == ()
