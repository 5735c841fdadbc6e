import pytest

from bandstand.radio import band, parse_bands, parse_spec_bands
from bandstand.radio.band_strings import BandStringError, SpecKind, umts_bands_of_mhz
from bandstand.radio.bands import UnknownBandError
from bandstand.radio.rats import UnknownRatError
from tests.radio.conftest import rows_of


@pytest.mark.parametrize("row", rows_of("band_string_fixtures.csv"), ids=lambda row: row["raw"])
def test_spec_sheet_strings_parse_as_their_fixture_says(row: dict[str, str]) -> None:
    parsed = parse_spec_bands(row["raw"])

    assert parsed.kind == row["expected_kind"]
    assert " ".join(map(str, parsed.values)) == row["expected_values"]
    assert parsed.label == row["expected_label"]


def test_fixtures_are_all_there() -> None:
    assert len(rows_of("band_string_fixtures.csv")) == 88


@pytest.mark.parametrize(
    ("raw", "kind", "values"),
    [
        ("LTE 800 / 1800", SpecKind.FREQUENCIES, (800, 1800)),
        ("LTE", SpecKind.NAMED_ONLY, ()),
        ("1, 3, , 7", SpecKind.BANDS, (1, 3, 7)),
        ("1, 3, 28A", SpecKind.BANDS, (1, 3, 28)),
        ("", SpecKind.NONE, ()),
    ],
)
def test_odd_strings_are_read_for_what_they_say(
    *, raw: str, kind: SpecKind, values: tuple[int, ...]
) -> None:
    parsed = parse_spec_bands(raw)

    assert (parsed.kind, parsed.values) == (kind, values)


def test_modes_beside_bands_are_kept() -> None:
    parsed = parse_spec_bands("41, 78 SA/NSA/Sub6 - SM-A716B")

    assert parsed.modes == ("SA", "NSA", "SUB6")


def test_words_that_are_no_bands_are_refused() -> None:
    with pytest.raises(BandStringError, match="“works everywhere” names neither bands"):
        parse_spec_bands("works everywhere")


def test_megahertz_of_3g_with_two_meanings_stay_open() -> None:
    sure, unclear = umts_bands_of_mhz((800, 850, 1700, 2100))

    assert sure == (band("UMTS", 5), band("UMTS", 4), band("UMTS", 1))
    assert unclear == (800,)


def test_typed_list_is_read_in_order_without_doubles() -> None:
    found = parse_bands("LTE 2 4 12 B4; UMTS 2,4; GSM 850 1900 n71")

    assert [str(one) for one in found] == [
        "LTE 2",
        "LTE 4",
        "LTE 12",
        "UMTS 2",
        "UMTS 4",
        "GSM 850",
        "GSM 1900",
        "NR 71",
    ]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("LTE 15", UnknownBandError, "LTE 14"),
        ("LTEE 2", UnknownRatError, "LTE"),
        ("2 4 12", BandStringError, "LTE 2"),
        ("  ", BandStringError, "names no band"),
        ("LTE", BandStringError, "names no band"),
    ],
)
def test_typed_list_that_cannot_be_placed_is_refused(
    *, text: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        parse_bands(text)
