"""The tables that the project ships, loaded and asked."""

import csv
import json
from datetime import UTC, date, datetime

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import Market, NetworkBand, NetworkPolicy, StoredFit, Variant
from bandstand.catalogue.queries.asked import fit_of_capability
from bandstand.catalogue.services.load import SHIPPED_TABLES
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import (
    ReasonCode,
    Tier,
    capability_with,
    facts_from_json,
    fit,
    networks_of_rows,
)
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


def shipped_rules() -> list[dict[str, object]]:
    return [
        {**json.loads(row.pop("body")), **{name: value for name, value in row.items() if value}}
        for row in rows("policies.csv")
    ]


def test_shipped_tables_load_without_a_refusal_and_twice_the_same(
    loaded: services.LoadReport,
) -> None:
    again = services.load_tables(now=NOW)

    names = ["devices.csv", "networks_us.csv", "networks_other.csv", "markets.csv", "brands.csv"]
    lines = sum(len(rows(name)) for name in [*names, "categories.csv", "policies.csv"])
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
    rules = facts_from_json(shipped_rules()).policies
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
                (one.name, one.code): fit(one, profile, policies=rules, on=on).tier
                for one in records
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


@LOADED
def test_every_shipped_rule_says_where_and_when_it_was_read_and_admits_nobody() -> None:
    rules = queries.policies_of(queries.network_by_code("505-01").id)

    assert not NetworkPolicy.objects.filter(source="").exists()
    assert not NetworkPolicy.objects.filter(read_on=None).exists()
    # No list that is not at hand is shipped: half a list would refuse, and admit, at random.
    kinds = set(NetworkPolicy.objects.values_list("kind", flat=True))
    assert kinds == {"emergency_call_rule", "carrier_notice"}
    assert {one.from_date for one in rules} == {date(2024, 10, 28)}


@LOADED
def test_australian_rule_refuses_a_phone_without_volte_and_only_from_its_day() -> None:
    network = queries.network_by_code("505-01")
    phone = capability_with(
        {"UMTS": [5], "LTE": [3, 28]}, brand="Aster", code="AST-100", volte=Answer.NO
    )

    tiers = {
        on: fit_of_capability(phone, network_id=network.id, on=on)
        for on in (date(2024, 10, 27), date(2024, 10, 28))
    }

    assert tiers[date(2024, 10, 27)].calls is Answer.YES
    assert tiers[date(2024, 10, 28)].tier is Tier.BLOCKED
    assert tiers[date(2024, 10, 28)].emergency_calls is Answer.NO


@LOADED
def test_notice_warns_and_leaves_the_verdict() -> None:
    network = queries.network_by_code("310-410")
    phone = capability_with({"LTE": [2, 4, 5, 12, 14, 29, 30, 66]}, volte=Answer.YES, code="A")

    verdict = fit_of_capability(phone, network_id=network.id, on=TODAY)

    assert (verdict.tier, verdict.calls) == (Tier.FULL, Answer.YES)
    assert ReasonCode.CARRIER_NOTICE in verdict.codes
    assert verdict.confidence is Certainty.LOW
    assert verdict.emergency_calls is Answer.UNKNOWN
