"""The terms of payout, and the seller's share of each sale."""

from django.db import models
from django.db.models import Q

from bandstand.catalogue.models import Market
from bandstand.parties.models import Party
from bandstand.payouts.rules import PayableState
from bandstand.plumbing.models import Record


class PayoutPolicy(Record):
    """How long a seller's money waits in a market, and how much of it is kept back, from when."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    wait_days = models.PositiveSmallIntegerField()  # after delivery
    reserve_bps = models.PositiveIntegerField(default=0)
    reserve_days = models.PositiveSmallIntegerField(default=0)  # after that
    minimum_minor = models.BigIntegerField(default=0)
    source = models.CharField(max_length=300)
    from_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "from_at"], name="payout_policy_once"),
            models.CheckConstraint(condition=Q(reserve_bps__lte=10_000), name="payout_reserve"),
        ]

    def __str__(self) -> str:
        return f"{self.market_id} from {self.from_at:%Y-%m-%d}"


class Payable(Record):
    """The seller's share of one sale."""

    line_id = models.UUIDField(unique=True)
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payables")
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in PayableState]
    )
    sold_at = models.DateTimeField()
    matured_at = models.DateTimeField(null=True)
    reserve_minor = models.BigIntegerField(default=0)
    reserve_until = models.DateTimeField(null=True)
    reserve_released_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)
    frozen_until = models.DateTimeField(null=True)
    frozen_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PayableState]),
                name="payable_state_known",
            ),
            models.CheckConstraint(
                condition=Q(reserve_minor__gte=0, reserve_minor__lte=models.F("amount_minor")),
                name="payable_reserve",
            ),
        ]
        indexes = [
            models.Index(fields=["sold_at"], name="payable_pending", condition=Q(state="pending")),
            models.Index(
                fields=["reserve_until"],
                name="payable_kept_back",
                condition=Q(reserve_released_at=None, state="available"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} for line {self.line_id}"
