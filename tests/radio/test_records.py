from datetime import date

import pytest

from bandstand.kernel.errors import DomainError
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import (
    NetworkDirectory,
    VariantDirectory,
    band,
    networks_of_rows,
    variant_records,
)
from bandstand.radio.errors import RecordError
from bandstand.radio.fields import read_release
from bandstand.radio.records import parse_esim
from tests.radio.conftest import rows_of

DEVICE = {
    "brand": "Aster",
    "model": "One",
    "model_code": "AST-100",
    "region": "US",
    "rat": "LTE",
    "bands": "2 4 12",
    "volte": "yes",
    "esim": "no",
    "fcc_id": "",
    "release_date": "2024-09-20",
    "source": "maker",
    "certainty": "high",
    "notes": "",
}
NETWORK = {
    "mcc": "310",
    "mnc": "999",
    "operator": "Lark",
    "host": "",
    "rat": "LTE",
    "band": "4",
    "role": "primary",
    "from_date": "2013-03-26",
    "to_date": "",
    "source": "regulator",
    "certainty": "high",
}


def test_device_table_is_read_whole() -> None:
    records = variant_records(rows_of("devices.csv"))

    assert len(records) == 106
    assert sum(one.capability.is_known for one in records) == 104
    assert {one.certainty for one in records} == set(Certainty)


def test_network_tables_are_read_whole() -> None:
    facts = networks_of_rows([*rows_of("networks_us.csv"), *rows_of("networks_other.csv")])

    assert len(facts.networks) == 24
    assert len(facts.hosts) == 36
    assert {one.key for one in facts.networks} >= {"310-260", "228-0", "313-100"}


def test_rows_of_one_variant_become_one_capability() -> None:
    (record,) = variant_records([DEVICE, {**DEVICE, "rat": "NR", "bands": "41"}])

    assert record.capability.bands == {band("LTE", n) for n in (2, 4, 12)} | {band("NR", 41)}
    assert record.capability.key == "Aster/AST-100"
    assert (record.capability.volte, record.capability.psim) == (Answer.YES, Answer.YES)
    assert record.release_date == date(2024, 9, 20)


def test_sources_that_disagree_make_a_band_disputed_and_an_answer_unknown() -> None:
    (record,) = variant_records([DEVICE, {**DEVICE, "bands": "2 4", "volte": "no"}])

    assert record.capability.bands == {band("LTE", 2), band("LTE", 4)}
    assert record.capability.disputed_bands == {band("LTE", 12)}
    assert record.capability.volte is Answer.UNKNOWN
    assert record.capability.conflicts == ("volte",)


def test_list_that_nobody_knows_is_unknown_and_not_empty() -> None:
    (unlisted,) = variant_records([{**DEVICE, "bands": "unknown"}])
    (noted,) = variant_records(
        [{**DEVICE, "rat": "GSM", "bands": "900", "notes": "LTE list unknown"}]
    )

    assert unlisted.capability.unknown_rats == {"LTE"}
    assert not unlisted.capability.is_known
    assert noted.capability.unknown_rats == {"LTE"}


