"""Money owed for phones on its way to bank accounts, and phones leaving the stock."""

from django.db import models
from django.db.models import F, Q

from bandstand.plumbing.models import Record
from bandstand.trade_in.models.trade_ins import TradeIn
from bandstand.trade_in.rules import PAYOUT_OPEN, DisposalKind, PayoutState


class CreditPayout(Record):
    """
    Money owed for a phone, sent to its owner's bank account by two members of staff.

    The account is kept sealed until the bank has paid, and then forgotten but for its last digits.
    """

    trade_in = models.ForeignKey(TradeIn, on_delete=models.PROTECT, related_name="payouts")
    serial = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in PayoutState])
    account_masked = models.CharField(max_length=200)
    account_sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200, default="", blank=True)
    proposed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, default="", blank=True)
    confirmed_at = models.DateTimeField(null=True)
    transfer_id = models.UUIDField(null=True)
    bank_reference = models.CharField(max_length=80, default="", blank=True)
    failure = models.CharField(max_length=300, default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trade_in", "serial"], name="credit_payout_once"),
            models.UniqueConstraint(
                fields=["trade_in"],
                condition=Q(state__in=sorted(one.value for one in PAYOUT_OPEN)),
                name="credit_payout_one_open",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="credit_payout_pays"),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("proposed_by")),
                name="credit_payout_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PayoutState.SENT.value, PayoutState.PAID.value])
                | Q(transfer_id__isnull=False, confirmed_at__isnull=False),
                name="credit_payout_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} for {self.trade_in_id}"


class Disposal(Record):
    """What became of a phone that was credited. Append-only by trigger."""

    trade_in = models.OneToOneField(TradeIn, on_delete=models.PROTECT, related_name="disposal")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in DisposalKind])
    proceeds_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    disposed_at = models.DateTimeField()
    disposed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proceeds_minor__gte=0), name="disposal_brings_nothing_or_more"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.trade_in_id}"
