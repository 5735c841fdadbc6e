"""What a provider reported stays as it is; a match ends only by a person who says why."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.ledger import services as books
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money
from bandstand.payments import queries, services
from bandstand.payments.models import SettlementRow, SettlementUnmatch
from bandstand.payments.queries import Bucket
from bandstand.payments.rules import RowKind
from tests.factories.payments import NOON, PRICE
from tests.payments.test_settlement import LATER, USD, line, report, sold, take_in

pytestmark = pytest.mark.django_db


def matched() -> SettlementRow:
    command = sold()
    take_in(report(line(source_id=command.provider_ref)))
    row = SettlementRow.objects.get()
    assert row.move_id == command.id
    return row


def unmatch(row: SettlementRow, *, reason: str = "Another sale of the same amount") -> None:
    services.unmatch(row_id=row.id, reason=reason, actor="ada@lark.example", now=LATER)


@pytest.mark.parametrize(
    "change", [{"gross_minor": 1}, {"fee_minor": 0}, {"source_ref": "x"}, {"row_id": "txn_2"}]
)
def test_what_was_reported_cannot_be_changed(change: dict[str, object]) -> None:
    row = matched()
    before = SettlementRow.objects.values().get()

    with pytest.raises(ProgrammingError, match="never changes"), transaction.atomic():
        SettlementRow.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        row.delete()

    assert SettlementRow.objects.values().get() == before


def test_a_match_cannot_be_moved_or_erased_in_the_table() -> None:
    row = matched()
    other = sold()

    for change in (
        {"move_id": other.id},
        {"move_id": None, "move_kind": "", "matched_at": None},
        {"match_reason": "because"},
    ):
        with pytest.raises(ProgrammingError, match="un-matching"), transaction.atomic():
            SettlementRow.objects.filter(pk=row.pk).update(**change)

    assert SettlementRow.objects.get().move_id == row.move_id


def test_a_match_taken_apart_is_kept_with_its_reason_and_not_made_again() -> None:
    row = matched()
    was = row.move_id

    unmatch(row)

    kept = SettlementUnmatch.objects.get()
    assert (kept.move_id, kept.reason) == (was, "Another sale of the same amount")
    assert services.match_waiting(gateway_name="sandbox", now=LATER) == 0
    buckets = {one.bucket for one in queries.unmatched(now=LATER)}
    assert buckets == {Bucket.OURS_ONLY, Bucket.THEIRS_ONLY}
    assert was is not None
    services.match_by_hand(
        row_id=row.id, move_id=was, reason="It was right after all", actor="ada", now=LATER
    )
    assert queries.unmatched(now=LATER) == ()


def test_a_match_is_not_taken_apart_without_a_reason_or_twice() -> None:
    row = matched()

    with pytest.raises(BadInputError, match="why"):
        unmatch(row, reason=" ")
    assert SettlementRow.objects.get().move_id == row.move_id
    unmatch(row)
    with pytest.raises(NotFoundError):
        unmatch(row)

    assert SettlementUnmatch.objects.count() == 1


def test_the_record_of_a_match_taken_apart_is_for_ever() -> None:
    unmatch(matched())

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        SettlementUnmatch.objects.update(reason="")

    assert SettlementUnmatch.objects.get().reason


def test_sellers_payouts_out_of_clearing_match_the_providers_transfers() -> None:
    amount = Money(PRICE.minor // 2, USD)
    books.post(
        idempotency_key="payout_paid:1",
        kind="payout left",
        entries=(
            debit(AccountCode.PAYOUT_IN_TRANSIT, amount, key="pty_1"),
            credit(AccountCode.PSP_CLEARING, amount, key="sandbox"),
        ),
        effective_at=NOON,
        now=NOON,
        memo="tr_1",
    )
    sold()
    before = [one for one in queries.unmatched(now=LATER) if one.kind == "transfer"]
    assert [one.amount for one in before] == [-amount]

    take_in(
        report(
            line(gross=f"-{amount.major}", fee="0", reporting_category="transfer", source_id="tr_1")
        )
    )

    row = SettlementRow.objects.get()
    assert (row.kind, row.move_kind) == (RowKind.TRANSFER.value, "transfer")
    assert queries.proof(gateway="sandbox", currency=USD).unexplained == Money(0, USD)
    assert all(one.kind != "transfer" for one in queries.unmatched(now=LATER))
    assert queries.late_count(now=LATER + timedelta(days=1)) == 1
