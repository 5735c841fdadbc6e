"""Explaining a decision: made again from its kept facts, and asked again of today's."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.gate import queries
from bandstand.gate.rules import Activity, DecisionRow, GateCase, Judgement, case_of, judge_case
from bandstand.gate.services.decide import Question, case_for
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights.rules import Condition


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    A stored decision beside what its kept facts say by today's rules, and what today's facts say.

    ``again`` is empty if the decision has no facts: they could not be read when it was made.
    """

    decision: DecisionRow
    case: GateCase | None
    again: Judgement | None
    today_case: GateCase
    today: Judgement

    @property
    def is_same_by_rules(self) -> bool:
        return self.again is not None and _agrees(self.again, self.decision)

    @property
    def is_same_today(self) -> bool:
        return _agrees(self.today, self.decision)


def explain_offer(
    *, offer_id: UUID, now: datetime, at: datetime | None = None, activity: Activity | None = None
) -> Explanation:
    """
    Explain the newest decision about an offer, or the one that was the newest at an instant.

    Nothing is written: asking for an explanation is no question to the gate.

    Raises: NotFoundError if the gate had not been asked about the offer by then.
    """
    found = queries.decision_at(offer_id, at=at or now, activity=activity)
    if found is None:
        printed = print_id(IdKind.OFFER, offer_id)
        when = f" before {at:%Y-%m-%d %H:%M} UTC" if at else ""
        raise NotFoundError(f"The gate was never asked about {printed}{when}.")
    kept = queries.frozen_case(found.id)
    case = case_of(kept) if kept else None
    today = case_for(_asked(found, case=case), now=now)
    return Explanation(
        decision=found,
        case=case,
        again=judge_case(case) if case else None,
        today_case=today,
        today=judge_case(today),
    )


def _asked(decision: DecisionRow, *, case: GateCase | None) -> Question:
    return Question(
        action=decision.action,
        seller_id=decision.seller_id,
        variant_id=decision.variant_id,
        market=decision.market,
        condition=Condition(decision.condition),
        offer_id=decision.offer_id,
        unit_id=case.unit_id if case else None,
        sold_at=case.sale.sold_at if case and case.sale else None,
        listing=decision.listing,
    )


def _agrees(judgement: Judgement, decision: DecisionRow) -> bool:
    told = sorted((one.code, one.outcome) for one in judgement.reasons)
    was_told = sorted((one.code, one.outcome) for one in decision.reasons)
    return judgement.result is decision.result and told == was_told
