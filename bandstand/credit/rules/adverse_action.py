"""
What somebody is told whose application was not approved as asked, in their law's words. Pure.

The words of each market's law are data (``tables/adverse_action.yaml``), with source and dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bandstand.credit.rules.eligibility import ApplicationOutcome, BureauScore, Finding
from bandstand.credit.rules.regimes import Source, filled
from bandstand.kernel.errors import NotFoundError

LINE: Final = "\n"
COUNTER_WORDS: Final = (
    "If you have accepted this offer meanwhile, you need do nothing. Otherwise it stands until"
    " {until}, as long as the phone is sold at this price and nothing changes in your plans."
)


@dataclass(frozen=True, slots=True)
class NoticeLaw:
    """What the law of a regime wants in a notice of action taken."""

    regime: str
    title: str
    declined: str
    countered: str
    rights: tuple[str, ...]
    """Paragraphs that every notice carries."""
    automated: str
    """What is said of a decision that no person took; empty where the law asks nothing."""
    bureau: str
    """What is said where a credit report was used."""
    days: int
    """Within how many days the law wants the notice given."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """Who decided what about which request, as text."""

    creditor: str
    support: str
    buyer: str
    buyer_email: str
    asked_for: str
    offered: str
    """The counter-offer, in words; empty for a decline."""
    until: str
    decided_on: str
    reference: str
    by_person: bool


def notice_text(
    law: NoticeLaw,
    *,
    facts: NoticeFacts,
    outcome: ApplicationOutcome,
    reasons: Sequence[Finding],
    score: BureauScore | None,
) -> str:
    """Return the notice as plain text, paragraph by paragraph."""
    words = _words(facts)
    is_countered = outcome is ApplicationOutcome.COUNTER_OFFER
    parts = [
        law.title,
        f"{facts.decided_on}{LINE}Reference {facts.reference}",
        f"From {facts.creditor}{LINE}To {facts.buyer}, {facts.buyer_email}",
        f"You asked for: {facts.asked_for}.",
        filled(law.countered if is_countered else law.declined, words),
    ]
    if is_countered:
        parts += [f"Our offer: {facts.offered}.", filled(COUNTER_WORDS, words)]
    parts.append(LINE.join(["The principal reasons:", *(f"- {one.text}" for one in reasons)]))
    if score is not None:
        parts += [_score_words(score), filled(law.bureau, {**words, **_bureau(score)})]
    if law.automated and not facts.by_person:
        parts.append(filled(law.automated, words))
    parts += [filled(one, words) for one in law.rights]
    parts.append(f"Questions, or a decision you think is wrong: {facts.support}")
    return f"{LINE}{LINE}".join(parts) + LINE


def law_on(laws: Mapping[str, Sequence[NoticeLaw]], *, regime: str, on: date) -> NoticeLaw:
    """
    Return the law of a regime on a day.

    Raises: NotFoundError where none is in the table: nothing is told on a guess.
    """
    live = [
        one for one in laws.get(regime, ()) if all(source.applies(on) for source in one.sources)
    ]
    if not live:
        raise NotFoundError(f"What {regime} wants in a notice of refused credit is not known here.")
    return live[-1]


def _words(facts: NoticeFacts) -> Mapping[str, str]:
    return {
        "creditor": facts.creditor,
        "support": facts.support,
        "until": facts.until,
        "asked_for": facts.asked_for,
    }


def _bureau(score: BureauScore) -> Mapping[str, str]:
    return {"bureau": score.bureau, "address": score.address, "phone": score.phone}


def _score_words(score: BureauScore) -> str:
    factors = [f"- {one}" for one in score.factors]
    return LINE.join(
        [
            f"Your credit score: {score.score}, made on {score.made_on}.",
            f"Scores range from a low of {score.lowest} to a high of {score.highest}.",
            "Key factors that adversely affected your credit score:",
            *factors,
        ]
    )
