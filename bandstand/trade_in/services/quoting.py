"""A quote: what a phone would bring, and until when that stands."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.plumbing.clock import day_in
from bandstand.plumbing.locks import lock
from bandstand.trade_in.imeis import digits_of, imei_hash, imei_masked
from bandstand.trade_in.models import TradeIn, TradeInMoveRecord
from bandstand.trade_in.queries.values import require_taken, terms_at
from bandstand.trade_in.rules import (
    GRADE_WORDS,
    OPEN,
    REFERENCE_BITS,
    Question,
    Said,
    TradeInMove,
    TradeInMoveRefusedError,
    TradeInState,
    grade_of,
    print_reference,
)
from bandstand.trade_in.services.moving import OWNER, SYSTEM, locked, move_trade_in


class PhoneBusyError(TradeInMoveRefusedError):
    """A phone that another trade-in is about; each phone is in one at a time."""

    code = "trade_in_phone_busy"


class GradeNotTakenError(TradeInMoveRefusedError):
    """A phone that is taken, but not in the state it is in."""

    code = "trade_in_grade_not_taken"


@dataclass(frozen=True, slots=True)
class ClaimedPhone:
    """What is kept of a phone's IMEI."""

    hashed: str
    masked: str


NOT_NAMED: Final = ClaimedPhone("", "")


@transaction.atomic
def quote(
    *,
    variant_id: UUID,
    market: str,
    answers: Mapping[Question, Said],
    imei: str = "",
    now: datetime,
) -> str:
    """
    Quote for a phone and return the quote's reference.

    A newer quote for the same phone replaces one that nobody accepted.
    Raises: NotTakenError, GradeNotTakenError, LockedPhoneError, AnswerMissingError, TermsError,
        MalformedImeiError; PhoneBusyError if the phone is being traded in already.
    Lock: the phone's IMEI, if it is given.
    """
    terms = terms_at(market, now=now)
    phone = catalogue.variant(variant_id)
    listed = require_taken(phone, market=market, at=now)
    zone = catalogue.market(market).time_zone
    grade = grade_of(answers, on=day_in(zone, at=now))
    value = next((one.value for one in listed if one.grade is grade), None)
    if value is None:
        others = ", ".join(GRADE_WORDS[one.grade].label.lower() for one in listed)
        raise GradeNotTakenError(
            f"By your answers it is “{GRADE_WORDS[grade].label.lower()}”; we take {phone.title}"
            f" only if it is {others}."
        )
    claimed = claim_phone(imei=imei, now=now) if imei else NOT_NAMED
    trade_in = TradeIn.objects.create(
        reference=print_reference(secrets.randbits(REFERENCE_BITS)),
        market_id=market,
        variant_id=phone.id,
        state=TradeInState.QUOTED.value,
        state_at=now,
        grade=grade.value,
        answers={one.value: said.value for one, said in answers.items()},
        currency=value.currency,
        quoted_minor=value.minor,
        value_minor=value.minor,
        quoted_at=now,
        quote_until=terms.quote_until(now),
        imei_hash=claimed.hashed,
        imei_masked=claimed.masked,
    )
    TradeInMoveRecord.objects.create(
        trade_in=trade_in,
        move="quote",
        to_state=TradeInState.QUOTED.value,
        moved_at=now,
        actor=OWNER,
        reason=GRADE_WORDS[grade].label,
    )
    return trade_in.reference


def claim_phone(*, imei: str, now: datetime, trade_in_id: UUID | None = None) -> ClaimedPhone:
    """
    Claim a phone for a trade-in by its IMEI; a quote that nobody accepted makes way.

    Lock: the IMEI, so that of two quotes at once one replaces the other.
    Raises: MalformedImeiError; PhoneBusyError.
    """
    digits = digits_of(imei)
    named = imei_hash(digits)
    lock(f"trade_in_phone:{named}")
    others = TradeIn.objects.filter(imei_hash=named, state__in=[one.value for one in OPEN])
    for other_id in others.values_list("id", flat=True):
        if other_id == trade_in_id:
            continue
        other = locked(other_id)
        if other.state != TradeInState.QUOTED.value:
            raise PhoneBusyError(
                "This phone is being traded in already. Use the link from that trade-in’s letter."
            )
        move_trade_in(
            other,
            TradeInMove.REPLACE,
            actor=SYSTEM,
            now=now,
            reason="A newer quote was made for this phone.",
        )
    return ClaimedPhone(named, imei_masked(digits))
