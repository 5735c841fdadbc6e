from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, assume, given, settings, strategies as st

from bandstand.kernel.words import Answer
from bandstand.radio import (
    Capability,
    Fit,
    Matrix,
    NetworkProfile,
    PolicyFact,
    ProfileBand,
    Role,
    Subtraction,
    fit,
    fit_by_name,
    inherit,
)
from bandstand.radio.bands import Band
from bandstand.radio.capability import BandClaim
from bandstand.radio.containment import partial_for
from bandstand.radio.rats import CIRCUIT_SWITCHED, Rat
from bandstand.radio.verdict import ANSWER_RANK
from tests.radio import strategies as world

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
WORST_TO_BEST = [Answer.NO, Answer.UNKNOWN, Answer.YES]


def core(verdict: Fit) -> tuple[object, ...]:
    return (
        verdict.tier,
        verdict.data,
        verdict.calls,
        verdict.emergency_calls,
        verdict.sim,
        verdict.nr,
        verdict.coverage,
        set(verdict.codes),
        verdict.confidence,
        verdict.changes_on,
    )


def with_band(capability: Capability, one: Band) -> Capability:
    return replace(capability, claims=(*capability.claims, BandClaim(band=one)))


@few
@given(
    phone=world.phones(),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
    extra=st.sampled_from(world.BANDS),
)
def test_adding_a_band_never_lowers_the_tier(
    *,
    phone: Capability,
    network: NetworkProfile,
    policies: tuple[PolicyFact, ...],
    on: date,
    extra: Band,
) -> None:
    assume(extra.rat is not Rat.NR or phone.volte is not Answer.NO)

    before = fit(phone, network, policies=policies, on=on)
    after = fit(with_band(phone, extra), network, policies=policies, on=on)

    assert after.tier.rank >= before.tier.rank


@few
@given(phone=world.phones(), network=world.networks(), policies=world.policies(), on=world.days)
def test_more_volte_never_lowers_the_tier(
    *, phone: Capability, network: NetworkProfile, policies: tuple[PolicyFact, ...], on: date
) -> None:
    answers = WORST_TO_BEST[1:] if Rat.NR in phone.rats else WORST_TO_BEST

    ranks = [
        fit(replace(phone, volte=answer), network, policies=policies, on=on).tier.rank
        for answer in answers
    ]

    assert ranks == sorted(ranks)


@few
@given(
    phone=world.phones(),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
    form=st.sampled_from(["esim", "psim"]),
)
def test_more_sim_forms_never_lower_the_tier(
    *,
    phone: Capability,
    network: NetworkProfile,
    policies: tuple[PolicyFact, ...],
    on: date,
    form: str,
) -> None:
    each = [
        replace(phone, esim=answer) if form == "esim" else replace(phone, psim=answer)
        for answer in WORST_TO_BEST
    ]

    ranks = [fit(one, network, policies=policies, on=on).tier.rank for one in each]

    assert ranks == sorted(ranks)


@few
@given(phone=world.phones(), network=world.networks(), on=world.days, data=st.data())
def test_removing_a_network_band_that_serves_never_raises_the_tier(
    *, phone: Capability, network: NetworkProfile, on: date, data: st.DataObject
) -> None:
    before = fit(phone, network, on=on)
    # A 5G band in a mode that one side lacks is in common and carries nothing.
    has_5g = before.data == Rat.NR or Answer.YES in (before.nr.sa, before.nr.nsa)
    serving = [one for one in phone.bands if one.rat is not Rat.NR or has_5g]
    shared = sorted(network.living(on).bands.intersection(serving), key=str)
    assume(shared)
    gone = data.draw(st.sampled_from(shared))
    poorer = replace(network, rows=tuple(one for one in network.rows if one.band is not gone))

    assert fit(phone, poorer, on=on).tier.rank <= max(
        before.tier.rank,
        fit(phone, None, on=on).tier.rank if not poorer.rows else 0,
    )


@few
@given(
    phone=world.phones(),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
    less=world.some_bands,
)
def test_operator_without_a_network_is_never_above_its_host(
    *,
    phone: Capability,
    network: NetworkProfile,
    policies: tuple[PolicyFact, ...],
    on: date,
    less: frozenset[Band],
) -> None:
    wren = inherit(network, key="Wren", without=Subtraction(bands=less, volte=len(less) > 3))

    host = fit(phone, network, policies=policies, on=on)
    guest = fit(phone, wren, policies=policies, on=on)

    assert guest.tier.rank <= host.tier.rank
    assert ANSWER_RANK[guest.calls] <= ANSWER_RANK[host.calls]


@few
@given(phone=world.phones(), network=world.networks(), on=world.days)
def test_unknown_volte_never_becomes_a_yes(
    *, phone: Capability, network: NetworkProfile, on: date
) -> None:
    silent = replace(phone, volte=Answer.UNKNOWN, vonr=Answer.UNKNOWN)
    bands = network.living(on).bands & phone.bands
    assume(not any(one.rat in CIRCUIT_SWITCHED for one in bands))

    verdict = fit(silent, network, on=on)

    assert verdict.calls is not Answer.YES
    assert verdict.emergency_calls is not Answer.YES
    assert verdict.tier.value != "full"


