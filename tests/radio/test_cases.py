from collections.abc import Mapping

import pytest

from bandstand.radio import (
    Fit,
    NetworkDirectory,
    VariantDirectory,
    facts_from_json,
    fit_of_case,
    run_cases,
)
from bandstand.radio.errors import RecordError
from tests.radio.conftest import cases_of

T_MOBILE = "310-260"
ATT = "310-410"


@pytest.mark.parametrize("case", cases_of("own_cases.jsonl"), ids=lambda case: str(case["id"]))
def test_case_of_our_own_comes_out_right(
    *, case: Mapping[str, object], variants: VariantDirectory, networks: NetworkDirectory
) -> None:
    assert run_cases([case], variants=variants, networks=networks).failed == ()


@pytest.mark.parametrize("case", cases_of("fit_cases.jsonl"), ids=lambda case: str(case["id"]))
def test_published_case_comes_out_right(
    *, case: Mapping[str, object], variants: VariantDirectory, networks: NetworkDirectory
) -> None:
    report = run_cases([case], variants=variants, networks=networks)

    assert report.failed == ()
    assert (report.total, report.passed) == (1, 1)


def test_published_cases_are_all_there() -> None:
    assert len(cases_of("fit_cases.jsonl")) == 34


@pytest.fixture
def judge(variants: VariantDirectory, networks: NetworkDirectory) -> "Judge":
    return Judge(variants, networks)


class Judge:
    def __init__(self, variants: VariantDirectory, networks: NetworkDirectory) -> None:
        self.variants, self.networks = variants, networks

    def __call__(self, phone: str | dict[str, object], network: str, **case: object) -> Fit:
        key = "variant" if isinstance(phone, str) else "capability"
        whole = {key: phone, "network": network, "on": "2026-11-22", **case}
        return fit_of_case(whole, variants=self.variants, networks=self.networks)


def test_3g_phone_in_the_uk_still_calls_over_2g_after_3g(judge: Judge) -> None:
    verdict = judge("Xiaomi/2013062", "234-15", on="2024-03-01")

    assert verdict.tier == "voice_2g_only"
    assert verdict.calls == "yes"
    assert "RAT_SUNSET" in verdict.codes


def test_mi_3_has_nothing_left_after_the_end_of_2g(judge: Judge) -> None:
    last_day = judge("Xiaomi/2013062", T_MOBILE, on="2026-08-03")
    day_after = judge("Xiaomi/2013062", T_MOBILE, on="2026-08-04")

    assert (last_day.tier, last_day.changes_on) == ("voice_2g_only", day_after.as_of)
    assert (day_after.tier, day_after.data, day_after.calls) == ("none", "none", "no")


def test_phone_without_volte_on_a_volte_only_network_has_data_only(judge: Judge) -> None:
    verdict = judge("Apple/A1533", "405-840", on="2016-10-01")

    assert (verdict.tier, verdict.calls) == ("data_only", "no")
    assert "NO_VOICE_PATH" in verdict.codes


def test_activation_policy_kills_a_phone_whose_bands_fit(judge: Judge) -> None:
    fact = {"kind": "activation_block", "network": "310-120", "codes": ["A1586"]}

    verdict = judge("Apple/A1586", "310-120", on="2015-01-01", facts=[fact])
    other = judge("Apple/A1660", "310-120", on="2016-10-01", facts=[fact])

    assert (verdict.tier, verdict.codes[0]) == ("blocked", "ACTIVATION_POLICY")
    assert other.tier == "full"


def test_us_iphone_without_a_tray_is_refused_by_an_operator_without_esim(judge: Judge) -> None:
    plastic = {"kind": "sim_forms", "network": T_MOBILE, "forms": ["psim"]}
    both = {"kind": "sim_forms", "network": T_MOBILE, "forms": ["psim", "esim"]}

    refused = judge("Apple/A3081", T_MOBILE, facts=[plastic])
    taken = judge("Apple/A3081", T_MOBILE, facts=[both])

    assert (refused.tier, refused.sim, refused.codes[0]) == ("blocked", "no", "SIM_FORM")
    assert (taken.tier, taken.sim) == ("full", "yes")


def test_operator_inherits_the_network_and_the_rules_of_its_host(judge: Judge) -> None:
    rule = {"kind": "activation_block", "network": T_MOBILE, "codes": ["2014811"]}

    story = judge("Xiaomi/2014811", "US Mobile", on="2016-02-01")
    refused = judge("Xiaomi/2014811", "US Mobile", on="2016-02-01", facts=[rule])
    after_contract = judge("Xiaomi/2014811", "US Mobile", on="2020-01-01")

    assert (story.tier, story.data, story.calls) == ("limited", "UMTS", "yes")
    assert refused.tier == "blocked"
    assert (after_contract.tier, after_contract.codes) == ("unknown", ("NETWORK_UNKNOWN",))


def test_operator_with_several_hosts_gets_the_worst_of_them(judge: Judge) -> None:
    both = judge("Apple/A1778", "Google Fi", on="2017-01-01")
    t_mobile = judge("Apple/A1778", T_MOBILE, on="2017-01-01")
    uscc = judge("Apple/A1778", "311-580", on="2017-01-01")

    assert t_mobile.tier == "full"
    assert both.tier.rank <= min(t_mobile.tier.rank, uscc.tier.rank)


def test_name_on_several_hosts_gets_the_worst_of_all(judge: Judge) -> None:
    verdict = judge("Xiaomi/Redmi 2", "Google Fi", on="2016-07-01")
    nowhere = judge("Xiaomi/Redmi 2", "No Such Operator", on="2016-07-01")

    assert (verdict.tier, nowhere.tier) == ("none", "unknown")


