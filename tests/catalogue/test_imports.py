import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import BandClaim, LoadRun, StoredFit, Variant
from bandstand.catalogue.rules import BadTablesError
from bandstand.catalogue.services import Outcome
from bandstand.kernel.words import Answer
from tests.catalogue.tables import DEVICES, NETWORKS, device, network, write_tables
from tests.factories import catalogue as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WIDE = "Brand,Model,Code,2G,3G,4G,5G,VoLTE,Source,Read_on\n"
TWO = (
    'Aster,Two,AS2,GSM 850 / 900 / 1800 / 1900,HSDPA 850 / 900 / 1900 / 2100,"2, 4, 12 - US",'
    '"2, 41, 71 SA/NSA/Sub6",yes,spec sheet,2026-05-06\n'
)


@pytest.fixture(autouse=True)
def _aster() -> None:
    make.category()
    make.brand(name="Aster")


def write(folder: Path, text: str, *, name: str = "sheet.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_preview_says_what_apply_does_and_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, WIDE + TWO)

    preview = services.import_devices(path=path, apply=False, now=NOW)

    assert not Variant.objects.exists()
    assert not LoadRun.objects.exists()
    applied = services.import_devices(path=path, apply=True, now=NOW)
    assert preview.lines == applied.lines
    assert applied.number(Outcome.ADDED) == 4
    assert {one.rat: one.bands for one in applied.lines} == {
        "GSM": "850 900 1800 1900",
        "UMTS": "5 8 2 1",
        "LTE": "2 4 12",
        "NR": "2 41 71",
    }
    again = services.import_devices(path=path, apply=True, now=NOW)
    assert (again.number(Outcome.ADDED), again.number(Outcome.CHANGED)) == (0, 0)


def test_spec_sheet_is_kept_as_written_with_source_and_date(tmp_path: Path) -> None:
    services.import_devices(path=write(tmp_path, WIDE + TWO), apply=True, now=NOW)

    page = queries.variant_page("aster-two-as2")
    lte = next(one for one in page.claims if one.rat == "LTE")
    assert lte.raw == "2, 4, 12 - US"
    assert (lte.source, lte.read_on) == ("spec sheet", date(2026, 5, 6))
    assert (page.volte, page.nr_sa, page.nr_nsa) == (Answer.YES, Answer.YES, Answer.YES)


def test_json_reads_the_same(tmp_path: Path) -> None:
    said = [
        {
            "brand": "Aster",
            "model": "Two",
            "code": "AS2",
            "source": "spec sheet",
            "volte": "yes",
            "bands": {"GSM": "GSM 850 / 900 / 1800 / 1900", "LTE": [2, 4, 12], "5G": "N/A"},
        }
    ]
    path = write(tmp_path, json.dumps(said), name="sheet.json")

    report = services.import_devices(path=path, apply=True, now=NOW)

    assert report.refused == ()
    bands = dict(BandClaim.objects.values_list("rat", "bands"))
    assert bands == {"GSM": ["850", "900E", "1800", "1900"], "LTE": ["2", "4", "12"]}


def test_second_source_that_disagrees_is_shown_and_overwrites_nothing(tmp_path: Path) -> None:
    services.import_devices(path=write(tmp_path, WIDE + TWO), apply=True, now=NOW)
    other = TWO.replace("2, 4, 12 - US", "2, 4").replace("spec sheet", "blog")

    report = services.import_devices(path=write(tmp_path, WIDE + other), apply=True, now=NOW)

    assert [(one.variant, one.topic, one.said) for one in report.disagreements] == [
        ("Aster/AS2", "LTE", (("blog", "2 4"), ("spec sheet", "2 4 12")))
    ]
    said = dict(BandClaim.objects.filter(rat="LTE").values_list("source", "bands"))
    assert said == {"spec sheet": ["2", "4", "12"], "blog": ["2", "4"]}
    assert queries.variant_page("aster-two-as2").has_conflict


def test_lines_that_cannot_be_read_are_refused_and_the_rest_is_imported(tmp_path: Path) -> None:
    text = (
        WIDE
        + TWO
        + "Astre,Two,AS3,,,2,,,spec sheet,\n"
        + "Aster,Two,AS4,,,LTE 800 / 1800,,,spec sheet,\n"
        + "Aster,Two,AS5,,,see website,,,spec sheet,\n"
        + "Aster,Two,AS6,,,,,,spec sheet,\n"
        + "Aster,Two,AS7,,,2,,,,\n"
    )

    report = services.import_devices(path=write(tmp_path, text), apply=True, now=NOW)

    said = {one.line: one.reason for one in report.refused}
    assert set(said) == {3, 4, 5, 6, 7}
    assert "Did you mean Aster?" in said[3]
    assert "band numbers" in said[4]
    assert "see website" in said[5]
    assert "No technology" in said[6]
    assert "source" in said[7]
    assert {one.code for one in Variant.objects.all()} == {"AS2"}


def test_megahertz_that_several_bands_share_are_a_doubt_not_a_band(tmp_path: Path) -> None:
    text = WIDE + "Aster,Two,AS2,,HSDPA 800 / 2100,,,,spec sheet,\n"

    services.import_devices(path=write(tmp_path, text), apply=True, now=NOW)

    claim = BandClaim.objects.get()
    assert claim.bands == ["1"]
    assert "800 MHz" in claim.doubt


def test_apply_recomputes_the_fits_of_what_it_touched(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    networks = NETWORKS + network(band="2") + network(band="12")
    write_tables(folder, networks=networks, devices=DEVICES + device(code="AS2", bands="2"))
    services.load_tables(directory=folder, now=NOW)
    services.set_operator_networks(codes=["999-01"], now=NOW)
    line = device(code="AS2", bands="2 12", source="maker")

    services.import_devices(path=write(tmp_path, DEVICES + line), apply=True, now=NOW)

    assert set(StoredFit.objects.values_list("tier", flat=True)) == {"full"}


@pytest.mark.parametrize(("name", "text"), [("a.txt", ""), ("a.json", "{"), ("a.json", "[1]")])
def test_file_that_is_no_sheet_is_an_error(name: str, text: str, *, tmp_path: Path) -> None:
    with pytest.raises(BadTablesError, match=name):
        services.import_devices(path=write(tmp_path, text, name=name), apply=True, now=NOW)

    assert not Variant.objects.exists()
