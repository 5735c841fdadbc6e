"""
Will this variant work on this network on this day? The rules are written out in docs/radio.md.

``fit`` answers for one variant and one network, ``fit_by_name`` for a name that covers several
variants, ``fit_on_hosts`` for an operator whose plans run on several networks.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import explain
from bandstand.radio.bands import Band
from bandstand.radio.capability import BandClaim, Capability
from bandstand.radio.policies import NO_POLICIES, PolicyFact
from bandstand.radio.profile import NetworkProfile
from bandstand.radio.rats import Rat
from bandstand.radio.reasons import Evidence, Reason, ReasonCode, Side, by_importance
from bandstand.radio.sight import Sight, sight_of
from bandstand.radio.verdict import (
    ANSWER_RANK,
    NO_TECHNOLOGY,
    UNKNOWN_TECHNOLOGY,
    Coverage,
    Fit,
    NrAnswer,
    Tier,
    worse,
)


def fit(
    capability: Capability | None,
    profile: NetworkProfile | None,
    *,
    policies: Iterable[PolicyFact] = NO_POLICIES,
    on: date,
) -> Fit:
    """
    Return the verdict of a variant on a network on a day.

    None stands for a variant or a network that nobody has a record of: the verdict is unknown.
    """
    if capability is None:
        text = "We have no record of this model, so we cannot say whether it works."
        return _unknown(ReasonCode.VARIANT_UNKNOWN, text, on=on)
    if profile is None or not profile.is_valid(on) or not profile.rows:
        text = "We have no record of what this network runs, so we cannot say whether it works."
        dates = profile.dates if profile is not None else ()
        changes_on = next((one for one in dates if one > on), None)
        return _unknown(ReasonCode.NETWORK_UNKNOWN, text, on=on, changes_on=changes_on)
    concerned = tuple(one for one in policies if one.concerns(profile))
    living_rats = profile.living(on).bands_by_rat.keys()
    if capability.is_known and not capability.unknown_rats & living_rats:
        return _fit_of(sight_of(capability, profile, policies=concerned, on=on))
    return _fit_between(capability, profile, policies=concerned, on=on)


def fit_by_name(
    capabilities: Iterable[Capability],
    profile: NetworkProfile | None,
    *,
    policies: Iterable[PolicyFact] = NO_POLICIES,
    on: date,
) -> Fit:
    """
    Return the worst verdict over all variants of a name: without a code nobody knows which it is.

    Each answer is the worst that any variant gives; the reasons are those of the worst variant.
    """
    rules = tuple(policies)
    variants = sorted(set(capabilities), key=lambda one: (one.brand, one.code, one.name))
    if not variants:
        return fit(None, profile, policies=rules, on=on)
    fits = [(fit(one, profile, policies=rules, on=on), one) for one in variants]
    worst, of_variant = min(fits, key=lambda pair: _badness(pair[0]))
    name = " ".join(word for word in (of_variant.brand, of_variant.name) if word) or "This name"
    text = (
        f"{name} comes in {len(variants)} versions that we know; this is the worst of them."
        if len(variants) > 1
        else f"{name} may come in versions that we do not know; the exact model code decides."
    )
    evidence = tuple(
        Evidence(
            side=Side.VARIANT,
            statement=f"{one.key}: {verdict.tier}",
            source=one.source,
            certainty=one.weakest,
        )
        for verdict, one in fits
    )
    reason = Reason(code=ReasonCode.NAME_NOT_ENOUGH, text=text, evidence=evidence)
    return _worst_of([one for one, _ in fits], worst, extra=(reason,))


def fit_on_hosts(
    capability: Capability | None,
    profiles: Iterable[NetworkProfile],
    *,
    policies: Iterable[PolicyFact] = NO_POLICIES,
    on: date,
) -> Fit:
    """
    Return the verdict for an operator with several hosts, while nobody says which one it will be.

    The worst host decides, so the verdict is never better than that of any of them.
    """
    rules = tuple(policies)
    hosts = [one for one in profiles if one.is_valid(on)]
    fits = [fit(capability, one, policies=rules, on=on) for one in hosts]
    if not fits:
        return fit(capability, None, policies=rules, on=on)
    return _worst_of(fits, min(fits, key=_badness), extra=())


def _fit_of(sight: Sight) -> Fit:
    tier = sight.tier
    is_blocked = tier is Tier.BLOCKED
    newest = sight.shared.newest_rat
    calls = Answer.NO if is_blocked else sight.calls
    return Fit(
        tier=tier,
        data=NO_TECHNOLOGY if is_blocked else sight.data,
        calls=calls,
        emergency_calls=sight.emergency_calls,
        sim=sight.sim,
        nr=sight.shared.nr
        if newest is not None
        else NrAnswer(sa=sight.shared.nr.sa, nsa=Answer.NO),
        coverage=sight.coverage,
        reasons=by_importance(explain.reasons_for(sight)),
        confidence=sight.confidence,
        as_of=sight.on,
        changes_on=sight.changes_on,
    )


def _fit_between(
    capability: Capability,
    profile: NetworkProfile,
    *,
    policies: tuple[PolicyFact, ...],
    on: date,
) -> Fit:
    """
    Return the verdict of a variant with a technology whose bands no source lists.

    The truth lies between having none of the network's bands there and having all of them; what is
    the same at both ends is said, everything else is unknown.
    """
    living = profile.living(on)
    open_rats = capability.unknown_rats if capability.is_known else frozenset(Rat)
    assumed = {one for one in living.bands if one.rat in open_rats}
    least = _fit_of(sight_of(capability, profile, policies=policies, on=on))
    most = _fit_of(sight_of(_with_bands(capability, assumed), profile, policies=policies, on=on))
    reason = _bands_unknown(capability, open_rats & living.bands_by_rat.keys())
    is_same = least.tier is most.tier and (capability.is_known or least.tier is Tier.BLOCKED)
    return replace(
        least,
        tier=least.tier if is_same else Tier.UNKNOWN,
        data=least.data if least.data == most.data else UNKNOWN_TECHNOLOGY,
        calls=_agreed(least.calls, most.calls),
        emergency_calls=_agreed(least.emergency_calls, most.emergency_calls),
        nr=NrAnswer(sa=_agreed(least.nr.sa, most.nr.sa), nsa=_agreed(least.nr.nsa, most.nr.nsa)),
        coverage=least.coverage if least.coverage == most.coverage else Coverage(),
        reasons=by_importance([*explain.said_for_sure(least, most), reason]),
        confidence=Certainty.LOW,
    )


def _with_bands(capability: Capability, bands: set[Band]) -> Capability:
    claims = tuple(BandClaim(band=one, certainty=Certainty.LOW) for one in bands)
    return replace(capability, claims=capability.claims + claims, unknown_rats=frozenset())


def _agreed(first: Answer, second: Answer) -> Answer:
    return first if first is second else Answer.UNKNOWN


def _bands_unknown(capability: Capability, rats: frozenset[Rat]) -> Reason:
    said = " and ".join(sorted(explain.plain_rat(rat) for rat in rats))
    if not capability.is_known:
        text = "No source lists this model's bands, so we cannot say whether it works."
        code = ReasonCode.VARIANT_UNKNOWN
    else:
        text = f"No source lists this model's {said} bands, so we cannot say how well it works."
        code = ReasonCode.BANDS_UNKNOWN
    evidence = (
        Evidence(
            side=Side.VARIANT,
            statement=f"{said} bands not listed",
            source=capability.source,
            certainty=Certainty.LOW,
        ),
    )
    return Reason(code=code, text=text, evidence=evidence)


def _worst_of(fits: list[Fit], worst: Fit, *, extra: tuple[Reason, ...]) -> Fit:
    calls = emergency = sim = sa = nsa = Answer.YES
    for one in fits:
        calls, emergency = worse(calls, one.calls), worse(emergency, one.emergency_calls)
        sim, sa, nsa = worse(sim, one.sim), worse(sa, one.nr.sa), worse(nsa, one.nr.nsa)
    changes = [one.changes_on for one in fits if one.changes_on is not None]
    return replace(
        worst,
        calls=calls,
        emergency_calls=emergency,
        sim=sim,
        nr=NrAnswer(sa=sa, nsa=nsa),
        coverage=Coverage(
            low=_least([one.coverage.low for one in fits]),
            high=_least([one.coverage.high for one in fits]),
        ),
        reasons=by_importance(
            [one for one in worst.reasons if one.code is not ReasonCode.OK or not extra]
            + list(extra)
        ),
        confidence=Certainty.LOW if extra else Certainty.weakest(*(one.confidence for one in fits)),
        changes_on=min(changes, default=None),
    )


def _least(shares: list[int | None]) -> int | None:
    return min((one for one in shares if one is not None), default=None)


def _badness(verdict: Fit) -> tuple[int, int, int, int]:
    """Order verdicts from the worst: by tier, then calls, emergency calls and coverage."""
    return (
        verdict.tier.rank,
        ANSWER_RANK[verdict.calls],
        ANSWER_RANK[verdict.emergency_calls],
        (verdict.coverage.low or 0) + (verdict.coverage.high or 0),
    )


def _unknown(code: ReasonCode, text: str, *, on: date, changes_on: date | None = None) -> Fit:
    side = Side.VARIANT if code is ReasonCode.VARIANT_UNKNOWN else Side.NETWORK
    evidence = (Evidence(side=side, statement="no record", certainty=Certainty.LOW),)
    return Fit(
        tier=Tier.UNKNOWN,
        data=UNKNOWN_TECHNOLOGY,
        calls=Answer.UNKNOWN,
        emergency_calls=Answer.UNKNOWN,
        sim=Answer.UNKNOWN,
        nr=NrAnswer(),
        coverage=Coverage(),
        reasons=(Reason(code=code, text=text, evidence=evidence),),
        confidence=Certainty.LOW,
        as_of=on,
        changes_on=changes_on,
    )
