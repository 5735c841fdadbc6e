"""The calls that pay sellers: written first, made once, asked after when nothing came back."""

from datetime import datetime, timedelta

import pytest

from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payouts import gateways, queries, services
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.models import (
    Payout,
    PayoutAccount,
    PayoutCommand,
    PayoutMoveRecord,
    SandboxPayout,
)
from bandstand.payouts.queries import seller_key
from bandstand.payouts.services import sending
from bandstand.plumbing.models import Letter
from tests.factories import offers, orders, payouts

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def phone() -> Offer:
    gateways.register(SandboxPayouts())
    orders.shop()
    payouts.terms(reserve_bps=0)
    payouts.route()
    return offers.offer(units=2)


@pytest.fixture
def now() -> datetime:
    return payouts.after_window()


def pays_to(offer: Offer, number: str) -> PayoutAccount:
    return payouts.account(offer.seller_id, number=number)


def begun(offer: Offer, *, now: datetime) -> Payout:
    payouts.matured(offer)
    run = payouts.confirmed(now=now)
    return Payout.objects.get(run=run)


def fresh(payout: Payout) -> Payout:
    payout.refresh_from_db()
    return payout


def available(offer: Offer) -> Money:
    return queries.balance_of(offer.seller_id, currency="USD").available


def bank() -> Money:
    return ledger.balance(code=AccountCode.BANK, currency="USD")


def in_transit(offer: Offer) -> Money:
    return ledger.balance(
        code=AccountCode.PAYOUT_IN_TRANSIT, key=seller_key(offer.seller_id), currency="USD"
    )


def test_money_on_its_way_has_not_left_the_bank(phone: Offer, now: datetime) -> None:
    payout = begun(phone, now=now)
    amount = Money(payout.amount_minor, "USD")

    payouts.send_all(now=now)
    on_its_way = (in_transit(phone), bank(), fresh(payout).state)
    payouts.hear(now=now + SOON)

    assert on_its_way == (-amount, Money(0, "USD"), "sent")
    assert (in_transit(phone), bank(), fresh(payout).state) == (Money(0, "USD"), -amount, "paid")


def test_events_told_twice_move_nothing_twice(phone: Offer, now: datetime) -> None:
    gateways.register(SandboxPayouts(chaos=Chaos(duplicate_percent=100, reorder_percent=100)))
    payout = begun(phone, now=now)
    payouts.send_all(now=now)

    payouts.hear(now=now + SOON)
    payouts.hear(now=now + 2 * SOON)

    assert fresh(payout).state == "paid"
    assert PayoutMoveRecord.objects.filter(payout=payout).count() == 1
    assert bank() == Money(-payout.amount_minor, "USD")


def test_a_worker_that_dies_between_claim_and_call_pays_once(phone: Offer, now: datetime) -> None:
    begun(phone, now=now)
    command = PayoutCommand.objects.get()
    sending._claim(command.id, now=now)  # noqa: SLF001 -- the worker dies here

    at_once = services.send_command(command_id=command.id, now=now + timedelta(seconds=1))
    assert (at_once, SandboxPayout.objects.count()) == ("sent", 0)
    services.send_open_commands(now=now + SOON)
    services.send_open_commands(now=now + 2 * SOON)

    assert SandboxPayout.objects.count() == 1
    payouts.hear(now=now + 3 * SOON)
    assert Payout.objects.get().state == "paid"


def test_a_lost_answer_is_asked_after_and_not_sent_again(phone: Offer, now: datetime) -> None:
    pays_to(phone, "acct_lost")
    payout = begun(phone, now=now)
    payouts.send_all(now=now)
    assert PayoutCommand.objects.get().state == "unknown"

    services.send_open_commands(now=now + SOON)

    assert SandboxPayout.objects.count() == 1
    assert fresh(payout).state == "paid"


def test_a_payout_waits_for_our_own_balance(phone: Offer, now: datetime) -> None:
    gateways.register(SandboxPayouts(funds={"USD": 1}))
    payout = begun(phone, now=now)
    payouts.send_all(now=now)
    command = PayoutCommand.objects.get()
    assert (command.state, command.failure) == ("written", "short_of_funds")
    assert fresh(payout).state == "sent"

    gateways.register(SandboxPayouts())
    services.send_open_commands(now=now + SOON)
    payouts.hear(now=now + 2 * SOON)

    assert fresh(payout).state == "paid"


@pytest.mark.parametrize("number", ["acct_fails", "acct_closed"])
def test_a_payout_that_fails_is_available_again_and_its_account_blocked(
    phone: Offer, now: datetime, number: str
) -> None:
    account = pays_to(phone, number)
    payout = begun(phone, now=now)
    payouts.send_all(now=now)
    payouts.hear(now=now + SOON)
    account.refresh_from_db()

    assert fresh(payout).state == "failed"
    assert available(phone) == Money(payout.amount_minor, "USD")
    assert (bank(), in_transit(phone)) == (Money(0, "USD"), Money(0, "USD"))
    assert account.blocked_at is not None
    assert queries.payable_now(currency="USD", now=now) == ()
    assert "blocked" in queries.left_out(currency="USD", now=now)[0].reason


def test_a_payout_given_back_days_later_never_reads_as_paid(phone: Offer, now: datetime) -> None:
    account = pays_to(phone, "acct_returned")
    payout = begun(phone, now=now)
    payouts.send_all(now=now)
    payouts.hear(now=now + SOON)
    assert fresh(payout).state == "paid"

    later = now + timedelta(days=4)
    payouts.hear(now=later)
    account.refresh_from_db()

    assert fresh(payout).state == "returned"
    assert bank() == Money(0, "USD")
    assert available(phone) == Money(payout.amount_minor, "USD")
    assert account.blocked_at == later
    letter = Letter.objects.get(key=f"payout_back:{payout.id}")
    assert "came back" in letter.subject


def test_a_return_whose_event_was_lost_is_found_by_asking(phone: Offer, now: datetime) -> None:
    pays_to(phone, "acct_returned")
    payout = begun(phone, now=now)
    payouts.send_all(now=now)
    payouts.hear(now=now + SOON)

    assert services.watch_paid(now=now + timedelta(days=1)) == 0
    assert services.watch_paid(now=now + timedelta(days=4)) == 1

    assert fresh(payout).state == "returned"


def test_a_debt_is_taken_out_of_what_the_seller_still_has(phone: Offer, now: datetime) -> None:
    line = payouts.matured(phone)
    payout = payouts.paid_out(now=now)
    payouts.give_back(line)
    owed = queries.balance_of(phone.seller_id, currency="USD").owed_to_us
    assert owed == Money(payout.amount_minor, "USD")

    payouts.send_all(now=now + SOON)

    held = queries.balance_of(phone.seller_id, currency="USD")
    assert held.owed_to_us == Money(0, "USD")
    assert held.available == Money(0, "USD")
    assert bank() == Money(0, "USD")


def test_a_debt_stays_where_the_seller_has_nothing_left(phone: Offer, now: datetime) -> None:
    pays_to(phone, "acct_spent")
    line = payouts.matured(phone)
    payout = payouts.paid_out(now=now)
    payouts.give_back(line)

    payouts.send_all(now=now + SOON)

    reversal = PayoutCommand.objects.get(kind="reverse")
    assert (reversal.state, reversal.failure) == ("failed", "seller_short")
    owed = queries.balance_of(phone.seller_id, currency="USD").owed_to_us
    assert owed == Money(payout.amount_minor, "USD")
    assert fresh(payout).state == "paid"
