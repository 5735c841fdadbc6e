"""The command line as its users meet it: exit codes, sentences, near matches."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BANDSTAND = str(Path(sys.executable).parent / "bandstand")
DATA = Path(__file__).resolve().parents[1] / "money" / "data"


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command that needs no database."""
    environment = {
        key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"
    }
    return subprocess.run(  # noqa: S603 -- our own command
        [BANDSTAND, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "ENV": "development", **variables},
    )


def test_quote_puts_the_remainder_on_the_last_payment() -> None:
    done = run("money", "quote", "--price", "999.99", "--months", "36", "--apr", "0", "--json")

    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["payments"] == [
        {"count": 35, "amount": "27.77 USD"},
        {"count": 1, "amount": "28.04 USD"},
    ]
    assert answer["disclosure"]["apr_percent"] == "0.00"
    assert sum(row["minor"] for row in answer["schedule"]) == 99_999


def test_fee_that_only_financers_pay_is_in_the_rate() -> None:
    done = run("money", "quote", "--price", "830", "--months", "24", "--fee", "35")

    assert "4.171 %" in done.stdout


@pytest.mark.parametrize(
    ("command", "file", "total"),
    [("apr", "apr_vectors.csv", 25), ("schedule", "schedules.csv", 10)],
)
def test_published_examples_are_reproduced(command: str, file: str, total: int) -> None:
    done = run("money", command, str(DATA / file), "--json")

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["total"], answer["failed"]) == (0, total, [])


def test_negative_answer_is_exit_1(tmp_path: Path) -> None:
    wrong = (DATA / "apr_vectors.csv").read_text().splitlines()[:2]
    file = tmp_path / "wrong.csv"
    file.write_text("\n".join(wrong).replace("9.69", "1.23"))

    done = run("money", "apr", str(file))

    assert done.returncode == 1
    assert "0 of 1" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mony",), "Did you mean money?"),
        (("money", "quote", "--price", "cheap", "--months", "12"), "cheap"),
        (("money", "quote", "--price", "9", "--months", "12", "--market", "USA"), "there is US"),
        (("money", "quote", "--price", "9", "--months", "12", "--apr", "low"), "write it like"),
    ],
)
def test_bad_input_is_exit_2_and_says_the_mend(words: tuple[str, ...], said: str) -> None:
    done = run(*words)

    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_production_without_settings_does_not_start() -> None:
    done = run("migrate", ENV="production")

    assert done.returncode == 2
    assert "SECRET_KEY" in done.stderr


def test_settings_are_printed() -> None:
    names = [row["name"] for row in json.loads(run("settings", "--json").stdout)]

    assert "DATABASE_URL" in names
