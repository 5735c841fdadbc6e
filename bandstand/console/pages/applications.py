"""Applications for plans: the list, one of them, and to whom plans are lent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bandstand.console.desk import Desk, major, money
from bandstand.credit.queries.applications import (
    ApplicationFilters,
    ApplicationPage,
    ApplicationRow,
    ApplicationsPage,
    DecisionRow,
    applications,
    outcomes_by_week,
    unsent_notices,
    unwritten_notices,
)
from bandstand.credit.queries.eligibility import policies
from bandstand.credit.rules.eligibility import RULE_NAMES, ApplicationFacts, ApplicationOutcome
from bandstand.money import Money
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.pictures import Part, columns_svg, whole_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    DayField,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    headings,
    number,
    page_links,
    pill,
    plain_headings,
    select,
    sort_words,
)
from bandstand.plumbing.desk.words import due_cell, instant_text, plural, time_cell

HERE: Final = "/console/applications/"
POLICY: Final = f"{HERE}policy/"
OUTCOME_WORDS: Final = {
    ApplicationOutcome.APPROVED: ("Approved", "good"),
    ApplicationOutcome.COUNTER_OFFER: ("Counter-offer", "part"),
    ApplicationOutcome.DECLINED: ("Declined", "bad"),
    ApplicationOutcome.REFERRED: ("Waits for a person", "info"),
}
OUTCOMES: Final = {one.value: words for one, (words, _) in OUTCOME_WORDS.items()}
COLUMNS: Final = (
    Column("Buyer", sort="email"),
    Column("Outcome", sort="outcome"),
    Column("For"),
    Column("Financed", is_number=True, sort="financed"),
    Column("Decided by"),
    Column("Asked", sort="asked"),
)
HEADS: Final = (
    "application", "asked_at", "market", "buyer", "for", "financed", "down_payment", "currency",
    "outcome", "decided_by",
)  # fmt: skip
WEEKS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """The page of one application."""

    title: str
    facts: tuple[Fact, ...]
    seen: tuple[Fact, ...]
    rules: Table
    decisions: Table
    notices: tuple[tuple[str, str], ...]
    """What was sent, each a line about it and its text."""
    decide_url: str


def applications_page(desk: Desk) -> Listing:
    """Return the list of applications as its address asks."""
    asking = Asking.of(desk.request)
    filters, sort = _filters(asking), _sort(asking)
    found = applications(filters=filters, sort=sort, page=asking.page())
    return Listing(
        title="Applications",
        lead="Every request for a plan is decided by the credit policy, or by a person where it"
        " says so.",
        stats=_notice_stats(desk),
        picture=_weeks(desk),
        text=filters.text,
        text_label="Buyer’s e-mail, or the phone",
        filters=(
            select("outcome", "Outcome", values=OUTCOMES, chosen=filters.outcome, any_label="Any"),
            select(
                "market",
                "Market",
                values={row.policy.market: row.policy.market for row in policies()},
                chosen=filters.market,
                any_label="Any market",
            ),
        ),
        days=(
            DayField("from", "From", filters.from_on.isoformat() if filters.from_on else ""),
            DayField("until", "Until", filters.until_on.isoformat() if filters.until_on else ""),
        ),
        problems=tuple(asking.problems),
        table=Table(
            caption="Applications",
            note=plural(found.total, "application"),
            columns=headings(COLUMNS, asking=asking, sort=sort),
            rows=tuple(_row(one, desk=desk) for one in found.rows),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url=HERE if filters != ApplicationFilters() else "",
        sort=sort,
        action_url=POLICY,
        action_label="Credit policy",
        empty_title="No application found",
        empty_text="Each plan that is asked for at the checkout appears here with its reasons.",
        sections=(_by_week(desk),),
    )


def applications_export(desk: Desk) -> Iterable[tuple[object, ...]]:
    """Yield every application that the list's address asks for; never an income."""
    asking = Asking.of(desk.request)
    filters, sort = _filters(asking), _sort(asking)

    def read(at: int) -> ApplicationsPage:
        return applications(filters=filters, sort=sort, page=at)

    for page in every_page(read):
        for one in page.rows:
            yield (
                one.id.hex,
                one.asked_at.isoformat(),
                one.market,
                one.email,
                one.title,
                major(one.financed),
                major(one.down_payment),
                one.financed.currency,
                one.outcome.value,
                one.engine,
            )


def application_view(page: ApplicationPage, *, desk: Desk) -> ApplicationView:
    """Return one application: facts, rules, decisions, notices."""
    is_waiting = page.decision.outcome is ApplicationOutcome.REFERRED
    return ApplicationView(
        title=f"{page.row.title} for {page.row.email}",
        facts=(
            Fact("Outcome", OUTCOME_WORDS[page.decision.outcome][0]),
            Fact("Buyer", f"{page.buyer_name}, {page.row.email}"),
            Fact("Asked", instant_text(page.row.asked_at, zone=desk.zone)),
            Fact("Price", money(page.told.price)),
            Fact("Down payment", money(page.told.down_payment)),
            Fact("Financed", money(page.told.amount_financed)),
            Fact("Payments", ", then ".join(page.told.payment_lines)),
            Fact("Annual percentage rate", page.told.apr_text),
        ),
        seen=_seen(page.facts, sha256=page.facts_sha256),
        rules=_rules(page.decisions[-1]),
        decisions=Table(
            caption="Decisions",
            columns=plain_headings(
                Column("When"), Column("Outcome"), Column("By"), Column("Why"), Column("Rules")
            ),
            rows=tuple(_decision(one, desk=desk) for one in page.decisions),
        ),
        notices=tuple(
            (
                " ".join(
                    [
                        "Mailed." if one.sent_at else "Not mailed yet.",
                        f"To be given by {instant_text(one.give_by, zone=desk.zone)}: {one.law}.",
                        f"sha256 {one.sha256}",
                    ]
                ),
                one.text,
            )
            for one in page.notices
        ),
        decide_url=f"{HERE}{page.row.id}/decide/" if is_waiting else "",
    )


