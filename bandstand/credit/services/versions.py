"""
A plan's instalments laid out anew: what was open is replaced, what was paid stays where it is.

Each version is kept as it was written; the first, as agreed, with the first change.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from bandstand.credit.models import Instalment, Plan, PlanProposal, PlanVersion
from bandstand.credit.rules import InstalmentState
from bandstand.credit.rules.hardship import ChangeKind, ChangeRefusedError, NewSchedule
from bandstand.credit.rules.standing import Owed
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money


def write_version(  # noqa: PLR0913 -- a version has these parts
    plan: Plan,
    made: NewSchedule,
    *,
    kind: ChangeKind,
    actor: str,
    now: datetime,
    before: Sequence[Owed],
    reason: str = "",
    proposal: PlanProposal | None = None,
    html: str = "",
    sha256: str = "",
    extra: tuple[date, int] | None = None,
) -> PlanVersion:
    """
    Put a new schedule in the place of what is open of the instalments it replaces.

    ``before`` are the plan's rows as the schedule was made from them. Interest that the new
    schedule leaves out is forgiven, in the rows and in the books. ``extra`` is the payment of
    principal that made it: its day and minor units.
    Raises: ChangeRefusedError if the new schedule asks for another amount than the old one did.
    Lock: the caller holds the plan's row.
    """
    number = _next_version(plan, now=now)
    _replace(plan, made, before={row.number: row for row in before})
    last = plan.instalments.aggregate(last=Max("number"))["last"]
    rows = [
        Instalment(
            plan=plan,
            number=at,
            due_on=row.due_on,
            principal_minor=row.principal,
            interest_minor=row.interest,
            state=InstalmentState.SCHEDULED.value,
            version=number,
        )
        for at, row in enumerate(made.rows, start=last + 1)
    ]
    Instalment.objects.bulk_create(rows)
    if made.forgiven:
        post_forgiven(plan.id, version=number, amount=Money(made.forgiven, plan.currency), now=now)
    return PlanVersion.objects.create(
        plan=plan,
        number=number,
        kind=kind.value,
        made_at=now,
        made_by=actor,
        reason=reason,
        schedule=_as_json(_current(plan)),
        forgiven_minor=made.forgiven,
        proposal=proposal,
        html=html,
        sha256=sha256,
        extra_on=extra[0] if extra else None,
        extra_minor=extra[1] if extra else 0,
    )


def post_forgiven(plan_id: UUID, *, version: int, amount: Money, now: datetime) -> UUID:
    """Post interest that is never charged: it is owed no more, and never earned."""
    printed = print_id(IdKind.PLAN, plan_id)
    return ledger.post(
        idempotency_key=f"forgiven:{printed}:{version}",
        kind="interest_forgiven",
        entries=(
            debit(AccountCode.DEFERRED_FINANCE_INCOME, amount, key=printed),
            credit(AccountCode.INSTALMENT_RECEIVABLE, amount, key=printed),
        ),
        effective_at=now,
        now=now,
        memo=f"version {version} of {printed}",
    )


def _next_version(plan: Plan, *, now: datetime) -> int:
    last = plan.versions.aggregate(last=Max("number"))["last"]
    if last is None:
        PlanVersion.objects.create(
            plan=plan,
            number=1,
            kind=ChangeKind.AGREED.value,
            made_at=min(plan.agreed_at, now),
            made_by=plan.buyer_email,
            schedule=_as_json(plan.instalments.filter(version=1, late_for=None)),
        )
        last = 1
    return int(last) + 1


def _replace(plan: Plan, made: NewSchedule, *, before: dict[int, Owed]) -> None:
    found = list(plan.instalments.filter(number__in=made.replaced).order_by("-number"))
    still = [row for row in found if row.state == InstalmentState.SCHEDULED.value]
    left = made.forgiven
    for row in still:
        gift = min(left, before[row.number].open_interest, _open(row))
        row.waived_minor += gift
        row.state = InstalmentState.REPLACED.value
        left -= gift
    if left or sum(_open(row) for row in still) != made.total:
        raise ChangeRefusedError("What is open of this plan has changed; look at it again.")
    Instalment.objects.bulk_update(still, ["waived_minor", "state"])


def _open(row: Instalment) -> int:
    return row.principal_minor + row.interest_minor - row.paid_minor - row.waived_minor


def _current(plan: Plan) -> list[Instalment]:
    now_open = plan.instalments.exclude(state=InstalmentState.REPLACED.value)
    return list(now_open.filter(late_for=None).order_by("due_on", "number"))


def _as_json(rows: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- rows of a table, or a list
    return [
        {
            "number": row.number,
            "due_on": row.due_on.isoformat(),
            "principal_minor": row.principal_minor,
            "interest_minor": row.interest_minor,
            "paid_minor": row.paid_minor,
        }
        for row in rows
    ]
