"""What a buyer reads about changes of their plan: pauses, what is offered, what was accepted."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bandstand.credit.queries import PlanMoney
from bandstand.credit.queries.changes import ChangedPlan, ProposalRow, VersionRow
from bandstand.credit.rules.amendment import Amendment
from bandstand.credit.rules.hardship import ChangeKind, ProposalState
from bandstand.credit.rules.late_fees import LateFeeTerms, late_words
from bandstand.credit.rules.pausing import PAUSE_WORDS
from bandstand.money import Money, format_money
from bandstand.storefront.change_forms import ChangeForm
from bandstand.storefront.pages.words import day_text, instant_text
from bandstand.storefront.shop import Shop

VERSION_WORDS: Final = {
    ChangeKind.AGREED: "As you agreed to it",
    ChangeKind.EXTEND: "Spread over more months",
    ChangeKind.LOWER: "Smaller instalments for a while",
    ChangeKind.MOVE_DAY: "Another day of the month",
    ChangeKind.SKIP: "One instalment skipped",
    ChangeKind.PAUSE: "Moved by the time of a pause",
    ChangeKind.EXTRA: "Shorter after an extra payment",
}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version, written; with an address where there is a page to keep."""

    number: int
    what: str
    when_iso: str
    when_text: str
    note: str
    url: str
    pdf_url: str


@dataclass(frozen=True, slots=True)
class ChangesPanel:
    """What the plan's own page says about changes."""

    url: str
    pauses: tuple[str, ...]
    alert_title: str
    alert_text: str
    versions: tuple[VersionLine, ...]
    has_late_fee: bool
    late_words: str
    payoff_letter_url: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The page on which a buyer asks for a change, or answers one that is offered."""

    title: str
    number: str
    order_url: str
    plan_url: str
    url: str
    form: ChangeForm | None
    asked_words: str
    """What was asked for and is being looked at; empty when nothing is."""
    offer: Amendment | None
    offer_reason: str
    valid_until: str
    proposal_id: str
    last_answer: str


def changes_panel(
    changes: ChangedPlan, *, plan_url: str, is_active: bool, terms: LateFeeTerms | None, shop: Shop
) -> ChangesPanel:
    """Return what the plan's page says about changes."""
    title, text = _alert(changes.proposal)
    return ChangesPanel(
        url=f"{plan_url}change/" if is_active else "",
        pauses=tuple(PAUSE_WORDS[row.cause] for row in changes.open_pauses),
        alert_title=title,
        alert_text=text,
        versions=tuple(_version(row, plan_url=plan_url, shop=shop) for row in changes.versions),
        has_late_fee=terms is not None,
        late_words=late_words(terms, locale=shop.locale),
        payoff_letter_url=f"{plan_url}payoff-letter/" if is_active else "",
    )


def credits_words(lost: Money | None, *, locale: str) -> str:
    """Return what a payoff means for promised credits; empty for a plan that has none."""
    if lost is None:
        return ""
    if lost.is_zero:
        return "You keep your credits: what is left of them is given at once."
    return f"You would lose {format_money(lost, locale)} in credits that are still to come."


def payoff_sent(money: PlanMoney, *, today: date, locale: str) -> str:
    """Return what is said once a payoff quote was sent."""
    off = money.asked_for_payoff(today)
    return (
        f"We sent you the figure: {format_money(off, locale)} pays the plan off on"
        f" {day_text(today)}."
    )


def _alert(proposal: ProposalRow | None) -> tuple[str, str]:
    if proposal is None:
        return "", ""
    if proposal.state is ProposalState.ASKED:
        return "Your wish is being looked at", "We write to you as soon as somebody has decided."
    until = (
        ""
        if proposal.valid_until is None
        else f" It stands until {proposal.valid_until:%-d %B %Y}."
    )
    return "Another schedule is offered to you", f"{proposal.words}{until}"


def _version(row: VersionRow, *, plan_url: str, shop: Shop) -> VersionLine:
    note = (
        f"{format_money(row.forgiven, shop.locale)} of interest is never charged."
        if row.forgiven.is_positive
        else ""
    )
    page = f"{plan_url}version/{row.number}" if row.sha256 else ""
    return VersionLine(
        number=row.number,
        what=VERSION_WORDS[row.kind],
        when_iso=row.made_at.isoformat(),
        when_text=instant_text(row.made_at, zone=shop.market.time_zone),
        note=note,
        url=f"{page}.html" if page else "",
        pdf_url=f"{page}.pdf" if page else "",
    )
