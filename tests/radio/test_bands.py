import csv
from copy import deepcopy
from importlib import resources

import pytest

from bandstand.radio import Rat, band, bands
from bandstand.radio.bands import UnknownBandError
from bandstand.radio.containment import Relation, relation
from bandstand.radio.rats import UnknownRatError, rat_named


def test_table_holds_every_row_with_its_clause_and_sources() -> None:
    path = resources.files("bandstand.radio") / "tables" / "bands.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))

    every = list(bands.all_bands())

    assert len(every) == len(rows) == 230
    assert all(one.clause for one in every)
    assert {one.rat for one in every} == set(Rat)


def test_band_has_edges_in_kilohertz() -> None:
    one = band("LTE", 71)

    assert one.downlink_khz == (617_000, 652_000)
    assert one.uplink_khz == (663_000, 698_000)
    assert one.is_low
    assert (str(one), repr(one)) == ("LTE 71", "<LTE 71>")
    assert band("LTE", 31).uplink_khz == (452_500, 457_500)


@pytest.mark.parametrize(
    ("rat", "name"),
    [
        ("LTE", 29),
        ("LTE", 32),
        ("LTE", 46),
        ("LTE", 47),
        ("LTE", 67),
        ("LTE", 69),
        ("LTE", 75),
        ("LTE", 76),
        ("NR", 29),
        ("NR", 75),
        ("NR", 80),
        ("NR", 89),
        ("UMTS", 32),
    ],
)
def test_downlink_uplink_and_shared_bands_never_serve_alone(rat: str, name: int) -> None:
    assert not band(rat, name).is_serving


def test_gsm_is_named_in_megahertz() -> None:
    assert band("GSM", 900) is band("GSM", "900E")
    assert band("GSM", "PCS") is band("GSM", 1900)
    assert band("GSM", 900).plain_name == "900 MHz"


def test_other_spellings_are_read() -> None:
    assert band("LTE", "B12") is band("LTE", 12)
    assert band("NR", "n71") is band("NR", 71)
    assert band("LTE", "28A") is band("LTE", 28)
    assert band("5g", "078") is band("NR", 78)
    assert rat_named("wcdma") is Rat.UMTS


def test_unknown_band_names_near_matches() -> None:
    with pytest.raises(UnknownBandError, match="LTE has no band “15”"):
        band("LTE", 15)
    with pytest.raises(UnknownBandError, match="LTE 4"):
        band("NR", 4)
    with pytest.raises(UnknownBandError, match="GSM 850"):
        band("GSM", 800)
    with pytest.raises(UnknownRatError, match="LTE"):
        band("LTTE", 4)


def test_millimetre_wave_is_told_apart() -> None:
    assert band("NR", 260).is_fr2
    assert not band("NR", 79).is_fr2


def test_band_is_one_object_even_when_copied() -> None:
    assert deepcopy(band("LTE", 4)) is band("LTE", 4)


@pytest.mark.parametrize(
    ("device", "network", "expected"),
    [
        (("LTE", 66), ("LTE", 66), Relation.EXACT),
        (("LTE", 4), ("LTE", 66), Relation.SUBSET),
        (("LTE", 17), ("LTE", 12), Relation.SUBSET),
        (("LTE", 2), ("LTE", 25), Relation.SUBSET),
        (("LTE", 12), ("LTE", 17), Relation.SUPERSET),
        (("NR", 77), ("NR", 78), Relation.SUPERSET),
        (("NR", 90), ("NR", 41), Relation.SUPERSET),
        (("UMTS", 1), ("UMTS", 4), Relation.NONE),
        (("LTE", 71), ("LTE", 12), Relation.NONE),
        (("LTE", 4), ("UMTS", 4), Relation.NONE),
        (("LTE", 18), ("LTE", 5), Relation.NONE),
        (("LTE", 75), ("LTE", 32), Relation.NONE),
    ],
)
def test_relation_of_two_bands(
    *, device: tuple[str, int], network: tuple[str, int], expected: Relation
) -> None:
    assert relation(band(*device), band(*network)) is expected
