"""
What a buyer is told of promised credits, the same words in the shop and in the agreement. Pure.

Source: 12 CFR 1026.17 (a)(1) and (c)(1), 1026.18 (e), (h) and (s), 1026.24 (d): disclosures state
the legal obligation, so rate and totals are those of the plan without a credit that somebody may
or may not come to give (known 2026-11-22, not re-read).
"""

from typing import Final

from bandstand.promotions.rules.words import OnPayoff

CONTRACT: Final = (
    "The APR, the finance charge and the totals are those of the plan without these credits:"
    " that is what you owe by contract."
)
GIVEN: Final = (
    "Each credit is given on the day its payment is due, before any card is charged for it."
)
KEEP: Final = "Pay the plan off early and you keep them: those left are given at once."
LOSE: Final = "Pay the plan off early and you lose those not yet given."
UNDONE: Final = (
    "If the sale is cancelled or the phone returned they end, and everything you paid comes back."
)


def credit_conditions(*, on_payoff: OnPayoff, conditions: str) -> tuple[str, ...]:
    """Return what is to be said of promised credits, most important first."""
    payoff = KEEP if on_payoff is OnPayoff.KEEP else LOSE
    said = (conditions.strip(), GIVEN, payoff, UNDONE, CONTRACT)
    return tuple(one for one in said if one)