@few
@given(phone=world.phones(), network=world.networks(), policies=world.policies(), on=world.days)
def test_open_band_lists_say_only_what_both_ends_say(
    *, phone: Capability, network: NetworkProfile, policies: tuple[PolicyFact, ...], on: date
) -> None:
    vague = replace(phone, unknown_rats=frozenset({Rat.LTE}))

    verdict = fit(vague, network, policies=policies, on=on)
    without = fit(phone, network, policies=policies, on=on)

    if Rat.LTE in network.living(on).bands_by_rat:
        assert verdict.calls in (without.calls, Answer.UNKNOWN)
        assert verdict.tier in (without.tier, type(without.tier).UNKNOWN)
    else:
        assert core(verdict) == core(without)


@few
@given(
    phone=world.phones(),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
    data=st.data(),
)
def test_order_doubles_and_labels_do_not_matter(
    *,
    phone: Capability,
    network: NetworkProfile,
    policies: tuple[PolicyFact, ...],
    on: date,
    data: st.DataObject,
) -> None:
    claims = data.draw(st.permutations(list(phone.claims) * 2))
    rows = data.draw(st.permutations(list(network.rows) * 2))
    rules = data.draw(st.permutations(list(policies)))
    relabelled = replace(phone, claims=tuple(claims), region="elsewhere", name="Other")
    renamed = replace(network, rows=tuple(rows), name="Other")

    assert core(fit(relabelled, renamed, policies=rules, on=on)) == core(
        fit(phone, network, policies=policies, on=on)
    )


@few
@given(
    phone=world.phones(),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
    later=st.integers(0, 4000),
)
def test_verdict_stands_until_the_day_it_names(
    *,
    phone: Capability,
    network: NetworkProfile,
    policies: tuple[PolicyFact, ...],
    on: date,
    later: int,
) -> None:
    now = fit(phone, network, policies=policies, on=on)
    day = on + timedelta(days=later)
    if now.changes_on is not None and day >= now.changes_on:
        day = now.changes_on - timedelta(days=1)

    assert core(fit(phone, network, policies=policies, on=day)) == core(now)


@few
@given(
    phone=world.phones(),
    network=world.networks(),
    on=world.days,
    exact=st.sampled_from([one for one in world.BANDS if partial_for(one).keys() & world.BANDS]),
    data=st.data(),
)
def test_part_or_superset_of_a_band_never_beats_the_band(
    *, phone: Capability, network: NetworkProfile, on: date, exact: Band, data: st.DataObject
) -> None:
    assume(exact.rat is not Rat.NR or phone.volte is not Answer.NO)
    other = data.draw(st.sampled_from(sorted(partial_for(exact).keys() & world.BANDS, key=str)))
    row = ProfileBand(band=exact, role=data.draw(st.sampled_from(list(Role))))
    # The other number has no worth here but for the exact band.
    rows = [one for one in network.rows if one.band not in (exact, other, *partial_for(other))]
    rows = [one for one in rows if other not in partial_for(one.band)]
    running = replace(network, rows=(row, *rows))
    bare = replace(phone, claims=tuple(c for c in phone.claims if c.band not in (exact, other)))
    assume(bare.claims)  # a phone without any band is not poor but unknown

    by_exact, by_other = (
        fit(with_band(bare, one), running, on=on).tier.rank for one in (exact, other)
    )

    assert by_other <= by_exact
    assert fit(bare, running, on=on).tier.rank <= by_other


@few
@given(
    phones=st.lists(world.phones(), min_size=1, max_size=4),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
)
def test_name_gets_the_worst_of_its_variants(
    *, phones: list[Capability], network: NetworkProfile, policies: tuple[PolicyFact, ...], on: date
) -> None:
    verdict = fit_by_name(phones, network, policies=policies, on=on)
    each = [fit(one, network, policies=policies, on=on) for one in phones]

    assert verdict.tier.rank == min(one.tier.rank for one in each)
    assert ANSWER_RANK[verdict.calls] == min(ANSWER_RANK[one.calls] for one in each)
    assert "NAME_NOT_ENOUGH" in verdict.codes


@few
@given(
    phones=st.lists(world.phones(), min_size=1, max_size=9),
    network=world.networks(),
    policies=world.policies(),
    on=world.days,
    less=world.some_bands,
)
def test_matrix_gives_the_same_tiers_as_fit(
    *,
    phones: list[Capability],
    network: NetworkProfile,
    policies: tuple[PolicyFact, ...],
    on: date,
    less: frozenset[Band],
) -> None:
    vague = replace(phones[0], unknown_rats=frozenset({Rat.LTE}))
    everyone = [*phones, vague, Capability(brand="Aster", name="Unlisted")]
    matrix = Matrix(everyone, on=on)

    for profile in (network, inherit(network, key="Wren", without=Subtraction(bands=less))):
        for rules in ((), policies):
            row = matrix.tiers(profile, policies=rules)
            expected = [fit(one, profile, policies=rules, on=on).tier for one in everyone]
            assert [row.tier_of(at) for at in range(len(everyone))] == expected
