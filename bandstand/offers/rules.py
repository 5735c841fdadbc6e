"""Words of offers and units, and which moves each state allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from stdnum import imei as stdnum_imei

from bandstand.catalogue.rules import CELLULAR
from bandstand.gate.rules import Outcome
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.money import Money
from bandstand.radio import Tier
from bandstand.rights.rules import Condition

SERIAL_LENGTH_MAX: Final = 40
ARRIVAL_MAX: Final = 5000
"""Units in one delivery note; a longer one is split, so that one bad line does not cost an hour."""
HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


class OfferState(StrEnum):
    """Where an offer stands with its seller. Holds are not a state: they are rows of the gate."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LISTED = "listed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class OfferMove(StrEnum):
    """What can be done with an offer."""

    SUBMIT = "submit"
    LIST = "list"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


OFFER_MOVES: Final[Mapping[tuple[OfferState, OfferMove], OfferState]] = MappingProxyType(
    {
        (OfferState.DRAFT, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.DRAFT, OfferMove.LIST): OfferState.LISTED,
        (OfferState.DRAFT, OfferMove.REFUSE): OfferState.REFUSED,
        (OfferState.DRAFT, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.IN_REVIEW, OfferMove.LIST): OfferState.LISTED,
        (OfferState.IN_REVIEW, OfferMove.REFUSE): OfferState.REFUSED,
        (OfferState.IN_REVIEW, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.LISTED, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.LISTED, OfferMove.REFUSE): OfferState.REFUSED,
        (OfferState.LISTED, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.REFUSED, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.REFUSED, OfferMove.LIST): OfferState.LISTED,
        (OfferState.REFUSED, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.WITHDRAWN, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.WITHDRAWN, OfferMove.LIST): OfferState.LISTED,
        (OfferState.WITHDRAWN, OfferMove.REFUSE): OfferState.REFUSED,
    }
)


class UnitState(StrEnum):
    """Where one physical phone is."""

    IN_STOCK = "in_stock"
    RESERVED = "reserved"
    SOLD = "sold"
    RELEASED = "released"
    QUARANTINED = "quarantined"


class UnitMove(StrEnum):
    """What can happen to one physical phone."""

    RESERVE = "reserve"
    FREE = "free"
    SELL = "sell"
    RELEASE = "release"
    QUARANTINE = "quarantine"
    RESTOCK = "restock"


UNIT_MOVES: Final[Mapping[tuple[UnitState, UnitMove], UnitState]] = MappingProxyType(
    {
        (UnitState.IN_STOCK, UnitMove.RESERVE): UnitState.RESERVED,
        (UnitState.IN_STOCK, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.RESERVED, UnitMove.FREE): UnitState.IN_STOCK,
        (UnitState.RESERVED, UnitMove.SELL): UnitState.SOLD,
        (UnitState.RESERVED, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.SOLD, UnitMove.RELEASE): UnitState.RELEASED,
        (UnitState.SOLD, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.SOLD, UnitMove.RESTOCK): UnitState.IN_STOCK,
        (UnitState.RELEASED, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.QUARANTINED, UnitMove.RESTOCK): UnitState.IN_STOCK,
    }
)


class OfferMoveRefusedError(RefusedError):
    """An offer cannot make that move from where it stands."""

    code = "offer_move_refused"


class UnitMoveRefusedError(RefusedError):
    """A unit cannot make that move from where it stands."""

    code = "unit_move_refused"


def next_offer_state(state: OfferState, move: OfferMove) -> OfferState:
    """
    Return the state that a move leads to.

    Raises: OfferMoveRefusedError if the table has no such move.
    """
    after = OFFER_MOVES.get((state, move))
    if after is None:
        raise OfferMoveRefusedError(
            f"An offer that is {state} cannot {move}.", state=state, move=move
        )
    return after


def next_unit_state(state: UnitState, move: UnitMove) -> UnitState:
    """
    Return the state that a move leads to.

    Raises: UnitMoveRefusedError if the table has no such move.
    """
    after = UNIT_MOVES.get((state, move))
    if after is None:
        raise UnitMoveRefusedError(f"A unit that is {state} cannot {move}.", state=state, move=move)
    return after


class OfferNotFoundError(NotFoundError):
    """No offer by that id that this caller may see."""

    code = "offer_not_found"


class SoldOutError(RefusedError):
    """No unit of the offer is free."""

    code = "sold_out"


class ReservationLostError(RefusedError):
    """The unit is no longer kept for this holder."""

    code = "reservation_lost"


class MalformedOfferError(BadInputError):
    """A field of an offer that cannot be right; nothing was written."""

    code = "malformed_offer"


class ArrivalRefusedError(BadInputError):
    """Units that cannot be received; the fields name every line and why. Nothing was written."""

    code = "arrival_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitArrival:
    """One unit on a delivery note. A thing without a radio has a serial and no IMEI."""

    serial: str
    imei: str = ""
    lot: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrivalProblem:
    """What is wrong with one line of a delivery note, counted from 1."""

    line: int
    reason: str


def move_of_outcome(state: OfferState, outcome: Outcome) -> OfferMove | None:
    """
    Return the move that the gate's answer makes of an offer, or None if it already stands there.

    A refusal is kept as a state so that the seller sees it and what would cure it.
    """
    target, move = {
        Outcome.ALLOW: (OfferState.LISTED, OfferMove.LIST),
        Outcome.REVIEW: (OfferState.IN_REVIEW, OfferMove.SUBMIT),
        Outcome.DENY: (OfferState.REFUSED, OfferMove.REFUSE),
    }[outcome]
    return None if state is target else move


