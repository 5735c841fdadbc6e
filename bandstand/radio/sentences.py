"""
A verdict in one plain sentence for a shopper, and in a few words for a card.

Both are made from the answers and the reasons of the verdict, so they cannot contradict them.
"""

from datetime import date
from typing import Final

from bandstand.kernel.words import Answer
from bandstand.radio.rats import PLAIN_NAME, Rat
from bandstand.radio.reasons import ReasonCode
from bandstand.radio.verdict import UNKNOWN_TECHNOLOGY, Fit, Tier

LABEL_LENGTH_MAX: Final = 40
TOLD_YEARS_AHEAD: Final = 3
SHORTEST_MONTH_DAYS: Final = 28
CALLS_UNKNOWN: Final = "whether calls do is not known"

# What a shopper is told about reach, most important first; one of them is enough for a sentence.
ABOUT_REACH: Final = (
    ReasonCode.MISSING_COVERAGE_BAND,
    ReasonCode.MISSING_PRIMARY_BANDS,
    ReasonCode.SUBSET_BAND,
    ReasonCode.SUPERSET_BAND,
)
ABOUT_OLD_RADIO: Final = (ReasonCode.NO_LTE_RADIO, ReasonCode.NO_LTE_BAND)
ABOUT_NOTHING: Final = (ReasonCode.RAT_SUNSET, ReasonCode.NO_SHARED_BAND, ReasonCode.NR_MODE)
ABOUT_REFUSAL: Final = (
    ReasonCode.ACTIVATION_POLICY,
    ReasonCode.EMERGENCY_CALL_RULE,
    ReasonCode.CARRIER_CERTIFICATION,
    ReasonCode.VOLTE_REQUIRED_TO_ACTIVATE,
    ReasonCode.SIM_FORM,
)
ABOUT_DOUBT: Final = (
    ReasonCode.VARIANT_UNKNOWN,
    ReasonCode.NETWORK_UNKNOWN,
    *ABOUT_REFUSAL,
    ReasonCode.BANDS_UNKNOWN,
    ReasonCode.NR_STANDALONE_UNKNOWN,
    ReasonCode.VOICE_UNKNOWN,
)

# Emergency numbers by the first digits of a network's MCC; 112 works on every GSM-family phone.
EMERGENCY_NUMBERS: Final = {
    "310": "911",
    "311": "911",
    "312": "911",
    "313": "911",
    "314": "911",
} | {
    "315": "911",
    "316": "911",
    "302": "911",
    "505": "000",
    "234": "999",
    "235": "999",
    "440": "119",
    "441": "119",
}


def sentence(verdict: Fit, *, emergency_number: str = "911") -> str:
    """Return one sentence that a shopper understands; it names what is missing or unknown."""
    said = _said(verdict, emergency_number)
    if ReasonCode.NAME_NOT_ENOUGH in verdict.codes:
        said = f"It depends on the exact model code; at worst: {_lower(said)}"
    planned = _planned_end(verdict)
    if planned and verdict.tier not in (Tier.BLOCKED, Tier.NONE):
        said = f"{said}; {_lower(planned)}"
    return f"{said}."


def told_from(ends_on: date) -> date:
    """
    Return the day from which a sentence tells of a planned end: three years before it.

    Three years is the longest a phone is paid for; an end that lies beyond says little about buying
    one today. The reasons and ``changes_on`` name it at any time.
    """
    return date(
        ends_on.year - TOLD_YEARS_AHEAD, ends_on.month, min(ends_on.day, SHORTEST_MONTH_DAYS)
    )


def shelf_label(verdict: Fit, *, emergency_number: str = "911") -> str:
    """Return the verdict in at most 40 characters."""
    technology = _technology(verdict)
    by_tier = {
        Tier.FULL: _full_label(verdict, emergency_number),
        Tier.GOOD: f"Works: {technology}{_calls_label(verdict)}",
        Tier.LIMITED: f"Limited: {technology}{_calls_label(verdict)}",
        Tier.DATA_ONLY: f"Data only ({technology}), no calls",
        Tier.VOICE_2G_ONLY: "Only 2G calls and texts",
        Tier.NONE: "Does not work here",
        Tier.BLOCKED: "Refused by the carrier",
        Tier.UNKNOWN: "Not known whether it works",
    }
    return by_tier[verdict.tier]


def emergency_number_of(network_key: str) -> str:
    """Return the number to call for help where a network is, by the MCC of its key; else 112."""
    return EMERGENCY_NUMBERS.get(network_key.partition("-")[0], "112")