def _filters(asking: Asking) -> ApplicationFilters:
    return ApplicationFilters(
        text=asking.text(),
        outcome=asking.word("outcome", known=OUTCOMES),
        market=asking.params.get("market", "")[:3],
        from_on=asking.day("from"),
        until_on=asking.day("until"),
    )


def _sort(asking: Asking) -> str:
    return asking.word("sort", known=sort_words(COLUMNS), unless="-asked")


def _notice_stats(desk: Desk) -> tuple[Stat, ...]:
    unsent, first = unsent_notices()
    unwritten = unwritten_notices()
    left = "" if first is None else f"the first is due {due_cell(first, now=desk.now).text}"
    return (
        Stat("Notices not sent", str(unsent), note=left, kind="bad" if unsent else "good"),
        Stat("Decisions without a notice", str(unwritten), kind="bad" if unwritten else "good"),
    )


def _weeks(desk: Desk) -> str:
    weeks = outcomes_by_week(since=desk.now - timedelta(weeks=WEEKS))
    sums = [
        Part(words, sum(found.get(one.value, 0) for _, found in weeks), kind)
        for one, (words, kind) in OUTCOME_WORDS.items()
    ]
    columns = [Part(f"{day:%-d %b}", sum(found.values())) for day, found in weeks]
    over_time = columns_svg(columns, label="Applications by week") if columns else ""
    return whole_svg(sums, label=f"Outcomes of the last {WEEKS} weeks") + over_time


def _by_week(desk: Desk) -> Table:
    weeks = outcomes_by_week(since=desk.now - timedelta(weeks=WEEKS))
    return Table(
        caption="Outcomes by week",
        note="Each week by its Monday",
        columns=plain_headings(
            Column("Week"),
            *(Column(words, is_number=True) for words, _ in OUTCOME_WORDS.values()),
        ),
        rows=tuple(
            Row(
                (
                    Cell(day.isoformat()),
                    *(number(found.get(one.value, 0)) for one in OUTCOME_WORDS),
                )
            )
            for day, found in reversed(weeks)
        ),
    )


def _row(one: ApplicationRow, *, desk: Desk) -> Row:
    words, kind = OUTCOME_WORDS[one.outcome]
    waits = one.outcome is ApplicationOutcome.REFERRED and one.answer_by is not None
    left = due_cell(one.answer_by, now=desk.now).text if waits and one.answer_by else ""
    return Row(
        cells=(
            Cell(one.email),
            pill(words, kind, note=f"answer due {left}" if left else ""),
            Cell(one.title),
            number(money(one.financed)),
            Cell(one.engine),
            time_cell(one.asked_at, zone=desk.zone),
        ),
        url=f"{HERE}{one.id}/",
    )


def _seen(facts: ApplicationFacts, *, sha256: str) -> tuple[Fact, ...]:
    def written(minor: int) -> str:
        return money(Money(minor, facts.currency))

    income = "not asked" if facts.income_minor is None else written(facts.income_minor)
    return (
        Fact("Open on other plans", f"{written(facts.open_minor)} on {facts.open_plans}"),
        Fact("Their payments", written(facts.open_month_minor)),
        Fact("This plan’s regular payment", written(facts.month_minor)),
        Fact("Days late", str(facts.late_days)),
        Fact("E-mail confirmed", "yes" if facts.is_verified else "no"),
        Fact("Place", facts.place or "not known"),
        Fact("Stated income", income),
        Fact("Other applications", plural(len(facts.applied_days), "in a year", many="in a year")),
        Fact("Frozen as", f"sha256 {sha256}"),
    )


def _rules(decision: DecisionRow) -> Table:
    return Table(
        caption="Rules",
        note=decision.version or decision.engine,
        columns=plain_headings(
            Column("Rule"), Column("Kept"), Column("Seen"), Column("Allowed"), Column("Words")
        ),
        rows=tuple(
            Row(
                (
                    Cell(RULE_NAMES[one.code]),
                    pill("Kept", "good") if one.is_passed else pill("Not kept", "bad"),
                    Cell(one.seen),
                    Cell(one.limit),
                    Cell("" if one.is_passed else one.text),
                )
            )
            for one in decision.findings
        ),
    )


def _decision(one: DecisionRow, *, desk: Desk) -> Row:
    why = one.words or " ".join(reason.text for reason in one.reasons) or "Every rule is kept."
    score = f" Score {one.score.score} of {one.score.bureau}." if one.score else ""
    down = f" Offered with {money(one.counter.down_payment)} down." if one.counter else ""
    return Row(
        (
            time_cell(one.decided_at, zone=desk.zone),
            pill(*OUTCOME_WORDS[one.outcome]),
            Cell(one.decided_by),
            Cell(f"{why}{score}{down}"),
            Cell(one.version or one.engine),
        )
    )
