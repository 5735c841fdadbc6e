"""
What an affected buyer is owed, and the next step towards it.

The next step is read from the facts alone, never from a note of how far an earlier run came. So a
run that was killed anywhere is simply run again: the facts say what is left.
"""

from dataclasses import dataclass
from enum import StrEnum

from bandstand.orders.rules import ENDED, LineState
from bandstand.payments.rules import PaymentState
from bandstand.takedowns.rules.words import RemedyKind

OUT_OF_THE_HOUSE = frozenset({LineState.RELEASED, LineState.DELIVERED})
REFUND_TRIES = 5
UNTAKEN = frozenset({PaymentState.CREATED, PaymentState.ACTION_NEEDED, PaymentState.AUTHORISED})


class Step(StrEnum):
    """What a case needs next."""

    OFFER_RETURN = "offer_return"
    """Tell the buyer that they may keep the phone or send it back free of charge."""
    CANCEL = "cancel"
    """End the line and its plan, and keep the phone out of stock."""
    REFUND = "refund"
    """Ask again for a refund that the provider refused."""
    VOID = "void"
    """Let the authorisation go; nothing was captured and nothing else is on it."""
    AWAIT = "await"
    """The provider, or the buyer's bank, has yet to report."""
    ASK_A_PERSON = "ask_a_person"
    """The provider refused every attempt; someone must find the buyer another way to be paid."""
    SETTLED = "settled"
    """Nothing of the buyer's money is left with us and no debt is left with the buyer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineFacts:
    """Everything the next step of a case rests on."""

    line_state: LineState
    payment_state: PaymentState | None
    """None: the order asked for no money."""
    captured_minor: int = 0
    """What the provider confirmed as taken for this line."""
    refund_asked_minor: int = 0
    refund_settled_minor: int = 0
    refunds_failed: int = 0
    """How often the most stubborn refund of the line failed."""
    charged_back_minor: int = 0
    """What a lost dispute gave the buyer back through their bank; it does not go back twice."""
    is_contested: bool = False
    """The buyer's bank has some of the money and has not decided."""
    is_capture_open: bool = False
    """A capture of this line was asked for and its outcome is not known."""
    is_plan_open: bool = False
    shares_payment: bool = False
    """Another line of the order lives on and is paid by the same authorisation."""

    @property
    def owed_minor(self) -> int:
        """What must go back by us: all that was taken, less what the bank gave back."""
        return self.captured_minor - self.charged_back_minor


def remedy_for(facts: LineFacts) -> RemedyKind:
    """
    Return what is done for the buyer of a line as it was found.

    Source: 16 CFR 435.2(b)(2): a seller that decides not to ship cancels and refunds, without
    asking (read 2026-11-22). For a phone that left the house the choice is the marketplace's own
    policy.
    """
    if facts.line_state in OUT_OF_THE_HOUSE:
        return RemedyKind.OFFER_RETURN
    if facts.captured_minor or facts.line_state is LineState.PAID:
        return RemedyKind.CANCEL_AND_REFUND
    return RemedyKind.CANCEL_AND_VOID


def next_step(facts: LineFacts) -> Step:
    """Return the next step towards a whole buyer; the plan falls before any money moves."""
    if facts.line_state in OUT_OF_THE_HOUSE:
        return Step.OFFER_RETURN
    if facts.line_state not in ENDED or facts.is_plan_open:
        return Step.CANCEL
    if facts.captured_minor:
        return _refund_step(facts)
    return _void_step(facts)


def _refund_step(facts: LineFacts) -> Step:
    if facts.is_contested:
        return Step.AWAIT
    if facts.refund_asked_minor < facts.owed_minor and facts.refunds_failed:
        return Step.REFUND if facts.refunds_failed < REFUND_TRIES else Step.ASK_A_PERSON
    # A refund never asked for is the order's to ask, when it books the capture.
    if facts.refund_settled_minor < facts.owed_minor:
        return Step.AWAIT
    return Step.SETTLED


def _void_step(facts: LineFacts) -> Step:
    if facts.is_capture_open:
        return Step.AWAIT
    if facts.payment_state not in UNTAKEN:
        return Step.SETTLED
    # The rest of the order takes its part of the authorisation; the bank frees what it leaves.
    return Step.AWAIT if facts.shares_payment else Step.VOID
