"""The inspection: the same questions as the buyer answered, the list of the day of the quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.money import Money
from bandstand.plumbing.clock import day_in
from bandstand.trade_in import letters
from bandstand.trade_in.imeis import digits_of, imei_hash
from bandstand.trade_in.models import Inspection, TradeIn
from bandstand.trade_in.queries.values import terms_at, value_of
from bandstand.trade_in.rules import (
    Finding,
    Grade,
    InspectionVerdict,
    LockedPhoneError,
    Outcome,
    Question,
    Said,
    TradeInMove,
    TradeInMoveRefusedError,
    TradeInState,
    grade_of,
    is_overdue,
    judge_inspection,
    next_state,
    read_answers,
)
from bandstand.trade_in.services.crediting import give_credit
from bandstand.trade_in.services.moving import OWNER, locked, move_trade_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What an inspector writes down."""

    imei: str
    variant_id: UUID
    answers: Mapping[Question, Said]
    is_reported: bool
    register_asked: str
    """Which register of lost and stolen phones was asked."""
    notes: str = ""
    photos_at: str = ""


@transaction.atomic
def inspect(*, trade_in_id: UUID, seen: Seen, actor: str, now: datetime) -> InspectionVerdict:
    """
    Write down what was found and do what follows: credit, a new value, or the way back.

    Of two inspectors at once the second is refused: a phone is looked at once.
    Raises: TradeInMoveRefusedError; MalformedImeiError; AnswerMissingError.
    Lock: the trade-in; for a credit then the plan.
    """
    trade_in = locked(trade_in_id)
    finding, verdict = _judged(trade_in, seen=seen, now=now)
    _write(trade_in, seen=seen, finding=finding, verdict=verdict, actor=actor, now=now)
    _follow(trade_in, verdict=verdict, actor=actor, now=now)
    return verdict


@transaction.atomic
def foresee(*, trade_in_id: UUID, seen: Seen, now: datetime) -> InspectionVerdict:
    """
    Return what an inspection would come to, and do nothing.

    Raises: as ``inspect``.
    """
    return _judged(locked(trade_in_id), seen=seen, now=now)[1]


@transaction.atomic
def take_value(*, trade_in_id: UUID, now: datetime) -> None:
    """
    Let the owner take the new value.

    Raises: TradeInMoveRefusedError, also after the last day: silence was a no.
    Lock: the trade-in, then the plan.
    """
    trade_in = locked(trade_in_id)
    if trade_in.answer_by is not None and now >= trade_in.answer_by:
        raise TradeInMoveRefusedError(
            "The days to answer are over: your phone comes back to you, free of charge."
        )
    next_state(TradeInState(trade_in.state), TradeInMove.TAKE)
    give_credit(trade_in, move=TradeInMove.TAKE, actor=OWNER, now=now)


def _judged(trade_in: TradeIn, *, seen: Seen, now: datetime) -> tuple[Finding, InspectionVerdict]:
    next_state(TradeInState(trade_in.state), TradeInMove.CREDIT)
    if not seen.register_asked.strip():
        raise TradeInMoveRefusedError("Say which register of lost phones was asked, and ask it.")
    finding = _finding(trade_in, seen=seen)
    verdict = judge_inspection(
        finding,
        told=read_answers(trade_in.answers),
        quoted=Money(trade_in.quoted_minor, trade_in.currency),
        is_guaranteed=is_overdue(inspect_by=trade_in.inspect_by, now=now),
    )
    return finding, verdict


def _finding(trade_in: TradeIn, *, seen: Seen) -> Finding:
    on = day_in(trade_in.market.time_zone, at=trade_in.quoted_at)
    grade: Grade | None = None
    listed: Money | None = None
    try:
        grade = grade_of(seen.answers, on=on)
    except LockedPhoneError:
        grade = None  # judged below: a locked phone goes back
    if grade is not None:
        listed = value_of(
            seen.variant_id, grade=grade, market=trade_in.market_id, at=trade_in.quoted_at
        )
    return Finding(
        answers=seen.answers,
        grade=grade,
        listed=listed,
        is_same_phone=imei_hash(digits_of(seen.imei)) == trade_in.imei_hash,
        is_same_variant=seen.variant_id == trade_in.variant_id,
        is_reported=seen.is_reported,
    )


def _write(
    trade_in: TradeIn,
    *,
    seen: Seen,
    finding: Finding,
    verdict: InspectionVerdict,
    actor: str,
    now: datetime,
) -> None:
    Inspection.objects.create(
        trade_in=trade_in,
        variant_id=seen.variant_id,
        answers={one.value: said.value for one, said in seen.answers.items()},
        grade="" if finding.grade is None else finding.grade.value,
        is_same_phone=finding.is_same_phone,
        is_reported=finding.is_reported,
        register_asked=seen.register_asked.strip()[:200],
        notes=seen.notes.strip()[:1000],
        photos_at=seen.photos_at.strip()[:300],
        outcome=verdict.outcome.value,
        value_minor=verdict.value.minor,
        reasons=list(verdict.reasons),
        is_guaranteed=is_overdue(inspect_by=trade_in.inspect_by, now=now),
        inspected_at=now,
        inspected_by=actor,
    )


def _follow(trade_in: TradeIn, *, verdict: InspectionVerdict, actor: str, now: datetime) -> None:
    why = " ".join(verdict.reasons)
    if verdict.outcome is Outcome.CREDIT:
        trade_in.value_minor = verdict.value.minor
        give_credit(trade_in, move=TradeInMove.CREDIT, actor=actor, now=now)
    elif verdict.outcome is Outcome.REVALUE:
        trade_in.value_minor = verdict.value.minor
        trade_in.answer_by = terms_at(trade_in.market_id, now=now).answer_by(now)
        move_trade_in(
            trade_in,
            TradeInMove.REVALUE,
            actor=actor,
            now=now,
            reason=why,
            changed=["value_minor", "answer_by"],
        )
        letters.write_revalued(trade_in, reasons=verdict.reasons, now=now)
    else:
        move_trade_in(trade_in, TradeInMove.REFUSE, actor=actor, now=now, reason=why)
        letters.write_return_due(trade_in, reason=why, now=now)
