"""Credits promised with a plan, as their buyer reads them: each with its day and its state."""

from dataclasses import dataclass
from typing import Final

from bandstand.money import format_money
from bandstand.promotions.queries import PlanCredit, PlanCredits
from bandstand.promotions.rules import CreditState, credit_conditions
from bandstand.storefront.pages.words import day_text

STATES: Final = {
    CreditState.OPEN: ("info", "to come"),
    CreditState.WAITING: ("part", "waiting"),
    CreditState.GIVEN: ("good", "given"),
    CreditState.OWED: ("part", "owed to you"),
    CreditState.PAID_OUT: ("good", "paid to you"),
    CreditState.ENDED: ("", "ended"),
    CreditState.UNDONE: ("", "ended with the sale"),
}
MISSED: Final = ("bad", "late")
MISSED_TEXT: Final = (
    "It should have been given by now. That is our fault, we have been alarmed, and no card is"
    " charged for this plan by itself until it is given."
)
OWED_TEXT: Final = "Your plan owes nothing any more, so you get it as money."


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One credit, written."""

    number: int
    due_iso: str
    due_text: str
    amount: str
    kind: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class CreditsView:
    """What was promised with a plan in credits, and where it stands."""

    title: str
    words: str
    given: str
    left: str
    owed: str
    """What the buyer gets as money; empty if nothing."""
    missed: str
    """What to say of credits that are late; empty when none is."""
    conditions: tuple[str, ...]
    rows: tuple[CreditLine, ...]


def credits_view(found: PlanCredits | None, *, locale: str) -> CreditsView | None:
    """Return the credits of a plan, written; nothing for a plan without any."""
    if found is None:
        return None
    return CreditsView(
        title=found.name,
        words=found.words,
        given=format_money(found.given, locale),
        left=format_money(found.left, locale),
        owed=format_money(found.owed, locale) if found.owed.is_positive else "",
        missed=_missed(found, locale=locale),
        conditions=credit_conditions(on_payoff=found.on_payoff, conditions=found.conditions),
        rows=tuple(_line(row, locale=locale) for row in found.rows),
    )


def payoff_words(found: PlanCredits | None, *, locale: str) -> str:
    """Say what paying a plan off today does to its credits."""
    if found is None:
        return "You lose no credits: this plan has none."
    if found.lost_on_payoff.is_positive:
        lost = format_money(found.lost_on_payoff, locale)
        return f"You would lose {lost} in credits that are still to come."
    if found.kept_on_payoff.is_positive:
        kept = format_money(found.kept_on_payoff, locale)
        return f"You keep {kept} in credits: they are given at once, and are taken off already."
    return "You lose no credits: none is left to come."


def _missed(found: PlanCredits, *, locale: str) -> str:
    late = found.missed
    if not late:
        return ""
    days = ", ".join(day_text(row.due_on) for row in late)
    each = " and ".join(sorted({format_money(row.amount, locale) for row in late}))
    return f"A credit of {each} was due on {days}. {MISSED_TEXT}"


def _line(row: PlanCredit, *, locale: str) -> CreditLine:
    kind, state = MISSED if row.is_missed else STATES[row.state]
    return CreditLine(
        number=row.number,
        due_iso=row.due_on.isoformat(),
        due_text=day_text(row.due_on),
        amount=format_money(row.amount, locale),
        kind=kind,
        state=state,
        note=OWED_TEXT if row.state is CreditState.OWED else row.reason,
    )
