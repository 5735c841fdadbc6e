"""A phone on its way to becoming money off another, step by step."""

from django.db import models
from django.db.models import F, Q

from bandstand.catalogue.models import Market, Variant
from bandstand.orders.models import OrderLine
from bandstand.plumbing.models import Record
from bandstand.trade_in.rules import OPEN, Grade, Outcome, TradeInState


class TradeIn(Record):
    """
    One phone that its owner trades in.

    The IMEI is not here: only a keyed hash, by which it is found again, and its last four digits.
    """

    reference = models.CharField(max_length=14, unique=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, related_name="trade_ins"
    )
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in TradeInState]
    )
    state_at = models.DateTimeField()
    grade = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Grade])
    answers = models.JSONField()
    currency = models.CharField(max_length=3)
    quoted_minor = models.BigIntegerField()
    value_minor = models.BigIntegerField()  # what stands now: quoted, found, or credited
    applied_minor = models.BigIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)
    kept_minor = models.BigIntegerField(default=0)
    imei_hash = models.CharField(max_length=64, default="", blank=True)
    imei_masked = models.CharField(max_length=20, default="", blank=True)
    arrived_hash = models.CharField(max_length=64, default="", blank=True)
    quoted_at = models.DateTimeField()
    quote_until = models.DateTimeField()
    arrive_by = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    inspect_by = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    credited_at = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=60, default="", blank=True)
    tracking = models.CharField(max_length=80, default="", blank=True)
    back_carrier = models.CharField(max_length=60, default="", blank=True)
    back_tracking = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in TradeInState]),
                name="trade_in_state_known",
            ),
            models.UniqueConstraint(
                fields=["imei_hash"],
                condition=Q(state__in=sorted(one.value for one in OPEN)) & ~Q(imei_hash=""),
                name="trade_in_one_open_per_phone",
            ),
            models.CheckConstraint(
                condition=Q(quoted_minor__gt=0, value_minor__gte=0), name="trade_in_has_value"
            ),
            models.CheckConstraint(
                condition=Q(
                    applied_minor__gte=0,
                    kept_minor__gte=0,
                    applied_minor__lte=F("value_minor"),
                    kept_minor__lte=F("applied_minor"),
                ),
                name="trade_in_spent_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=TradeInState.CREDITED.value)
                | Q(credited_at__isnull=False, line__isnull=False, value_minor__gt=0),
                name="trade_in_credit_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state=TradeInState.RECEIVED.value)
                | Q(inspect_by__isnull=False, line__isnull=False),
                name="trade_in_receipt_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "state_at"], name="trade_in_queue"),
            models.Index(fields=["imei_hash"], name="trade_in_phone"),
        ]

    def __str__(self) -> str:
        return self.reference


class TradeInMoveRecord(Record):
    """A step in a trade-in's life. Append-only by trigger."""

    trade_in = models.ForeignKey(TradeIn, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, default="", blank=True)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.move} {self.trade_in_id}"


class Inspection(Record):
    """What was found on the table, once. Append-only by trigger."""

    trade_in = models.OneToOneField(TradeIn, on_delete=models.PROTECT, related_name="inspection")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    grade = models.CharField(max_length=12, default="", blank=True)
    is_same_phone = models.BooleanField()
    is_reported = models.BooleanField()
    register_asked = models.CharField(max_length=200)
    notes = models.CharField(max_length=1000, default="", blank=True)
    photos_at = models.CharField(max_length=300, default="", blank=True)
    outcome = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Outcome])
    value_minor = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    is_guaranteed = models.BooleanField()
    inspected_at = models.DateTimeField()
    inspected_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.outcome} {self.trade_in_id}"
