import pytest

from bandstand.kernel.words import Answer
from bandstand.radio import Capability, Matrix, NetworkProfile, Rat, Tier, facts_from_json, fit
from tests.radio.cast import DAY, LARK, network, phone, row

PHONES = [
    phone("LTE 4 12 71"),
    phone("LTE 4 12"),
    phone("LTE 2"),
    phone("LTE 17"),
    phone("UMTS 2"),
    phone("GSM 1900", volte=Answer.NO),
    phone("LTE 4 12 71", volte=Answer.UNKNOWN),
    phone("LTE 4 12 71", volte=Answer.NO),
    phone("LTE 4 12 71", psim=Answer.NO, esim=Answer.NO),
    phone("n71", sa=Answer.UNKNOWN),
    phone("LTE 4", unknown_rats=frozenset({Rat.GSM})),
    Capability(brand="Aster", name="Unlisted"),
]
SILENT = network(row("LTE 4"), row("LTE 12"), row("LTE 71"))
OLD = network(row("GSM 1900"), row("UMTS 2"), row("LTE 4"))
ONLY_5G = network(row("NR 71"))


@pytest.mark.parametrize("profile", [LARK, SILENT, OLD, ONLY_5G, network()])
def test_matrix_agrees_with_fit(profile: NetworkProfile) -> None:
    rows = Matrix(PHONES, on=DAY).tiers(profile)

    assert [rows.tier_of(at) for at in range(len(PHONES))] == [
        fit(one, profile, on=DAY).tier for one in PHONES
    ]


def test_every_tier_but_blocked_by_rule_comes_out() -> None:
    matrix = Matrix(PHONES, on=DAY)
    found = {
        matrix.tiers(profile).tier_of(at)
        for profile in (LARK, SILENT, OLD, ONLY_5G)
        for at in range(len(PHONES))
    }

    assert found == set(Tier)


def test_rules_are_asked_one_by_one() -> None:
    facts = facts_from_json([{"kind": "activation_block", "network": LARK.key}])

    rows = Matrix(PHONES, on=DAY).tiers(LARK, policies=facts.policies)

    assert set(rows.positions(Tier.BLOCKED)) == set(range(len(PHONES)))


def test_members_are_listed_in_order() -> None:
    rows = Matrix(PHONES, on=DAY).tiers(LARK)

    assert list(rows.positions(Tier.FULL)) == [0]
    with pytest.raises(IndexError):
        rows.tier_of(len(PHONES))
