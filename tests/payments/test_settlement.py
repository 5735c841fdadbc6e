"""Settlement: what a provider says moved is taken in once, and the rest is told apart."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.ledger import queries as ledger, services as books
from bandstand.ledger.models import Transfer
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money
from bandstand.payments import queries, rules, services
from bandstand.payments.gateways import sandbox_report
from bandstand.payments.models import MoneyCommand, Payment, SettlementFile, SettlementRow
from bandstand.payments.queries import Bucket
from bandstand.payments.services import SettlementPreview
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON, PRICE

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)
LATER = NOON + WEEK
USD = "USD"


def take_in(text: str, *, now: datetime = LATER) -> SettlementPreview:
    return services.import_settlement(
        gateway_name="sandbox", text=text, name="report.csv", actor="ada@lark.example", now=now
    )


def book_sale(minor: int, *, key: str) -> None:
    """Post the cash side of a sale, as orders do when a payment was captured."""
    amount = Money(minor, USD)
    books.post(
        idempotency_key=key,
        kind="sale",
        entries=(
            debit(AccountCode.PSP_CLEARING, amount, key="sandbox"),
            credit(AccountCode.COMMISSION_INCOME, amount),
        ),
        effective_at=NOON,
        now=NOON,
    )


def sold(*, minor: int = PRICE.minor, card: str = "tok_ok") -> MoneyCommand:
    paid = payments.captured_payment(amount=Money(minor, USD), card=card)
    book_sale(minor, key=f"sale:{paid.id}")
    return MoneyCommand.objects.get(payment_id=paid.id, kind="capture")


def clearing() -> Money:
    return ledger.balance(code=AccountCode.PSP_CLEARING, currency=USD, key="sandbox")


def line(**cells: str) -> str:
    given_cells = {
        "balance_transaction_id": "txn_1",
        "created_utc": "2026-03-01 12:01:00",
        "currency": "usd",
        "gross": "100.00",
        "fee": "3.20",
        "net": "",
        "reporting_category": "charge",
        **cells,
    }
    out = io.StringIO()
    csv.DictWriter(out, fieldnames=sandbox_report.HEADS, restval="").writerow(given_cells)
    return out.getvalue()


def report(*lines: str) -> str:
    return ",".join(sandbox_report.HEADS) + "\r\n" + "".join(lines)


def test_own_report_of_a_week_matches_everything_and_pays_out() -> None:
    sold()
    sold(minor=5000)
    text = sandbox_report.report(until=LATER)

    seen = services.preview_settlement(gateway_name="sandbox", text=text)
    assert not SettlementRow.objects.exists()
    done = take_in(text)

    assert done == seen
    assert (done.matched, done.theirs_only) == (2, 0)
    assert done.fees == (Money(320 + 175, USD),)
    assert queries.unmatched(now=LATER) == ()
    bank = ledger.balance(code=AccountCode.BANK, currency=USD)
    assert bank == Money(15_000 - 495, USD)
    assert clearing() == Money(0, USD)
    assert ledger.balance(code=AccountCode.PSP_FEE, currency=USD) == Money(495, USD)
    assert ledger.imbalance() == 0


def test_report_taken_in_twice_changes_nothing() -> None:
    sold()
    text = sandbox_report.report(until=LATER)
    take_in(text)
    before = (Transfer.objects.count(), SettlementRow.objects.count(), clearing())

    again = take_in(text)
    longer = take_in(sandbox_report.report(until=LATER + WEEK), now=LATER + WEEK)

    assert (again.new, again.matched) == (0, 0)
    assert longer.new == 0
    assert (Transfer.objects.count(), SettlementRow.objects.count(), clearing()) == before
    assert SettlementFile.objects.count() == 1


def test_row_that_says_something_else_than_before_is_refused() -> None:
    sold()
    take_in(report(line()))
    before = SettlementRow.objects.values().get()

    with pytest.raises(rules.SettlementChangedError, match="txn_1"):
        take_in(report(line(fee="4.20"), line(balance_transaction_id="txn_2")))

    assert SettlementRow.objects.values().get() == before
    assert ledger.balance(code=AccountCode.PSP_FEE, currency=USD) == Money(320, USD)


def test_other_amount_is_never_matched_away() -> None:
    command = sold()

    take_in(report(line(gross="99.99", source_id=command.provider_ref)))

    found = queries.unmatched(now=LATER)
    assert [row.bucket for row in found] == [Bucket.THEIRS_ONLY, Bucket.OURS_ONLY]
    assert all(row.is_late for row in found)


def test_row_without_our_reference_matches_by_amount_day_and_key() -> None:
    command = sold()
    take_in(
        report(
            line(balance_transaction_id="txn_other", description="cap:another"),
            line(description=f"paid {command.key} thanks"),
        )
    )

    row = SettlementRow.objects.get(move_id=command.id)

    assert (row.row_id, row.match_reason) == ("txn_1", "amount, day and key")
    assert queries.matched_count() == 1


def test_movement_told_before_we_know_of_it_is_matched_later() -> None:
    payment = payments.authorised_payment()
    ref = Payment.objects.get(pk=payment.id).provider_ref
    take_in(report(line(payment_intent_id=ref)), now=NOON + MINUTE)
    assert [row.bucket for row in queries.unmatched(now=NOON)] == [Bucket.THEIRS_ONLY]
    command = payments.capture_command(payment.id)
    services.send_command(command_id=command.id, now=NOON + MINUTE)
    payments.settle(now=NOON + 2 * MINUTE)

    assert services.match_waiting(gateway_name="sandbox", now=LATER) == 1
    assert services.match_waiting(gateway_name="sandbox", now=LATER) == 0


def test_person_matches_what_the_rules_cannot_and_says_why() -> None:
    command = sold()
    take_in(report(line()))
    row = SettlementRow.objects.get()
    assert [one.id for one in queries.candidates(row.id)] == [command.id]

    with pytest.raises(BadInputError):
        services.match_by_hand(
            row_id=row.id, move_id=command.id, reason=" ", actor="ada", now=LATER
        )
    services.match_by_hand(
        row_id=row.id, move_id=command.id, reason="Told by phone", actor="ada", now=LATER
    )

    assert queries.unmatched(now=LATER) == ()
    with pytest.raises(NotFoundError):
        services.match_by_hand(
            row_id=row.id, move_id=command.id, reason="again", actor="ada", now=LATER
        )


def test_person_cannot_match_two_amounts() -> None:
    command = sold()
    take_in(report(line(gross="90.00")))
    row = SettlementRow.objects.get()

    with pytest.raises(rules.MatchRefusedError, match="same amount"):
        services.match_by_hand(
            row_id=row.id, move_id=command.id, reason="close", actor="ada", now=LATER
        )

    row.refresh_from_db()
    assert row.move_id is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks the columns"),
        ("balance_transaction,created_utc\r\n", "balance_transaction_id"),
        (report(), "no rows"),
        (report(line(gross="1,00")), "line 2"),
        (report(line(), line()), "twice"),
        (report(line(created_utc="yesterday")), "is not a time"),
        (report(line(net="1.00")), "gross less fee"),
        (report(line(reporting_category="")), "reporting_category"),
        (report(line(description="4111 1111 1111 1111")), "card number"),
        (report(line(balance_transaction_id="")), "balance_transaction_id is empty"),
    ],
)
def test_file_that_cannot_be_read_names_line_and_mend(text: str, said: str) -> None:
    with pytest.raises(rules.SettlementFileError, match=said):
        take_in(text)

    assert not SettlementFile.objects.exists()
    assert not SettlementRow.objects.exists()


def test_payout_that_came_back_is_ours_at_the_provider_again() -> None:
    out = line(balance_transaction_id="txn_p", gross="-50.00", fee="0", reporting_category="payout")
    back = line(
        balance_transaction_id="txn_r", gross="50.00", fee="0", reporting_category="payout_reversal"
    )
    fee = line(balance_transaction_id="txn_f", gross="-2.00", fee="0", reporting_category="fee")

    take_in(report(out, back, fee))

    assert ledger.balance(code=AccountCode.BANK, currency=USD) == Money(0, USD)
    assert clearing() == Money(-200, USD)
    assert ledger.balance(code=AccountCode.PSP_FEE, currency=USD) == Money(200, USD)


def test_word_that_no_rule_knows_waits_for_a_person() -> None:
    take_in(report(line(reporting_category="other_adjustment", fee="0")))

    found = queries.unmatched(now=LATER)

    assert [(row.bucket, row.kind) for row in found] == [(Bucket.THEIRS_ONLY, "other")]
    assert clearing() == Money(0, USD)


AMOUNTS = st.integers(min_value=100, max_value=20_000)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    minors=st.lists(AMOUNTS, min_size=1, max_size=4),
    told=st.lists(st.booleans(), min_size=4, max_size=4),
    theirs=st.lists(AMOUNTS, min_size=1, max_size=2),
    days=st.integers(min_value=0, max_value=9),
)
def test_clearing_is_explained_by_what_only_one_side_knows(
    minors: list[int], told: list[bool], theirs: list[int], days: int
) -> None:
    before = transaction.savepoint()
    try:
        commands = [sold(minor=minor) for minor in minors]
        whole = sandbox_report.report(until=NOON + timedelta(days=days, minutes=9))
        hidden = {c.provider_ref for c, is_told in zip(commands, told, strict=False) if not is_told}
        kept = [one for one in whole.splitlines() if not any(ref in one for ref in hidden)]
        extra = [
            line(balance_transaction_id=f"txn_x{at}", gross=f"{minor / 100:.2f}", fee="0")
            for at, minor in enumerate(theirs)
        ]
        take_in("\r\n".join(kept) + "\r\n" + "".join(extra))

        proof = queries.proof(gateway="sandbox", currency=USD)
        found = queries.unmatched(now=LATER)

        assert proof.unexplained == Money(0, USD)
        assert proof.ours_only.minor == sum(
            row.amount.minor for row in found if row.bucket is Bucket.OURS_ONLY
        )
        assert proof.theirs_only == Money(sum(theirs), USD)
    finally:
        transaction.savepoint_rollback(before)
