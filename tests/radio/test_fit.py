from datetime import date

import pytest

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import (
    DisabledBand,
    Fit,
    NetworkProfile,
    Rat,
    Role,
    Subtraction,
    band,
    facts_from_json,
    fit,
    fit_by_name,
    inherit,
    sentence,
)
from bandstand.radio.capability import BandClaim, Capability
from tests.radio.cast import DAY, LARK, network, phone, row

EVERY_PRIMARY = "LTE 4 12 71"


def with_rule(capability: Capability, **fact: object) -> Fit:
    facts = facts_from_json([{"network": LARK.key, "from": "2020-01-01", **fact}])
    return fit(capability, LARK, policies=facts.policies, on=DAY)


@pytest.mark.parametrize(
    ("bands", "tier", "data", "code"),
    [
        ("LTE 4 12 71", "full", "LTE", "OK"),
        ("LTE 4 12 71 n71", "full", "NR", "OK"),
        ("LTE 4 12", "good", "LTE", "MISSING_COVERAGE_BAND"),
        ("LTE 12 71", "good", "LTE", "MISSING_PRIMARY_BANDS"),
        ("LTE 2", "limited", "LTE", "MISSING_PRIMARY_BANDS"),
        ("LTE 5", "limited", "LTE", "MISSING_PRIMARY_BANDS"),
        ("LTE 17", "limited", "LTE", "SUBSET_BAND"),
        ("LTE 85", "limited", "LTE", "SUPERSET_BAND"),
        ("LTE 1 3 7", "none", "none", "NO_LTE_BAND"),
        ("LTE 29 46", "none", "none", "NO_SHARED_BAND"),
        ("UMTS 1 2", "none", "none", "RAT_SUNSET"),
        ("GSM 850", "none", "none", "NO_LTE_RADIO"),
    ],
)
def test_bands_decide_the_tier(*, bands: str, tier: str, data: str, code: str) -> None:
    verdict = fit(phone(bands), LARK, on=DAY)

    assert (verdict.tier, verdict.data) == (tier, data)
    assert code in verdict.codes


def test_5g_of_its_own_does_not_make_an_older_phone_limited() -> None:
    verdict = fit(phone("LTE 4 12 71"), LARK, on=DAY)

    assert verdict.tier == "full"
    assert (verdict.nr.sa, verdict.nr.nsa) == ("no", "no")


def test_5g_modes_need_a_yes_of_both_sides() -> None:
    both = network(*LARK.rows)
    known = NetworkProfile(key=both.key, rows=both.rows, sa=Answer.YES, nsa=Answer.NO)
    with_sa = phone("LTE 4 12 71 n71", sa=Answer.YES)
    nsa_only = phone("LTE 4 12 71 n71", sa=Answer.NO, nsa=Answer.YES)

    assert fit(with_sa, known, on=DAY).nr.sa == "yes"
    assert fit(with_sa, LARK, on=DAY).nr.sa == "unknown"
    assert fit(nsa_only, known, on=DAY).data == "LTE"


def test_5g_only_network_asks_for_standalone() -> None:
    only_5g = network(row("NR 71"), row("NR 66"))

    answers = {
        answer: fit(phone("LTE 71 n66 n71", sa=answer, vonr=Answer.YES), only_5g, on=DAY)
        for answer in Answer
    }

    assert answers[Answer.YES].tier == "full"
    assert answers[Answer.NO].tier == "none"
    assert answers[Answer.UNKNOWN].tier == "unknown"
    assert "NR_STANDALONE_UNKNOWN" in answers[Answer.UNKNOWN].codes


def test_5g_alone_without_calls_is_none_while_nobody_knows_of_standalone() -> None:
    silent = phone("n71", vonr=Answer.NO)

    verdict = fit(silent, network(row("NR 71")), on=DAY)

    assert (verdict.tier, verdict.calls, verdict.data) == ("none", "no", "unknown")
    assert sentence(verdict).startswith("Calls do not work here; the phone could only use 5G")


