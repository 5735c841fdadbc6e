from datetime import date

import pytest

from bandstand.kernel.words import Answer
from bandstand.radio import (
    Capability,
    Tier,
    emergency_number_of,
    facts_from_json,
    fit,
    fit_by_name,
    sentence,
    shelf_label,
)
from bandstand.radio.sentences import LABEL_LENGTH_MAX, told_from
from tests.radio.cast import DAY, LARK, network, phone, row

ALL_BANDS = "LTE 4 12 71"
LISTED = facts_from_json(
    [{"kind": "voice_allow_list", "network": LARK.key, "allowed": ["AST-100"]}]
).policies


@pytest.mark.parametrize(
    ("capability", "said", "label"),
    [
        (
            phone("LTE 4 12 71 n71"),
            "Works fully: 5G, calls and 911.",
            "Works fully: 5G, calls, 911",
        ),
        (
            phone("LTE 4 12"),
            "4G and calls work; no band 71: weaker signal indoors and in the country.",
            "Works: 4G, calls, weaker indoors",
        ),
        (
            phone("LTE 2"),
            (
                "Limited: 4G works only in some places, and calls with it;"
                " no bands 12 and 71: weaker signal indoors and in the country."
            ),
            "Limited: 4G, calls, weaker indoors",
        ),
        (
            phone(ALL_BANDS, code="AST-200"),
            "Data only: 4G works, calls do not, and nobody has confirmed 911.",
            "Data only (4G), no calls",
        ),
        (
            phone(ALL_BANDS, volte=Answer.NO),
            "Data only: 4G works, calls do not and neither does 911.",
            "Data only (4G), no calls",
        ),
        (
            phone("UMTS 2"),
            (
                "Does not work here: the network ended 3G on 30 June 2022;"
                " the phone cannot use it any more."
            ),
            "Does not work here",
        ),
    ],
)
def test_verdict_in_plain_words(*, capability: Capability, said: str, label: str) -> None:
    verdict = fit(capability, LARK, policies=LISTED, on=DAY)

    assert sentence(verdict) == said
    assert shelf_label(verdict) == label


def test_unconfirmed_emergency_calls_are_never_promised() -> None:
    verdict = fit(phone(ALL_BANDS), LARK, on=DAY)

    assert sentence(verdict) == "Works: 4G and calls; nobody has confirmed 911 for this model."
    assert shelf_label(verdict) == "Works: 4G and calls"


def test_older_technology_says_why_and_until_when() -> None:
    verdict = fit(phone("UMTS 2"), LARK, on=date(2021, 1, 1))

    assert sentence(verdict) == (
        "Limited: only 3G and calls work; the phone has no 4G radio;"
        " the network ends 3G on 30 June 2022."
    )


def test_older_technology_names_the_bands_that_are_left_of_it() -> None:
    both = network(row("UMTS 2"), row("UMTS 4"), row("LTE 4"))

    no_radio = fit(phone("UMTS 2"), both, on=DAY)
    no_band = fit(phone("UMTS 2; LTE 7"), both, on=DAY)
    every_3g_band = fit(phone("UMTS 2 4"), both, on=DAY)

    assert sentence(no_radio) == (
        "Limited: only 3G and calls work; the phone has no 4G radio and gets 3G on band 2 only."
    )
    assert sentence(no_band) == (
        "Limited: only 3G and calls work; the phone has 4G, but none of this network's 4G bands"
        " (band 4); it gets 3G on band 2 only."
    )
    assert "on band" not in sentence(every_3g_band)
    (reason,) = (one for one in no_radio.reasons if one.code == "NO_LTE_RADIO")
    assert [one.statement for one in reason.evidence] == [
        "LTE none",
        "UMTS 2",
        "LTE 4 primary",
        "UMTS 2 primary",
        "UMTS 4 primary",
    ]


