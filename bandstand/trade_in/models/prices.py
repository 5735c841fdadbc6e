"""What phones are worth in a market, and how long each step of a trade-in may take."""

from django.db import models
from django.db.models import F, Q

from bandstand.catalogue.models import Market, Variant
from bandstand.plumbing.models import Record
from bandstand.trade_in.rules import Grade


class TradeInPolicy(Record):
    """The terms of trading in, in a market, from an instant on. Append-only by trigger."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    quote_days = models.PositiveSmallIntegerField()
    arrive_days = models.PositiveSmallIntegerField()
    remind_days = models.PositiveSmallIntegerField()
    inspect_days = models.PositiveSmallIntegerField()
    answer_days = models.PositiveSmallIntegerField()
    send_to = models.CharField(max_length=500)
    source = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "from_at"], name="trade_in_policy_once")
        ]

    def __str__(self) -> str:
        return f"{self.market_id} from {self.from_at:%Y-%m-%d}"


class ListedValue(Record):
    """
    What a variant in a grade is worth, in a market and from when.

    Nothing of a row changes but its end, once: a trigger refuses everything else.
    """

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Grade])
    value_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField()
    listed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["market", "variant", "grade", "from_at"], name="listed_value_once"
            ),
            models.UniqueConstraint(
                fields=["market", "variant", "grade"],
                condition=Q(until_at=None),
                name="listed_value_one_standing",
            ),
            models.CheckConstraint(condition=Q(value_minor__gt=0), name="listed_value_positive"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")),
                name="listed_value_span",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=[one.value for one in Grade]), name="listed_value_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} {self.grade}: {self.value_minor} {self.currency}"
