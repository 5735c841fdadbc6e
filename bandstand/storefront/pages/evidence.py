"""
Why this seller may sell this phone here: what the last decision rested on, told to anybody.

Between the brand and the seller only the kind of a party is named, because who supplies whom is the
sellers' own affair. What is not known is said as plainly as what is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bandstand.gate import queries as gate_queries, services as gate
from bandstand.gate.rules import Activity, GateReason, Judgement
from bandstand.gate.services import Explanation
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.queries import OfferRow
from bandstand.provenance import queries as provenance
from bandstand.provenance.rules import UnitIds
from bandstand.rights import queries as rights
from bandstand.rights.paths import LEVEL_WORDS
from bandstand.rights.rules import (
    CertificationState,
    CustodyFact,
    CustodyStatus,
    GrantFact,
    Outcome,
    RightsFacts,
    policy_for,
)
from bandstand.rights.rules.spans import day_of, is_on
from bandstand.storefront.pages.cards import product_url
from bandstand.storefront.pages.custody import CustodyPanel, weakest_panel
from bandstand.storefront.shop import Shop

UNITS_SHOWN = 50
"""Phones whose way is looked up for one page; more of one offer came the same way."""
CUSTODY_WORDS = {
    CustodyStatus.COMPLETE: "The way from the maker to the seller is on record without a gap.",
    CustodyStatus.GAP: "Part of the way from the maker to the seller is not on record.",
    CustodyStatus.CONFLICT: "What is on record about the way from the maker contradicts itself.",
    CustodyStatus.NONE: "How the units came from the maker is not on record.",
}
CUSTODY_STATES = {
    CustodyStatus.COMPLETE: "yes",
    CustodyStatus.GAP: "part",
    CustodyStatus.CONFLICT: "no",
    CustodyStatus.NONE: "unknown",
}
ANSWERS = {Outcome.ALLOW: "Yes", Outcome.REVIEW: "A person is looking", Outcome.DENY: "No"}


@dataclass(frozen=True, slots=True)
class EvidenceStep:
    """One thing that is shown, missing or not known, as ``components/right_path.html`` takes it."""

    what: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """A label with what stands behind it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """What the evidence page says."""

    title: str
    seller: str
    market_name: str
    url: str
    answer: str
    is_yes: bool
    grants: tuple[EvidenceStep, ...]
    approvals: tuple[EvidenceStep, ...]
    others: tuple[EvidenceStep, ...]
    against: tuple[EvidenceStep, ...]
    unknown: tuple[str, ...]
    decision: tuple[EvidenceFact, ...]
    custody: CustodyPanel | None
    """The weakest record of the phones in stock; none if nothing is recorded of them."""


def evidence_page(offer: OfferRow, *, shop: Shop, now: datetime) -> EvidencePage:
    """
    Return what the right to sell an offer rests on now, beside the decision that put it on sale.

    Raises: NotFoundError if the gate was never asked to publish the offer.
    """
    found = gate.explain_offer(offer_id=offer.id, now=now, activity=Activity.OFFER_PUBLISH)
    sale, today = found.today_case.sale, found.today
    custody = _custody(offer, now=now)
    return EvidencePage(
        title=offer.title,
        seller=offer.seller_name,
        market_name=shop.market_words,
        url=product_url(slug=offer.variant_slug, public_id=offer.public_id),
        answer=ANSWERS[today.result],
        is_yes=today.result is Outcome.ALLOW,
        grants=tuple(_grant_steps(sale, today)) if sale else (),
        approvals=tuple(_approval_steps(sale)) if sale else (),
        others=tuple(_other_steps(sale)) if sale else (),
        against=tuple(_against(today.reasons)),
        unknown=tuple(_unknown(sale, has_custody=custody is not None)) if sale else (),
        decision=tuple(_decision_facts(found, zone=ZoneInfo(offer.time_zone))),
        custody=custody,
    )


def _custody(offer: OfferRow, *, now: datetime) -> CustodyPanel | None:
    brand_id = rights.subject_of(offer.variant_id).brand_path[0]
    units = gate_queries.units_in_stock(offer.id)[:UNITS_SHOWN]
    asked = [
        (UnitIds(imeis=(unit.imei,) if unit.imei else (), serial=unit.serial), brand_id)
        for unit in units
    ]
    found = provenance.custodies_of(asked, at=now, market=offer.market)
    return weakest_panel([one for one in found if one.steps], seller_id=offer.seller_id)


