"""Where the operator is registered, and the returns filed there."""

from django.db import models
from django.db.models import F, Q

from bandstand.plumbing.models import Record
from bandstand.tax.rules import FilingPeriod, ReturnMove, ReturnState


class TaxRegistration(Record):
    """How the operator stands with one authority from a day. Append-only; the latest counts."""

    authority = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    is_facilitator = models.BooleanField()
    period = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in FilingPeriod]
    )
    from_date = models.DateField()
    source = models.CharField(max_length=300)
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(period__in=[one.value for one in FilingPeriod]),
                name="tax_registration_period_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.number} from {self.from_date}"


class TaxReturn(Record):
    """What one authority is owed for a period. Append-only; its moves say where it stands."""

    authority = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    from_date = models.DateField()
    until_date = models.DateField()
    is_facilitator = models.BooleanField()
    collected_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    credit_used_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    prepared_by = models.CharField(max_length=200)
    prepared_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["authority", "currency"], name="tax_return_authority")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__gt=F("from_date")), name="tax_return_span"
            ),
            models.CheckConstraint(
                condition=Q(credit_used_minor__gte=0, due_minor__gte=0, carried_minor__gte=0)
                & Q(
                    collected_minor=F("refunded_minor")
                    + F("credit_used_minor")
                    + F("due_minor")
                    - F("carried_minor")
                ),
                name="tax_return_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.from_date} to {self.until_date}"


class TaxReturnMove(Record):
    """What became of a return, by whom. Append-only; the last one says where it stands."""

    tax_return = models.ForeignKey(TaxReturn, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=8, choices=[(one.value, one.value) for one in ReturnMove])
    to_state = models.CharField(max_length=10)
    reference = models.CharField(max_length=200, default="", blank=True)
    actor = models.CharField(max_length=200)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tax_return", "to_state"], name="tax_return_moves_once"
            ),
            models.CheckConstraint(
                condition=Q(to_state__in=[one.value for one in ReturnState]),
                name="tax_return_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.tax_return_id}"
