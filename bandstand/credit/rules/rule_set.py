"""
The shop's own rules of eligibility, and the least down payment that would satisfy them. Pure.

Rules about money are cured by paying more down; the others are not. An application that only money
rules stand against gets a counter-offer: the least down payment in whole units of the currency with
which the very same rules approve it.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from bandstand.credit.rules.disclose import disclose
from bandstand.credit.rules.eligibility import (
    ApplicationFacts,
    ApplicationOutcome,
    Assessment,
    EligibilityPolicy,
    Finding,
    RuleCode,
)
from bandstand.credit.rules.life import BASIS_POINTS
from bandstand.money import Money, ceiling, format_money, minor_per_major

CURED_BY_MONEY: Final = frozenset(
    {
        RuleCode.FINANCED_TOTAL,
        RuleCode.DOWN_PAYMENT,
        RuleCode.AFFORDABILITY,
        RuleCode.UNVERIFIED,
    }
)
FOR_A_PERSON: Final = frozenset(
    {RuleCode.APPLICATIONS, RuleCode.INCOME_MISSING, RuleCode.UNVERIFIED}
)
"""What a person may see through; everything else is a decline."""


class RuleSet:
    """The embedded engine: a policy applied to the facts."""

    name = "rules"
    is_outside = False

    def __init__(self, policy: EligibilityPolicy) -> None:
        self.policy = policy

    def assess(self, facts: ApplicationFacts) -> Assessment:
        """Return what the policy says, every rule with what was seen."""
        findings = findings_of(facts, policy=self.policy)
        failed = {one.code for one in findings if not one.is_passed}
        counter = None
        if failed and failed <= CURED_BY_MONEY:
            counter = least_down_payment(facts, policy=self.policy)
        return Assessment(
            outcome=_outcome(failed, is_countered=counter is not None),
            engine=self.name,
            version=self.policy.version,
            findings=findings,
            counter_down_minor=counter,
        )


def findings_of(facts: ApplicationFacts, *, policy: EligibilityPolicy) -> tuple[Finding, ...]:
    """Return every rule of a policy with what was seen, kept or not."""
    return (*_history(facts, policy=policy), *_place(facts, policy=policy), *_money(facts, policy))


def least_down_payment(facts: ApplicationFacts, *, policy: EligibilityPolicy) -> int | None:
    """
    Return the least down payment in whole currency units that satisfies every money rule.

    Return None where no such plan is left. Units: minor.
    """
    whole = minor_per_major(facts.currency)
    least_financed = max(facts.terms.months, policy.financed_min_minor)
    low, high = facts.down_minor // whole + 1, (facts.price_minor - least_financed) // whole
    if high < low or not _is_enough(facts, down=high * whole, policy=policy):
        return None
    while low < high:
        middle = (low + high) // 2
        if _is_enough(facts, down=middle * whole, policy=policy):
            high = middle
        else:
            low = middle + 1
    return low * whole


def with_down_payment(facts: ApplicationFacts, *, down: int) -> ApplicationFacts:
    """Return the same application with another down payment. Units: minor."""
    terms = replace(facts.terms, down_payment_minor=down)
    told = disclose(
        Money(facts.price_minor, facts.currency),
        terms,
        contract_date=facts.contract_date,
        market=facts.market,
    )
    return replace(
        facts,
        terms=terms,
        down_minor=down,
        financed_minor=told.amount_financed.minor,
        month_minor=told.month.minor,
    )


def _is_enough(facts: ApplicationFacts, *, down: int, policy: EligibilityPolicy) -> bool:
    tried = with_down_payment(facts, down=down)
    return all(one.is_passed for one in _money(tried, policy))


def _outcome(failed: set[RuleCode], *, is_countered: bool) -> ApplicationOutcome:
    if not failed:
        return ApplicationOutcome.APPROVED
    if is_countered:
        return ApplicationOutcome.COUNTER_OFFER
    if failed <= FOR_A_PERSON | CURED_BY_MONEY and failed & FOR_A_PERSON:
        return ApplicationOutcome.REFERRED
    return ApplicationOutcome.DECLINED


def _history(facts: ApplicationFacts, *, policy: EligibilityPolicy) -> tuple[Finding, ...]:
    since = facts.charged_off_days
    recent = sum(1 for days in facts.applied_days if days < policy.applications_days)
    return (
        Finding(
            RuleCode.LATE_PLAN,
            is_passed=facts.late_days <= policy.late_days_max,
            seen=f"{facts.late_days} days late",
            limit=f"at most {policy.late_days_max}",
            text="A payment on a plan you have with us is late.",
        ),
        Finding(
            RuleCode.CHARGED_OFF,
            is_passed=since is None or since >= policy.charged_off_days,
            seen="never" if since is None else f"{since} days ago",
            limit=f"not within {policy.charged_off_days} days",
            text="A plan you had with us was not repaid.",
        ),
        Finding(
            RuleCode.OPEN_PLANS,
            is_passed=facts.open_plans < policy.open_plans_max,
            seen=f"{facts.open_plans} open",
            limit=f"at most {policy.open_plans_max} with this one",
            text=f"You have {facts.open_plans} open plans with us; we lend at most"
            f" {policy.open_plans_max} at a time.",
        ),
        Finding(
            RuleCode.APPLICATIONS,
            is_passed=recent < policy.applications_max,
            seen=f"{recent} others in {policy.applications_days} days",
            limit=f"at most {policy.applications_max} with this one",
            text=f"There were {recent} other applications from your e-mail or postal address in"
            f" {policy.applications_days} days.",
        ),
    )


def _place(facts: ApplicationFacts, *, policy: EligibilityPolicy) -> tuple[Finding, ...]:
    finding = Finding(
        RuleCode.NOT_SERVED,
        is_passed=facts.place not in policy.not_served,
        seen=facts.place or "not known",
        limit=f"not in {', '.join(policy.not_served)}" if policy.not_served else "anywhere",
        text=f"We do not lend on plans in {facts.place}.",
    )
    return (finding,)


def _money(facts: ApplicationFacts, policy: EligibilityPolicy) -> tuple[Finding, ...]:
    return (
        _financed(facts, policy),
        _down_payment(facts, policy),
        *_unverified(facts, policy),
        *_affordability(facts, policy),
    )


def _financed(facts: ApplicationFacts, policy: EligibilityPolicy) -> Finding:
    total = facts.open_minor + facts.financed_minor
    seen, limit = _shown(total, facts), _shown(policy.financed_max_minor, facts)
    total_words = f"This plan would make it {seen}"
    if facts.open_minor:
        total_words = f"With your other plans, this one would make it {seen}"
    return Finding(
        RuleCode.FINANCED_TOTAL,
        is_passed=total <= policy.financed_max_minor,
        seen=seen,
        limit=f"at most {limit}",
        text=f"We lend at most {limit} to one buyer. {total_words}.",
    )


def _down_payment(facts: ApplicationFacts, policy: EligibilityPolicy) -> Finding:
    bps = policy.down_bps(facts.price_minor)
    least = ceiling(Fraction(facts.price_minor * bps, BASIS_POINTS))
    return Finding(
        RuleCode.DOWN_PAYMENT,
        is_passed=facts.down_minor >= least,
        seen=_shown(facts.down_minor, facts),
        limit=f"at least {_shown(least, facts)}",
        text=f"For this price we ask at least {bps / 100:g} per cent as down payment,"
        f" {_shown(least, facts)}.",
    )


def _unverified(facts: ApplicationFacts, policy: EligibilityPolicy) -> tuple[Finding, ...]:
    most = policy.unverified_max_minor
    if most is None:
        return ()
    total = facts.open_minor + facts.financed_minor
    finding = Finding(
        RuleCode.UNVERIFIED,
        is_passed=facts.is_verified or total <= most,
        seen="confirmed" if facts.is_verified else f"not confirmed, {_shown(total, facts)}",
        limit=f"at most {_shown(most, facts)} without",
        text="Your e-mail address is not confirmed. Without that we lend at most"
        f" {_shown(most, facts)}.",
    )
    return (finding,)


def _affordability(facts: ApplicationFacts, policy: EligibilityPolicy) -> tuple[Finding, ...]:
    if policy.income_ratio_bps is None:
        return ()
    if facts.income_minor is None:
        missing = Finding(
            RuleCode.INCOME_MISSING,
            is_passed=False,
            seen="not stated",
            limit="stated",
            text="You did not state your income, so we cannot see whether the payments fit it.",
        )
        return (missing,)
    paid = facts.open_month_minor + facts.month_minor
    most = facts.income_minor * policy.income_ratio_bps // BASIS_POINTS
    finding = Finding(
        RuleCode.AFFORDABILITY,
        is_passed=paid <= most,
        seen=f"{_shown(paid, facts)} of payments",
        limit=f"at most {policy.income_ratio_bps / 100:g} % of the stated income",
        text="The payments would be too large a share of the income you stated.",
    )
    return (finding,)


def _shown(minor: int, facts: ApplicationFacts) -> str:
    return format_money(Money(minor, facts.currency))
