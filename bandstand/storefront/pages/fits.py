"""Will it work? One sentence, four answers, the chart, and where each fact comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bandstand.catalogue.queries import ChartBandRow, StoredFitRow, VariantPage
from bandstand.kernel.words import Answer
from bandstand.radio import ReasonCode, Tier
from bandstand.storefront.art.band_chart import (
    ChartBand,
    ChartRole,
    ChartWidth,
    HasIt,
    band_chart_svg,
    band_chart_text,
)
from bandstand.storefront.art.bars import FitBadge
from bandstand.storefront.pages.cards import badge
from bandstand.storefront.pages.skyline import band_label
from bandstand.storefront.pages.words import day_text

HEADINGS: Final[Mapping[Tier, str]] = {
    Tier.FULL: "Yes",
    Tier.GOOD: "Yes, with gaps",
    Tier.LIMITED: "In part",
    Tier.UNKNOWN: "Not known",
    Tier.DATA_ONLY: "Data only",
    Tier.VOICE_2G_ONLY: "Only 2G calls",
    Tier.NONE: "No",
    Tier.BLOCKED: "No, the carrier refuses it",
}
TECHNOLOGIES: Final = {"NR": "5G", "LTE": "4G", "UMTS": "3G", "GSM": "2G", "CDMA": "3G"}
NOT_KNOWN: Final = "Not known"
A_FACT_CHANGES: Final = "A fact behind this verdict changes then; we check again on that day."
FAST: Final = frozenset({"NR", "LTE"})
SIDES: Final = {"variant": "The phone", "network": "The network", "policy": "A rule"}


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """One of the four answers."""

    question: str
    answer: str
    state: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One statement behind a reason, with where it was read."""

    side: str
    statement: str
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why the verdict is what it is."""

    text: str
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """What one source says of the phone's bands on one technology."""

    label: str
    bands: str
    source: str
    certainty: str
    read_on: str
    doubt: str


@dataclass(frozen=True, slots=True)
class ChartView:
    """What ``components/band_chart.html`` takes."""

    wide_svg: str
    narrow_svg: str
    sentences: tuple[str, ...]
    network_name: str
    source: str


@dataclass(frozen=True, slots=True)
class FitPanel:
    """Everything the page says of the fit."""

    heading: str
    sentence: str
    badge: FitBadge
    answers: tuple[AnswerCell, ...]
    chart: ChartView | None
    reasons: tuple[ReasonLine, ...]
    claims: tuple[ClaimLine, ...]
    has_conflict: bool
    changes_on: str
    changes_text: str
    as_of: str
    confidence: str
    notice: str = ""
    """Rules that are known to exist and cannot be applied: the shopper should ask."""


def fit_panel(
    fit: StoredFitRow, *, variant: VariantPage, bands: Sequence[ChartBandRow], network_name: str
) -> FitPanel:
    """Return the fit panel of a variant on a network."""
    body: dict[str, Any] = fit.body
    changes_on = body.get("changes_on")
    return FitPanel(
        heading=HEADINGS[fit.tier],
        sentence=fit.sentence,
        badge=badge(fit.tier.value, label=fit.label),
        answers=tuple(answers(body, esim=variant.esim, psim=variant.psim)),
        chart=_chart(bands, variant=variant, network_name=network_name) if bands else None,
        reasons=tuple(_reasons(body.get("reasons", ()))),
        claims=tuple(_claims(variant)),
        has_conflict=variant.has_conflict,
        changes_on=_day(changes_on),
        changes_text=changes_text(body.get("reasons", ()), on=changes_on),
        as_of=_day(body.get("as_of")),
        confidence=str(body.get("confidence", "")),
        notice=notice_text(body.get("reasons", ())),
    )


def answers(
    body: Mapping[str, Any], *, esim: Answer = Answer.UNKNOWN, psim: Answer = Answer.UNKNOWN
) -> Iterator[AnswerCell]:
    """Return the four answers of a fit; unknown is one of them."""
    yield _data_answer(str(body.get("data", "unknown")), tier=str(body.get("tier", "")))
    yield _plain_answer("Calls", body.get("calls"), yes="Work", no="Do not work")
    yield _plain_answer(
        "Emergency calls", body.get("emergency_calls"), yes="Work", no="Do not work"
    )
    sim = _sim_text(esim, psim)
    yield AnswerCell("SIM", sim, _sim_state(body.get("sim"), text=sim))


