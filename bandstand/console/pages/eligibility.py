"""To whom plans are lent: the policies, and what a new one would have done."""

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, money
from bandstand.console.pages.applications import OUTCOME_WORDS, POLICY
from bandstand.credit.queries.eligibility import PolicyRow, policies
from bandstand.credit.rules.eligibility import ApplicationOutcome
from bandstand.money import Money
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import plural, time_cell


def policies_page(desk: Desk) -> Listing:
    """Return every policy, newest first; each counts until the next of its market."""
    rows = policies()
    in_force = _in_force(rows, desk=desk)
    return Listing(
        title="Credit policy",
        lead="To whom plans are lent. Without a policy in a market a person decides every"
        " application there.",
        table=Table(
            caption="Policies",
            columns=plain_headings(
                Column("Market"),
                Column("State"),
                Column("Lends"),
                Column("Asks"),
                Column("From"),
            ),
            rows=tuple(_policy(row, in_force=in_force, desk=desk) for row in rows),
        ),
        pages=ONE_PAGE,
        action_url=f"{POLICY}new/",
        action_label="Set a policy",
        empty_title="No policy yet",
        empty_text="Every application waits for a person until one is set.",
    )


def policy_facts(row: PolicyRow) -> tuple[Fact, ...]:
    """Return a policy in words."""
    return (Fact("Lends", _lends(row)), Fact("Asks", _asks(row)), Fact("Source", row.policy.source))


def foreseen_table(
    counts: dict[tuple[ApplicationOutcome, ApplicationOutcome], int],
) -> tuple[Stat, ...]:
    """Return what recent applications got and would get, as figures."""
    stats = []
    for (was, would), count in sorted(counts.items()):
        words, kind = OUTCOME_WORDS[would]
        before = OUTCOME_WORDS[was][0].lower()
        note = f"were {before} too" if was is would else f"were {before}"
        stats.append(Stat(words, str(count), note=note, kind="" if was is would else kind))
    return tuple(stats)


def market_choices() -> list[tuple[str, str]]:
    """Return the markets that a policy may be for, those that have one first."""
    with_one = {row.policy.market for row in policies()}
    found = sorted(catalogue.markets(), key=lambda one: (one.code not in with_one, one.name))
    return [(one.code, one.name) for one in found]


def _in_force(rows: tuple[PolicyRow, ...], *, desk: Desk) -> set[str]:
    newest: dict[str, str] = {}
    for row in rows:
        if row.policy.from_at <= desk.now:
            newest.setdefault(row.policy.market, row.policy.version)
    return set(newest.values())


def _policy(row: PolicyRow, *, in_force: set[str], desk: Desk) -> Row:
    state = pill("Ended", "")
    if row.policy.version in in_force:
        state = pill("In force", "good")
    elif row.policy.from_at > desk.now:
        state = pill("To come", "info")
    return Row(
        (
            Cell(row.policy.market, note=f"{row.policy.source}, by {row.set_by}"),
            state,
            Cell(_lends(row)),
            Cell(_asks(row)),
            time_cell(row.policy.from_at, zone=desk.zone),
        )
    )


def _lends(row: PolicyRow) -> str:
    policy = row.policy
    most = money(Money(policy.financed_max_minor, policy.currency))
    unconfirmed = policy.unverified_max_minor
    said = f"up to {most} to one buyer, on {plural(policy.open_plans_max, 'open plan')}"
    if unconfirmed is not None:
        least = money(Money(unconfirmed, policy.currency))
        said += f"; {least} without a confirmed e-mail"
    if policy.not_served:
        said += f"; not in {', '.join(policy.not_served)}"
    return said


def _asks(row: PolicyRow) -> str:
    policy = row.policy
    parts = [
        f"at most {plural(policy.late_days_max, 'day')} late",
        f"no loss in {plural(policy.charged_off_days, 'day')}",
        f"{plural(policy.applications_max, 'application')} in {policy.applications_days} d",
    ]
    parts += [
        f"{band.bps / 100:g} % down from {money(Money(band.from_minor, policy.currency))}"
        for band in policy.down_bands
    ]
    if policy.income_ratio_bps is not None:
        parts.append(f"payments within {policy.income_ratio_bps / 100:g} % of stated income")
    return "; ".join(parts)
