"""What is asked of a buyer for a plan, where it went, and the card that may be charged."""

from django.db import models

from bandstand.credit.models.plans import Instalment, Plan
from bandstand.credit.rules import AskKind, AskState
from bandstand.plumbing.models import Record


class PlanPayment(Record):
    """
    Money asked of a buyer for a plan, once: by the shop when due, or by the buyer's own hand.

    A plan has at most one that is under way; the database refuses a second.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="payments")
    serial = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AskKind])
    is_automatic = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField()
    waived_minor = models.BigIntegerField(default=0)  # interest a payoff leaves out
    surplus_minor = models.BigIntegerField(default=0)  # came when it was not owed any more
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AskState])
    payment_id = models.UUIDField(null=True)  # payments stand above this room
    failure = models.CharField(max_length=60, default="", blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # A credit has these four: what it is by business identity, what the buyer reads, and the
    # account it is given from, to which it goes back when the sale is undone.
    credit_key = models.CharField(max_length=160, default="", blank=True)
    label = models.CharField(max_length=160, default="", blank=True)
    from_account = models.CharField(max_length=40, default="", blank=True)
    from_key = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "serial"], name="plan_payment_once"),
            models.UniqueConstraint(
                fields=["credit_key"],
                condition=~models.Q(credit_key=""),
                name="plan_credit_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ~models.Q(credit_key=""),
                    ~models.Q(from_account=""),
                    kind=AskKind.CREDIT.value,
                    state=AskState.PAID.value,
                    payment_id=None,
                )
                | models.Q(~models.Q(kind=AskKind.CREDIT.value), credit_key="", from_account=""),
                name="plan_credit_is_no_payment",
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=models.Q(state=AskState.ASKED.value),
                name="plan_payment_one_under_way",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="plan_payment_asks_something"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in AskState]),
                name="plan_payment_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.serial} of {self.plan_id}"


class PlanPaymentPart(Record):
    """The part of a payment that went to one instalment. Append-only by trigger."""

    payment = models.ForeignKey(PlanPayment, on_delete=models.PROTECT, related_name="parts")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="parts")
    amount_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)  # of the amount

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "instalment"], name="plan_part_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, interest_minor__gte=0),
                name="plan_part_pays",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} to {self.instalment_id}"


class Mandate(Record):
    """
    A buyer's word that a saved card may be charged when an instalment falls due.

    Off unless the buyer turns it on; never a condition of the credit.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="mandates")
    card_token = models.CharField(max_length=120)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(revoked_at=None), name="mandate_one_per_plan"
            )
        ]

    def __str__(self) -> str:
        return f"mandate on {self.plan_id}"
