"""The file a run's payments go to the bank in, and what two people read of its answer."""

import hashlib
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from bandstand.kernel.errors import BadInputError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.payouts import queries, services
from bandstand.payouts.gateways.bank_forms import (
    NAMESPACE,
    BankFile,
    BankFormError,
    FileLine,
    faults_of,
    pain_001,
    write_file,
)
from bandstand.payouts.models import Payout, PayoutFile, PayoutResult
from bandstand.payouts.rules import (
    AccountKind,
    FileForm,
    PayoutMove,
    PayoutMoveRefusedError,
    SecondPersonError,
    read_account,
)
from tests.factories import offers, orders, payouts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPACE = {"p": NAMESPACE}


def line(minor: int = 12345, *, holder: str = "Nördlich & Söhne <GmbH>") -> FileLine:
    to = read_account(kind=AccountKind.IBAN, number="NL91ABNA0417164300", holder=holder)
    return FileLine("0" * 31 + str(minor % 10), to, Money(minor, "EUR"), "Lark payout 2026-03-01")


def file(*lines: FileLine) -> BankFile:
    payer = read_account(
        kind=AccountKind.IBAN, number="DE89370400440532013000", holder="Lark Mobile Ltd"
    )
    return BankFile("ab" * 16, NOON, date(2026, 3, 2), payer.holder, payer, lines)


def test_a_pain_001_file_has_the_order_and_the_sums_of_the_standard() -> None:
    text = write_file(file(line(), line(5)), form=FileForm.PAIN_001)

    root = ET.fromstring(text)  # noqa: S314 -- our own text
    head = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", SPACE)
    group = root.find("p:CstmrCdtTrfInitn/p:PmtInf", SPACE)
    assert head is not None
    assert group is not None
    tags = [one.tag.partition("}")[2] for one in group]
    assert tags == [
        "PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt", "Dbtr",
        "DbtrAcct", "DbtrAgt", "ChrgBr", "CdtTrfTxInf", "CdtTrfTxInf",
    ]  # fmt: skip
    assert head.findtext("p:CtrlSum", namespaces=SPACE) == "123.50"
    assert group.findtext(".//p:Cdtr/p:Nm", namespaces=SPACE) == "Nordlich + Sohne GmbH"
    assert faults_of(text, lines=(line(), line(5))) == ()


@given(st.text(min_size=2, max_size=140).filter(lambda one: len(" ".join(one.split())) > 1))
def test_any_name_is_written_in_characters_that_banks_take(name: str) -> None:
    text = pain_001(file(line(holder=name)))

    root = ET.fromstring(text)  # noqa: S314 -- our own text
    said = root.findtext(".//p:Cdtr/p:Nm", namespaces=SPACE)
    assert said
    assert len(said) <= 70
    assert said.isascii()


def test_a_file_that_says_something_else_is_found_out() -> None:
    text = pain_001(file(line()))

    assert faults_of(text.replace("123.45", "123.46"), lines=(line(),))
    assert faults_of(text, lines=(replace(line(), id="1" * 32),))
    assert faults_of(text, lines=(line(), line(5)))


def test_a_sheet_never_runs_a_name() -> None:
    text = write_file(file(line(holder="=HYPERLINK(1)")), form=FileForm.CSV)

    assert ",=" not in text
    assert "HYPERLINK(1)" in text


def test_a_pain_001_file_pays_to_ibans_only() -> None:
    to = read_account(
        kind=AccountKind.US_BANK, number="000123456", holder="Northgate", routing="110000000"
    )

    with pytest.raises(BankFormError, match="US •••• 3456"):
        pain_001(file(replace(line(), to=to)))
    with pytest.raises(BankFormError, match="name and IBAN"):
        pain_001(replace(file(line()), debtor_account=None))


@pytest.fixture
def payout(db: None) -> Payout:  # noqa: ARG001 -- opens the database
    orders.shop()
    payouts.terms(reserve_bps=0)
    phone = offers.offer()
    payouts.bank_account(phone.seller_id)
    payouts.matured(phone)
    run = payouts.confirmed(now=payouts.after_window())
    payouts.send_all(now=payouts.after_window())
    return Payout.objects.get(run=run)


def read(payout: Payout, move: PayoutMove, *, words: str = "BANK-1") -> PayoutResult:
    result = services.propose_result(
        payout_id=payout.id, move=move, words=words, actor=payouts.ACTOR, now=payouts.after_window()
    )
    return PayoutResult.objects.get(pk=result)


def confirm(result: PayoutResult, *, actor: str = payouts.SECOND) -> None:
    services.confirm_result(result_id=result.id, actor=actor, now=payouts.after_window())


def bank() -> Money:
    return ledger.balance(code=AccountCode.BANK, currency="USD")


def test_a_run_has_one_file_and_everybody_gets_the_same(payout: Payout) -> None:
    first = services.run_file(run_id=payout.run_id, actor="ada", now=payouts.after_window())
    again = services.run_file(run_id=payout.run_id, actor="bo", now=payouts.after_window(days=5))

    assert first == again
    assert first.sha256 == hashlib.sha256(first.text.encode()).hexdigest()
    assert "000123456789" in first.text
    assert "000123456789" not in PayoutFile.objects.get().sealed


def test_what_one_person_read_moves_nothing_until_another_has_read_it(payout: Payout) -> None:
    result = read(payout, PayoutMove.PAY)
    payout.refresh_from_db()
    assert (payout.state, bank()) == ("sent", Money(0, "USD"))

    with pytest.raises(SecondPersonError):
        confirm(result, actor=payouts.ACTOR)
    payout.refresh_from_db()
    assert payout.state == "sent"
    confirm(result)

    payout.refresh_from_db()
    assert (payout.state, payout.bank_reference) == ("paid", "BANK-1")
    assert bank() == Money(-payout.amount_minor, "USD")


def test_a_payout_that_arrived_can_still_come_back(payout: Payout) -> None:
    confirm(read(payout, PayoutMove.PAY))

    confirm(read(payout, PayoutMove.RETURN, words="Account closed"))

    payout.refresh_from_db()
    assert (payout.state, payout.failure) == ("returned", "Account closed")
    assert bank() == Money(0, "USD")
    assert queries.balance_of(payout.seller_id, currency="USD").available.minor == (
        payout.amount_minor
    )
    with pytest.raises(PayoutMoveRefusedError):
        read(payout, PayoutMove.PAY)


def test_a_reading_can_be_dropped_and_read_anew(payout: Payout) -> None:
    wrong = read(payout, PayoutMove.FAIL)
    with pytest.raises(PayoutMoveRefusedError, match="already"):
        read(payout, PayoutMove.PAY)
    services.drop_result(result_id=wrong.id, actor=payouts.SECOND, now=payouts.after_window())
    with pytest.raises(PayoutMoveRefusedError, match="dropped"):
        confirm(wrong)

    confirm(read(payout, PayoutMove.PAY))

    payout.refresh_from_db()
    assert payout.state == "paid"


def test_an_answer_without_the_banks_words_is_not_taken(payout: Payout) -> None:
    with pytest.raises(BadInputError, match="reference"):
        read(payout, PayoutMove.PAY, words="  ")

    assert not PayoutResult.objects.exists()


def test_the_sweep_asks_no_machine_after_a_file(payout: Payout) -> None:
    later = payouts.after_window(days=3)

    assert services.send_open_commands(now=later) == 0
    assert Offer.objects.exists()
    payout.refresh_from_db()
    assert payout.state == "sent"
