"""Contested charges: told late, twice or out of order, they move the books once."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments import queries, rules, services
from bandstand.payments.gateways import sandbox_report
from bandstand.payments.models import Dispute, Payment, SandboxOperation
from bandstand.payments.rules import CommandState, DisputeLeg, DisputeState, ProviderDispute
from bandstand.payments.services.disputes import record_dispute
from bandstand.plumbing.ids import new_id
from bandstand.plumbing.models import OutboxEvent
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON, PRICE

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOTHING = Money(0, "USD")


def balance(code: AccountCode, *, key: str = "") -> Money:
    return ledger.balance(code=code, currency="USD", key=key)


def told() -> list[str]:
    rows = OutboxEvent.objects.filter(kind__startswith="payments.dispute")
    return sorted(rows.values_list("kind", flat=True))


def refund(payment_id: UUID, *, key: str = "rf:1", minor: int = 100, now: datetime = NOON) -> None:
    services.claim_refund(
        payment_id=payment_id,
        key=key,
        amount=Money(minor, "USD"),
        order_line_id=None,
        reason="stopped",
        now=now,
    )


@pytest.mark.parametrize(
    ("card", "state", "clearing", "lost"),
    [
        ("tok_dispute_won", DisputeState.WON, NOTHING, NOTHING),
        ("tok_dispute_lost", DisputeState.LOST, -PRICE, PRICE),
    ],
)
def test_dispute_takes_the_money_and_gives_it_back_or_not(
    card: str, state: DisputeState, clearing: Money, lost: Money
) -> None:
    payments.captured_payment(card=card)

    payments.settle(now=NOON + 4 * DAY)
    opened = queries.disputes()[0]
    assert opened.state is DisputeState.OPEN
    assert balance(AccountCode.PSP_CLEARING, key="sandbox") == -PRICE
    assert balance(AccountCode.CHARGEBACK_RECEIVABLE, key=opened.ref) == PRICE
    payments.settle(now=NOON + 14 * DAY)

    assert queries.disputes()[0].state is state
    assert balance(AccountCode.CHARGEBACK_RECEIVABLE, key=opened.ref) == NOTHING
    assert balance(AccountCode.PSP_CLEARING, key="sandbox") == clearing
    assert balance(AccountCode.WRITE_OFF) == lost
    assert told() == ["payments.dispute_decided", "payments.dispute_opened"]
    assert ledger.imbalance() == 0


@pytest.mark.parametrize(
    ("card", "back"), [("tok_dispute_won", PRICE), ("tok_dispute_lost", NOTHING)]
)
def test_refund_waits_while_contested_and_goes_out_only_if_won(card: str, back: Money) -> None:
    paid = payments.captured_payment(card=card)
    payments.settle(now=NOON + 4 * DAY)
    refund(paid.id, minor=PRICE.minor, now=NOON + 4 * DAY)

    services.send_open_commands(now=NOON + 5 * DAY)
    waiting = queries.refunds_of(paid.id)[0]
    assert waiting.state is CommandState.WRITTEN
    assert not SandboxOperation.objects.filter(kind="refund").exists()
    assert "contests" in queries.troubled_commands()[0][1].failure
    payments.settle(now=NOON + 14 * DAY)
    services.send_open_commands(now=NOON + 15 * DAY)
    payments.settle(now=NOON + 16 * DAY)

    assert queries.payment_row(paid.id).refunded == back
    taken = PRICE if card == "tok_dispute_lost" else NOTHING
    assert back + taken == PRICE


def test_refund_before_the_dispute_leaves_only_the_rest_to_contest() -> None:
    paid = payments.captured_payment(card="tok_dispute_lost")
    refund(paid.id, minor=4000)
    services.send_open_commands(now=NOON + 3 * MINUTE)
    payments.settle(now=NOON + 4 * MINUTE)

    payments.settle(now=NOON + 4 * DAY)

    assert queries.disputes()[0].amount == Money(PRICE.minor - 4000, "USD")


STATES = st.sampled_from(list(DisputeState))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STATES, min_size=1, max_size=6), st.sampled_from(["WON", "LOST"]))
def test_any_order_of_news_ends_in_the_same_books(news: list[DisputeState], last: str) -> None:
    final = DisputeState[last]
    other = DisputeState.LOST if final is DisputeState.WON else DisputeState.WON
    payment = Payment.objects.get(pk=payments.captured_payment().id)
    ref = f"du_{new_id().hex}"
    start = balance(AccountCode.PSP_CLEARING, key="sandbox")
    written_off = balance(AccountCode.WRITE_OFF)

    known = [one for one in news if one is not other]
    for state in [*known, final, *known]:
        found = ProviderDispute(
            ref=ref, amount=PRICE, state=state, reason="fraudulent", opened_at=NOON
        )
        record_dispute(payment, found, now=NOON + DAY)

    assert Dispute.objects.get(provider_ref=ref).state == final.value
    assert balance(AccountCode.CHARGEBACK_RECEIVABLE, key=ref) == NOTHING
    is_lost = final is DisputeState.LOST
    assert balance(AccountCode.PSP_CLEARING, key="sandbox") - start == (
        -PRICE if is_lost else NOTHING
    )
    assert balance(AccountCode.WRITE_OFF) - written_off == (PRICE if is_lost else NOTHING)


def test_moves_of_every_path_take_once_and_return_only_when_won() -> None:
    for path in (
        [None, DisputeState.INQUIRY, DisputeState.OPEN, DisputeState.WON],
        [None, DisputeState.OPEN, DisputeState.UNDER_REVIEW, DisputeState.WON],
        [None, DisputeState.WON],
    ):
        legs = [leg for a, b in pairwise(path) if b for leg in rules.legs_between(a, b)]
        assert legs == [DisputeLeg.TAKEN, DisputeLeg.RETURNED]
    assert rules.legs_between(None, DisputeState.INQUIRY) == ()
    assert rules.legs_between(None, DisputeState.LOST) == (DisputeLeg.TAKEN,)


def test_report_with_disputes_matches_their_legs() -> None:
    payments.captured_payment(card="tok_dispute_won")
    payments.settle(now=NOON + 4 * DAY)
    payments.settle(now=NOON + 14 * DAY)
    now = NOON + 15 * DAY

    services.import_settlement(
        gateway_name="sandbox",
        text=sandbox_report.report(until=now),
        name="r.csv",
        actor="ada",
        now=now,
    )

    assert queries.unmatched(now=now) == ()
    assert queries.matched_count() == 3


def test_evidence_is_noted_with_what_was_sent() -> None:
    payments.captured_payment(card="tok_dispute_lost")
    now = NOON + 8 * DAY
    payments.settle(now=now)
    found = queries.disputes(open_only=True)[0]
    assert found.is_pressing(now=now)

    with pytest.raises(BadInputError):
        services.note_evidence(dispute_id=found.id, words=" ", actor="ada", now=now)
    with pytest.raises(NotFoundError):
        services.note_evidence(dispute_id=new_id(), words="Passport", actor="ada", now=now)
    services.note_evidence(dispute_id=found.id, words="Passport", actor="ada", now=now)

    noted = queries.dispute(found.id)
    assert (noted.answer_words, noted.answered_by) == ("Passport", "ada")
    assert not noted.is_pressing(now=now)
