"""``bandstand payouts``: closes months that are over, prints and draws what was kept."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from bandstand.config.cli.payouts import payouts as command
from bandstand.kernel.errors import NotFoundError
from bandstand.payouts.models import SellerStatement
from bandstand.payouts.rules.statements import MonthError
from bandstand.plumbing import clock
from tests.factories import offers, orders, payouts

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    return CliRunner().invoke(command, list(words), catch_exceptions=False).output


def test_a_month_is_closed_and_a_statement_printed_and_drawn(tmp_path: Path) -> None:
    orders.shop()
    payouts.terms()
    phone = offers.offer()
    payouts.delivered(phone)
    month = f"{clock.now():%Y-%m}"
    with pytest.raises(MonthError):
        run("close", "--month", month)
    file = tmp_path / "statement.pdf"

    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        assert "1 new, 0 corrected, 0 unchanged" in run("close", "--month", month)
        assert json.loads(run("close", "--month", month, "--json"))["unchanged"] == 1
        asked = ("statement", "--seller", phone.seller.slug, "--month", month)
        told = json.loads(run(*asked, "--json"))
        printed = run(*asked, "--pdf", str(file))

    row = SellerStatement.objects.get()
    assert told["sha256"] == row.sha256
    assert row.number in printed
    assert "Commission" in printed
    assert file.read_bytes().startswith(b"%PDF")


def test_a_seller_without_money_has_no_statement() -> None:
    orders.shop()
    phone = offers.offer()

    with pytest.raises(NotFoundError, match="no money"):
        run("statement", "--seller", phone.seller.slug, "--month", "2026-01")

    assert not SellerStatement.objects.exists()
