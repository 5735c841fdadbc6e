"""What a provider's reports say moved."""

from django.db import models
from django.db.models import Q

from bandstand.payments.rules import MoveKind, ReportForm, RowKind, UploadState
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
    """
    One movement of a provider's balance; imported again it is the same row.

    A trigger keeps what the provider said as it is; only what it was matched with is written later,
    and a match ends only with a ``SettlementUnmatch`` that says why.
    """

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


class SettlementUnmatch(Record):
    """A match that a person took apart, with what it was and why. Append-only by trigger."""

    row = models.ForeignKey(SettlementRow, on_delete=models.PROTECT, related_name="unmatched")
    move_id = models.UUIDField()
    move_kind = models.CharField(max_length=20)
    matched_at = models.DateTimeField()
    matched_by = models.CharField(max_length=200)
    match_reason = models.CharField(max_length=400, default="", blank=True)
    unmatched_at = models.DateTimeField()
    unmatched_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=400)

    def __str__(self) -> str:
        return f"{self.row_id} from {self.move_id}"


class SettlementUpload(Record):
    """
    A report that somebody sent in, from being looked at to being taken in.

    Its text is kept only until it was taken in or dropped; a big one is taken in part by part.
    """

    gateway = models.CharField(max_length=20)
    form = models.CharField(max_length=12, choices=[(one.value, one.value) for one in ReportForm])
    name = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in UploadState])
    row_count = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=600, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in UploadState]),
                name="settlement_upload_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "dropped"]) | Q(text=""),
                name="settlement_upload_text_gone",
            ),
        ]

    def __str__(self) -> str:
        return self.name
