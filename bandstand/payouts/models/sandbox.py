"""The sandbox gateway's own book of payouts. The shop reads it only through the gateway."""

from django.db import models

from bandstand.plumbing.models import Record


class SandboxPayout(Record):
    """One payout in the sandbox's book; its outcome was decided when it came in."""

    ref = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=200, unique=True)
    body_hash = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    account = models.CharField(max_length=80)
    sent_at = models.DateTimeField()
    settles_at = models.DateTimeField()
    fails = models.BooleanField(default=False)
    returns_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, default="", blank=True)

    def __str__(self) -> str:
        return self.ref


class SandboxReversal(Record):
    """Part of a payout that the sandbox took back out of the seller's balance."""

    payout = models.ForeignKey(SandboxPayout, on_delete=models.PROTECT, related_name="reversals")
    key = models.CharField(max_length=200, unique=True)
    amount_minor = models.BigIntegerField()
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class SandboxPayoutEvent(Record):
    """A signed event of the sandbox's, delivered when due and again until it is taken."""

    event_id = models.CharField(max_length=120)
    body = models.TextField()
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="", blank=True)

    def __str__(self) -> str:
        return self.event_id
