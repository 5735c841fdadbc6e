"""What a provider's reports say moved."""

from django.db import models
from django.db.models import Q

from bandstand.payments.rules import (
    MoveKind,
    RowKind,
)
from bandstand.plumbing.models import Record


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