def is_for_network(*, is_radio: bool, category: str, tier: Tier | None) -> bool:
    """
    Say whether a thing is meant for a mobile network, so that its fit is worth telling.

    Headphones and fitness bands have a radio, and no mobile one unless a source lists its bands. A
    phone whose bands nobody lists stays unknown: that is an answer, and never a reason to leave
    the question out.
    """
    if not is_radio:
        return False
    return category in CELLULAR or tier not in {None, Tier.UNKNOWN}


@dataclass(frozen=True, kw_only=True, slots=True)
class FitChange:
    """One answer of a fit that is not what it was."""

    question: str
    was: str
    now: str


FIT_QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tier": "verdict",
        "data": "data",
        "calls": "calls",
        "emergency_calls": "emergency calls",
        "sim": "SIM",
    }
)


def changes_of_fit(
    *, was: Mapping[str, object], now: Mapping[str, object]
) -> tuple[FitChange, ...]:
    """Return the answers of a fit that came out otherwise; its reasons' words do not count."""
    return tuple(
        FitChange(question=question, was=str(was.get(name)), now=str(now.get(name)))
        for name, question in FIT_QUESTIONS.items()
        if was.get(name) != now.get(name)
    )


def configuration_text(*, storage_gb: int | None, colour: str) -> str:
    """Return what tells one offer of a variant from another: “256 GB · Titan Grey”."""
    storage = _storage_text(storage_gb) if storage_gb else ""
    return " · ".join(part for part in (storage, colour) if part)


def title_text(*, brand: str, model: str) -> str:
    """Return the title of a thing, without naming the brand twice."""
    return model if model.casefold().startswith(brand.casefold()) else f"{brand} {model}"


def condition_of(word: str) -> Condition:
    """
    Return the condition that a word names.

    Raises: MalformedOfferError naming the words there are.
    """
    if word not in {one.value for one in Condition}:
        known = ", ".join(one.value for one in Condition)
        raise MalformedOfferError(
            f"“{word}” is not a condition; say one of {known}.", field="condition"
        )
    return Condition(word)


def require_sound_offer(*, price: Money, currency: str, colour_hex: str) -> None:
    """
    Refuse an offer whose price is not positive, in another currency than its market, or off-colour.

    Raises: MalformedOfferError.
    """
    if not price.is_positive:
        raise MalformedOfferError(f"A price must be more than nothing, not {price}.", field="price")
    if price.currency != currency:
        raise MalformedOfferError(
            f"This market sells in {currency}, not in {price.currency}.", field="price"
        )
    if (
        len(colour_hex) != len("#8a8a93")
        or colour_hex[0] != "#"
        or not set(colour_hex[1:]) <= HEX_DIGITS
    ):
        raise MalformedOfferError(
            f"“{colour_hex}” is not a colour; write # and six digits, as in #8a8a93.",
            field="colour_hex",
        )


def arrival_problems(
    units: Sequence[UnitArrival], *, is_cellular: bool
) -> tuple[ArrivalProblem, ...]:
    """
    Return everything wrong with a delivery note by itself, in the order of its lines.

    Source: IMEI check digit, 3GPP TS 23.003 section 6.2.1 and annex B (read 2026-11-22).
    """
    problems: list[ArrivalProblem] = []
    seen: dict[str, int] = {}
    for line, unit in enumerate(units, start=1):
        reasons = [_serial_problem(unit), _imei_problem(unit, is_cellular=is_cellular)]
        for number in filter(None, {unit.serial, unit.imei}):
            if number in seen:
                reasons.append(f"{number} is already on line {seen[number]}")
            seen.setdefault(number, line)
        problems += [ArrivalProblem(line=line, reason=reason) for reason in reasons if reason]
    if len(units) > ARRIVAL_MAX:
        problems.append(
            ArrivalProblem(
                line=ARRIVAL_MAX + 1,
                reason=f"a delivery note has at most {ARRIVAL_MAX} units; split this one",
            )
        )
    return tuple(problems)


def _serial_problem(unit: UnitArrival) -> str:
    if not unit.serial.strip():
        return "the serial is missing"
    if len(unit.serial) > SERIAL_LENGTH_MAX:
        return f"the serial is longer than {SERIAL_LENGTH_MAX} letters"
    return ""


def _imei_problem(unit: UnitArrival, *, is_cellular: bool) -> str:
    if not is_cellular:
        return (
            f"this thing joins no mobile network, so it has no IMEI {unit.imei}"
            if unit.imei
            else ""
        )
    if not unit.imei:
        return "the IMEI is missing"
    if len(unit.imei) != len("490154203237518") or not unit.imei.isdecimal():
        return f"IMEI {unit.imei} must be 15 digits"
    if not stdnum_imei.is_valid(unit.imei):
        return f"IMEI {unit.imei} has a wrong check digit; read it again with *#06#"
    return ""


def _storage_text(storage_gb: int) -> str:
    terabytes, rest = divmod(storage_gb, 1024)
    return f"{terabytes} TB" if terabytes and not rest else f"{storage_gb} GB"
