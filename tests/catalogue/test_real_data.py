"""The tables that the project ships, loaded and asked."""

import csv
from datetime import UTC, date, datetime

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import Market, NetworkBand, StoredFit, Variant
from bandstand.catalogue.services.load import SHIPPED_TABLES
from bandstand.kernel.words import Answer
from bandstand.radio import ReasonCode, Tier, fit, networks_of_rows
from bandstand.radio.directory import NetworkDirectory
from bandstand.radio.records import variant_records

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STORY = date(2016, 2, 1)
TODAY = date(2026, 11, 22)
LOADED = pytest.mark.usefixtures("loaded")


@pytest.fixture
def loaded() -> services.LoadReport:
    report = services.load_tables(now=NOW)
    services.set_operator_networks(codes=["310-260"], now=NOW)
    return report


def rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED_TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_shipped_tables_load_without_a_refusal_and_twice_the_same(
    loaded: services.LoadReport,
) -> None:
    again = services.load_tables(now=NOW)

    names = ("devices.csv", "networks_us.csv", "networks_other.csv", "markets.csv", "brands.csv")
    lines = sum(len(rows(name)) for name in (*names, "categories.csv"))
    assert loaded.refused == ()
    assert (loaded.added, loaded.changed, loaded.unchanged) == (lines, 0, 0)
    assert (again.added, again.changed, again.unchanged) == (0, 0, lines)
    assert (again.refused, again.fits) == ((), 0)


@LOADED
def test_t_mobile_today_runs_what_its_table_says() -> None:
    network = queries.default_network()

    living = queries.profile_of(network.id).living(TODAY)
    primary = {str(one) for one, row in living.rows.items() if row.role.value == "primary"}

    assert (network.code, network.name, network.country) == ("310-260", "T-Mobile US", "US")
    assert primary == {"LTE 4", "LTE 12", "LTE 66", "LTE 71", "NR 41", "NR 71"}
    assert not {"GSM", "UMTS"} & {one.rat.value for one in living.bands}


@LOADED
def test_mi_3_in_the_storys_week() -> None:
    phone, network = queries.variant_by_code("Xiaomi/2013062"), queries.default_network()

    stored = queries.stored_fit(variant_id=phone.id, network_id=network.id, on=STORY)
    verdict = queries.fit_on(variant_id=phone.id, network_id=network.id, on=STORY)

    assert stored is not None
    assert stored.tier is Tier.LIMITED
    assert stored.calls is Answer.YES
    assert "no 4G radio" in stored.sentence
    assert ReasonCode.NO_LTE_RADIO in verdict.codes
    chart = queries.chart_bands(variant_id=phone.id, network_id=network.id, on=STORY)
    has = {(one.rat, one.band): one.has_it.value for one in chart}
    assert has["UMTS", "2"] == "yes"
    assert has["UMTS", "4"] == has["LTE", "12"] == "no"


@LOADED
def test_the_storys_phones_are_all_there_and_none_is_better_than_limited() -> None:
    network = queries.default_network()
    models = [("Xiaomi", "Redmi 2"), ("Xiaomi", "Mi 3"), ("Xiaomi", "Mi 4"), ("Meizu", "m2 note")]

    for brand, name in models:
        variants = [one.id for one in queries.variants_of(brand, name)]
        assert variants
        fits = queries.fits_on(variants, network_id=network.id, on=STORY)
        assert max(one.tier.rank for one in fits.values()) <= Tier.LIMITED.rank


@LOADED
def test_database_gives_the_verdicts_that_the_tables_give() -> None:
    records = [one.capability for one in variant_records(rows("devices.csv"))]
    tables = networks_of_rows(rows("networks_us.csv") + rows("networks_other.csv"))
    directory = NetworkDirectory(tables)
    codes = ["310-260", "310-410", "311-480", "505-01", "262-02", "440-10", "405-840", "313-100"]

    for code in codes:
        network = queries.network_by_code(code)
        for on in (STORY, date(2022, 7, 1), TODAY):
            (profile,) = directory.profiles(code, on)
            ids = {one.id: one for one in Variant.objects.select_related("model__brand")}
            stored = {
                (ids[key].model.name, ids[key].code): one.tier
                for key, one in queries.fits_on(ids, network_id=network.id, on=on).items()
            }
            assert stored == {
                (one.name, one.code): fit(one, profile, on=on).tier for one in records
            }


@LOADED
def test_every_fact_names_its_source() -> None:
    assert not NetworkBand.objects.filter(source="").exists()
    assert not Variant.objects.filter(source="").exists()
    assert {one.code for one in Market.objects.all()} >= {"US", "GB", "DE", "AU", "IN", "JP", "HK"}


@LOADED
def test_every_phone_has_one_stored_fit_today() -> None:
    living = StoredFit.objects.filter(from_date__lte=TODAY).exclude(until_date__lte=TODAY)

    assert living.count() == Variant.objects.count()
    assert living.filter(tier__in=["full", "good"]).count() >= 50
