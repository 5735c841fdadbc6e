"""A plan's life as pages show it: versions, pauses, wishes, fees and the calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.credit.models import Instalment, Plan, PlanPause, PlanProposal, PlanVersion
from bandstand.credit.queries.earning import earning_of
from bandstand.credit.queries.owing import PlanMoney, owed_rows, plan_money
from bandstand.credit.queries.policies import collecting_policy, late_fee_of
from bandstand.credit.rules import InstalmentKind, PlanState
from bandstand.credit.rules.amendment import Amendment, amendment_of, change_words
from bandstand.credit.rules.calendar import Planned, calendar_of
from bandstand.credit.rules.extra import takes_extra
from bandstand.credit.rules.hardship import (
    OPEN_PROPOSALS,
    ChangeKind,
    ProposalState,
    Wish,
    changed,
    read_wish,
)
from bandstand.credit.rules.late_fees import LateFeeTerms
from bandstand.credit.rules.pausing import PauseCause
from bandstand.credit.rules.standing import Owed, in_order
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.plumbing import clock


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a plan; one that its buyer accepted has a page with a hash."""

    number: int
    kind: ChangeKind
    made_at: datetime
    made_by: str
    reason: str
    forgiven: Money
    sha256: str


@dataclass(frozen=True, slots=True)
class PauseRow:
    """One reason for a pause."""

    cause: PauseCause
    about: str
    reason: str
    actor: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A wish for a change, and what became of it."""

    id: UUID
    plan_id: UUID
    state: ProposalState
    wish: Wish
    words: str
    reason: str
    asked_by: str
    asked_at: datetime
    proposed_at: datetime | None
    valid_until: date | None
    answer: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LateFeeRow:
    """A late fee that was charged."""

    number: int
    late_number: int
    charged_on: date
    amount: Money
    open: Money


@dataclass(frozen=True, slots=True)
class ChangedPlan:
    """What changed in a plan's life so far."""

    versions: tuple[VersionRow, ...]
    pauses: tuple[PauseRow, ...]
    proposals: tuple[ProposalRow, ...]
    fees: tuple[LateFeeRow, ...]

    @property
    def open_pauses(self) -> tuple[PauseRow, ...]:
        return tuple(row for row in self.pauses if row.until_at is None)

    @property
    def proposal(self) -> ProposalRow | None:
        """The one that waits for an answer."""
        return next((row for row in self.proposals if row.state in OPEN_PROPOSALS), None)


def changes_of(plan_id: UUID) -> ChangedPlan:
    """
    Return what changed in a plan's life, newest first.

    Raises: NotFoundError.
    """
    plan = _plan(plan_id)
    locale = catalogue.market(plan.terms.market_id).locale
    return ChangedPlan(
        versions=tuple(
            _version(row, plan=plan) for row in plan.versions.order_by("-number").defer("html")
        ),
        pauses=tuple(_pause(row) for row in plan.pauses.order_by("-from_at")),
        proposals=tuple(
            _proposal(row, plan=plan, locale=locale) for row in plan.proposals.order_by("-asked_at")
        ),
        fees=tuple(
            _fee(row, plan=plan)
            for row in plan.instalments.filter(kind=InstalmentKind.LATE_FEE.value)
            .select_related("late_for")
            .order_by("-number")
        ),
    )


def version_page(*, plan_id: UUID, number: int) -> tuple[str, str]:
    """
    Return the page that a buyer accepted as a version, and its hash.

    Raises: NotFoundError for a version that nobody accepted on a page.
    """
    row = PlanVersion.objects.filter(plan_id=plan_id, number=number).exclude(html="").first()
    if row is None:
        raise NotFoundError(f"This plan has no accepted version {number}.")
    return row.html, row.sha256


