"""Reports that somebody sends in: looked at, taken in part by part, gone on with after a crash."""

import pytest
from hypothesis import given, strategies as st

from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payments import queries, rules, services
from bandstand.payments.models import SettlementFile, SettlementRow, SettlementUpload
from bandstand.payments.rules import ReportForm, RowKind, UploadState
from bandstand.payments.services import UploadLook, UploadMovedOnError, settling_uploads
from tests.payments.test_settlement import LATER, USD, line, report, sold

pytestmark = pytest.mark.django_db
BALANCE_HEADS = (
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,Transfer"
)


def look(text: str) -> UploadLook:
    return services.look_at_report(
        gateway_name="sandbox", name="march.csv", text=text, actor="ada@lark.example", now=LATER
    )


def fees(*, of: int) -> str:
    return report(
        *(
            line(
                balance_transaction_id=f"txn_{at}", gross="-1.00", fee="0", reporting_category="fee"
            )
            for at in range(of)
        )
    )


def taken(text: str) -> SettlementUpload:
    upload = look(text).upload_id
    assert upload is not None
    services.take_report(upload_id=upload, actor="ada", now=LATER)
    services.run_report(upload_id=upload, now=LATER)
    return SettlementUpload.objects.get(pk=upload)


def test_looking_at_a_report_writes_nothing_to_the_books() -> None:
    command = sold()

    seen = look(report(line(source_id=command.provider_ref)))

    assert seen.preview is not None
    assert (seen.preview.new, seen.preview.matched) == (1, 1)
    assert not SettlementRow.objects.exists()
    assert not SettlementFile.objects.exists()


def test_a_report_with_faults_is_not_kept_and_each_line_is_named() -> None:
    seen = look(report(line(), line(balance_transaction_id="", gross="x"), line(gross="1,00")))

    assert [one.line for one in seen.faults] == [3, 4]
    assert seen.upload_id is None
    assert not SettlementUpload.objects.exists()


def test_only_needed_columns_are_kept_and_only_until_the_end() -> None:
    text = (
        report(line()).replace("description\r\n", "description,Customer Email\r\n").rstrip("\r\n")
    )
    text += ",mira@example.org\r\n"
    upload = look(text).upload_id
    assert upload is not None
    assert "mira@example.org" not in SettlementUpload.objects.get(pk=upload).text

    services.take_report(upload_id=upload, actor="ada", now=LATER)
    assert services.run_report(upload_id=upload, now=LATER) is UploadState.DONE

    assert SettlementUpload.objects.get(pk=upload).text == ""


def test_a_report_dropped_is_not_taken_in() -> None:
    upload = look(report(line())).upload_id
    assert upload is not None
    services.drop_report(upload_id=upload, now=LATER)

    with pytest.raises(UploadMovedOnError):
        services.take_report(upload_id=upload, actor="ada", now=LATER)

    assert services.run_report(upload_id=upload, now=LATER) is UploadState.DROPPED
    assert not SettlementRow.objects.exists()


def test_a_big_report_goes_on_where_a_dead_worker_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settling_uploads, "PART", 4)
    upload = look(fees(of=10)).upload_id
    assert upload is not None
    services.take_report(upload_id=upload, actor="ada", now=LATER)
    settling_uploads._take_part(upload, now=LATER)  # noqa: SLF001 -- the worker dies after a part
    row = queries.upload(upload)
    assert (row.done, row.state, SettlementRow.objects.count()) == (4, UploadState.RUNNING, 4)

    assert services.resume_reports(now=LATER) == 1

    assert queries.upload(upload).state is UploadState.DONE
    assert SettlementRow.objects.count() == 10
    assert SettlementFile.objects.get().new_count == 10
    assert ledger.balance(code=AccountCode.PSP_FEE, currency=USD) == Money(1000, USD)


def test_a_report_sent_in_twice_is_taken_in_once() -> None:
    taken(fees(of=3))

    again = taken(fees(of=3))

    assert again.state == "done"
    assert (SettlementRow.objects.count(), SettlementFile.objects.count()) == (3, 1)
    assert ledger.balance(code=AccountCode.PSP_FEE, currency=USD) == Money(300, USD)


def test_a_row_that_changed_meanwhile_stops_the_report_and_says_so() -> None:
    upload = look(report(line(fee="4.20"))).upload_id
    taken(report(line()))
    assert upload is not None
    services.take_report(upload_id=upload, actor="ada", now=LATER)

    assert services.run_report(upload_id=upload, now=LATER) is UploadState.FAILED

    assert "txn_1" in queries.upload(upload).fault
    assert SettlementRow.objects.get().fee_minor == 320


def test_stripes_export_of_balance_transactions_is_the_same_report() -> None:
    command = sold()
    ref = command.provider_ref
    text = "\n".join(
        (
            BALANCE_HEADS,
            f'txn_1,charge,{ref},100.00,3.20,96.80,usd,2026-03-01 12:01,,"a,\n b",po_1',
            "txn_2,stripe_fee,,-2.00,0.00,-2.00,usd,2026-03-02 00:00,,Billing,",
            'txn_3,payout,po_1,"-1,094.80",0.00,"-1,094.80",usd,2026-03-03 00:00,,STRIPE PAYOUT,',
            "txn_4,adjustment,dp_1,-50.00,15.00,-65.00,usd,2026-03-03 01:00,,Chargeback,",
            "txn_5,adjustment,,7.00,0.00,7.00,usd,2026-03-03 02:00,,A courtesy,",
        )
    )

    done = taken(text)

    assert (done.form, done.state) == (ReportForm.BALANCE.value, "done")
    rows = {row.row_id: (row.kind, row.gross_minor) for row in SettlementRow.objects.all()}
    assert rows == {
        "txn_1": ("charge", 10_000),
        "txn_2": ("fee", -200),
        "txn_3": ("payout", -109_480),
        "txn_4": ("dispute", -5_000),
        "txn_5": ("other", 700),
    }
    assert SettlementRow.objects.get(row_id="txn_1").move_id == command.id


@given(st.sampled_from(sorted(RowKind)), st.text(max_size=40))
def test_an_itemised_report_stays_what_it_is(kind: RowKind, words: str) -> None:
    text = report(line(reporting_category=kind.value, description=words.replace("\x00", "")))

    plain = rules.itemised(text)

    assert rules.itemised(plain) == plain
    assert plain.count("\n") == 2
