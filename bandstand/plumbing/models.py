"""Rows that every room relies on: outbox events, letters, audit entries, the worker's beat."""

from django.db import models

from bandstand.plumbing.ids import new_id


class Record(models.Model):
    """A row with a time-ordered key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class OutboxEvent(Record):
    """
    Something that happened, written in the transaction that made it happen.

    Delivered at least once, by a job deferred in the same transaction or by the sweeper; handlers
    are idempotent by the event's id.
    """

    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    emitted_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["emitted_at"], name="outbox_waiting", condition=models.Q(delivered_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Letter(Record):
    """One e-mail. The key is its business identity, so a retried event writes it once."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    about = models.CharField(max_length=60, default="", blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"], name="letter_unsent", condition=models.Q(sent_at=None)
            ),
            models.Index(fields=["about"], name="letter_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to_address}"


class AuditEntry(Record):
    """Who did what to what. Append-only by trigger."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"


class WorkerBeat(models.Model):
    """When a worker was last seen; readiness asks for it."""

    name = models.CharField(primary_key=True, max_length=80)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
