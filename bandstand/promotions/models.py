"""Promotions, what they promised with each plan, and every credit of it."""

from django.db import models
from django.db.models import F, Q

from bandstand.catalogue.models import Brand, DeviceModel, Market, Variant
from bandstand.credit.models import Plan
from bandstand.offers.models import Offer
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.promotions.rules import CreditState, OnPayoff, PromotionState


class Promotion(Record):
    """
    Money off a plan, given in credits while the plan runs.

    What it says never changes once made; only where it stands does.
    """

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="promotions")
    name = models.CharField(max_length=80)
    words = models.CharField(max_length=300)  # what the buyer reads
    conditions = models.CharField(max_length=500, default="", blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    credits_count = models.PositiveSmallIntegerField()
    on_payoff = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in OnPayoff],
        default=OnPayoff.KEEP.value,
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, related_name="+")
    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, null=True, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="+")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+")
    condition = models.CharField(max_length=20, default="", blank=True)
    months = models.PositiveSmallIntegerField(default=0)  # 0 is any
    price_minimum_minor = models.BigIntegerField(default=0)
    funder = models.ForeignKey(  # nobody: the operator pays
        Party, on_delete=models.PROTECT, null=True, related_name="promotions_funded"
    )
    uses_max = models.PositiveIntegerField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in PromotionState]
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PromotionState]),
                name="promotion_state_known",
            ),
            models.CheckConstraint(
                condition=Q(credits_count__gte=1, amount_minor__gte=F("credits_count")),
                name="promotion_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")),
                name="promotion_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "from_at"],
                name="promotion_running",
                condition=Q(state=PromotionState.RUNNING.value),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PromotionMoveRecord(Record):
    """A step in a promotion's life, with who took it. Append-only by trigger."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, default="", blank=True)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.move} {self.promotion_id}"


class PromotionUse(Record):
    """A place in a promotion that is limited, kept for a checkout until an instant."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses")
    holder = models.UUIDField()  # checkouts stand above this room
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["holder"], name="promotion_use_holder")]

    def __str__(self) -> str:
        return f"{self.promotion_id} for {self.holder}"


class PromisedCredits(Record):
    """
    What was promised with one sale, as its buyer agreed to it.

    The promotion may end; this stays.
    """

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="promises")
    order_line_id = models.UUIDField(unique=True)  # orders stand above this room
    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="promised_credits")
    funder = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=300)
    conditions = models.CharField(max_length=500, default="", blank=True)
    on_payoff = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    promised_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"credits of {self.plan_id}"


class CreditRow(Record):
    """One promised credit: when it is due, and what became of it."""

    promise = models.ForeignKey(PromisedCredits, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in CreditState])
    given_minor = models.BigIntegerField(default=0)  # what the plan took of it
    reason = models.CharField(max_length=200, default="", blank=True)
    tried_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)  # when the alarm was raised, if it was

    class Meta:
        ordering = ["promise", "number"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "number"], name="credit_row_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CreditState]),
                name="credit_row_state_known",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, given_minor__gte=0)
                & Q(given_minor__lte=F("amount_minor")),
                name="credit_row_gives_at_most_what_it_is",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CreditState.WAITING.value, CreditState.ENDED.value])
                | ~Q(reason=""),
                name="credit_row_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "promise"],
                name="credit_row_due",
                condition=Q(state__in=[CreditState.OPEN.value, CreditState.WAITING.value]),
            )
        ]

    def __str__(self) -> str:
        return f"credit {self.number} of {self.promise_id}"


class CreditProof(Record):
    """What the nightly proof of credits found. Append-only by trigger."""

    proved_at = models.DateTimeField()
    promises = models.PositiveIntegerField()
    open_minor = models.BigIntegerField()
    missed = models.PositiveIntegerField()
    faults = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"proof of {self.proved_at:%Y-%m-%d}"