@pytest.mark.parametrize(
    ("volte", "tier", "calls", "code"),
    [
        (Answer.YES, "full", "yes", "OK"),
        (Answer.UNKNOWN, "unknown", "unknown", "VOICE_UNKNOWN"),
        (Answer.NO, "data_only", "no", "NO_VOICE_PATH"),
    ],
)
def test_without_2g_and_3g_calls_rest_on_volte(
    *, volte: Answer, tier: str, calls: str, code: str
) -> None:
    verdict = fit(phone(EVERY_PRIMARY, volte=volte), LARK, on=DAY)

    assert (verdict.tier, verdict.calls) == (tier, calls)
    assert code in verdict.codes


def test_record_that_never_speaks_of_2g_and_3g_leaves_calls_open() -> None:
    silent = network(row("LTE 4"), row("LTE 12"))

    verdict = fit(phone("LTE 4 12", volte=Answer.UNKNOWN), silent, on=DAY)

    assert (verdict.tier, verdict.calls, verdict.confidence) == ("good", "unknown", "low")


def test_3g_carries_calls_while_it_lives() -> None:
    verdict = fit(phone("LTE 4; UMTS 2", volte=Answer.NO), LARK, on=date(2022, 6, 30))

    assert (verdict.calls, verdict.emergency_calls) == ("yes", "yes")
    assert verdict.changes_on == date(2022, 7, 1)
    assert "RAT_SUNSET_PLANNED" in verdict.codes


def test_announced_end_warns_and_ends_nothing() -> None:
    announced = network(
        row("LTE 4"), row("GSM 1900", Role.LIMITED, announced_until_date=date(2024, 4, 2))
    )
    old = phone("GSM 1900")

    before, after = (fit(old, announced, on=day) for day in (date(2024, 1, 1), DAY))

    assert before.tier == after.tier == "voice_2g_only"
    assert before.changes_on == date(2024, 4, 2)
    assert "RAT_SUNSET_PLANNED" in after.codes


def test_certification_lets_only_listed_models_in() -> None:
    rule = {"kind": "certification_required", "certified": ["Aster/AST-100"]}

    assert with_rule(phone(EVERY_PRIMARY), **rule).tier == "full"
    refused = with_rule(phone(EVERY_PRIMARY, code="AST-200"), **rule)
    assert (refused.tier, refused.data, refused.calls) == ("blocked", "none", "no")
    assert refused.emergency_calls == "unknown"


def test_phone_without_any_identity_is_unknown_to_a_list() -> None:
    nameless = phone(EVERY_PRIMARY, brand="", name="", code="")

    verdict = with_rule(nameless, kind="certification_required", certified=["AST-100"])

    assert (verdict.tier, verdict.codes[0]) == ("unknown", "CARRIER_CERTIFICATION")


def test_record_of_several_codes_needs_all_of_them_on_the_list() -> None:
    double = phone(EVERY_PRIMARY, code="AST-100/AST-200")

    one = with_rule(double, kind="certification_required", certified=["AST-100"])
    both = with_rule(double, kind="certification_required", certified=["AST-100", "AST-200"])
    failing = with_rule(double, kind="emergency_call_rule", fails=["AST-200"])

    assert one.tier == "unknown"
    assert both.tier == "full"
    assert failing.tier == "blocked"


def test_carrier_list_vouches_for_volte_and_emergency_calls() -> None:
    silent = phone(EVERY_PRIMARY, volte=Answer.UNKNOWN)

    verdict = with_rule(silent, kind="voice_allow_list", allowed=["AST-100"])
    other = with_rule(silent, kind="voice_allow_list", allowed=["AST-200"])

    assert (verdict.tier, verdict.calls, verdict.emergency_calls) == ("full", "yes", "yes")
    assert (other.tier, other.calls) == ("data_only", "no")
    assert "VOLTE_ALLOWLIST" in other.codes


def test_volte_claim_of_a_spec_sheet_does_not_prove_emergency_calls() -> None:
    verdict = fit(phone(EVERY_PRIMARY), LARK, on=DAY)

    assert (verdict.calls, verdict.emergency_calls) == ("yes", "unknown")


@pytest.mark.parametrize(
    ("volte", "tier"),
    [(Answer.YES, "full"), (Answer.UNKNOWN, "unknown"), (Answer.NO, "blocked")],
)
def test_volte_required_to_activate(volte: Answer, tier: str) -> None:
    verdict = with_rule(phone(EVERY_PRIMARY, volte=volte), kind="volte_required_to_activate")

    assert verdict.tier == tier


