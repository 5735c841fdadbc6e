"""Where a seller's money goes, and by which way the operator sends it."""

from django.db import models
from django.db.models import Q

from bandstand.parties.models import Party
from bandstand.payouts.rules import AccountKind, FileForm
from bandstand.plumbing.models import Record


class PayoutAccount(Record):
    """
    One version of a seller's account for payouts in a currency; a change is a new row.

    The number is kept sealed and shown masked. What it says never changes; that it ended or was
    blocked is noted on it.
    """

    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payout_accounts")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AccountKind])
    holder = models.CharField(max_length=140)
    sealed = models.TextField()
    masked = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)  # keyed, so that the same number is recognised
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=200)
    usable_from = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    blocked_reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "currency"],
                condition=Q(ended_at=None),
                name="payout_account_one",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in AccountKind]),
                name="payout_account_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.masked


class PayoutRoute(Record):
    """By which way sellers are paid in a currency, from when on, and out of whose account."""

    currency = models.CharField(max_length=3)
    gateway = models.CharField(max_length=20)
    form = models.CharField(max_length=12, choices=[(one.value, one.value) for one in FileForm])
    debtor = models.CharField(max_length=140, default="", blank=True)
    debtor_sealed = models.TextField(default="", blank=True)
    debtor_masked = models.CharField(max_length=60, default="", blank=True)
    cooling_days = models.PositiveSmallIntegerField()
    from_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "from_at"], name="payout_route_once")
        ]

    def __str__(self) -> str:
        return f"{self.currency} by {self.gateway}"