def test_planned_end_is_told_from_three_years_before_it() -> None:
    ends = network(row("UMTS 2", until_date=date(2026, 8, 4)), row("LTE 4"))

    long_before = fit(phone("UMTS 2"), ends, on=date(2023, 8, 3))
    near = fit(phone("UMTS 2"), ends, on=date(2023, 8, 4))

    assert "2026" not in sentence(long_before)
    assert sentence(near).endswith("; the network ends 3G on 3 August 2026.")
    assert "RAT_SUNSET_PLANNED" in long_before.codes
    assert long_before.changes_on == near.changes_on == date(2026, 8, 4)


def test_end_on_a_leap_day_is_told_from_a_day_that_exists() -> None:
    assert told_from(date(2028, 2, 29)) == date(2025, 2, 28)


def test_2g_alone_is_said_to_carry_no_data() -> None:
    old = network(row("GSM 1900"), row("LTE 4"))

    verdict = fit(phone("GSM 1900"), old, on=DAY)

    assert sentence(verdict) == (
        "Only calls and texts over 2G work; there is no data worth the name."
    )
    assert shelf_label(verdict) == "Only 2G calls and texts"


def test_part_of_a_band_with_open_calls_says_both() -> None:
    verdict = fit(phone("LTE 17"), network(row("LTE 12")), on=DAY)

    assert sentence(verdict) == (
        "Limited: 4G works only in some places, whether calls do is not known;"
        " no band 12: weaker signal indoors and in the country."
    )
    assert shelf_label(verdict) == "Limited: 4G; calls unknown"


def test_list_that_cannot_know_the_phone_does_not_accuse_it() -> None:
    nameless = phone(ALL_BANDS, brand="", name="", code="")

    verdict = fit(nameless, LARK, policies=LISTED, on=DAY)

    assert (verdict.tier, verdict.calls) == (Tier.UNKNOWN, Answer.UNKNOWN)
    (about_list,) = (one.text for one in verdict.reasons if one.code == "VOLTE_ALLOWLIST")
    assert about_list == "The carrier allows calls over 4G only to phones on its list."


def test_refusal_names_the_rule() -> None:
    rule = facts_from_json([{"kind": "activation_block", "network": LARK.key}]).policies

    verdict = fit(phone(ALL_BANDS), LARK, policies=rule, on=DAY)

    assert sentence(verdict) == "Cannot be used here: the carrier does not activate this model."


def test_name_alone_is_said_to_be_not_enough() -> None:
    verdict = fit_by_name([phone(ALL_BANDS), phone("LTE 4", code="AST-200")], LARK, on=DAY)

    assert sentence(verdict).startswith("It depends on the exact model code; at worst: 4G and")


def test_unknown_says_what_is_not_known() -> None:
    assert sentence(fit(None, LARK, on=DAY)).startswith("We have no record of this model")
    silent = fit(phone(ALL_BANDS, volte=Answer.UNKNOWN), LARK, on=DAY)
    assert sentence(silent).startswith("Whether calls work is not known")


def test_labels_fit_on_a_card() -> None:
    some = ["LTE 4 12 71 n71", "LTE 4 12", "LTE 2", "UMTS 2", "GSM 1900", "LTE 17", "LTE 66"]
    labels = {
        shelf_label(fit(phone(bands, volte=volte), LARK, policies=rules, on=day))
        for bands in some
        for volte in Answer
        for rules in ((), LISTED)
        for day in (DAY, date(2021, 1, 1))
    }

    assert len(labels) > 5
    assert max(map(len, labels)) <= LABEL_LENGTH_MAX


def test_every_tier_has_words() -> None:
    assert len({tier.rank for tier in Tier}) == len(Tier)


@pytest.mark.parametrize(
    ("key", "number"),
    [("310-260", "911"), ("505-01", "000"), ("262-02", "112"), ("Wren", "112")],
)
def test_emergency_number_follows_the_country(key: str, number: str) -> None:
    assert emergency_number_of(key) == number
