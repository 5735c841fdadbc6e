"""
Whether a plan can be lent to somebody: the facts, the policy, the answer, and the port. Pure.

Only what is written here is ever looked at: amounts, plans with this shop, earlier applications,
the place of delivery, a confirmed e-mail address and, where the policy asks, a stated income.
Nothing about a person's origin, family, faith, sex or age is asked or used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from bandstand.credit.rules.disclosure import TermsRow
from bandstand.credit.rules.life import BASIS_POINTS
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import BadInputError

FACTS_VERSION: Final = "bandstand.application/1"
REASONS_MAX: Final = 4
"""
Source: 12 CFR 1002.9(b)(2) and its commentary, paragraph 1: more than four reasons are not likely
to help; known 2026-11-22, not re-read.
"""


class ApplicationOutcome(StrEnum):
    """What an application for a plan got."""

    APPROVED = "approved"
    COUNTER_OFFER = "counter_offer"
    """The plan is lent with a bigger down payment."""
    DECLINED = "declined"
    REFERRED = "referred"
    """A person decides."""


class RuleCode(StrEnum):
    """Why; each has words of its own."""

    LATE_PLAN = "late_plan"
    CHARGED_OFF = "charged_off"
    OPEN_PLANS = "open_plans"
    NOT_SERVED = "not_served"
    FINANCED_TOTAL = "financed_total"
    AFFORDABILITY = "affordability"
    DOWN_PAYMENT = "down_payment"
    UNVERIFIED = "unverified"
    APPLICATIONS = "applications"
    INCOME_MISSING = "income_missing"
    NO_POLICY = "no_policy"
    NO_ANSWER = "no_answer"
    FACTS_CHANGED = "facts_changed"
    CREDIT_REPORT = "credit_report"
    PERSON = "person"


RULE_NAMES: Final = {
    RuleCode.LATE_PLAN: "No plan is late",
    RuleCode.CHARGED_OFF: "No plan was given up as a loss",
    RuleCode.OPEN_PLANS: "Number of open plans",
    RuleCode.NOT_SERVED: "Place of delivery",
    RuleCode.FINANCED_TOTAL: "Financed in all",
    RuleCode.AFFORDABILITY: "Payments beside the stated income",
    RuleCode.DOWN_PAYMENT: "Down payment",
    RuleCode.UNVERIFIED: "Confirmed e-mail address",
    RuleCode.APPLICATIONS: "Applications lately",
    RuleCode.INCOME_MISSING: "Stated income",
    RuleCode.NO_POLICY: "Credit policy",
    RuleCode.NO_ANSWER: "Assessment service",
    RuleCode.FACTS_CHANGED: "Facts unchanged",
    RuleCode.CREDIT_REPORT: "Assessment service",
    RuleCode.PERSON: "A person’s reason",
}
ADVERSE: Final = frozenset({ApplicationOutcome.DECLINED, ApplicationOutcome.COUNTER_OFFER})


class EligibilityPolicyError(BadInputError):
    """A policy that cannot be meant."""

    code = "eligibility_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """
    All that is looked at for one plan.

    Units: amounts in minor units of ``currency``; ages in days before the day of the contract.
    """

    market: str
    currency: str
    price_minor: int
    down_minor: int
    financed_minor: int
    month_minor: int
    """The plan's regular payment; the last may differ by a few minor units."""
    terms: TermsRow
    contract_date: date
    open_minor: int = 0
    """Financed and not yet repaid: open plans, plans approved and not yet open, this basket's."""
    open_month_minor: int = 0
    open_plans: int = 0
    late_days: int = 0
    """How long the oldest unpaid instalment of the buyer's plans is overdue."""
    charged_off_days: int | None = None
    """How long ago a plan of theirs was given up; None for never."""
    applied_days: tuple[int, ...] = ()
    """How long ago each other application of this e-mail or address was made."""
    is_verified: bool = False
    place: str = ""
    income_minor: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the facts as whole numbers and text, so that their bytes are canonical."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            "version": FACTS_VERSION,
            **plain,
            "terms": {name: getattr(self.terms, name) for name in _TERMS}
            | {"id": str(self.terms.id)},
            "contract_date": self.contract_date.isoformat(),
            "applied_days": list(self.applied_days),
        }

    @property
    def sha256(self) -> str:
        return sha256_hex(self.as_json())


_PLAIN: Final = (
    "market", "currency", "price_minor", "down_minor", "financed_minor", "month_minor",
    "open_minor", "open_month_minor", "open_plans", "late_days", "charged_off_days", "is_verified",
    "place", "income_minor",
)  # fmt: skip
_TERMS: Final = (
    "months", "annual_rate_bps", "down_payment_bps", "label", "fee_minor", "fee_label",
    "down_payment_minor",
)  # fmt: skip


def read_facts(body: Mapping[str, Any]) -> ApplicationFacts:
    """
    Return the facts that a stored body says.

    Raises: BadInputError for another version.
    """
    if body.get("version") != FACTS_VERSION:
        raise BadInputError(f"These facts are “{body.get('version')}”, not {FACTS_VERSION}.")
    terms = dict(body["terms"])
    return ApplicationFacts(
        **{name: body[name] for name in _PLAIN},
        terms=TermsRow(id=UUID(terms.pop("id")), **terms),
        contract_date=date.fromisoformat(body["contract_date"]),
        applied_days=tuple(body["applied_days"]),
    )