def test_sim_rule_about_a_model_corrects_what_the_record_says(judge: Judge) -> None:
    offer = {"kind": "sim_forms", "network": T_MOBILE, "forms": ["esim"]}
    model = {"kind": "sim_forms", "codes": ["A1660"], "esim": "yes"}

    refused = judge("Apple/A1660", T_MOBILE, on="2016-10-01", facts=[offer])
    taken = judge("Apple/A1660", T_MOBILE, on="2016-10-01", facts=[offer, model])

    assert (refused.sim, taken.sim) == ("no", "yes")


def test_facts_add_bands_to_a_stored_network(judge: Judge) -> None:
    more = {"kind": "network", "network": T_MOBILE, "rows": [{"rat": "LTE", "band": 20}]}

    verdict = judge("Apple/A1778", T_MOBILE, on="2016-10-01", facts=[more])
    poorer = judge("Xiaomi/M1805E10A", T_MOBILE, on="2018-09-01", facts=[more])

    assert verdict.tier == "full"
    assert poorer.tier == "good"


def test_report_is_plain(variants: VariantDirectory, networks: NetworkDirectory) -> None:
    report = run_cases([], variants=variants, networks=networks)

    assert report.as_json() == {"total": 0, "passed": 0, "failed": []}


def test_name_in_place_of_a_code_gets_the_worst_variant(judge: Judge) -> None:
    verdict = judge("Xiaomi/Redmi 2", T_MOBILE, on="2016-02-01")

    assert verdict.tier == "none"
    assert "NAME_NOT_ENOUGH" in verdict.codes


def test_variant_with_an_open_4g_list_is_not_called_limited(judge: Judge) -> None:
    verdict = judge("Xiaomi/2014819", T_MOBILE, on="2016-02-01")

    assert (verdict.tier, verdict.calls, verdict.data) == ("unknown", "yes", "unknown")
    assert "BANDS_UNKNOWN" in verdict.codes
    assert "NO_LTE_RADIO" not in verdict.codes


def test_facts_of_one_case_do_not_reach_the_next(judge: Judge) -> None:
    fact = {"kind": "network", "network": T_MOBILE, "rows": [{"rat": "LTE", "band": 20}]}

    before = judge("Apple/A1660", T_MOBILE, on="2016-10-01")
    judge("Apple/A1660", T_MOBILE, on="2016-10-01", facts=[fact])
    after = judge("Apple/A1660", T_MOBILE, on="2016-10-01")

    assert before == after


def test_wrong_case_is_reported_with_what_came_out(
    variants: VariantDirectory, networks: NetworkDirectory
) -> None:
    case = {
        "id": "X1",
        "variant": "Apple/A1660",
        "network": T_MOBILE,
        "on": "2016-10-01",
        "expect": {"tier": ["none"], "calls": "no", "reasons": ["RAT_SUNSET"], "data": "LTE"},
    }

    report = run_cases([case], variants=variants, networks=networks)

    assert report.passed == 0
    assert report.failed == (
        {
            "id": "X1",
            "expected": case["expect"],
            "got": {"tier": "full", "calls": "yes", "reasons": ["OK"]},
        },
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"on": "soon"}, "Write a day as YYYY-MM-DD"),
        ({"network": ""}, "names a network"),
        ({"variant": ""}, "a capability"),
        ({"facts": {}}, None),
        ({"facts": "none"}, "a list of objects"),
        ({"expect": {"nr": {"sa": "no"}, "not_reasons": ["RAT_SUNSET"]}}, None),
        ({"facts": [{"kind": "voice_allowlist"}]}, "voice_allow_list"),
        ({"expect": {}}, "what it expects"),
        ({"expect": {"teir": ["full"]}}, "tier"),
    ],
)
def test_case_that_cannot_be_read_fails_with_its_reason(
    *,
    change: dict[str, object],
    said: str | None,
    variants: VariantDirectory,
    networks: NetworkDirectory,
) -> None:
    case = {
        "id": "X2",
        "variant": "Apple/A1660",
        "network": T_MOBILE,
        "on": "2016-10-01",
        "expect": {"tier": ["full"]},
    }

    report = run_cases([{**case, **change}], variants=variants, networks=networks)

    if said is None:
        assert report.passed == 1
        return
    assert report.passed == 0
    got = report.failed[0]["got"]
    assert isinstance(got, dict)
    assert said in str(got["message"])


def test_unknown_network_is_unknown(judge: Judge) -> None:
    verdict = judge("Apple/A1660", "999-99")

    assert verdict.tier == "unknown"
    assert verdict.codes == ("NETWORK_UNKNOWN",)


def test_phone_that_is_no_capability_is_refused(judge: Judge) -> None:
    with pytest.raises(RecordError, match="volte"):
        judge({"LTE": [4], "volt": "yes"}, ATT)


def test_facts_of_a_case_add_to_the_stored_rules(
    variants: VariantDirectory, networks: NetworkDirectory
) -> None:
    refuses = {"kind": "activation_block", "network": T_MOBILE, "from": "2016-01-01"}
    needs_volte = {"kind": "volte_required_to_activate", "network": T_MOBILE, "from": "2016-01-01"}
    case = {
        "id": "both",
        "variant": "Xiaomi/2013062",
        "network": T_MOBILE,
        "on": "2016-02-01",
        "facts": [needs_volte],
        "expect": {
            "tier": "blocked",
            "reasons": ["ACTIVATION_POLICY", "VOLTE_REQUIRED_TO_ACTIVATE"],
        },
    }

    alone = run_cases([case], variants=variants, networks=networks)
    with_stored = run_cases(
        [case],
        variants=variants,
        networks=networks,
        policies=facts_from_json([refuses]).policies,
    )

    assert alone.passed == 0
    assert with_stored.failed == ()
