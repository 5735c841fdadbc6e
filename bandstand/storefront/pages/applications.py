"""What was decided on a plan, as its buyer reads it: the answer, its reasons, and the ways on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bandstand.credit.links import application_path
from bandstand.credit.queries.applications import ApplicationPage, DecisionRow, decisions_of
from bandstand.credit.rules.eligibility import RULE_NAMES, ApplicationOutcome
from bandstand.money import format_money
from bandstand.orders.queries import BasketLineRow, BasketPage
from bandstand.orders.rules import PlansNotApprovedError
from bandstand.storefront.forms import CheckoutForm
from bandstand.storefront.pages.prices import DisclosureText, DueRow, disclosure_text, due_rows
from bandstand.storefront.pages.words import instant_text

KINDS: Final = {
    ApplicationOutcome.APPROVED: "good",
    ApplicationOutcome.COUNTER_OFFER: "part",
    ApplicationOutcome.DECLINED: "bad",
    ApplicationOutcome.REFERRED: "info",
}
WORDS: Final = {
    ApplicationOutcome.COUNTER_OFFER: (
        "We can offer this plan with a down payment of {down}",
        (
            "We could not approve the plan for {name} as you asked for it. With {down} paid today"
            " we can, and less is left to pay later. Nothing was charged."
        ),
    ),
    ApplicationOutcome.DECLINED: (
        "We could not approve this plan",
        (
            "You may still buy {name} outright, or choose another plan. Nothing was charged. The"
            " whole notice was sent to you."
        ),
    ),
    ApplicationOutcome.REFERRED: (
        "A person looks at this plan",
        (
            "Somebody decides by {by}, and we write to you. Your basket stays as it is, and nothing"
            " was charged."
        ),
    ),
    ApplicationOutcome.APPROVED: (
        "This plan is approved",
        "You may buy {name} on it until {until}, at the price you were told.",
    ),
}
KEPT: Final = ("email", "buyer_name", "card")


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """The answer to one application, with what its buyer may do now."""

    key: str
    title: str
    kind: str
    heading: str
    text: str
    reasons: tuple[str, ...]
    disclosure: DisclosureText | None
    """The plan offered instead, whole."""
    rows: tuple[DueRow, ...]
    outright: str
    url: str
    accept: str
    """What the button says that accepts the offer; empty where there is none."""
    can_go_on: bool
    """Approved: the checkout is next."""
    has_notice: bool


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """One thing that was looked at."""

    name: str
    seen: str
    limit: str
    is_passed: bool


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """What the page of an application says."""

    answer: PlanAnswer
    asked_text: str
    asked_iso: str
    by_person: bool
    rules: tuple[CheckedRule, ...]
    notice: str
    notice_sha256: str


def answers_of(
    refused: PlansNotApprovedError, *, page: BasketPage, locale: str, zone: str
) -> tuple[PlanAnswer, ...]:
    """Return the answers to the plans of a basket, those that were approved left out."""
    lines = {line.id: line for line in page.lines}
    return tuple(
        answer_of(row, line=lines.get(row.subject_id), locale=locale, zone=zone)
        for row in decisions_of(refused.decisions)
        if row.outcome is not ApplicationOutcome.APPROVED
    )


def answer_of(
    row: DecisionRow, *, line: BasketLineRow | None, locale: str, zone: str, title: str = ""
) -> PlanAnswer:
    """Return the answer to one application; ``line`` is its thing in the basket, if still there."""
    name = line.offer.title if line else title
    heading, text = _words(row, name=name, locale=locale, zone=zone)
    counter = row.counter
    is_offer = row.outcome is ApplicationOutcome.COUNTER_OFFER and counter is not None
    down = format_money(counter.down_payment, locale) if counter else ""
    return PlanAnswer(
        key=str(row.id),
        title=name,
        kind=KINDS[row.outcome],
        heading=heading,
        text=text,
        reasons=() if row.outcome is ApplicationOutcome.REFERRED else _reasons(row),
        disclosure=disclosure_text(counter, locale=locale) if counter else None,
        rows=due_rows(counter, locale=locale) if counter else (),
        outright=format_money(line.price, locale) if line else "",
        url=application_path(row.application_id),
        accept=f"Take it with {down} down" if is_offer and line else "",
        can_go_on=row.outcome is ApplicationOutcome.APPROVED and line is not None,
        has_notice=row.outcome in {ApplicationOutcome.DECLINED, ApplicationOutcome.COUNTER_OFFER},
    )


def application_view(
    page: ApplicationPage, *, line: BasketLineRow | None, locale: str, zone: str
) -> ApplicationView:
    """Return the page of an application."""
    decision = page.decision
    newest = page.notices[0] if page.notices else None
    return ApplicationView(
        answer=answer_of(decision, line=line, locale=locale, zone=zone, title=page.row.title),
        asked_text=instant_text(page.row.asked_at, zone=zone),
        asked_iso=page.row.asked_at.isoformat(),
        by_person=decision.engine == "person",
        rules=tuple(
            CheckedRule(RULE_NAMES[one.code], one.seen, one.limit, one.is_passed)
            for one in page.decisions[-1].findings
            if one.limit != "–"
        ),
        notice=newest.text if newest else "",
        notice_sha256=newest.sha256 if newest else "",
    )


def typed_before(form: CheckoutForm) -> dict[str, str]:
    """Return what is kept of a checkout form: who buys and where to; never what they earn."""
    names: Sequence[str] = (*KEPT, *form.address_names)
    return {name: str(form.cleaned_data.get(name, "")) for name in names}


def _reasons(row: DecisionRow) -> tuple[str, ...]:
    return tuple(one.text for one in row.reasons)


def _words(row: DecisionRow, *, name: str, locale: str, zone: str) -> tuple[str, str]:
    down = format_money(row.counter.down_payment, locale) if row.counter else ""
    words = {
        "name": name,
        "down": down,
        "by": instant_text(row.answer_by or row.valid_until, zone=zone),
        "until": instant_text(row.valid_until, zone=zone),
    }
    heading, text = WORDS[row.outcome]
    return heading.format(**words), text.format(**words)
