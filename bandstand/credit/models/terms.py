"""What is offered, what the buyer was told, and what they agreed to."""

from django.db import models

from bandstand.catalogue.models import Market
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