def _data_answer(data: str, *, tier: str) -> AnswerCell:
    if data not in TECHNOLOGIES:
        text, state = ("None", "no") if data == "none" else (NOT_KNOWN, "unknown")
        return AnswerCell("Data", text, state)
    is_partial = data not in FAST or tier == Tier.LIMITED.value
    said = TECHNOLOGIES[data]
    if tier == Tier.LIMITED.value:
        said = f"{said} in places"
    return AnswerCell("Data", said, "partial" if is_partial else "yes")


def _plain_answer(question: str, answer: object, *, yes: str, no: str) -> AnswerCell:
    words = {Answer.YES.value: yes, Answer.NO.value: no}
    state = str(answer) if answer in words else Answer.UNKNOWN.value
    return AnswerCell(question, words.get(state, NOT_KNOWN), state)


def _sim_text(esim: Answer, psim: Answer) -> str:
    if esim is Answer.YES:
        return "eSIM only" if psim is Answer.NO else "eSIM"
    if psim is Answer.YES or esim is Answer.NO:
        return "SIM card"
    return NOT_KNOWN


def _sim_state(said: object, *, text: str) -> str:
    if said == Answer.NO.value:
        return "no"
    return "unknown" if text == NOT_KNOWN else "yes"


def _chart(rows: Sequence[ChartBandRow], *, variant: VariantPage, network_name: str) -> ChartView:
    bands = [
        ChartBand(
            rat=row.rat,
            band_label=band_label(rat=row.rat, name=row.band),
            role=ChartRole(row.role),
            below_1ghz=row.below_1ghz,
            has_it=HasIt(row.has_it.value),
        )
        for row in rows
    ]
    return ChartView(
        wide_svg=band_chart_svg(bands),
        narrow_svg=band_chart_svg(bands, width=ChartWidth.NARROW),
        sentences=tuple(band_chart_text(bands)),
        network_name=network_name,
        source=_source(variant),
    )


def _source(variant: VariantPage) -> str:
    sources = dict.fromkeys(one.source for one in variant.claims if one.bands)
    number = f"{len(sources)} sources" if len(sources) != 1 else "one source"
    return f"{number} for the phone’s bands, {variant.certainty.value} certainty" if sources else ""


def _reasons(reasons: Iterable[Mapping[str, Any]]) -> Iterator[ReasonLine]:
    for reason in reasons:
        yield ReasonLine(
            text=str(reason.get("text", "")),
            evidence=tuple(
                EvidenceLine(
                    side=SIDES.get(str(one.get("side")), str(one.get("side"))),
                    statement=str(one.get("statement", "")),
                    source=str(one.get("source", "")),
                    certainty=str(one.get("certainty", "")),
                )
                for one in reason.get("evidence", ())
            ),
        )


def notice_text(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Return what is known of the carrier's rules and could not be weighed."""
    told = [one for one in reasons if one.get("code") == ReasonCode.CARRIER_NOTICE.value]
    return " ".join(str(one.get("text", "")) for one in told)


def changes_text(reasons: Iterable[Mapping[str, Any]], *, on: object) -> str:
    """Say what changes on the nearest day, and what is planned for later."""
    planned = [one for one in reasons if one.get("code") == ReasonCode.RAT_SUNSET_PLANNED.value]
    then = [str(one.get("text", "")) for one in planned if one.get("ends_on") == on]
    later = [str(one.get("text", "")) for one in planned if one.get("ends_on") != on]
    said = " ".join(then) or A_FACT_CHANGES
    return f"{said} Later: {' '.join(later)}" if later else said


def _claims(variant: VariantPage) -> Iterator[ClaimLine]:
    for one in variant.claims:
        yield ClaimLine(
            label=one.label,
            bands=" ".join(one.bands) or "not listed",
            source=one.source,
            certainty=one.certainty.value,
            read_on=day_text(one.read_on) if one.read_on else "",
            doubt="sources disagree" if one.is_conflict else one.doubt,
        )


def _day(written: object) -> str:
    return day_text(date.fromisoformat(str(written))) if written else ""
