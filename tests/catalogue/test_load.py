from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import (
    BandClaim,
    LoadRun,
    Network,
    NetworkBand,
    NetworkPolicy,
    Variant,
)
from bandstand.catalogue.rules import BadTablesError, CatalogueNotFoundError
from bandstand.radio.policies import VoiceAllowList
from tests.catalogue.tables import BRANDS, DEVICES, NETWORKS, device, network, write_tables

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_malformed_lines_are_refused_by_number_and_the_rest_is_loaded(tmp_path: Path) -> None:
    write_tables(
        tmp_path,
        networks=NETWORKS
        + network(band="2")
        + network(band="1200")
        + network(band="4", role="primry")
        + network(band="12")
        + network(rat="LET", band="66")
        + network(code="", name="Wren", host="Lark Hosst", rat="ALL", band="ALL", role="mvno"),
        devices=DEVICES
        + device()
        + device(brand="Astre", code="AS2")
        + device(code="AS3", bands="2 1299")
        + "Aster,One,AS4,too,few\n"
        + device(code="AS5", source="")
        + device(code="AS6"),
    )

    report = services.load_tables(directory=tmp_path, now=NOW)

    said = {(one.file, one.line): one.reason for one in report.refused}
    assert set(said) == {
        ("networks.csv", 3),
        ("networks.csv", 4),
        ("networks.csv", 6),
        ("networks.csv", 7),
        ("devices.csv", 3),
        ("devices.csv", 4),
        ("devices.csv", 5),
        ("devices.csv", 6),
    }
    assert "no band “1200”. Did you mean LTE" in said["networks.csv", 3]
    assert "primary" in said["networks.csv", 4]
    assert "LTE" in said["networks.csv", 6]
    assert "Did you mean Lark Host?" in said["networks.csv", 7]
    assert "Did you mean Aster?" in said["devices.csv", 3]
    assert "1299" in said["devices.csv", 4]
    assert "5 fields, the header 13" in said["devices.csv", 5]
    assert "source" in said["devices.csv", 6]
    assert {one.band for one in NetworkBand.objects.all()} == {"2", "12"}
    assert {one.code for one in Variant.objects.all()} == {"AS1", "AS6"}
    run = LoadRun.objects.get(pk=report.run_id)
    assert run.refused == [one.as_json() for one in report.refused]
    assert (run.added, report.added) == (report.added, 1 + 2 + 2 + 2)


def test_second_load_changes_nothing_and_an_edit_changes_one_line(tmp_path: Path) -> None:
    tables = {
        "networks": NETWORKS + network(band="2") + network(band="4"),
        "devices": DEVICES + device() + device(rat="UMTS", bands="2 5"),
    }
    services.load_tables(directory=write_tables(tmp_path, **tables), now=NOW)

    again = services.load_tables(directory=tmp_path, now=NOW)
    tables["networks"] = NETWORKS + network(band="2", to="2026-12-31") + network(band="4")
    edited = services.load_tables(directory=write_tables(tmp_path, **tables), now=NOW)

    assert (again.added, again.changed) == (0, 0)
    assert (edited.added, edited.changed) == (0, 1)
    assert NetworkBand.objects.get(band="2").until_date == date(2027, 1, 1)  # to is the last day


def test_lines_of_one_file_that_contradict_each_other_do_not_flip_flop(tmp_path: Path) -> None:
    devices = DEVICES + device(bands="2 4") + device(bands="2 12")
    write_tables(tmp_path, devices=devices)

    first = services.load_tables(directory=tmp_path, now=NOW)
    second = services.load_tables(directory=tmp_path, now=NOW)

    assert [one.line for one in first.refused] == [one.line for one in second.refused] == [3]
    assert (second.added, second.changed) == (0, 0)
    assert BandClaim.objects.get().bands == ["2", "4"]


def test_file_without_a_column_is_refused_whole_and_names_what_it_has(tmp_path: Path) -> None:
    write_tables(tmp_path, networks=NETWORKS.replace("operator", "operater") + network())

    report = services.load_tables(directory=tmp_path, now=NOW)

    assert [(one.file, one.line) for one in report.refused] == [("networks.csv", 1)]
    assert "lacks operator" in report.refused[0].reason
    assert "operater" in report.refused[0].reason
    assert not Network.objects.exists()


def test_misspelt_file_is_not_lost_in_silence(tmp_path: Path) -> None:
    write_tables(tmp_path, device=DEVICES + device())

    report = services.load_tables(directory=tmp_path, now=NOW)

    assert "Did you mean devices.csv?" in report.refused[0].reason
    assert not Variant.objects.exists()


def test_directory_without_tables_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadTablesError, match="has no table"):
        services.load_tables(directory=tmp_path, now=NOW)
    with pytest.raises(BadTablesError, match="not a directory"):
        services.load_tables(directory=tmp_path / "nowhere", now=NOW)

    assert not LoadRun.objects.exists()