def _said(verdict: Fit, emergency_number: str) -> str:
    if verdict.tier is Tier.FULL:
        return _full(verdict, emergency_number)
    if verdict.tier in (Tier.GOOD, Tier.LIMITED):
        return _partly(verdict, emergency_number)
    if verdict.tier is Tier.DATA_ONLY:
        return _data_only(verdict, emergency_number)
    if verdict.tier is Tier.VOICE_2G_ONLY:
        return "Only calls and texts over 2G work; there is no data worth the name"
    return _not_at_all(verdict)


def _not_at_all(verdict: Fit) -> str:
    if verdict.tier is Tier.UNKNOWN:
        return _text_of(verdict, ABOUT_DOUBT) or "We cannot say whether it works"
    if verdict.tier is Tier.BLOCKED:
        return f"Cannot be used here: {_lower(_text_of(verdict, ABOUT_REFUSAL))}"
    if verdict.data == UNKNOWN_TECHNOLOGY:
        why = _text_of(verdict, (ReasonCode.NR_STANDALONE_UNKNOWN,))
        return f"Calls do not work here; {_lower(why)}"
    why = _text_of(verdict, ABOUT_NOTHING)
    return f"Does not work here: {_lower(why)}" if why else "Does not work here"


def _data_only(verdict: Fit, emergency_number: str) -> str:
    said = f"Data only: {_technology(verdict)} works, calls do not"
    if verdict.emergency_calls is Answer.NO:
        return f"{said} and neither does {emergency_number}"
    return f"{said}, and nobody has confirmed {emergency_number}"


def _full(verdict: Fit, emergency_number: str) -> str:
    technology = _technology(verdict)
    if verdict.emergency_calls is Answer.YES:
        return f"Works fully: {technology}, calls and {emergency_number}"
    return f"Works: {technology} and calls; nobody has confirmed {emergency_number} for this model"


def _partly(verdict: Fit, emergency_number: str) -> str:
    is_older = verdict.data not in (Rat.LTE, Rat.NR)
    said = _reach(verdict, is_older=is_older)
    if verdict.calls is Answer.YES and verdict.emergency_calls is not Answer.YES:
        said += f", {emergency_number} is not confirmed"
    why = _text_of(verdict, ABOUT_OLD_RADIO if is_older else ABOUT_REACH)
    return f"{said}; {_lower(why)}" if why else said


def _reach(verdict: Fit, *, is_older: bool) -> str:
    technology = _technology(verdict)
    has_calls = verdict.calls is Answer.YES
    if verdict.tier is Tier.LIMITED and not is_older:
        said = f"Limited: {technology} works only in some places"
        return f"{said}, and calls with it" if has_calls else f"{said}, {CALLS_UNKNOWN}"
    start = f"Limited: only {technology}" if verdict.tier is Tier.LIMITED else technology
    return f"{start} and calls work" if has_calls else f"{start} works, {CALLS_UNKNOWN}"


def _full_label(verdict: Fit, emergency_number: str) -> str:
    technology = _technology(verdict)
    if verdict.emergency_calls is Answer.YES:
        return f"Works fully: {technology}, calls, {emergency_number}"
    return f"Works: {technology} and calls"


def _calls_label(verdict: Fit) -> str:
    if verdict.calls is not Answer.YES:
        return "; calls unknown"
    is_weak = ReasonCode.MISSING_COVERAGE_BAND in verdict.codes
    return ", calls, weaker indoors" if is_weak else " and calls"


def _technology(verdict: Fit) -> str:
    try:
        return PLAIN_NAME[Rat(verdict.data)].partition(" ")[0]
    except ValueError:
        return "data"


def _planned_end(verdict: Fit) -> str:
    for reason in verdict.reasons:
        ends_on = reason.ends_on
        if ends_on is not None and told_from(ends_on) <= verdict.as_of:
            return reason.text.removesuffix(".")
    return ""


def _text_of(verdict: Fit, codes: tuple[ReasonCode, ...]) -> str:
    for code in codes:
        for reason in verdict.reasons:
            if reason.code is code:
                return reason.text.removesuffix(".")
    return ""


def _lower(text: str) -> str:
    """Start a text in lower case, unless it starts with a technology or a number."""
    if len(text) > 1 and text[0].isalpha() and text[1].islower():
        return text[0].lower() + text[1:]
    return text
