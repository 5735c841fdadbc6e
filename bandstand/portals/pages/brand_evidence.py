"""
What an offer under a brand's mark rests on, for the brand's own eyes.

Whom a seller buys from, and which other brands permit it to sell, are its trade secrets: a party
between the brand and the seller is told as "a distributor", another brand as "another brand", and
no paper and no number of one is named.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.gate import queries as gate_queries, services as gate
from bandstand.gate.rules import Activity
from bandstand.kernel.errors import NotFoundError
from bandstand.offers.queries import OfferRow
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import instant_text, state_kind, state_word
from bandstand.provenance import queries as provenance
from bandstand.provenance.rules import UnitIds
from bandstand.rights import queries as rights
from bandstand.rights.paths import LEVEL_WORDS
from bandstand.rights.rules import CustodyStatus, GrantFact, RightsFacts, policy_for

UNITS_LOOKED_AT: Final = 50
A_DISTRIBUTOR: Final = "a distributor"
ANOTHER_BRAND: Final = "another brand"
CUSTODY: Final = {
    CustodyStatus.COMPLETE: "On record without a gap",
    CustodyStatus.GAP: "Part of it is not on record",
    CustodyStatus.CONFLICT: "What is on record contradicts itself",
    CustodyStatus.NONE: "Not on record",
}


@dataclass(frozen=True, slots=True)
class ReasonTold:
    """One reason of a decision, without the names of those between."""

    text: str
    code: str
    ground: str
    outcome: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEvidence:
    """The answer of the gate today, what it rests on, and what stands against it."""

    answer: str
    kind: str
    facts: tuple[Fact, ...]
    reasons: tuple[ReasonTold, ...]


def evidence_of(offer: OfferRow, *, now: datetime, zone: str) -> OfferEvidence | None:
    """Return what an offer rests on now; None if the gate was never asked about it."""
    try:
        found = gate.explain_offer(offer_id=offer.id, now=now, activity=Activity.OFFER_PUBLISH)
    except NotFoundError:
        return None
    sale, today = found.today_case.sale, found.today
    resting = {one.id for one in today.evidence if one.kind == "grant"}
    chain = [one for one in (sale.grants if sale else ()) if str(one.id) in resting]
    hidden = _hidden(sale) if sale else {}
    result = today.result.value
    return OfferEvidence(
        answer=state_word(result),
        kind=state_kind(result),
        facts=(
            *_chain_facts(chain, sale=sale, zone=zone),
            Fact("The way of the goods", CUSTODY[_custody(offer, now=now)]),
            Fact("Policy", today.policy_version or "none"),
            Fact("Decided", instant_text(found.decision.decided_at, zone=zone)),
            Fact("Stands until", instant_text(found.decision.valid_until, zone=zone)),
        ),
        reasons=tuple(
            ReasonTold(
                text=_redacted(one.text, hidden),
                code=one.code,
                ground="the law" if one.ground == "law" else "the marketplace's terms",
                outcome=state_word(one.outcome),
                kind=state_kind(one.outcome),
            )
            for one in today.reasons
        ),
    )


def _hidden(sale: RightsFacts) -> dict[str, str]:
    """Return the names that are not the brand's to read, with what stands in their place."""
    own = set(sale.subject.brand_path)
    brands = {key for one in sale.grants for key in one.scope.brands} - own
    hidden = {sale.names[key]: ANOTHER_BRAND for key in brands if key in sale.names}
    for one in sale.grants:
        if one.issuer_party_id is not None:
            hidden[one.issuer_name] = A_DISTRIBUTOR
        elif one.issuer_brand_id not in own:
            hidden[one.issuer_name] = ANOTHER_BRAND
        if one.grantee_id != sale.seller.id:
            hidden[one.grantee_name] = A_DISTRIBUTOR
    hidden.pop(sale.seller.name, None)
    return hidden


def _redacted(text: str, hidden: dict[str, str]) -> str:
    for name in sorted(hidden, key=len, reverse=True):
        text = text.replace(name, hidden[name])
    return text


def _chain_facts(
    chain: list[GrantFact], *, sale: RightsFacts | None, zone: str
) -> tuple[Fact, ...]:
    if sale is not None and not policy_for(sale).needs_grant:
        return (Fact("Proof", f"{sale.condition.value} goods need no grant here"),)
    weakest = min((one.level for one in chain), key=lambda one: one.rank, default=None)
    if weakest is None:
        return (Fact("Proof", "no grant counts"),)
    return (
        Fact("Weakest proof of the chain", LEVEL_WORDS[weakest]),
        Fact("Links from you to the seller", str(len(chain))),
        Fact("Status confirmed", _confirmed(chain, zone=zone)),
    )


def _confirmed(chain: list[GrantFact], *, zone: str) -> str:
    asked = [one.status_checked_at for one in chain if one.status_checked_at]
    return instant_text(min(asked), zone=zone) if asked else "nothing to ask"


def _custody(offer: OfferRow, *, now: datetime) -> CustodyStatus:
    brand_id: UUID = rights.subject_of(offer.variant_id).brand_path[0]
    units = gate_queries.units_in_stock(offer.id)[:UNITS_LOOKED_AT]
    asked = [
        (UnitIds(imeis=(unit.imei,) if unit.imei else (), serial=unit.serial), brand_id)
        for unit in units
    ]
    found = provenance.custodies_of(asked, at=now, market=offer.market)
    told = [CustodyStatus(one.status.value) for one in found]
    return max(told, key=lambda one: one.weakness, default=CustodyStatus.NONE)
