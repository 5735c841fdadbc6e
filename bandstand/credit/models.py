"""Plan terms, disclosures, plans and their instalments."""

from django.db import models

from bandstand.catalogue.models import Market
from bandstand.credit.rules import ENDED, AskKind, AskState, InstalmentState, PlanState
from bandstand.plumbing.models import Record


class PlanTerms(Record):
    """Terms on which the operator lends in a market; one row, one choice on the page."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    months = models.PositiveSmallIntegerField()
    annual_rate_bps = models.PositiveIntegerField(default=0)  # nominal, hundredths of a percent
    down_payment_bps = models.PositiveIntegerField(default=0)  # of the price
    fee_minor = models.BigIntegerField(default=0)  # only who finances pays it: a finance charge
    fee_label = models.CharField(max_length=80, default="", blank=True)
    price_minimum_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "months", "from_at"], name="terms_once"),
            models.CheckConstraint(condition=models.Q(months__gte=1), name="terms_months"),
            models.CheckConstraint(
                condition=models.Q(fee_minor=0)
                | (models.Q(fee_minor__gt=0) & ~models.Q(fee_label="")),
                name="terms_fee_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months} months in {self.market_id}"


class Disclosure(Record):
    """What the buyer was told about the credit, byte for byte. Append-only by trigger."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"disclosure {self.sha256[:12]}"


class Agreement(Record):
    """
    The credit agreement a buyer accepted, byte for byte. Append-only by trigger.

    A plan cannot be opened on a disclosure without one: the database refuses it.
    """

    disclosure = models.OneToOneField(
        Disclosure, on_delete=models.PROTECT, related_name="agreement"
    )
    body = models.JSONField()
    html = models.TextField()
    sha256 = models.CharField(max_length=64)  # of the HTML's bytes
    accepted_by = models.EmailField()
    accepted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"agreement {self.sha256[:12]}"


class AgreementPdf(Record):
    """An agreement drawn as a PDF, once. Append-only by trigger."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="pdf")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"pdf {self.sha256[:12]}"


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
    """One due payment of a plan."""

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

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "serial"], name="plan_payment_once"),
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


class PlanPause(Record):
    """A stretch in which nothing is collected on a plan; ended by resuming it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=500)
    actor = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(until_at=None), name="pause_one_per_plan"
            )
        ]

    def __str__(self) -> str:
        return f"pause of {self.plan_id}"