@pytest.mark.parametrize(
    ("fact", "tier", "emergency"),
    [
        ({"verified": ["AST-100"], "unknown_import": "block"}, "full", "yes"),
        ({"verified": ["AST-200"], "unknown_import": "block"}, "blocked", "unknown"),
        ({"verified": ["AST-200"], "unknown_import": "warn"}, "full", "unknown"),
        ({"fails": ["AST-100"]}, "blocked", "no"),
        ({"fails": ["AST-200"], "unknown_import": "block"}, "full", "unknown"),
        ({"fails": [], "volte_required": True}, "full", "unknown"),
    ],
)
def test_emergency_call_rule(*, fact: dict[str, object], tier: str, emergency: str) -> None:
    verdict = with_rule(phone(EVERY_PRIMARY), kind="emergency_call_rule", **fact)

    assert (verdict.tier, verdict.emergency_calls) == (tier, emergency)


@pytest.mark.parametrize(
    ("volte", "tier", "emergency"),
    [(Answer.NO, "blocked", "no"), (Answer.UNKNOWN, "unknown", "unknown")],
)
def test_emergency_rule_that_needs_volte(*, volte: Answer, tier: str, emergency: str) -> None:
    silent = phone(EVERY_PRIMARY, volte=volte)

    verdict = with_rule(silent, kind="emergency_call_rule", fails=[], volte_required=True)

    assert (verdict.tier, verdict.emergency_calls) == (tier, emergency)
    assert "EMERGENCY_CALL_RULE" in verdict.codes


def test_verdict_changes_on_the_day_a_rule_begins_or_ends() -> None:
    later = {"kind": "activation_block", "from": "2027-01-01", "to": "2027-12-31"}

    before = with_rule(phone(EVERY_PRIMARY), **later)
    facts = facts_from_json([{"network": LARK.key, **later}])
    during = fit(phone(EVERY_PRIMARY), LARK, policies=facts.policies, on=date(2027, 6, 1))

    assert (before.tier, before.changes_on) == ("full", date(2027, 1, 1))
    assert (during.tier, during.changes_on) == ("blocked", date(2028, 1, 1))


def test_rule_ends_on_its_day() -> None:
    fact = {"kind": "activation_block", "codes": ["AST-100"], "until": DAY.isoformat()}

    assert with_rule(phone(EVERY_PRIMARY), **fact).tier == "full"


def test_rule_of_another_network_says_nothing_here() -> None:
    facts = facts_from_json([{"kind": "activation_block", "network": "310-998"}])

    verdict = fit(phone(EVERY_PRIMARY), LARK, policies=facts.policies, on=DAY)

    assert verdict.tier == "full"
    assert verdict.changes_on is None


def test_band_that_firmware_keeps_off_is_missing_and_named() -> None:
    off = DisabledBand(band=band("LTE", 12), from_date=date(2015, 2, 25), until_date=DAY)
    whole = phone(EVERY_PRIMARY, disabled=(off,))

    before = fit(whole, LARK, on=date(2026, 11, 21))
    after = fit(whole, LARK, on=DAY)

    assert (before.tier, before.changes_on) == ("good", DAY)
    assert {"BAND_DISABLED", "MISSING_COVERAGE_BAND"} <= set(before.codes)
    assert after.tier == "full"


def test_rule_keeps_a_band_off_in_listed_models() -> None:
    fact = {"kind": "band_disabled", "codes": ["AST-100"], "rat": "LTE", "band": 12}

    assert "BAND_DISABLED" in with_rule(phone(EVERY_PRIMARY), **fact).codes
    assert with_rule(phone(EVERY_PRIMARY, code="AST-200"), **fact).tier == "full"


@pytest.mark.parametrize(
    ("forms", "esim", "psim", "tier", "sim"),
    [
        (["esim"], Answer.YES, Answer.UNKNOWN, "full", "yes"),
        (["esim"], Answer.UNKNOWN, Answer.YES, "unknown", "unknown"),
        (["esim"], Answer.NO, Answer.YES, "blocked", "no"),
        (["psim"], Answer.YES, Answer.NO, "blocked", "no"),
        (["psim", "esim"], Answer.YES, Answer.NO, "full", "yes"),
    ],
)
def test_sim_forms(*, forms: list[str], esim: Answer, psim: Answer, tier: str, sim: str) -> None:
    verdict = with_rule(phone(EVERY_PRIMARY, esim=esim, psim=psim), kind="sim_forms", forms=forms)

    assert (verdict.tier, verdict.sim) == (tier, sim)


