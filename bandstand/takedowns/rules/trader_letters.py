"""What sellers are told about what the law asks them to say of themselves, word for word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bandstand.parties.rules.duties import DutyKind
from bandstand.parties.rules.identity_specs import SPECS, IdentityName
from bandstand.parties.rules.inform import TraderPolicy
from bandstand.takedowns.rules.letters import Letter

PUBLIC_REASON: Final = "This seller has not yet told us who it is, as the law requires."
"""The sentence that shoppers read while a seller is suspended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLetterFact:
    """What a letter about a duty is made of."""

    shop_name: str
    seller_name: str
    url: str
    time_zone: str
    policy: TraderPolicy
    kind: DutyKind
    owes: tuple[IdentityName, ...]
    due_at: datetime
    suspend_at: datetime | None = None


def duty_opened(fact: DutyLetterFact) -> Letter:
    """Return the letter that begins a duty: what is asked, by when, under which law."""
    return _letter(
        fact,
        subject=f"Please tell us who you are by {_day(fact.due_at, fact)}",
        happened=f"{_why(fact)} Please state by the end of {_day(fact.due_at, fact)}:",
        follows="What you state is checked, kept apart, and used for nothing else.",
    )


def duty_noticed(fact: DutyLetterFact) -> Letter:
    """Return the notice that must come before a suspension."""
    until = _day(fact.suspend_at or fact.due_at, fact)
    return _letter(
        fact,
        subject=f"Notice: your sales are suspended on {until} unless you answer",
        happened=f"{_why(fact)} We have not had it. What is missing:",
        follows=(
            f"Unless it is stated by {until}, the law has us suspend your further sales until it "
            "is. Orders already placed go on."
        ),
    )


def duty_suspended(fact: DutyLetterFact) -> Letter:
    """Return the letter that sales are suspended, and how to end it."""
    return _letter(
        fact,
        subject="Your sales are suspended",
        happened=f"{_why(fact)} Our notice has run out. Still missing:",
        follows=(
            "From now on none of your offers can be ordered. Orders already placed go on. State "
            "what is missing, and a person looks at lifting the suspension."
        ),
    )


def duty_met(fact: DutyLetterFact, *, was_suspended: bool) -> Letter:
    """Return the letter that everything asked was stated."""
    lifted = (
        " Lifting the suspension was proposed; a second person confirms it."
        if was_suspended
        else ""
    )
    return Letter(
        subject="Thank you: we have everything we asked for",
        body=(
            f"Dear {fact.seller_name},\n\nEverything that {fact.policy.cited} asks is stated. "
            f"A person checks it now.{lifted}\n\n{fact.url}\n\n{fact.shop_name}\n"
        ),
    )


def _letter(fact: DutyLetterFact, *, subject: str, happened: str, follows: str) -> Letter:
    asked = "\n".join(f"  - {label}" for label in _labels(fact.owes))
    return Letter(
        subject=subject[:200],
        body=(
            f"Dear {fact.seller_name},\n\n{happened}\n\n{asked}\n\nState it here: {fact.url}\n\n"
            f"{follows}\n\nThe ground is the law: {fact.policy.cited}.\n\n{fact.shop_name}\n"
        ),
    )


def _why(fact: DutyLetterFact) -> str:
    if fact.kind is DutyKind.CERTIFY:
        return "Once a year the law has us ask whether what you told us is still current."
    if fact.policy.gross_min is None:
        return "You offer goods in the European Union, where shoppers may know who sells."
    return (
        f"You made {fact.policy.sales_min} sales of new goods or more, for "
        f"${fact.policy.gross_min.minor // 100:,} or more, in twelve months."
    )


def _labels(names: Iterable[IdentityName]) -> list[str]:
    return [SPECS[name].label for name in names]


def _day(at: datetime, fact: DutyLetterFact) -> str:
    # A deadline is the midnight that ends its day; the day named is the one before it.
    last = (at - at.resolution).astimezone(ZoneInfo(fact.time_zone))
    return f"{last.day} {last:%B %Y}"
