"""Files for credit bureaus: every field in its place."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bandstand.credit.rules.bureau import BureauFormat, BureauRow, ReportStatus
from bandstand.credit.rules.bureau_files import FileHead, Subject, file_of, metro_segment

ROW = BureauRow(
    account="pln_01ABCDEF",
    as_of=date(2026, 5, 31),
    opened_on=date(2026, 3, 1),
    months=24,
    currency="USD",
    original=89_999,
    scheduled=3_750,
    balance=86_249,
    past_due=3_750,
    days_past_due=30,
    bucket=30,
    status=ReportStatus.PAST_DUE,
    profile="00" + "B" * 22,
    first_delinquent_on=date(2026, 5, 1),
    closed_on=None,
    last_paid_on=date(2026, 4, 1),
    charged_off=0,
    is_disputed=False,
    was_disputed=False,
    comment="",
)
MIRA = Subject(
    surname="Sol",
    first_name="Mira",
    street="1 Rue de l’Été",
    city="Albany",
    area="NY",
    postal_code="12207-0001",
    country="US",
)
HEAD = FileHead(
    furnisher="Lark Mobile Inc.", furnisher_id="LARK1", made_at=datetime(2026, 6, 1, tzinfo=UTC)
)


def field(segment: str, first: int, last: int) -> str:
    """Return a field by its positions, counted from one."""
    return segment[first - 1 : last]


def test_a_segment_has_426_characters_and_its_fields_in_their_places() -> None:
    made = metro_segment(ROW, MIRA, head=HEAD)

    assert len(made) == 426
    assert field(made, 1, 5) == "04261"
    assert field(made, 43, 72).strip() == "PLN01ABCDEF"
    assert field(made, 73, 83) == "I0603012026"
    assert field(made, 93, 101) == "000000899"
    assert field(made, 102, 114) == "024M000000037"
    assert field(made, 124, 125) == "71"
    assert field(made, 127, 150) == ROW.profile
    assert field(made, 155, 172) == "000000862000000037"
    assert field(made, 182, 213) == "05312026050120260000000004012026"
    assert field(made, 232, 276).split() == ["SOL", "MIRA"]
    assert field(made, 330, 361).strip() == "1 RUE DE L ETE"
    assert field(made, 394, 424) == "ALBANY              NY122070001"


@pytest.mark.parametrize(
    ("status", "bucket", "code"),
    [
        (ReportStatus.CURRENT, 0, "11"),
        (ReportStatus.PAST_DUE, 60, "78"),
        (ReportStatus.PAST_DUE, 180, "84"),
        (ReportStatus.SETTLED, 0, "13"),
        (ReportStatus.CHARGED_OFF, 120, "97"),
        (ReportStatus.DELETED, 0, "DA"),
    ],
)
def test_every_standing_has_its_code(status: ReportStatus, bucket: int, code: str) -> None:
    made = metro_segment(replace(ROW, status=status, bucket=bucket), MIRA, head=HEAD)

    assert (len(made), field(made, 124, 125)) == (426, code)


def test_a_dispute_is_marked_open_and_then_closed() -> None:
    disputed = replace(ROW, is_disputed=True, was_disputed=True)
    closed = replace(ROW, was_disputed=True)

    assert field(metro_segment(disputed, MIRA, head=HEAD), 153, 154) == "XB"
    assert field(metro_segment(closed, MIRA, head=HEAD), 153, 154) == "XH"
    assert field(metro_segment(ROW, MIRA, head=HEAD), 153, 154) == "  "


def test_csv_names_every_field() -> None:
    made = list(file_of(BureauFormat.CSV).write([(ROW, MIRA)], head=HEAD))

    (row,) = csv.DictReader(made)
    assert (row["account"], row["balance"], row["status"]) == ("pln_01ABCDEF", "86249", "past_due")
    assert (row["first_delinquent_on"], row["closed_on"]) == ("2026-05-01", "")
    assert (row["surname"], row["furnisher"]) == ("Sol", "Lark Mobile Inc.")