def test_disputed_band_is_not_relied_on() -> None:
    sure = phone("LTE 4 12")
    claims = (*sure.claims, BandClaim(band=band("LTE", 71), source="a shop", is_disputed=True))
    disputed = Capability(code="AST-100", claims=claims, volte=Answer.YES, psim=Answer.YES)

    verdict = fit(disputed, LARK, on=DAY)

    assert verdict.tier == "good"
    assert verdict.confidence == "low"
    assert "SOURCE_CONFLICT" in verdict.codes


def test_operator_that_gets_less_can_never_be_full() -> None:
    wren = inherit(LARK, key="Wren", without=Subtraction(bands=frozenset({band("LTE", 71)})))

    with_71 = fit(phone(EVERY_PRIMARY), wren, on=DAY)
    without_71 = fit(phone("LTE 4 12"), wren, on=DAY)

    assert with_71.tier == without_71.tier == "good"
    assert "This operator" in with_71.reasons[0].text


def test_operator_without_volte_has_no_calls_here() -> None:
    wren = inherit(LARK, key="Wren", without=Subtraction(volte=True))

    verdict = fit(phone(EVERY_PRIMARY), wren, on=DAY)

    assert (verdict.tier, verdict.calls) == ("data_only", "no")
    assert "VOLTE_NOT_PROVISIONED" in verdict.codes


def test_coverage_counts_exact_primary_bands_below_and_above_1_ghz() -> None:
    verdict = fit(phone("LTE 12 66"), LARK, on=DAY)

    assert (verdict.coverage.low, verdict.coverage.high) == (50, 0)


def test_confidence_is_the_weakest_link() -> None:
    weak = Capability(
        code="AST-100",
        claims=tuple(
            BandClaim(band=band("LTE", name), certainty=Certainty.LOW) for name in (4, 12, 71)
        ),
        volte=Answer.YES,
    )

    assert fit(weak, LARK, on=DAY).confidence == "low"
    assert fit(phone("LTE 4; UMTS 2"), LARK, on=date(2022, 1, 1)).confidence == "high"
    assert fit(phone(EVERY_PRIMARY), LARK, on=DAY).confidence == "medium"


def test_open_5g_list_leaves_5g_open() -> None:
    verdict = fit(phone("LTE 4 12 71", unknown_rats=frozenset({Rat.NR})), LARK, on=DAY)

    assert (verdict.tier, verdict.nr.sa, verdict.nr.nsa) == ("full", "unknown", "unknown")
    assert verdict.data == "unknown"


def test_name_without_a_known_variant_is_unknown() -> None:
    verdict = fit_by_name([], LARK, on=DAY)

    assert (verdict.tier, verdict.codes) == ("unknown", ("VARIANT_UNKNOWN",))


def test_variant_whose_bands_nobody_lists_is_unknown() -> None:
    unlisted = Capability(code="AST-900", unknown_rats=frozenset({Rat.LTE}), volte=Answer.YES)

    verdict = fit(unlisted, LARK, on=DAY)

    assert (verdict.tier, verdict.data, verdict.calls) == ("unknown", "unknown", "unknown")
    assert verdict.codes[0] == "VARIANT_UNKNOWN"


def test_reasons_carry_evidence_of_both_sides() -> None:
    verdict = fit(phone("LTE 4 12"), LARK, on=DAY)

    reason = next(one for one in verdict.reasons if one.code == "MISSING_COVERAGE_BAND")
    sides = {one.side: one.statement for one in reason.evidence}

    assert sides == {"variant": "LTE 4 12", "network": "LTE 71 primary"}


def test_verdict_in_json_is_plain() -> None:
    found = fit(phone("LTE 4 12"), LARK, on=DAY).as_json()

    assert found["tier"] == "good"
    assert found["nr"] == {"sa": "no", "nsa": "no"}
    assert found["coverage"] == {"low": 50, "high": 100}
    assert found["as_of"] == "2026-11-22"
    assert found["changes_on"] is None
    assert list(found) == [
        "tier",
        "data",
        "calls",
        "emergency_calls",
        "sim",
        "nr",
        "coverage",
        "reasons",
        "confidence",
        "as_of",
        "changes_on",
    ]
