"""
Goods that differ from those made for the market, and a host network's word on the device.

Source: 19 CFR 133.23 (read 2026-11-22): where customs protect the mark, goods that differ are let
in if a conspicuous label near the mark says so, on to the first retail sale. That goods that differ
must be told apart wherever they are sold is the marketplace's own rule.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from bandstand.kernel.words import Ground
from bandstand.rights.rules.facts import DifferenceFact, LabelFact, PolicyFact, RightsFacts
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.reasons import tell, tell_with
from bandstand.rights.rules.requirements import LEVER_LABEL
from bandstand.rights.rules.spans import is_on, turns_of
from bandstand.rights.rules.verdict import Evidence, RightsReason
from bandstand.rights.rules.words import CertificationState, LabelRule, ReasonCode

LABEL_WORDS: Final = (
    "This product is not a product authorized by the United States trademark owner for importation"
    " and is physically and materially different from the authorized product."
)
"""
What the label says where customs protect the mark.

Source: 19 CFR 133.23(b) (read 2026-11-22).
"""


def warning_words(what: Iterable[str], *, is_protected: bool) -> str:
    """Return what a listing could say of goods that differ; its seller may say it otherwise."""
    named = ", ".join(sorted(what))
    own = f"It differs from the version made for this market: {named}."
    return f"{LABEL_WORDS} {own}" if is_protected else own


def unsaid(text: str, *, what: Iterable[str]) -> tuple[str, ...]:
    """Return which differences a listing's words leave out."""
    said = text.casefold()
    return tuple(sorted(one for one in what if one.casefold() not in said))


def label_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    """Judge whether goods that differ carry the label, and whether the listing says it."""
    if not facts.differences:
        return Findings()
    labels = [one for one in facts.labels if _speaks_for(one, facts)]
    return Findings(
        reasons=tuple(_label_reasons(labels, facts=facts, policy=policy)),
        evidence=tuple(
            Evidence("label", str(one.id), f"Photograph of the label, SHA-256 {one.photo_sha256}")
            for one in sorted(labels, key=lambda one: (one.recorded_at, one.photo_sha256))
        ),
        turns=tuple(turn for one in facts.protections for turn in turns_of(one, facts.at)),
    )


def network_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    """Judge what the operator's host networks say, where the policy lets them say no."""
    if not policy.needs_network_cert or not facts.subject.is_radio:
        return Findings()
    live = [one for one in facts.certifications if is_on(one, facts.at)]
    good = [one for one in live if one.state is CertificationState.CERTIFIED]
    said = sorted(f"{one.network_name}: {one.state}" for one in live if one not in good)
    missing = tell(
        ReasonCode.NETWORK_CERT_MISSING,
        ground=policy.ground,
        subject=facts.subject.name,
        said=f" ({', '.join(said)})" if said else "",
    )
    return Findings(
        reasons=() if good else (missing,),
        evidence=tuple(
            Evidence("certification", str(one.id), f"{one.network_name}: {one.state}")
            for one in sorted(live, key=lambda one: (one.network_name, one.state))
        ),
        turns=tuple(turn for one in facts.certifications for turn in turns_of(one, facts.at)),
    )


def _label_reasons(
    labels: list[LabelFact], *, facts: RightsFacts, policy: PolicyFact
) -> Iterator[RightsReason]:
    words = {
        "subject": facts.subject.name,
        "market": facts.market.name,
        "what": _what(facts.differences),
    }
    is_law = _is_protected(facts)
    if not labels and (is_law or policy.label_rule is LabelRule.DIFFERENT):
        ground = Ground.LAW if is_law else policy.ground
        yield tell_with(words, code=ReasonCode.LABEL_MISSING, ground=ground)
    if not any(one.is_in_listing for one in labels):
        yield tell_with(words, code=ReasonCode.WARNING_MISSING, ground=policy.ground)


def _is_protected(facts: RightsFacts) -> bool:
    is_ruled = LEVER_LABEL.rules(facts.subject, market=facts.market, at=facts.at)
    return is_ruled and any(is_on(one, facts.at) for one in facts.protections)


def _speaks_for(label: LabelFact, facts: RightsFacts) -> bool:
    return label.recorded_at <= facts.at and label.lot in {"", facts.lot}


def _what(differences: tuple[DifferenceFact, ...]) -> str:
    return ", ".join(sorted({what for one in differences for what in one.what}))