def previewed(*, plan_id: UUID, wish: Wish, now: datetime) -> Amendment:
    """
    Return what a change would make of a plan, the old schedule beside the new.

    Raises: NotFoundError; ChangeRefusedError.
    """
    plan = _plan(plan_id)
    market = catalogue.market(plan.terms.market_id)
    rows = owed_rows(plan_id)
    on = clock.day_in(market.time_zone, at=now)
    return amendment_of(
        rows,
        changed(rows, wish, on=on, currency=plan.currency),
        wish=wish,
        currency=plan.currency,
        locale=market.locale,
        plan=print_id(IdKind.PLAN, plan_id),
    )


def takes_part_payments(money: PlanMoney, *, on: date) -> bool:
    """Say whether a plan takes an extra payment ahead of time."""
    return takes_extra(money.owed, earning=earning_of(money.plan_id), on=on)


def planned_for(plan_id: UUID) -> tuple[Planned, ...]:
    """Return what happens when for what is open of a plan, should nobody pay by hand."""
    money = plan_money(plan_id)
    if money.state is not PlanState.ACTIVE:
        return ()
    terms = late_fee_of(plan_id)
    charged = set(
        Instalment.objects.filter(plan_id=plan_id, late_fee__isnull=False).values_list(
            "number", flat=True
        )
    )
    return tuple(
        one
        for row in in_order(money.owed)
        if row.open
        for one in calendar_of(
            (row.due_on,),
            policy=collecting_policy(market=money.market, on=row.due_on),
            market=money.market,
            is_automatic=money.has_mandate,
            fee_grace=_grace(row, terms=terms, charged=charged),
        )
    )


def _grace(row: Owed, *, terms: LateFeeTerms | None, charged: set[int]) -> int | None:
    """Return after how many days a fee is charged for a row; None where none will be."""
    is_fee = row.kind is InstalmentKind.LATE_FEE
    return None if terms is None or is_fee or row.number in charged else terms.grace_days


def waiting_wish_count() -> int:
    """Return how many buyers ask for a change that nobody has looked at."""
    return PlanProposal.objects.filter(state=ProposalState.ASKED.value).count()


def waiting_wishes() -> tuple[ProposalRow, ...]:
    """Return what buyers asked for and nobody has looked at, oldest first."""
    rows = PlanProposal.objects.filter(state=ProposalState.ASKED.value)
    return tuple(
        _proposal(row, plan=row.plan, locale=catalogue.market(row.plan.terms.market_id).locale)
        for row in rows.select_related("plan__terms").order_by("asked_at")
    )


def _plan(plan_id: UUID) -> Plan:
    plan = Plan.objects.select_related("terms").filter(pk=plan_id).first()
    if plan is None:
        raise NotFoundError("There is no plan by that id.", plan_id=str(plan_id))
    return plan


def _version(row: PlanVersion, *, plan: Plan) -> VersionRow:
    return VersionRow(
        number=row.number,
        kind=ChangeKind(row.kind),
        made_at=row.made_at,
        made_by=row.made_by,
        reason=row.reason,
        forgiven=Money(row.forgiven_minor, plan.currency),
        sha256=row.sha256,
    )


def _pause(row: PlanPause) -> PauseRow:
    return PauseRow(
        cause=PauseCause(row.cause),
        about=row.about,
        reason=row.reason,
        actor=row.actor,
        from_at=row.from_at,
        until_at=row.until_at,
    )


def _proposal(row: PlanProposal, *, plan: Plan, locale: str) -> ProposalRow:
    wish = read_wish(row.wish)
    return ProposalRow(
        id=row.id,
        plan_id=row.plan_id,
        state=ProposalState(row.state),
        wish=wish,
        words=change_words(wish, currency=plan.currency, locale=locale),
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        proposed_at=row.proposed_at,
        valid_until=row.valid_until,
        answer=row.answer,
        ended_at=row.ended_at,
    )


def _fee(row: Instalment, *, plan: Plan) -> LateFeeRow:
    assert row.late_for is not None  # noqa: S101 -- the table has it so
    left = row.principal_minor - row.paid_minor - row.waived_minor
    return LateFeeRow(
        number=row.number,
        late_number=row.late_for.number,
        charged_on=row.due_on,
        amount=Money(row.principal_minor, plan.currency),
        open=Money(left, plan.currency),
    )
