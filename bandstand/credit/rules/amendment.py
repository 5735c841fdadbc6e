"""A change of a plan as its reader meets it: the old schedule beside the new, and totals. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from bandstand.credit.rules.hardship import ChangeKind, NewSchedule, Wish, open_instalments
from bandstand.credit.rules.standing import Owed
from bandstand.money import Money, format_money


@dataclass(frozen=True, slots=True)
class SidePair:
    """One row of the two schedules; empty where one is shorter."""

    old_due: str
    old_amount: str
    new_due: str
    new_amount: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of a plan, written."""

    title: str
    words: str
    plan: str
    creditor: str
    parties: tuple[str, ...]
    agreement_sha256: str
    figures: tuple[Compared, ...]
    pairs: tuple[SidePair, ...]
    promise: str


PROMISE = (
    "No fee and no further interest is charged for this change. Everything else stays as you"
    " agreed to it, and you may still pay more, or pay the plan off, any day."
)


def amendment_of(  # noqa: PLR0913 -- two schedules, and who they are between
    rows: Sequence[Owed],
    made: NewSchedule,
    *,
    wish: Wish,
    currency: str,
    locale: str,
    plan: str = "",
    creditor: str = "",
    parties: tuple[str, ...] = (),
    agreement_sha256: str = "",
) -> Amendment:
    """Return a change as its reader sees it; only what it replaces is on the old side."""

    def shown(minor: int) -> str:
        return format_money(Money(minor, currency), locale)

    old = [row for row in open_instalments(rows) if row.number in made.replaced]
    pairs = tuple(
        SidePair(
            old_due=_day(before.due_on) if before else "",
            old_amount=shown(before.open) if before else "",
            new_due=_day(after.due_on) if after else "",
            new_amount=shown(after.total) if after else "",
        )
        for before, after in zip_longest(old, made.rows)
    )
    return Amendment(
        title="Change of your plan",
        words=change_words(wish, currency=currency, locale=locale),
        plan=plan,
        creditor=creditor,
        parties=parties,
        agreement_sha256=agreement_sha256,
        figures=_figures(old, made, currency=currency, locale=locale),
        pairs=pairs,
        promise=PROMISE,
    )


def change_words(wish: Wish, *, currency: str, locale: str) -> str:
    """Return what a change does, in a sentence."""
    months = f"{wish.months} month" + ("" if wish.months == 1 else "s")
    words = {
        ChangeKind.EXTEND: f"The plan runs {months} longer, and each instalment is smaller.",
        ChangeKind.LOWER: (
            f"For {months} the instalment is"
            f" {format_money(Money(wish.amount_minor, currency), locale)}; the later ones are"
            " larger, and the plan ends when it would have ended."
        ),
        ChangeKind.MOVE_DAY: f"Instalments fall due on day {wish.day} of the month.",
        ChangeKind.SKIP: "The next instalment is skipped: it and all after it are a month later.",
    }
    said = words.get(wish.kind, "")
    return f"{said} The interest still to come is forgiven." if wish.forgives_interest else said


def _figures(
    old: Sequence[Owed], made: NewSchedule, *, currency: str, locale: str
) -> tuple[Compared, ...]:
    def shown(minor: int) -> str:
        return format_money(Money(minor, currency), locale)

    return (
        Compared(
            "Still to pay in these payments", shown(sum(row.open for row in old)), shown(made.total)
        ),
        Compared(
            "Finance charge in it",
            shown(sum(row.open_interest for row in old)),
            shown(made.interest),
        ),
        Compared("Number of payments", str(len(old)), str(len(made.rows))),
        Compared(
            "Last payment",
            _day(max(row.due_on for row in old)),
            _day(made.last_due) if made.rows else "–",
        ),
    )


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
