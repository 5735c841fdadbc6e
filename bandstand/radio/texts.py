"""Reasons in words, each with the evidence of both sides."""

from collections.abc import Iterable, Mapping
from datetime import date

from bandstand.kernel.words import Certainty
from bandstand.radio.bands import Band
from bandstand.radio.capability import BandClaim, Capability
from bandstand.radio.containment import Relation
from bandstand.radio.policies import PolicyFact
from bandstand.radio.profile import ProfileBand
from bandstand.radio.rats import PLAIN_NAME, Rat
from bandstand.radio.reasons import Evidence, Reason, ReasonCode, Side


def of_policy(code: ReasonCode, policy: PolicyFact, *, text: str, capability: Capability) -> Reason:
    """Return the reason that a rule gives."""
    since = f" since {policy.from_date.isoformat()}" if policy.from_date else ""
    where = policy.network or "every network"
    rule = Evidence(
        side=Side.POLICY,
        statement=f"rule of {where}{since}",
        source=policy.source,
        certainty=policy.certainty,
    )
    phone = Evidence(
        side=Side.VARIANT,
        statement=f"VoLTE {capability.volte}",
        source=capability.source,
        certainty=capability.weakest,
    )
    return Reason(code=code, text=text, evidence=(phone, rule))


def of_bands(
    code: ReasonCode,
    text: str,
    *,
    capability: Capability,
    rats: Iterable[Rat],
    rows: Iterable[ProfileBand],
) -> Reason:
    """Return a reason about bands: what the phone lists, and what the network runs."""
    phone = (phone_lists(capability, rat) for rat in rats)
    return Reason(code=code, text=text, evidence=(*phone, *(row.evidence for row in rows)))


def phone_lists(capability: Capability, rat: Rat) -> Evidence:
    """Return what the phone's sources list for a technology."""
    listed_bands = capability.evidence_by_rat.get(rat)
    if listed_bands is not None:
        return listed_bands
    word = "not listed by any source" if rat in capability.unknown_rats else "none"
    return Evidence(
        side=Side.VARIANT,
        statement=f"{rat} {word}",
        source=capability.source,
        certainty=capability.weakest,
    )


def listed(bands: Iterable[Band]) -> str:
    """Say bands in words, in the order of their numbers: “bands 12 and 71”, “bands n41 and n71”."""
    ordered = sorted(bands, key=lambda one: (int("".join(filter(str.isdigit, one.name))), one.name))
    names = [one.plain_name.removeprefix("band ") for one in ordered]
    word = "band" if len(names) == 1 else "bands"
    if ordered and ordered[0].rat is Rat.GSM:
        return joined(names)
    return f"{word} {joined(names)}"


def joined(words: list[str]) -> str:
    """Join words as people do: “a”, “a and b”, “a, b and c”."""
    if not words:
        return ""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def partial_reason(
    partial: Mapping[Band, tuple[Band, Relation]],
    rows: Mapping[Band, ProfileBand],
    *,
    relation: Relation,
    capability: Capability,
) -> Reason | None:
    """Return the reason for bands that the phone reaches only in part, or None."""
    pairs = sorted(
        ((device, network) for network, (device, kind) in partial.items() if kind is relation),
        key=lambda pair: (pair[1].rat, int(pair[1].name.rstrip("PERT"))),
    )
    if not pairs:
        return None
    said = joined([f"{device.plain_name} on {network.plain_name}" for device, network in pairs])
    code, why = (
        (ReasonCode.SUBSET_BAND, "the phone reaches only a part of it, in cells that announce both")
        if relation is Relation.SUBSET
        else (ReasonCode.SUPERSET_BAND, "it works only in cells that announce both numbers")
    )
    return of_bands(
        code,
        f"{said[0].upper()}{said[1:]}: {why}.",
        capability=capability,
        rats=dict.fromkeys(network.rat for _, network in pairs),
        rows=[rows[network] for _, network in pairs],
    )


def disputed(claims: Iterable[BandClaim], capability: Capability) -> Reason:
    """Return the reason for what sources disagree about."""
    bands = sorted({f"{one.band.rat} {one.band.name}" for one in claims})
    said = joined([*bands, *capability.conflicts])
    return Reason(
        code=ReasonCode.SOURCE_CONFLICT,
        text=f"Sources disagree about {said}; we do not rely on it.",
        evidence=tuple(
            Evidence(
                side=Side.VARIANT,
                statement=f"{one.band} claimed",
                source=one.source,
                certainty=Certainty.LOW,
            )
            for one in claims
        ),
    )


def plain_rat(rat: Rat) -> str:
    """Say a technology as people do: 2G, 3G, 4G, 5G."""
    return PLAIN_NAME[rat]


def plain_date(day: date) -> str:
    """Write a day for people: 3 August 2026."""
    return f"{day.day} {day:%B %Y}"
