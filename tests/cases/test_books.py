"""The acceptance book and ours pass; a world that is wrong makes a case fail."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bandstand.config.cases import BookReport, read_book, run_book
from bandstand.config.cli.cases import cases
from tests.cases.small_book import AT, HOLD, book, decision, question, sequence, text

DATA = Path(__file__).parents[1] / "data" / "rights"
pytestmark = [pytest.mark.race, pytest.mark.usefixtures("server")]


@pytest.mark.parametrize("name", ["cases.yaml", "more_cases.yaml"])
def test_every_decision_and_sequence_of_a_book_passes(name: str) -> None:
    report = run_book(read_book(DATA / name), stress_seconds=2)

    assert report.as_json()["failed"] == []
    assert len(report.findings) >= 30
    assert not [one.notes for one in report.findings if one.notes]


def run(*told: dict[str, Any], **sections: object) -> BookReport:
    return run_book(book(*told, **sections), stress_seconds=1)


def got(report: BookReport, case_id: str) -> Any:  # noqa: ANN401 -- whatever was got
    return next(one.got for one in report.findings if one.id == case_id)


def test_a_hold_that_is_missing_makes_its_case_fail() -> None:
    held = {"decision": "deny", "reasons": ["HOLD_ACTIVE"], "holds": ["h1"]}
    with_hold = decision("E1", holds=[HOLD], expect=held)
    without_hold = decision("E2", expect=held)

    report = run(with_hold, without_hold)

    assert [one.id for one in report.failed] == ["E2"]
    assert got(report, "E2") == {"decision": "allow", "reasons": [], "holds": []}


def test_cases_do_not_see_each_other() -> None:
    held = {"decision": "deny", "reasons": ["HOLD_ACTIVE"]}
    stopping = {"do": "hold.place", "id": "h1", "scope": {"brand": "aster"}, "at": AT}
    steps = sequence(stopping, {"do": "ask", **question(), "expect": held}, case_id="S1")

    report = run(decision("A1", holds=[HOLD], expect=held), steps, decision("A2"))

    assert report.failed == ()


def test_what_is_not_known_is_told_and_the_next_case_runs() -> None:
    steps = sequence({"do": "order.teleport", "at": AT, "expect": {"decision": "allow"}})

    report = run(
        steps,
        decision("A2", grants=["h"]),
        decision("A3", ask=question(action="order.comit")),
        decision("A4", ask=question(deliver_to="XX")),
        decision("A5", ask=question(moonphase="full")),
        decision("A6", expect={"decision": "allow", "colour": "red"}),
    )

    assert "unknown step verb “order.teleport”" in got(report, "S1")["error"]
    assert "unknown grant “h”" in got(report, "A2")
    assert "Did you mean order.commit?" in got(report, "A3")
    assert "unknown place of delivery “XX”" in got(report, "A4")
    assert "A5: A5.ask.moonphase was not read." in report.warnings()
    assert got(report, "A6")["colour"] == "not observed"
    assert [one.id for one in report.failed] == ["S1", "A2", "A3", "A4", "A6"]


def test_a_case_of_another_kind_says_that_it_is_not_run() -> None:
    told = {"id": "G1", "kind": "aftermath", "expect": {"o1": {"order": "cancelled"}}}

    report = run_book(book(told), kinds=["aftermath"])

    assert "not run yet" in got(report, "G1")


def test_the_command_prints_json_and_leaves_with_one_if_a_case_failed(tmp_path: Path) -> None:
    file = tmp_path / "book.yaml"
    wrong = {"decision": "deny", "reasons": ["AUTH_NONE"]}
    file.write_text(text(decision("A1"), decision("A2", expect=wrong)), encoding="utf-8")

    found = CliRunner().invoke(cases, ["run", str(file), "--json"])

    assert found.exit_code == 1
    assert json.loads(found.stdout) == {
        "total": 2,
        "passed": 1,
        "failed": [
            {"id": "A2", "expected": wrong, "got": {"decision": "allow", "reasons": []}},
        ],
    }
    table = CliRunner().invoke(cases, ["run", str(file), "--only", "A1"])
    assert table.exit_code == 0
    assert "1 of 1 cases passed." in table.stdout


def test_a_kind_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "book.yaml"
    file.write_text(text(decision()), encoding="utf-8")

    found = CliRunner().invoke(cases, ["run", str(file), "--kind", "decisions"])

    assert found.exit_code == 2
    assert "“decisions” is no kind of case" in found.stderr
