"""What credit bureaus were told about plans, by which policy, and what buyers said against it."""

from django.db import models
from django.db.models import F, Q

from bandstand.catalogue.models import Market
from bandstand.credit.models.plans import Plan
from bandstand.credit.rules.bureau import BureauFormat, DisputeOutcome
from bandstand.plumbing.models import Record


class BureauPolicy(Record):
    """Whether plans of a market are reported, and how, from when. Append-only."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    is_on = models.BooleanField()
    format = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in BureauFormat]
    )
    furnisher = models.CharField(max_length=80)
    furnisher_id = models.CharField(max_length=20, default="", blank=True)
    needs_consent = models.BooleanField()
    sends_notice = models.BooleanField()
    dispute_days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "from_at"], name="bureau_policy_once"),
            models.CheckConstraint(
                condition=Q(format__in=[one.value for one in BureauFormat]),
                name="bureau_format_known",
            ),
            models.CheckConstraint(condition=Q(dispute_days__gte=1), name="bureau_dispute_days"),
        ]

    def __str__(self) -> str:
        return f"{self.market_id} {'on' if self.is_on else 'off'} from {self.from_at:%Y-%m-%d}"


class BureauConsent(Record):
    """That a buyer agreed to be reported, or took it back. Append-only; the latest counts."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="bureau_consents")
    is_given = models.BooleanField()
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'consent' if self.is_given else 'no consent'} for {self.plan_id}"


class BureauReport(Record):
    """A market's report as of a day: the rows that were in it, and the hash of them all."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    policy = models.ForeignKey(BureauPolicy, on_delete=models.PROTECT)
    as_of = models.DateField()
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "as_of"], name="bureau_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.market_id} as of {self.as_of}"


class BureauRecord(Record):
    """What was told of a plan as of a day. Append-only; a correction is a row naming the old."""

    report = models.ForeignKey(BureauReport, on_delete=models.PROTECT, related_name="records")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="bureau_records")
    as_of = models.DateField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    reason = models.CharField(max_length=300, default="", blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["plan", "-as_of"], name="bureau_record_plan")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "as_of"], condition=Q(replaces=None), name="bureau_record_once"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(reason=""), name="bureau_correction_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} as of {self.as_of}"


class BureauDispute(Record):
    """A buyer's word that what was reported is wrong, and the answer within its days."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="bureau_disputes")
    words = models.TextField(max_length=4000)
    raised_by = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=10, default="", blank=True,
        choices=[(one.value, one.value) for one in DisputeOutcome],
    )  # fmt: skip
    answer = models.TextField(max_length=4000, default="", blank=True)
    answered_by = models.CharField(max_length=200, default="", blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(answered_at=None), name="bureau_dispute_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="")
                | Q(
                    answered_at__isnull=False,
                    outcome__in=[one.value for one in DisputeOutcome],
                ),
                name="bureau_dispute_answered",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("raised_at")), name="bureau_dispute_due"
            ),
        ]

    def __str__(self) -> str:
        return f"dispute of {self.plan_id}"
