"""Providers' reports at the desk: sent in, looked at line by line, taken in, taken apart."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from bandstand.payments import services
from bandstand.payments.models import SettlementRow, SettlementUnmatch, SettlementUpload
from bandstand.plumbing import clock
from tests.console.conftest import Callers
from tests.payments.test_settlement import line, report, sold

pytestmark = pytest.mark.django_db
DOOR = "/console/reconciliation/upload/"


def send(desk: Client, text: str | bytes) -> HttpResponse:
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("march.csv", content, content_type="text/csv")
    answer = desk.post(DOOR, {"gateway": "sandbox", "file": file})
    return HttpResponse(answer.content, status=answer.status_code, headers=dict(answer.headers))


def test_a_report_is_looked_at_taken_in_and_a_match_taken_apart(callers: Callers) -> None:
    desk = callers.operator
    command = sold()

    sent = send(desk, report(line(source_id=command.provider_ref)))
    page = sent["Location"]
    assert "Would match" in desk.get(page).content.decode()
    assert not SettlementRow.objects.exists()
    desk.post(page, {"take": "yes"})
    upload = SettlementUpload.objects.get()
    assert "Being taken in" in desk.get(page).content.decode()
    services.run_report(upload_id=upload.id, now=clock.now())
    assert "Taken in" in desk.get(page).content.decode()

    row = SettlementRow.objects.get()
    apart = f"/console/reconciliation/{row.id}/unmatch/"
    assert "say why" in desk.post(apart, {"reason": ""}).content.decode().lower()
    desk.post(apart, {"reason": "Another sale of the same amount"})
    shown = desk.get(f"/console/reconciliation/{row.id}/").content.decode()

    assert SettlementUnmatch.objects.count() == 1
    assert "Another sale of the same amount" in shown


def test_faulty_lines_are_named_and_nothing_is_kept(callers: Callers) -> None:
    shown = send(callers.operator, report(line(), line(gross="1,00"))).content.decode()

    assert "Lines to mend" in shown
    assert "1,00" in shown
    assert not SettlementUpload.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        ("a,b\n1,2\n", "lacks the columns"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_report_is_refused_at_its_field(
    callers: Callers, content: str | bytes, said: str
) -> None:
    assert said in send(callers.operator, content).content.decode()
    assert not SettlementUpload.objects.exists()


def test_a_report_is_dropped_without_a_trace_in_the_books(callers: Callers) -> None:
    page = send(callers.operator, report(line()))["Location"]

    callers.operator.post(page, {"drop": "yes"})

    upload = SettlementUpload.objects.get()
    assert (upload.state, upload.text) == ("dropped", "")
    assert not SettlementRow.objects.exists()


def test_strangers_send_no_reports(callers: Callers) -> None:
    for client in callers.strangers.values():
        assert send(client, report(line())).status_code in {302, 403}

    assert not SettlementUpload.objects.exists()


def test_the_inbox_tells_of_money_that_only_one_side_knows_of(callers: Callers) -> None:
    sold()

    assert "Money that only one side knows of" in callers.operator.get("/console/").content.decode()
