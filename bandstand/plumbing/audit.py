"""The audit log: who did what to what."""

from datetime import datetime

from bandstand.plumbing.models import AuditEntry


def record(*, actor: str, action: str, subject: str, now: datetime, **detail: object) -> None:
    """
    Add an entry in the caller's transaction, so that the deed and its record stand or fall
    together.
    """
    AuditEntry.objects.create(at=now, actor=actor, action=action, subject=subject, detail=detail)
