"""
Late fees: none unless the operator's policy says so and the buyer's agreement disclosed it. Pure.

The terms are frozen in the agreement, so a later policy changes nothing that was agreed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from bandstand.credit.rules.agreement import NO_LATE_FEE
from bandstand.credit.rules.life import BASIS_POINTS, InstalmentKind
from bandstand.credit.rules.standing import GRACE, Owed
from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, format_money

GRACE_DAYS_MAX: Final = 90


class LateFeeRefusedError(BadInputError):
    """A late fee that could not honestly be disclosed."""

    code = "late_fee_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFeeTerms:
    """
    What paying late costs, as a policy says and an agreement tells.

    With a fixed amount and a share, the lower of the two is charged. A cap of 0 is none.
    Units: minor units of ``currency``; shares of the overdue instalment in basis points.
    """

    grace_days: int
    currency: str
    fixed_minor: int = 0
    share_bps: int = 0
    cap_minor: int = 0
    cap_share_bps: int = 0

    @property
    def is_none(self) -> bool:
        """Whether nothing is ever charged."""
        return not (self.fixed_minor or self.share_bps)

    def as_json(self) -> dict[str, Any]:
        """Return the terms as an agreement keeps them."""
        return {
            "grace_days": self.grace_days,
            "currency": self.currency,
            "fixed_minor": self.fixed_minor,
            "share_bps": self.share_bps,
            "cap_minor": self.cap_minor,
            "cap_share_bps": self.cap_share_bps,
        }


def read_late_fee(body: Mapping[str, Any]) -> LateFeeTerms | None:
    """Return the late fee that an agreement's body discloses, or None where it has none."""
    told = body.get("late_fee")
    return None if told is None else LateFeeTerms(**told)


def require_sound(terms: LateFeeTerms) -> None:
    """
    Refuse terms that contradict what the shop promises everybody.

    Raises: LateFeeRefusedError.
    """
    if not GRACE.days <= terms.grace_days <= GRACE_DAYS_MAX:
        raise LateFeeRefusedError(
            f"Days of grace are {GRACE.days} to {GRACE_DAYS_MAX}: the shop calls nothing late"
            f" before {GRACE.days} days have passed."
        )
    for minor in (terms.fixed_minor, terms.cap_minor):
        if minor < 0:
            raise LateFeeRefusedError("A fee and its cap are nothing or more.")
    for share in (terms.share_bps, terms.cap_share_bps):
        if not 0 <= share <= BASIS_POINTS:
            raise LateFeeRefusedError(
                f"A share is 0 to {BASIS_POINTS} basis points of the instalment (500 is 5 %)."
            )
    if terms.is_none and (terms.cap_minor or terms.cap_share_bps):
        raise LateFeeRefusedError("There is a cap but no fee; set a fee, or leave both out.")


def late_fee(terms: LateFeeTerms, *, instalment: int, open_minor: int) -> int:
    """
    Return the fee for one overdue instalment: never more than what is still open of it.

    A part of a minor unit is left out.
    Units: minor units.
    """
    asked = [terms.fixed_minor] if terms.fixed_minor else []
    if terms.share_bps:
        asked.append(instalment * terms.share_bps // BASIS_POINTS)
    if not asked:
        return 0
    caps = [open_minor]
    if terms.cap_minor:
        caps.append(terms.cap_minor)
    if terms.cap_share_bps:
        caps.append(instalment * terms.cap_share_bps // BASIS_POINTS)
    return max(0, min(*asked, *caps))


def fees_due(
    terms: LateFeeTerms,
    rows: Sequence[Owed],
    *,
    charged_for: Iterable[int],
    resumed_on: date | None,
    on: date,
) -> tuple[tuple[int, int], ...]:
    """
    Return the instalments that a fee is charged for today, each with its fee.

    One fee an instalment, never on a fee. After a pause the days of grace are counted anew, so
    that nobody pays for days on which nothing was collected.
    Shape: pairs of an instalment's number and minor units.
    """
    had = set(charged_for)
    due = [
        (row.number, late_fee(terms, instalment=row.principal + row.interest, open_minor=row.open))
        for row in rows
        if row.open and row.kind is InstalmentKind.INSTALMENT and row.number not in had
        if max(row.due_on, resumed_on or row.due_on) + timedelta(days=terms.grace_days) < on
    ]
    return tuple((number, fee) for number, fee in due if fee)


def late_words(terms: LateFeeTerms | None, *, locale: str) -> str:
    """
    Return what an agreement says about paying late.

    Source: 12 CFR 1026.18 (l); known 2026-11-22, not re-read.
    """
    if terms is None or terms.is_none:
        return NO_LATE_FEE

    def amount(minor: int) -> str:
        return format_money(Money(minor, terms.currency), locale)

    parts = [amount(terms.fixed_minor)] if terms.fixed_minor else []
    if terms.share_bps:
        parts.append(f"{_per_cent(terms.share_bps)} of that payment")
    asked = parts[0] if len(parts) == 1 else f"the lower of {parts[0]} and {parts[1]}"
    caps = [amount(terms.cap_minor)] if terms.cap_minor else []
    if terms.cap_share_bps:
        caps.append(f"{_per_cent(terms.cap_share_bps)} of that payment")
    capped = f", at most {' and at most '.join(caps)}" if caps else ""
    return (
        f"If a payment is not made within {terms.grace_days} days of its due date, there is a late"
        f" charge of {asked}{capped}, once for that payment and never more than is still to pay of"
        " it. Nothing is charged on a late charge."
    )


def _per_cent(bps: int) -> str:
    return f"{Decimal(bps).scaleb(-2).normalize():f} %"