def test_number_copied_from_another_technology_is_doubted_and_not_counted() -> None:
    (record,) = variant_records([{**DEVICE, "rat": "NR", "bands": "4 41"}])

    assert record.capability.bands == {band("NR", 41)}
    assert record.capability.weakest is Certainty.LOW
    assert record.capability.conflicts == ("NR 4 (no such band)",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"brand": ""}, "brand is “”"),
        ({"rat": "LTTE"}, "LTE"),
        ({"bands": ""}, "bands is “”"),
        ({"bands": "2 999"}, "LTE has no band “999”"),
        ({"bands": "2, 4"}, "LTE has no band “2,”"),
        ({"volte": "perhaps"}, "yes, no or unknown"),
        ({"certainty": "sure"}, "high, medium, low"),
        ({"release_date": "next autumn"}, "2024-09-20"),
        ({"release_date": "2025, Septober 09"}, "2024-09-20"),
        ({"release_date": "2024-02-31"}, "2024-09-20"),
    ],
)
def test_malformed_device_row_is_refused(change: dict[str, str], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        variant_records([{**DEVICE, **change}])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mcc": ""}, "mcc is “”"),
        ({"mcc": "US"}, "three digits"),
        ({"band": "15"}, "LTE 14"),
        ({"role": "main"}, "primary, secondary, limited"),
        ({"from_date": "2013"}, "YYYY-MM-DD"),
        ({"to_date": "2012-01-01"}, "end after"),
        ({"role": "mvno"}, "host is “”"),
    ],
)
def test_malformed_network_row_is_refused(change: dict[str, str], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        networks_of_rows([{**NETWORK, **change}])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-09-20", date(2024, 9, 20)),
        ("2014-08", date(2014, 8, 1)),
        ("2025, September 09", date(2025, 9, 9)),
        ("2015, March", date(2015, 3, 1)),
        ("Released 2015, March", date(2015, 3, 1)),
        ("2016, February. Released 2016, April", date(2016, 4, 1)),
        ("2015, September 09. Released 2015, September 25", date(2015, 9, 25)),
        ("2015-2017", None),
        ("", None),
    ],
)
def test_release_dates_in_every_spelling(text: str, expected: date | None) -> None:
    assert read_release("release_date", text) == expected


@pytest.mark.parametrize("text", ["soon", "2025, September 31", "September 2025", "2015-13"])
def test_release_date_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        read_release("release_date", text)


MARKETS = "yes; US models eSIM-only since iPhone 14; mainland China dual nano-SIM, no eSIM"


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("no", "", (Answer.NO, Answer.YES)),
        ("yes", "US", (Answer.YES, Answer.UNKNOWN)),
        ("eSIM only", "US", (Answer.YES, Answer.NO)),
        (MARKETS, "US", (Answer.YES, Answer.NO)),
        (MARKETS, "mainland China", (Answer.NO, Answer.YES)),
        (MARKETS, "first row only", (Answer.UNKNOWN, Answer.UNKNOWN)),
        (MARKETS, "Australia", (Answer.UNKNOWN, Answer.UNKNOWN)),
        ("", "US", (Answer.UNKNOWN, Answer.UNKNOWN)),
        ("unclear", "US", (Answer.UNKNOWN, Answer.UNKNOWN)),
    ],
)
def test_esim_words_are_read_conservatively(
    *, text: str, region: str, expected: tuple[Answer, Answer]
) -> None:
    assert parse_esim(text, region) == expected


def test_variant_is_found_by_each_of_its_codes_and_by_name_without_one(
    variants: VariantDirectory,
) -> None:
    assert variants.by_code("Apple/A1865") is variants.by_code("apple/a1901/a1865")
    assert variants.by_code("OnePlus/6T") is not None
    assert variants.by_code("Google/Pixel 7") is None
    assert [one.code for one in variants.by_name("Google/Pixel 7")] == ["GQML3"]
    assert len(variants.by_name("Meizu/m2 note")) == 5
    assert variants.by_code("Xiaomi/NO-SUCH-CODE") is None


def test_last_day_of_service_is_a_day_of_service(networks: NetworkDirectory) -> None:
    (att,) = networks.profiles("310-410", date(2022, 2, 22))

    assert band("UMTS", 5) in att.living(date(2022, 2, 22)).bands
    assert band("UMTS", 5) not in att.living(date(2022, 2, 23)).bands


def test_network_is_found_by_name_and_operator_by_its_own(networks: NetworkDirectory) -> None:
    day = date(2026, 11, 22)
    (by_name,) = networks.profiles("T-Mobile US", day)
    (operator,) = networks.profiles("US Mobile (Light Speed)", day)
    (first_net,) = networks.profiles("313-100", day)

    assert (by_name.key, by_name.title) == ("310-260", "T-Mobile US")
    assert operator.keys >= {"US Mobile (Light Speed)", "310-260", "T-Mobile US"}
    assert first_net.living(day).bands >= {band("LTE", 14), band("LTE", 12)}
    assert networks.profiles("No Such Operator", day) == ()
    assert networks.profiles("US Mobile", day) == ()
    assert len(networks.profiles("Google Fi", date(2017, 1, 1))) == 3
    assert len(networks.profiles("Google Fi", day)) == 1
