"""Payments, money commands, captures, refunds, disputes, and events from providers."""

from django.db import models
from django.db.models import F, Q

from bandstand.gate.models import GateScope
from bandstand.payments.rules import (
    CommandKind,
    CommandState,
    DebtChoice,
    DisputeState,
    PaymentState,
)
from bandstand.plumbing.models import Record


class Payment(Record):
    """Money asked of a buyer for a purpose; asked twice for one purpose, it is one payment."""

    purpose = models.CharField(max_length=120, unique=True)  # e.g. checkout:chk_…
    gateway = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in PaymentState]
    )
    provider_ref = models.CharField(max_length=120, default="", blank=True)
    action_url = models.CharField(max_length=2000, default="", blank=True)
    return_url = models.CharField(max_length=500, default="", blank=True)
    decline_code = models.CharField(max_length=60, default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_asks_something"),
            models.CheckConstraint(
                condition=Q(captured_minor__gte=0, captured_minor__lte=F("amount_minor")),
                name="payment_captures_at_most_asked",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
                name="payment_refunds_at_most_captured",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PaymentState]),
                name="payment_state_known",
            ),
        ]
        indexes = [models.Index(fields=["gateway", "provider_ref"], name="payment_provider_ref")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.amount_minor} {self.currency}"


class MoneyCommand(Record):
    """One thing asked of a gateway: written before the call, its key kept for ever."""

    key = models.CharField(
        max_length=160, unique=True
    )  # from business identity, never from a click
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="commands")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in CommandKind])
    amount_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in CommandState]
    )
    request = models.JSONField(default=dict)
    provider_ref = models.CharField(max_length=120, default="", blank=True)
    failure = models.CharField(max_length=200, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)  # the provider was busy and named a time
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CommandState]),
                name="command_state_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["written_at"],
                name="command_open",
                condition=Q(state__in=["written", "sent", "unknown"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Capture(Record, GateScope):
    """The claim on the part of a payment that pays one order line. Guarded by the gate."""

    command = models.ForeignKey(MoneyCommand, on_delete=models.PROTECT, related_name="captures")
    order_line_id = models.UUIDField()  # orders stand above this room
    amount_minor = models.BigIntegerField()
    claimed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["command", "order_line_id"], name="capture_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="capture_not_negative"),
        ]
        indexes = [models.Index(fields=["order_line_id"], name="capture_line")]

    def __str__(self) -> str:
        return f"capture for {self.order_line_id}"


class Refund(Record):
    """Money given back. The key is its business identity: a retried refund is the same refund."""

    key = models.CharField(max_length=160, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    command = models.OneToOneField(MoneyCommand, on_delete=models.PROTECT, related_name="refund")
    order_line_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(null=True)  # it had settled, and failed after all
    attempt = models.PositiveSmallIntegerField(default=1)
    again_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="again"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive")
        ]

    def __str__(self) -> str:
        return self.key


class ProviderEvent(Record):
    """A provider's webhook, kept once whatever how often it comes."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)  # when a worker last set about it
    applied_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="provider_event_once")
        ]
        indexes = [
            models.Index(fields=["received_at"], name="event_waiting", condition=Q(applied_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


class PaymentMoveRecord(Record):
    """A step in a payment's life. Append-only by trigger."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    moved_at = models.DateTimeField()
    because = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Dispute(Record):
    """A charge that a buyer contests at their bank, as the provider tells it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    gateway = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in DisputeState]
    )
    reason = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, default="", blank=True)
    answer_words = models.CharField(max_length=400, default="", blank=True)
    # What becomes of the debt that a lost charge had paid: a person's choice, once.
    debt_choice = models.CharField(
        max_length=12,
        default="",
        blank=True,
        choices=[(one.value, one.value) for one in DebtChoice],
    )
    debt_chosen_at = models.DateTimeField(null=True)
    debt_chosen_by = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_ref"], name="dispute_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in DisputeState]),
                name="dispute_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.provider_ref


class DisputePart(Record):
    """What of a contested charge had paid one order line. Append-only by trigger."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="parts")
    order_line_id = models.UUIDField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "order_line_id"], name="dispute_part_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_part_positive"),
        ]
        indexes = [models.Index(fields=["order_line_id"], name="dispute_part_line")]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.dispute_id}"
