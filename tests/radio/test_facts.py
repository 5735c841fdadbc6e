from datetime import date

import pytest

from bandstand.kernel.errors import DomainError
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import band, capability_from_json, facts_from_json
from bandstand.radio.errors import RecordError
from bandstand.radio.policies import (
    ActivationBlock,
    BandDisabled,
    EmergencyCallRule,
    SimForms,
    VoiceAllowList,
    code_list,
)


def test_period_with_a_last_day_ends_the_day_after() -> None:
    (fact,) = facts_from_json(
        [{"kind": "volte_required_to_activate", "from": "2020-08-04", "to": "2022-06-30"}]
    ).policies

    assert (fact.from_date, fact.until_date) == (date(2020, 8, 4), date(2022, 7, 1))


def test_lists_are_folded_and_stripped_of_brands() -> None:
    assert code_list(["Samsung/SM-G970U", "A1901/A1865", "7 Pro", "Nokia/HMD/TA-1045"]) == {
        "sm-g970u",
        "a1901/a1865",
        "a1901",
        "a1865",
        "7 pro",
        "ta-1045",
    }


def test_every_kind_is_read() -> None:
    facts = facts_from_json(
        [
            {"kind": "voice_allow_list", "network": "310-410", "allowed": ["A"], "note": "list"},
            {"kind": "activation_block", "network": "310-120", "codes": ["A1586"]},
            {"kind": "emergency_call_rule", "fails": ["X"], "unknown_import": "block"},
            {"kind": "band_disabled", "codes": ["XT1526"], "rat": "LTE", "bands": [12, 17]},
            {"kind": "sim_forms", "network": "Wren", "forms": ["eSIM"], "certainty": "high"},
        ]
    ).policies

    allow, block, emergency, disabled, sim = facts
    assert isinstance(allow, VoiceAllowList)
    assert allow.allowed == {"a"}
    assert isinstance(block, ActivationBlock)
    assert block.codes == frozenset({"a1586"})
    assert isinstance(emergency, EmergencyCallRule)
    assert (emergency.verified, emergency.blocks_unverified) == (None, True)
    assert isinstance(disabled, BandDisabled)
    assert disabled.bands == {band("LTE", 12), band("LTE", 17)}
    assert isinstance(sim, SimForms)
    assert (sim.esim, sim.psim, sim.certainty) == (Answer.YES, Answer.NO, Certainty.HIGH)


def test_network_and_host_facts_are_kept_apart_from_rules() -> None:
    facts = facts_from_json(
        [
            {
                "kind": "network",
                "network": "999-01",
                "sa": "yes",
                "rows": [
                    {"rat": "LTE", "band": 66, "role": "limited", "announced_to": "2028-12-31"}
                ],
            },
            {"kind": "mvno", "network": "Wren", "host": "999-01", "without": ["NR", "LTE 66"]},
        ]
    )

    (network,), (host,) = facts.networks, facts.hosts
    assert facts.policies == ()
    assert network.rows[0].announced_until_date == date(2028, 12, 31)
    assert network.rows[0].until_date is None
    assert (host.key, host.host) == ("Wren", "999-01")
    assert host.without.takes(band("LTE", 66))
    assert host.without.takes(band("NR", 1))
    assert not host.without.takes(band("LTE", 4))


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"kind": "voice_allowlist"}, "Did you mean voice_allow_list"),
        ({}, "activation_block"),
        ({"kind": "voice_allow_list", "alowed": ["A"]}, "Did you mean allowed"),
        ({"kind": "voice_allow_list"}, "List the model codes"),
        ({"kind": "voice_allow_list", "allowed": {"A": 1}}, "list of words"),
        ({"kind": "activation_block", "from": "tomorrow"}, "YYYY-MM-DD"),
        ({"kind": "activation_block", "from": "2024-01-01", "until": "2023-01-01"}, "end after"),
        ({"kind": "activation_block", "to": "2024-01-01", "until": "2023-01-01"}, "not both"),
        ({"kind": "emergency_call_rule", "unknown_import": "maybe"}, "block, warn or allow"),
        ({"kind": "emergency_call_rule", "volte_required": "often"}, "yes, no or unknown"),
        ({"kind": "band_disabled", "rat": "LTE"}, "Name the band"),
        ({"kind": "band_disabled", "rat": "LTE", "band": 15}, "LTE 14"),
        ({"kind": "sim_forms", "forms": ["mini"]}, "esim or psim"),
        ({"kind": "sim_forms", "certainty": "sure"}, "high, medium, low"),
        ({"kind": "network", "network": "999-01"}, "List the network's bands"),
        ({"kind": "network", "rows": [{"rat": "LTE", "band": 4}]}, "MCC-MNC"),
        ({"kind": "network", "network": "1", "rows": ["LTE 4"]}, "A row has rat"),
        (
            {
                "kind": "network",
                "network": "1",
                "rows": [{"rat": "LTE", "band": 4, "role": "main"}],
            },
            "primary, secondary, limited",
        ),
        ({"kind": "mvno", "network": "Wren"}, "Name the network"),
        ("LTE 4", "an object"),
    ],
)
def test_fact_that_cannot_be_read_is_refused_with_its_mend(fact: object, said: str) -> None:
    with pytest.raises(DomainError, match=said):
        facts_from_json([fact])


