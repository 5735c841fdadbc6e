"""Which of the promises the story's figures break."""

from typing import Final

from bandstand.config.rehearsals.story.report import StoryReport
from bandstand.takedowns.queries import Wholeness

AFFECTED_MIN: Final = 30
PROBLEMS_TOLD: Final = 5


def broken(found: StoryReport, *, whole: Wholeness) -> list[str]:
    """Return a sentence for each broken promise; none if all held."""
    checks = (
        (not found.listed_without_override, "The gate listed a phone that nobody had overridden."),
        (
            not found.orders_after_hold,
            f"{found.orders_after_hold} orders committed after the hold.",
        ),
        (found.late_script == "refused", "A script got past the database's guard."),
        (bool(found.refused_after_hold), "Nobody was refused after the hold: nothing was tested."),
        (
            bool(found.orders_elsewhere_after_hold),
            "No order of another brand committed after the hold: it stopped more than its scope.",
        ),
        (not found.oversold, f"{found.oversold} phones were sold twice."),
        (found.affected >= AFFECTED_MIN, f"Only {found.affected} buyers were affected."),
        (
            found.affected == found.orders_in_scope,
            f"{found.orders_in_scope} orders were in scope and {found.affected} cases were found.",
        ),
        (
            found.made_whole == found.affected and whole.is_everyone_whole,
            f"{found.affected - found.made_whole} of {found.affected} buyers are not whole.",
        ),
        (not found.ledger_imbalance, "The ledger does not balance."),
        (not found.refund_due_left, "The books still owe buyers money."),
        (
            bool(found.passports) and not found.passports_bad,
            f"{found.passports_bad} of {found.passports} passports do not verify.",
        ),
    )
    said = [sentence for held, sentence in checks if not held]
    said += [f"{one['surface']} says: {one['says']}" for one in found.surfaces if not one["agrees"]]
    said += [f"Order {problem}." for problem in whole.problems[:PROBLEMS_TOLD]]
    return said
