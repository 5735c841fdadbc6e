"""The reasons behind a verdict: every rule that spoke gets one, so a seller sees all of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from bandstand.kernel.words import Answer
from bandstand.radio import texts
from bandstand.radio.bands import Band
from bandstand.radio.containment import Relation
from bandstand.radio.policies import VoiceAllowList
from bandstand.radio.profile import ProfileBand, Role
from bandstand.radio.rats import CIRCUIT_SWITCHED, Rat
from bandstand.radio.reasons import Evidence, Reason, ReasonCode, Side
from bandstand.radio.sight import Sight
from bandstand.radio.texts import plain_rat
from bandstand.radio.verdict import Fit, Tier

__all__ = ["plain_rat", "reasons_for", "said_for_sure"]

ONE_DAY: Final = timedelta(days=1)
ABOUT_ABSENCE: Final = frozenset(
    {
        ReasonCode.NO_LTE_RADIO,
        ReasonCode.NO_LTE_BAND,
        ReasonCode.NO_SHARED_BAND,
        ReasonCode.NO_VOICE_PATH,
        ReasonCode.MISSING_PRIMARY_BANDS,
        ReasonCode.MISSING_COVERAGE_BAND,
        ReasonCode.MISSING_SECONDARY_BAND,
    }
)


def reasons_for(sight: Sight) -> list[Reason]:
    """Return every reason, in no order."""
    tier = sight.tier
    reasons = [one.reason for one in sight.findings if one.reason is not None]
    reasons += _of_sim(sight)
    if tier is Tier.FULL:
        reasons.append(_ok(sight))
    elif tier is not Tier.GOOD or sight.calls is not Answer.YES:
        reasons += _of_sunset(sight)
    reasons += _of_absent_bands(sight)
    reasons += [*_of_missing_bands(sight), *_of_partial_bands(sight), *_of_disabled_bands(sight)]
    reasons += [*_of_voice(sight), *_of_plans(sight)]
    reasons += [
        texts.of_policy(ReasonCode.CARRIER_NOTICE, one, text=one.text, capability=sight.capability)
        for one in sight.notices
    ]
    if sight.waits_for_standalone:
        reasons.append(_standalone_unknown(sight))
    elif Rat.NR in sight.shared.rats and not sight.shared.has_5g and not sight.shared.has_4g:
        reasons.append(_no_mode(sight))
    doubts = sight.capability.disputed_bands & sight.living.bands
    if doubts or sight.capability.conflicts:
        claims = [one for one in sight.capability.claims if one.band in doubts]
        reasons.append(texts.disputed(claims, sight.capability))
    return reasons


def said_for_sure(least: Fit, most: Fit) -> list[Reason]:
    """Return the reasons of the lower end of an open verdict that its upper end does not refute."""
    codes = set(most.codes)
    return [
        one
        for one in least.reasons
        if one.code in codes or one.code not in ABOUT_ABSENCE | {ReasonCode.VOICE_UNKNOWN}
    ]


def _of_sim(sight: Sight) -> list[Reason]:
    if sight.sim is Answer.YES or (sight.sim is Answer.UNKNOWN and sight.sim_rule is None):
        return []
    phone, rule = sight.capability, sight.sim_rule
    text = (
        "The phone does not take the kind of SIM that this operator gives out."
        if sight.sim is Answer.NO
        else "Whether the phone takes the kind of SIM that this operator gives out is not known."
    )
    evidence = [
        Evidence(
            side=Side.VARIANT,
            statement=f"plastic SIM {phone.psim}, eSIM {phone.esim}",
            source=phone.source,
            certainty=phone.weakest,
        )
    ]
    if rule is not None:
        evidence.append(
            Evidence(
                side=Side.POLICY,
                statement=f"gives out plastic SIM {rule.psim}, eSIM {rule.esim}",
                source=rule.source,
                certainty=rule.certainty,
            )
        )
    return [Reason(code=ReasonCode.SIM_FORM, text=text, evidence=tuple(evidence))]


def _of_sunset(sight: Sight) -> list[Reason]:
    """Return a reason for each technology that the phone has and the network had, latest first."""
    ended = []
    for rat, rows in sight.living.sunset.items():
        used = [row for row in rows if row.band in sight.capability.bands]
        if used:
            ended.append((rat, max(used, key=_end_of)))
    reasons = []
    for rat, last in sorted(ended, key=lambda pair: _end_of(pair[1]), reverse=True):
        day = texts.plain_date(_end_of(last) - ONE_DAY)
        text = f"The network ended {plain_rat(rat)} on {day}; the phone cannot use it any more."
        reasons.append(_about(sight, ReasonCode.RAT_SUNSET, text=text, rats=[rat], rows=[last]))
    return reasons


def _end_of(row: ProfileBand) -> date:
    return row.until_date or date.min


def _of_absent_bands(sight: Sight) -> list[Reason]:
    reasons = []
    phone, living = sight.capability, sight.living
    lte_rows = [row for one, row in living.rows.items() if one.rat is Rat.LTE]
    if lte_rows and Rat.LTE not in sight.shared.rats and Rat.LTE not in phone.unknown_rats:
        reasons += _without_4g(sight, lte_rows)
    if not sight.shared.exact and not sight.shared.partial:
        text = "The phone and the network have no band in common that is on the air."
        rows = list(living.rows.values())
        rats = sorted(phone.rats)
        reasons.append(_about(sight, ReasonCode.NO_SHARED_BAND, text=text, rats=rats, rows=rows))
    return reasons


def _without_4g(sight: Sight, rows: list[ProfileBand]) -> list[Reason]:
    older, used = _older_bands(sight)
    rats = [Rat.LTE, *dict.fromkeys(row.band.rat for row in used)]
    shown = sorted(rows, key=lambda row: row.role.rank) + used
    if Rat.LTE not in sight.capability.rats:
        text = f"The phone has no 4G radio{f' and gets {older}' if older else ''}."
        return [_about(sight, ReasonCode.NO_LTE_RADIO, text=text, rats=rats, rows=shown)]
    if any(one.rat is Rat.LTE for one in sight.shared.partial):
        return []
    runs = texts.listed(row.band for row in rows if row.role is not Role.LIMITED)
    text = f"The phone has 4G, but none of this network's 4G bands{f' ({runs})' if runs else ''}"
    text += f"; it gets {older}." if older else "."
    return [_about(sight, ReasonCode.NO_LTE_BAND, text=text, rats=rats, rows=shown)]


def _older_bands(sight: Sight) -> tuple[str, list[ProfileBand]]:
    """
    Return what is left of the older technology that carries data, and the network's rows of it.

    The words are empty where the phone has every band of it that the network runs.
    """
    rat = sight.shared.newest_rat
    used = [one for one in sight.shared.exact if one.rat is rat]
    if rat is None or not used:
        return "", []
    rows = [row for one, row in sight.living.rows.items() if one.rat is rat]
    if len(used) == len(rows):
        return "", rows
    return f"{plain_rat(rat)} on {texts.listed(used)} only", rows


def _of_missing_bands(sight: Sight) -> list[Reason]:
    """Return what is missing of the yardstick, if the phone has some of it."""
    living, shared = sight.living, sight.shared
    rat = living.yardstick
    has_some = rat in shared.rats or any(one.rat is rat for one in shared.partial)
    if rat is None or not has_some:
        return []
    missing = living.primaries - shared.exact
    low = {one for one in missing if one.is_low}
    has_no_primary = missing == living.primaries
    reasons = []
    if low:
        reasons.append(_missing_coverage(sight, low))
    if missing - low or (missing and has_no_primary):
        reasons.append(_missing_primaries(sight, missing if has_no_primary else missing - low))
    secondary = {
        one
        for one, row in living.rows.items()
        if one.rat is rat and row.role is Role.SECONDARY and one not in shared.exact
    }
    if secondary:
        text = f"No {texts.listed(secondary)}: slower where the network is busy."
        reasons.append(
            _missing(sight, ReasonCode.MISSING_SECONDARY_BAND, text=text, bands=secondary)
        )
    return reasons


def _missing_coverage(sight: Sight, low: set[Band]) -> Reason:
    text = f"No {texts.listed(low)}: weaker signal indoors and in the country."
    if low & sight.living.withheld.keys():
        text = f"This operator does not use {texts.listed(low)}: weaker signal indoors."
    return _missing(sight, ReasonCode.MISSING_COVERAGE_BAND, text=text, bands=low)


def _missing_primaries(sight: Sight, missing: Iterable[Band]) -> Reason:
    bands = set(missing)
    said = texts.listed(bands)
    text = f"No {said}: the network is built on {'it' if len(bands) == 1 else 'them'}."
    if bands & sight.living.withheld.keys():
        text = f"This operator's customers do not get {said}."
    return _missing(sight, ReasonCode.MISSING_PRIMARY_BANDS, text=text, bands=bands)


def _missing(sight: Sight, code: ReasonCode, *, text: str, bands: Iterable[Band]) -> Reason:
    living = sight.living
    ordered = sorted(bands, key=lambda one: int(one.name.rstrip("PERT")))
    rows = [living.rows.get(one) or living.withheld[one] for one in ordered]
    rats = dict.fromkeys(one.rat for one in ordered)
    return _about(sight, code, text=text, rats=rats, rows=rows)


def _of_partial_bands(sight: Sight) -> list[Reason]:
    if not sight.shared.partial:
        return []
    found = (
        texts.partial_reason(
            sight.shared.partial, sight.living.rows, relation=kind, capability=sight.capability
        )
        for kind in (Relation.SUBSET, Relation.SUPERSET)
    )
    return [one for one in found if one is not None]


def _of_disabled_bands(sight: Sight) -> list[Reason]:
    reasons = []
    for one, policy in sight.shared.switched_off.items():
        text = f"The phone has {one.plain_name}, but its software keeps it switched off."
        if policy is not None:
            code = ReasonCode.BAND_DISABLED
            reasons.append(texts.of_policy(code, policy, text=text, capability=sight.capability))
        else:
            rows = [sight.living.rows[one]]
            reasons.append(
                _about(sight, ReasonCode.BAND_DISABLED, text=text, rats=[one.rat], rows=rows)
            )
    return reasons


def _of_voice(sight: Sight) -> list[Reason]:
    shared, voice = sight.shared, sight.voice
    reasons = []
    if shared.has_4g or any(one.rat is Rat.LTE for one in shared.partial):
        reasons += _of_denials(sight)
    if shared.newest_rat is not None and voice.calls is Answer.NO:
        text = "Calls do not work: no 2G or 3G is left for them, and calls over 4G are not open."
        reasons.append(_of_calls(sight, ReasonCode.NO_VOICE_PATH, text=text))
    if voice.calls is Answer.UNKNOWN:
        text = "Whether calls work is not known: no source says that they work over 4G here."
        reasons.append(_of_calls(sight, ReasonCode.VOICE_UNKNOWN, text=text))
    return reasons


def _of_denials(sight: Sight) -> list[Reason]:
    reasons = []
    for policy in sight.voice.denials:
        if isinstance(policy, VoiceAllowList):
            code = ReasonCode.VOLTE_ALLOWLIST
            text = "The carrier allows calls over 4G only to phones on its list; this one is not."
            if sight.voice.volte is Answer.UNKNOWN:
                text = "The carrier allows calls over 4G only to phones on its list."
        else:
            code = ReasonCode.VOLTE_NOT_PROVISIONED
            text = "The network does not switch on calls over 4G for this model."
        reasons.append(texts.of_policy(code, policy, text=text, capability=sight.capability))
    if sight.profile.volte is Answer.NO:
        text = "This operator has no calls over 4G."
        reasons.append(_of_calls(sight, ReasonCode.VOLTE_NOT_PROVISIONED, text=text))
    return reasons


def _of_calls(sight: Sight, code: ReasonCode, *, text: str) -> Reason:
    phone = sight.capability
    evidence = (
        Evidence(
            side=Side.VARIANT,
            statement=f"VoLTE {phone.volte}, VoNR {phone.vonr}",
            source=phone.source,
            certainty=phone.weakest,
        ),
        Evidence(
            side=Side.NETWORK,
            statement=f"on the air: {', '.join(sorted(sight.living.bands_by_rat)) or 'nothing'}",
        ),
    )
    return Reason(code=code, text=text, evidence=evidence)


def _of_plans(sight: Sight) -> list[Reason]:
    """Return a reason for each technology with a planned end that the phone rests on here."""
    relied_on = {sight.shared.newest_rat}
    if not sight.has_volte:
        relied_on |= sight.shared.rats & CIRCUIT_SWITCHED
    ends = [end for rat, end in sight.living.planned_ends.items() if rat in relied_on]
    reasons = []
    for day, row, is_confirmed in sorted(ends, key=lambda end: end[0]):
        said = texts.plain_date(day - ONE_DAY)
        text = f"The network ends {plain_rat(row.band.rat)} on {said}."
        if not is_confirmed:
            text = f"The network has announced the end of {plain_rat(row.band.rat)} for {said}."
        code = ReasonCode.RAT_SUNSET_PLANNED
        reason = _about(sight, code, text=text, rats=[row.band.rat], rows=[row])
        reasons.append(replace(reason, ends_on=day))
    return reasons


def _standalone_unknown(sight: Sight) -> Reason:
    text = "The phone could only use 5G here; whether it runs 5G without 4G is not known."
    rows = [row for one, row in sight.living.rows.items() if one.rat is Rat.NR]
    return _about(sight, ReasonCode.NR_STANDALONE_UNKNOWN, text=text, rats=[Rat.NR], rows=rows)


def _no_mode(sight: Sight) -> Reason:
    text = "The 5G that both have needs 4G beside it, and the phone has none of the network's 4G."
    if Rat.LTE not in sight.living.bands_by_rat:
        text = "The network runs 5G without 4G, and this phone can only use 5G beside 4G."
    rows = [row for one, row in sight.living.rows.items() if one.rat is Rat.NR]
    return _about(sight, ReasonCode.NR_MODE, text=text, rats=[Rat.NR, Rat.LTE], rows=rows)


def _ok(sight: Sight) -> Reason:
    rows = sight.rows_relied_on
    said = texts.listed(sight.living.primaries)
    text = f"The phone has every primary band of this network ({said})."
    rats = dict.fromkeys(one.rat for one in sight.living.primaries)
    return _about(sight, ReasonCode.OK, text=text, rats=rats, rows=rows)


def _about(
    sight: Sight,
    code: ReasonCode,
    *,
    text: str,
    rats: Iterable[Rat],
    rows: Iterable[ProfileBand],
) -> Reason:
    return texts.of_bands(code, text, capability=sight.capability, rats=rats, rows=rows)