def test_capability_of_a_case_is_read() -> None:
    found = capability_from_json(
        {
            "LTE": [2, "4"],
            "4g": "12",
            "NR": "unknown",
            "volte": "no",
            "esim": True,
            "code": "AST-100",
            "disabled": [{"rat": "LTE", "band": 12, "until": "2016-01-01"}],
            "disputed": {"LTE": [71]},
        }
    )

    assert found.bands == {band("LTE", 2), band("LTE", 4), band("LTE", 12)}
    assert found.disputed_bands == {band("LTE", 71)}
    assert found.unknown_rats == {"NR"}
    assert (found.volte, found.esim, found.psim) == (Answer.NO, Answer.YES, Answer.UNKNOWN)
    assert found.bands_on(date(2015, 12, 31)) == {band("LTE", 2), band("LTE", 4)}


def test_host_facts_say_what_is_taken_in_every_way() -> None:
    (first, second) = facts_from_json(
        [
            {"kind": "mvno", "network": "Wren", "host": "1", "volte": "no", "without": "NR"},
            {
                "kind": "mvno",
                "mvno": "Wren 2",
                "host": "1",
                "excludes": ["volte", {"rat": "LTE", "bands": [4]}, {"rat": "GSM"}],
            },
        ]
    ).hosts

    assert first.without.volte
    assert first.without.rats == {"NR"}
    assert second.key == "Wren 2"
    assert second.without.volte
    assert second.without.bands == {band("LTE", 4)}
    assert second.without.rats == {"GSM"}


def test_bands_of_a_fact_may_be_one_string() -> None:
    (fact,) = facts_from_json(
        [{"kind": "band_disabled", "bands": "LTE 12 17", "from": date(2015, 2, 25)}]
    ).policies

    assert isinstance(fact, BandDisabled)
    assert fact.bands == {band("LTE", 12), band("LTE", 17)}
    assert fact.codes is None
    assert fact.from_date == date(2015, 2, 25)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"LTEE": [4]}, "no field “LTEE”. Did you mean LTE"),
        ({"LTE": [15]}, "LTE 14"),
        ({"LTE": ""}, "List bands"),
        ({"LTE": [4], "volte": "sometimes"}, "yes, no or unknown"),
        ({"LTE": [4], "disabled": [12]}, "rat"),
        ({"LTE": [4], "disabled": 12}, "List objects"),
        ({"LTE": [4], "disputed": [12]}, "Write"),
    ],
)
def test_capability_that_cannot_be_read_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        capability_from_json(given)


def test_refusal_names_field_and_value() -> None:
    with pytest.raises(RecordError) as refusal:
        facts_from_json([{"kind": "activation_block", "from": "2024-13-01"}])

    assert refusal.value.code == "malformed_record"
    assert refusal.value.fields["field"] == "from"
    assert refusal.value.fields["value"] == "2024-13-01"
