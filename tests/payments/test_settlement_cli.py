"""``bandstand settlement``: looks first, writes when told, and says what is open."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bandstand.config.cli.settlement import settlement
from bandstand.payments.models import SettlementRow
from tests.factories import payments

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    result = CliRunner().invoke(settlement, list(words), catch_exceptions=False)
    return result.output


def test_report_is_written_looked_at_and_taken_in(tmp_path: Path) -> None:
    payments.captured_payment()
    file = tmp_path / "march.csv"
    assert "movements" in run("sandbox", "--until", "2026-03-08", "--out", str(file))

    looked = json.loads(run("import", str(file), "--json"))
    assert (looked["matched"], looked["applied"]) == (1, False)
    assert not SettlementRow.objects.exists()
    taken = run("import", str(file), "--apply")

    assert "matched with ours:   1" in taken
    assert "Written down." in taken
    assert SettlementRow.objects.exists()


def test_list_exits_1_while_the_difference_is_not_explained() -> None:
    payments.captured_payment()  # nobody posted its sale, so the books cannot explain it

    result = CliRunner().invoke(settlement, ["list"], catch_exceptions=False)

    assert result.exit_code == 1
    assert "capture" in result.output
    assert "0 matched, 1 open" in result.output