@dataclass(frozen=True, slots=True)
class DownBand:
    """From a price on, the least share that is paid down, in hundredths of a per cent."""

    from_minor: int
    bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityPolicy:
    """
    To whom plans are lent in a market, from an instant until the next policy begins.

    ``None`` switches a rule off. Units: amounts in minor units, ratios in hundredths of a per cent.
    """

    market: str
    currency: str
    from_at: datetime
    source: str
    version: str = ""
    """The key of its row."""
    financed_max_minor: int
    open_plans_max: int
    late_days_max: int
    charged_off_days: int
    applications_max: int
    applications_days: int
    down_bands: tuple[DownBand, ...] = ()
    unverified_max_minor: int | None = None
    """The most that is lent while the buyer's e-mail address is not confirmed."""
    not_served: tuple[str, ...] = ()
    income_ratio_bps: int | None = None
    financed_min_minor: int = 0
    """A counter-offer that would finance less is not made."""
    answer_hours: int = 48

    def down_bps(self, price_minor: int) -> int:
        """Return the least share of a price that is paid down."""
        reached = [band for band in self.down_bands if band.from_minor <= price_minor]
        return max(reached, key=lambda band: band.from_minor).bps if reached else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule: what was seen, what is allowed, whether it is kept, and its words if it is not."""

    code: RuleCode
    is_passed: bool
    seen: str
    limit: str
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code.value,
            "is_passed": self.is_passed,
            "seen": self.seen,
            "limit": self.limit,
            "text": self.text,
        }


def read_finding(body: Mapping[str, Any]) -> Finding:
    """Return a stored finding."""
    return Finding(**{**body, "code": RuleCode(body["code"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauScore:
    """
    A score that a credit bureau gave, with all that a buyer must be told of it.

    Source: Fair Credit Reporting Act section 615(a), 15 USC 1681m(a); known 2026-11-22, not
    re-read.
    """

    bureau: str
    address: str
    phone: str
    score: int
    lowest: int
    highest: int
    made_on: str
    factors: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        plain = ("bureau", "address", "phone", "score", "lowest", "highest", "made_on")
        return {name: getattr(self, name) for name in plain} | {"factors": list(self.factors)}


def read_score(body: Mapping[str, Any]) -> BureauScore | None:
    """Return a stored score, or none."""
    return BureauScore(**{**body, "factors": tuple(body["factors"])}) if body else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What an engine says of an application."""

    outcome: ApplicationOutcome
    engine: str
    version: str
    findings: tuple[Finding, ...] = ()
    counter_down_minor: int | None = None
    score: BureauScore | None = None

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The principal reasons against it, weightiest first, at most four."""
        failed = sorted((one for one in self.findings if not one.is_passed), key=_weight)
        return tuple(failed[:REASONS_MAX])


class EligibilityEngine(Protocol):
    """Answers whether a plan can be lent: the shop's own rules, or a bureau's service."""

    name: str
    is_outside: bool
    """Whether it is asked over a network, and so never inside a transaction."""

    def assess(self, facts: ApplicationFacts) -> Assessment: ...


def referred_because(code: RuleCode, text: str, *, engine: str, version: str = "") -> Assessment:
    """Return a referral to a person: what could not be answered is never approved."""
    return Assessment(
        outcome=ApplicationOutcome.REFERRED,
        engine=engine,
        version=version,
        findings=(Finding(code, is_passed=False, seen="–", limit="–", text=text),),
    )


def require_policy(policy: EligibilityPolicy) -> None:
    """
    Refuse a policy that cannot be meant.

    Raises: EligibilityPolicyError naming what is wrong.
    """
    if not policy.source.strip():
        raise EligibilityPolicyError("Name where this policy was decided.")
    for name, words in _AMOUNT_WORDS.items():
        amount = getattr(policy, name)
        if amount is not None and amount < 0:
            raise EligibilityPolicyError(f"{words} is nothing or more.")
    if policy.applications_max < 1 or policy.applications_days < 1 or policy.answer_hours < 1:
        raise EligibilityPolicyError(
            "Applications, their days and the hours to answer are 1 or more."
        )
    if policy.income_ratio_bps is not None and not 0 < policy.income_ratio_bps <= BASIS_POINTS:
        raise EligibilityPolicyError("The share of income is more than 0 and at most 100 per cent.")
    _require_bands(policy.down_bands)
    _require_places(policy)


_AMOUNT_WORDS: Final = {
    "financed_max_minor": "The most financed for one buyer",
    "open_plans_max": "The number of open plans",
    "late_days_max": "The number of days late",
    "charged_off_days": "The number of days after a loss",
    "unverified_max_minor": "The most financed without a confirmed e-mail address",
    "financed_min_minor": "The least that a counter-offer finances",
}


def _require_bands(bands: tuple[DownBand, ...]) -> None:
    starts = [band.from_minor for band in bands]
    if len(set(starts)) < len(starts):
        raise EligibilityPolicyError("Two bands of down payment begin at the same price.")
    for band in bands:
        if not 0 <= band.bps < BASIS_POINTS or band.from_minor < 0:
            raise EligibilityPolicyError(
                "A band of down payment is 0 to less than 100 per cent, from a price of 0 or more."
            )
    shares = [band.bps for band in sorted(bands, key=lambda band: band.from_minor)]
    if shares != sorted(shares):
        raise EligibilityPolicyError("A higher price asks no smaller share as down payment.")


def _require_places(policy: EligibilityPolicy) -> None:
    for place in policy.not_served:
        country, _, area = place.partition("-")
        if len(country) != 2 or not country.isalpha() or not area or place != place.upper():  # noqa: PLR2004 -- ISO 3166
            raise EligibilityPolicyError(f"“{place}” is not a place; write it as US-AK.")


def _weight(finding: Finding) -> int:
    return list(RuleCode).index(finding.code)
