"""The sandbox provider's own book."""

from django.db import models
from django.db.models import Q

from bandstand.payments.rules import (
    CommandKind,
    OperationState,
    PaymentState,
)
from bandstand.payments.rules.cards import SetupState
from bandstand.plumbing.models import Record


class SandboxIntent(models.Model):
    """The sandbox provider's own book: one asked-for amount. Ours to write, never ours to read."""

    ref = models.CharField(primary_key=True, max_length=40)
    idempotency_key = models.CharField(max_length=160, unique=True)
    request_hash = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    card_token = models.CharField(max_length=40)
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in PaymentState]
    )
    decline_code = models.CharField(max_length=60, default="", blank=True)  # told once it is final
    return_url = models.CharField(max_length=500, default="", blank=True)
    metadata = models.JSONField(default=dict)
    saves_card = models.BooleanField(default=False)
    customer_ref = models.CharField(max_length=40, default="", blank=True)
    method_ref = models.CharField(max_length=40, default="", blank=True)  # the card that it saved
    created_at = models.DateTimeField()
    settles_at = models.DateTimeField(null=True)  # null while the buyer's bank waits for the buyer

    def __str__(self) -> str:
        return self.ref


class SandboxOperation(models.Model):
    """The sandbox provider's record of one capture, void or refund, by idempotency key."""

    idempotency_key = models.CharField(primary_key=True, max_length=160)
    ref = models.CharField(max_length=40, unique=True)
    intent = models.ForeignKey(SandboxIntent, on_delete=models.PROTECT, related_name="operations")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in CommandKind])
    request_hash = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in OperationState]
    )
    failure = models.CharField(max_length=60, default="", blank=True)
    created_at = models.DateTimeField()
    settles_at = models.DateTimeField()
    returns_at = models.DateTimeField(null=True)  # when a refund that went through comes back

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class SandboxMethod(models.Model):
    """A card that the sandbox keeps for a customer, to be charged again."""

    ref = models.CharField(primary_key=True, max_length=40)
    customer_ref = models.CharField(max_length=40)
    card_token = models.CharField(max_length=40)
    kept_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.ref


class SandboxSetup(models.Model):
    """A visit to the sandbox's page on which a card is saved and nothing is charged."""

    ref = models.CharField(primary_key=True, max_length=40)
    idempotency_key = models.CharField(max_length=160, unique=True)
    request_hash = models.CharField(max_length=64)
    customer_ref = models.CharField(max_length=40)
    card_token = models.CharField(max_length=40, default="", blank=True)  # once it was chosen
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in SetupState])
    decline_code = models.CharField(max_length=60, default="", blank=True)
    return_url = models.CharField(max_length=500)
    method = models.ForeignKey(
        SandboxMethod, on_delete=models.PROTECT, null=True, related_name="setups"
    )
    created_at = models.DateTimeField()
    settles_at = models.DateTimeField(null=True)  # null while the buyer is on the page

    def __str__(self) -> str:
        return self.ref


class SandboxEvent(Record):
    """One delivery of a signed event, due or done; a duplicate is a second row of the event."""

    event_id = models.CharField(max_length=60)
    body = models.TextField()
    is_forged = models.BooleanField(default=False)  # this delivery comes with a broken signature
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="sandbox_event_due", condition=Q(delivered_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.event_id
