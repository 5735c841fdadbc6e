import csv
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bandstand.money import check_apr_rows, check_schedule_rows
from bandstand.money.apr_vectors import apr_of_row, parse_time
from bandstand.money.schedule_rows import dates_of_row, lines_of_row

FOLDER = Path(__file__).parent / "data"
csv.field_size_limit(sys.maxsize)


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


APR_ROWS = rows("apr_vectors.csv")
SCHEDULE_ROWS = rows("schedules.csv")


def test_every_published_rate_is_reproduced() -> None:
    report = check_apr_rows(APR_ROWS)
    assert (report.total, report.passed, report.failed) == (25, 25, ())
    assert report.is_clean
    # Two examples of the Commission's book differ from the exact root in their last digit.
    assert report.exact == 23


@pytest.mark.parametrize("row", APR_ROWS, ids=lambda row: row["id"])
def test_rate_is_exact_to_six_decimals(row: dict[str, str]) -> None:
    assert apr_of_row(row).rounded(6) == Decimal(row["recomputed_here"])


@pytest.mark.parametrize("row", SCHEDULE_ROWS, ids=lambda row: row["id"])
def test_published_schedule_is_reproduced(row: dict[str, str]) -> None:
    report = check_schedule_rows([row])
    assert report.failed == ()
    assert report.passed == 1


@pytest.mark.parametrize(
    ("id_", "interest", "total"),
    [
        ("EC-1-table", "143886.91", "343886.91"),
        ("SCE-1-table", "258.07", "10283.04"),
        ("FRAPPE-1", "21034", "301034"),
    ],
)
def test_published_totals_are_reproduced(*, id_: str, interest: str, total: str) -> None:
    row = next(row for row in SCHEDULE_ROWS if row["id"] == id_)
    lines = lines_of_row(row)
    tolerance = Decimal("1.00") if id_ != "SCE-1-table" else Decimal(0)
    assert abs(sum(line.interest.major for line in lines) - Decimal(interest)) <= tolerance
    assert abs(sum(line.total.major for line in lines) - Decimal(total)) <= tolerance


def test_a_wrong_figure_fails_and_names_both_sides() -> None:
    apr = {**APR_ROWS[0], "expected_apr_pct": "9.70"}
    assert check_apr_rows([apr]).as_json() == {
        "total": 1,
        "passed": 0,
        "exact": 0,
        "failed": [{"id": "J-c1i", "expected": "9.70", "got": "9.69"}],
    }
    schedule = {**SCHEDULE_ROWS[0], "expected": '[{"nr": 1, "principal": "16.2"}]'}
    (miss,) = check_schedule_rows([schedule]).failed
    assert (miss.expected, miss.got) == ("principal 1 16.2", "principal 1 16.1")


def test_a_wrong_date_fails() -> None:
    row = next(row for row in SCHEDULE_ROWS if row["id"] == "FIN-26")
    wrong = {**row, "due_dates": row["due_dates"].replace("2023-03-31", "2023-03-28")}
    assert check_schedule_rows([wrong]).passed == 0
    published, ours = dates_of_row(row)
    assert published == ours


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("advances", "[", "JSON list"),
        ("advances", "[]", "at least one"),
        ("advances", "[1]", "amount, n, t, f, step"),
        ("payments", "", "has no 'payments'"),
        ("regime", "MARS", "no regime"),
        ("expected_apr_pct", "about ten", "unreadable"),
    ],
)
def test_an_unreadable_rate_row_fails_and_says_why(*, column: str, text: str, why: str) -> None:
    (miss,) = check_apr_rows([{**APR_ROWS[0], column: text}]).failed
    assert why in miss.got


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("day_count", "banker's moon", "not a day-count"),
        ("frequency", "now and then", "no payment frequency"),
        ("principal", "a lot", "not a number"),
        ("events", '[{"type": "party", "date": "2024-02-01", "amount": "1"}]', "no event"),
        ("events", '[{"type": "skip"}]', "no date"),
        ("expected", '[{"nr": 99, "total": "1"}]', "payment 99"),
        ("expected", '{"nr": 1}', "JSON list"),
    ],
)
def test_an_unreadable_schedule_row_fails_and_says_why(*, column: str, text: str, why: str) -> None:
    (miss,) = check_schedule_rows([{**SCHEDULE_ROWS[0], column: text}]).failed
    assert why in miss.got + miss.expected


def test_unseen_rows_of_the_same_kinds_are_reproduced() -> None:
    # Published by the same engine as the rows above, for changes to a plan under way.
    base = next(row for row in SCHEDULE_ROWS if row["id"] == "FIN-03")
    monthly = {
        **base,
        "due_dates": '["2024-02-01", "2024-03-01", "2024-04-01",'
        ' "2024-05-01", "2024-06-01", "2024-07-01"]',
    }
    advance = {
        **monthly,
        "events": '[{"type": "disbursement", "date": "2024-03-01", "amount": "100"}]',
        "expected": '[{"nr": 2, "total": "17.13", "balance_after": "167.19"},'
        '{"nr": 3, "principal": "41.31", "interest": "1.32", "total": "42.63"},'
        '{"nr": 6, "principal": "42.28", "interest": "0.33", "total": "42.61"}]',
    }
    rate = {
        **monthly,
        "annual_rate_pct": "7",
        "events": '[{"type": "rate_change", "date": "2024-02-01", "rate": "4"}]',
        "expected": '[{"nr": 1, "total": "17.01"}, {"nr": 2, "interest": "0.28", "total": "16.88"},'
        '{"nr": 6, "principal": "16.83", "interest": "0.06", "total": "16.89"}]',
    }
    assert check_schedule_rows([advance, rate]).failed == ()


def test_times_are_read_as_sums() -> None:
    assert parse_time("2/12 + 3/365") == parse_time("3/365+2/12")
    assert parse_time("1.5") == parse_time("18/12")