def test_another_name_for_a_known_code_is_refused(tmp_path: Path) -> None:
    networks = NETWORKS + network(band="2") + network(band="4", name="Lark Hots")
    report = services.load_tables(directory=write_tables(tmp_path, networks=networks), now=NOW)

    assert [one.line for one in report.refused] == [3]
    assert "999-01 is Lark Host" in report.refused[0].reason


def test_unknown_parent_brand_names_the_nearest(tmp_path: Path) -> None:
    report = services.load_tables(
        directory=write_tables(tmp_path, brands=BRANDS + "twig,Twig,astre,\n"), now=NOW
    )

    assert [(one.file, one.line) for one in report.refused] == [("brands.csv", 4)]
    assert "Did you mean aster?" in report.refused[0].reason


def test_policies_are_read_as_radio_reads_them(tmp_path: Path) -> None:
    write_tables(tmp_path, networks=NETWORKS + network())
    (tmp_path / "policies.jsonl").write_text(
        '{"kind": "voice_allow_list", "network": "999-01", "from": "2022-02-22",'
        ' "allowed": ["AS1"], "source": "carrier", "certainty": "high"}\n'
        '{"kind": "voice_alow_list", "network": "999-01", "allowed": []}\n'
        '{"kind": "voice_allow_list", "network": "999-02", "allowed": []}\n'
        "{not json\n"
    )

    report = services.load_tables(directory=tmp_path, now=NOW)
    again = services.load_tables(directory=tmp_path, now=NOW)

    assert [one.line for one in report.refused] == [2, 3, 4]
    assert "voice_allow_list" in report.refused[0].reason
    assert "999-01" in report.refused[1].reason
    assert (again.added, again.changed, NetworkPolicy.objects.count()) == (0, 0, 1)
    (policy,) = queries.policies_of(queries.network_by_code("999-01").id)
    assert isinstance(policy, VoiceAllowList)
    assert policy.from_date == date(2022, 2, 22)
    assert policy.allowed == {"as1"}


def test_rules_are_read_from_a_table_as_well(tmp_path: Path) -> None:
    head = "network,kind,from_date,to_date,body,source,certainty,read_on\n"
    body = '"{""allowed"": [""AS1""]}"'
    write_tables(
        tmp_path,
        networks=NETWORKS + network(),
        policies=head
        + f"999-01,voice_allow_list,2022-02-22,2024-01-31,{body},carrier,high,2026-11-20\n"
        + f"999-01,voice_allow_list,,,{body},,high,\n"
        + "999-01,voice_allow_list,,,[1],carrier,high,\n"
        + "999-01,voice_allow_list,,,{oh,carrier,high,\n"
        + "999-01,voice_allowlist,,,,carrier,high,\n",
    )

    report = services.load_tables(directory=tmp_path, now=NOW)

    assert [(one.line, one.reason.split(".")[0]) for one in report.refused] == [
        (3, "source is empty"),
        (4, "body is one JSON object in braces, or empty"),
        (5, "body is not JSON: Expecting property name enclosed in double quotes at 2"),
        (6, "kind is “voice_allowlist”"),
    ]
    rule = NetworkPolicy.objects.get()
    assert (rule.body, rule.read_on) == ({"allowed": ["AS1"]}, date(2026, 11, 20))
    assert rule.until_date == date(2024, 2, 1)


def test_mvno_runs_on_its_host_and_never_beats_it(tmp_path: Path) -> None:
    mvno = network(code="", name="Wren", host="Lark Host", rat="ALL", band="ALL", role="mvno")
    write_tables(
        tmp_path,
        networks=NETWORKS + network(band="2") + network(band="4") + mvno,
        devices=DEVICES + device(bands="2"),
    )
    services.load_tables(directory=tmp_path, now=NOW)
    wren, host = queries.network_by_code("Wren"), queries.network_by_code("999-01")
    phone = queries.variant_by_code("Aster/AS1").id
    today = NOW.date()

    profile = queries.profile_of(wren.id, on=today)

    assert profile.host == "999-01"
    assert wren.country == host.country
    guest = queries.fit_on(variant_id=phone, network_id=wren.id, on=today)
    own = queries.fit_on(variant_id=phone, network_id=host.id, on=today)
    assert guest.tier.rank <= own.tier.rank
    assert guest.tier is own.tier


def test_operator_networks_refuse_an_unknown_code_and_keep_what_was(tmp_path: Path) -> None:
    write_tables(tmp_path, networks=NETWORKS + network())
    services.load_tables(directory=tmp_path, now=NOW)
    services.set_operator_networks(codes=["999-01"], now=NOW)

    with pytest.raises(CatalogueNotFoundError, match="Did you mean 999-01"):
        services.set_operator_networks(codes=["999-10"], now=NOW)

    assert queries.default_network().code == "999-01"