def _grant_steps(sale: RightsFacts, today: Judgement) -> Iterator[EvidenceStep]:
    policy = policy_for(sale)
    known = {str(one.id): one for one in sale.grants}
    is_yes = today.result is Outcome.ALLOW
    if not policy.needs_grant:
        yield EvidenceStep(
            f"{sale.condition.value.capitalize()} goods need no permission from the brand here.",
            f"Our policy {policy.version}",
            "yes",
        )
    elif is_yes:
        chain = (known[one.id] for one in today.evidence if one.kind == "grant")
        yield from (_grant_step(grant, sale) for grant in chain)
    for statement in sale.statements:
        if is_on(statement, sale.at):
            words = statement.status.value.replace("_", " ")
            yield EvidenceStep(
                f"{statement.brand_name} says of its channels in {sale.market.name}: {words}.",
                f"from {day_of(statement.from_at)} · {statement.source}",
                "yes" if is_yes else "part",
            )


def _grant_step(grant: GrantFact, sale: RightsFacts) -> EvidenceStep:
    issuer = grant.issuer_name if grant.issuer_brand_id else "An authorised distributor"
    is_seller = grant.grantee_id == sale.seller.id
    grantee = grant.grantee_name if is_seller else "a distributor"
    checked = grant.status_checked_at
    parts = (
        f"{day_of(grant.from_at)} to {day_of(grant.until_at)}",
        LEVEL_WORDS[grant.level],
        f"confirmed {day_of(checked)}" if checked else "",
    )
    return EvidenceStep(
        f"{issuer} authorises {grantee}.", " · ".join(part for part in parts if part), "yes"
    )


def _approval_steps(sale: RightsFacts) -> Iterator[EvidenceStep]:
    if not sale.subject.is_radio:
        yield EvidenceStep("It has no radio, so it needs no equipment approval.", "", "yes")
    for approval in sale.approvals:
        parts = (
            f"since {day_of(approval.from_at)}" if approval.from_at else "",
            f"until {day_of(approval.until_at)}" if approval.until_at else "",
            f"responsible: {approval.responsible_person}" if approval.responsible_person else "",
            f"EPREL {approval.eprel}" if approval.eprel else "",
        )
        yield EvidenceStep(
            f"{approval.scheme.value.upper()} {approval.reference} of this exact hardware: "
            f"{approval.state.value}.",
            " · ".join(part for part in parts if part),
            "yes" if approval.state.value == "granted" else "part",
        )


def _other_steps(sale: RightsFacts) -> Iterator[EvidenceStep]:
    if sale.custody is not None:
        yield _custody_step(sale.custody)
    for network in sale.certifications:
        if is_on(network, sale.at):
            is_good = network.state is CertificationState.CERTIFIED
            yield EvidenceStep(
                f"{network.network_name}: {network.state.value}.",
                f"since {day_of(network.from_at)} · {network.source}",
                "yes" if is_good else "no",
            )
    for difference in sale.differences:
        named = ", ".join(difference.what)
        is_shown = any(one.is_in_listing for one in sale.labels)
        yield EvidenceStep(
            f"It differs from the one made for {sale.market.name}: {named}.",
            "The goods carry a label that says so." if sale.labels else "No label is on record.",
            "yes" if is_shown else "part",
        )


def _custody_step(custody: CustodyFact) -> EvidenceStep:
    count = len(custody.event_ids)
    note = f"{count} recorded step{'s' if count != 1 else ''}" if count else ""
    return EvidenceStep(CUSTODY_WORDS[custody.status], note, CUSTODY_STATES[custody.status])


def _against(reasons: tuple[GateReason, ...]) -> Iterator[EvidenceStep]:
    for reason in reasons:
        is_waived = reason.outcome == Outcome.ALLOW.value
        note = "A person of ours has answered for this." if is_waived else reason.cure
        is_in_question = is_waived or reason.outcome == Outcome.REVIEW.value
        yield EvidenceStep(reason.text, note, "part" if is_in_question else "no")


def _unknown(sale: RightsFacts, *, has_custody: bool) -> Iterator[str]:
    if sale.custody is None and not has_custody:
        yield "How the units came from the maker to the seller was not looked up for the offer."
    if not sale.statements:
        yield f"The brand has published nothing here about its channels in {sale.market.name}."
    if sale.subject.is_radio and not sale.certifications:
        yield "Whether the host network has certified it is not on record."


def _decision_facts(found: Explanation, *, zone: ZoneInfo) -> Iterator[EvidenceFact]:
    decision = found.decision
    yield EvidenceFact("Decision", print_id(IdKind.DECISION, decision.id))
    yield EvidenceFact("Made", _instant(decision.decided_at, zone))
    yield EvidenceFact("Stands until", _instant(decision.valid_until, zone))
    yield EvidenceFact("Policy", decision.policy_version or "none")
    if decision.inputs_hash:
        yield EvidenceFact("Facts kept (SHA-256)", decision.inputs_hash)
    agrees = "the same" if found.is_same_today else "another one; this page shows today's"
    yield EvidenceFact("Answer today", agrees)


def _instant(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{day_of(local)}, {local:%H:%M %Z}"
