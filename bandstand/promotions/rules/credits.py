"""
How an amount is promised in credits: how much each, and on which days.

Every credit but the last is the same whole number of minor units; the last carries the rest. A
credit is due with an instalment, so a plan whose first payment is taken at checkout begins its
credits with the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bandstand.kernel.errors import RefusedError
from bandstand.money import Money


@dataclass(frozen=True, slots=True)
class CreditDue:
    """One credit that is promised."""

    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """
    A plan as far as credits go: when it was agreed, and what falls due when.

    Shape: ``dues`` in order, each with its total.
    """

    contract_date: date
    dues: tuple[tuple[date, Money], ...]

    @property
    def later(self) -> tuple[tuple[date, Money], ...]:
        """What falls due after the day of the sale."""
        return tuple((day, total) for day, total in self.dues if day > self.contract_date)


class CreditsDoNotFitError(RefusedError):
    """A plan on which a promotion's credits cannot be given as promised."""

    code = "credits_do_not_fit"


def monthly_parts(amount: Money, *, credits_count: int) -> tuple[Money, ...]:
    """Return the credits an amount is given in; the last carries the rest."""
    each = amount.minor // credits_count
    parts = [each] * (credits_count - 1)
    parts.append(amount.minor - sum(parts))
    return tuple(Money(part, amount.currency) for part in parts)


def fits_plan(amount: Money, *, credits_count: int, plan: PlanFacts) -> bool:
    """Say whether every credit has an instalment of its own that it does not exceed."""
    later = plan.later
    if len(later) < credits_count or any(total.currency != amount.currency for _, total in later):
        return False
    parts = monthly_parts(amount, credits_count=credits_count)
    return all(part <= total for part, (_, total) in zip(parts, later, strict=False))


def promised_credits(amount: Money, *, credits_count: int, plan: PlanFacts) -> Sequence[CreditDue]:
    """
    Return the credits of a plan with the days they are due: those of its instalments.

    Raises: CreditsDoNotFitError if the plan is too short or its instalments too small.
    """
    if not fits_plan(amount, credits_count=credits_count, plan=plan):
        raise CreditsDoNotFitError(
            f"{amount} in {credits_count} credits does not fit a plan with {len(plan.later)}"
            " payments after the sale."
        )
    parts = monthly_parts(amount, credits_count=credits_count)
    return tuple(
        CreditDue(number=number, due_on=day, amount=part)
        for number, (part, (day, _)) in enumerate(zip(parts, plan.later, strict=False), start=1)
    )
