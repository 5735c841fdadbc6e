"""What changes in a plan's life: its versions, the wish for one, and the operator's policies."""

from django.db import models
from django.db.models import Q

from bandstand.catalogue.models import Market
from bandstand.credit.models.plans import Plan
from bandstand.credit.rules.calendar import OnResume
from bandstand.credit.rules.hardship import OPEN_PROPOSALS, ChangeKind, ProposalState
from bandstand.plumbing.models import Record


class LateFeePolicy(Record):
    """What paying late costs in a market for agreements from a day on. Append-only by trigger."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    from_at = models.DateTimeField()
    grace_days = models.PositiveSmallIntegerField()
    fixed_minor = models.BigIntegerField(default=0)
    share_bps = models.PositiveIntegerField(default=0)  # of the overdue instalment
    cap_minor = models.BigIntegerField(default=0)
    cap_share_bps = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=300)
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "from_at"], name="late_fee_policy_once"),
            models.CheckConstraint(
                condition=Q(fixed_minor__gte=0, cap_minor__gte=0), name="late_fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"late fee in {self.market_id} from {self.from_at:%Y-%m-%d}"


class CollectingCalendar(Record):
    """How a market's plans are collected on from a day on. Append-only by trigger."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    from_on = models.DateField()
    tries = models.JSONField()  # days after the due date, rising
    reminder = models.PositiveSmallIntegerField()
    charge_off = models.PositiveSmallIntegerField()
    skips_weekends = models.BooleanField()
    skips_holidays = models.BooleanField()
    on_resume = models.CharField(max_length=8, choices=[(one.value, one.value) for one in OnResume])
    source = models.CharField(max_length=300)
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(on_resume__in=[one.value for one in OnResume]),
                name="calendar_on_resume_known",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.market_id} from {self.from_on}"


class PlanProposal(Record):
    """A change somebody wishes for a plan, and what became of the wish."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="proposals")
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in ProposalState]
    )
    wish = models.JSONField()
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    rests_on = models.CharField(max_length=64, default="", blank=True)  # what was open, hashed
    proposed_by = models.CharField(max_length=200, default="", blank=True)
    proposed_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    answer = models.CharField(max_length=500, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state__in=sorted(one.value for one in OPEN_PROPOSALS)),
                name="proposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in ProposalState]),
                name="proposal_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal on {self.plan_id}"


class PlanVersion(Record):
    """
    A plan's instalments as they stood from an instant on. Append-only by trigger.

    Version 1 is what was agreed; it is written with the first change. An accepted change keeps the
    page that its buyer accepted, byte for byte.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in ChangeKind])
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="", blank=True)
    schedule = models.JSONField()  # number, due_on, principal_minor, interest_minor
    forgiven_minor = models.BigIntegerField(default=0)
    extra_on = models.DateField(null=True)  # when an extra payment repaid principal
    extra_minor = models.BigIntegerField(default=0)
    proposal = models.OneToOneField(
        PlanProposal, on_delete=models.PROTECT, related_name="version", null=True
    )
    html = models.TextField(default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)  # of the HTML's bytes

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in ChangeKind]),
                name="plan_version_kind_known",
            ),
            models.CheckConstraint(condition=Q(forgiven_minor__gte=0), name="plan_version_costs"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.plan_id}"
