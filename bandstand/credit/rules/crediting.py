"""Promised credits are given the moment a payoff comes, so its card is asked less. Pure."""

from bandstand.credit.rules.asking import AskKind, NothingOwedError
from bandstand.credit.rules.standing import Payoff


def after_credits(asked: Payoff, *, kind: AskKind, kept: int) -> Payoff:
    """
    Return what is asked when ``kept`` of promised credits are given with the payoff.

    Units: minor units of the plan's currency.
    Raises: NothingOwedError if the credits cover all of it: then no card is needed.
    """
    if kind is not AskKind.PAYOFF:
        return asked
    left = asked.amount - kept
    if left <= 0:
        raise NothingOwedError("Your credits cover all that you owe; no card is charged for it.")
    return Payoff(amount=left, waived=asked.waived)
