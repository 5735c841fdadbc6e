"""Payments, money commands, captures, refunds, and events from providers."""

from django.db import models
from django.db.models import F, Q

from bandstand.gate.models import GateScope
from bandstand.payments.rules import (
    CommandKind,
    CommandState,
    DisputeState,
    MoveKind,
    OperationState,
    PaymentState,
    RowKind,
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

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class SandboxEvent(Record):
    """One delivery of a signed event, due or done; a duplicate is a second row of the event."""

    event_id = models.CharField(max_length=60)
    body = models.TextField()
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


class SettlementFile(Record):
    """A provider's report of what moved, as it was imported. Append-only by trigger."""

    gateway = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "sha256"], name="settlement_file_once")
        ]

    def __str__(self) -> str:
        return self.name


class SettlementRow(Record):
    """One movement of a provider's balance; imported again it is the same row."""

    file = models.ForeignKey(SettlementFile, on_delete=models.PROTECT, related_name="rows")
    gateway = models.CharField(max_length=20)
    row_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in RowKind])
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()
    source_ref = models.CharField(max_length=80, default="", blank=True)
    payment_ref = models.CharField(max_length=80, default="", blank=True)
    payout_ref = models.CharField(max_length=80, default="", blank=True)
    description = models.CharField(max_length=200, default="", blank=True)
    # What of ours it is: a money command, or a leg of a dispute.
    move_id = models.UUIDField(null=True)
    move_kind = models.CharField(
        max_length=20, default="", blank=True, choices=[(one.value, one.value) for one in MoveKind]
    )
    matched_at = models.DateTimeField(null=True)
    matched_by = models.CharField(max_length=200, default="", blank=True)
    match_reason = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "row_id"], name="settlement_row_once"),
            models.UniqueConstraint(
                fields=["move_id", "move_kind"],
                condition=Q(move_id__isnull=False),
                name="settlement_move_once",
            ),
            models.CheckConstraint(
                condition=Q(move_id=None, matched_at=None)
                | Q(move_id__isnull=False, matched_at__isnull=False),
                name="settlement_match_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["occurred_at"], name="settlement_open", condition=Q(move_id=None))
        ]

    def __str__(self) -> str:
        return self.row_id
