"""Plans, their instalments, and the steps of their lives."""

from django.db import models

from bandstand.credit.models.terms import Disclosure, PlanTerms
from bandstand.credit.rules import ENDED, InstalmentKind, InstalmentState, PlanState
from bandstand.credit.rules.pausing import PauseCause
from bandstand.plumbing.models import Record


class Plan(Record):
    """An instalment agreement for one device."""

    order_line_id = models.UUIDField(unique=True)  # orders stand above this room
    terms = models.ForeignKey(PlanTerms, on_delete=models.PROTECT)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT)
    buyer_email = models.EmailField()
    currency = models.CharField(max_length=3)
    financed_minor = models.BigIntegerField()
    finance_charge_minor = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value) for state in PlanState]
    )
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # The day of the oldest credit not yet given: from then on no card is charged before it is.
    credit_expected_on = models.DateField(null=True)
    # Credits not yet given that a payoff brings forward; the card is asked so much less.
    credits_kept_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PlanState]),
                name="plan_state_known",
            ),
            models.CheckConstraint(condition=models.Q(financed_minor__gt=0), name="plan_finances"),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(state.value for state in ENDED))
                | models.Q(ended_at__isnull=False),
                name="plan_end_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.id}"


class Instalment(Record):
    """
    One due payment of a plan.

    A late fee is one too, with the instalment it is charged for. What a later version replaced
    keeps what was paid on it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    principal_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    waived_minor = models.BigIntegerField(default=0)  # interest never earned, forgiven at payoff
    state = models.CharField(
        max_length=12, choices=[(state.value, state.value) for state in InstalmentState]
    )
    settled_at = models.DateTimeField(null=True)
    kind = models.CharField(
        max_length=12,
        choices=[(kind.value, kind.value) for kind in InstalmentKind],
        default=InstalmentKind.INSTALMENT.value,
    )
    version = models.PositiveSmallIntegerField(default=1)
    late_for = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="late_fee", null=True
    )

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=InstalmentKind.INSTALMENT.value, late_for=None)
                | models.Q(
                    kind=InstalmentKind.LATE_FEE.value, late_for__isnull=False, interest_minor=0
                ),
                name="instalment_kind_known",
            ),
            models.UniqueConstraint(fields=["plan", "number"], name="instalment_once"),
            models.CheckConstraint(
                condition=models.Q(principal_minor__gte=0, interest_minor__gte=0),
                name="instalment_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    paid_minor__gte=0,
                    waived_minor__gte=0,
                    paid_minor__lte=models.F("principal_minor")
                    + models.F("interest_minor")
                    - models.F("waived_minor"),
                ),
                name="instalment_paid_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="instalment_due",
                condition=models.Q(state=InstalmentState.SCHEDULED.value),
            )
        ]

    def __str__(self) -> str:
        return f"instalment {self.number} of {self.plan_id}"


class PlanMoveRecord(Record):
    """A step in a plan's life. Append-only by trigger."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.move} {self.plan_id}"


class PlanPause(Record):
    """One reason for which nothing is collected on a plan, for as long as it holds."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="pauses")
    cause = models.CharField(
        max_length=12,
        choices=[(cause.value, cause.value) for cause in PauseCause],
        default=PauseCause.BY_HAND.value,
    )
    about = models.CharField(max_length=60, default="", blank=True)  # e.g. the hold
    reason = models.CharField(max_length=500)
    actor = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "cause", "about"],
                condition=models.Q(until_at=None),
                name="pause_one_per_cause",
            ),
            models.CheckConstraint(
                condition=models.Q(cause__in=[cause.value for cause in PauseCause]),
                name="pause_cause_known",
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.plan_id}"
