"""Reads of the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from bandstand.plumbing.models import AuditEntry

PAGE_SIZE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditRow:
    """Who did what to what, and when."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditList:
    """A page of the log, newest first."""

    entries: tuple[AuditRow, ...]
    total: int
    page: int
    pages: int


def audit_list(*, text: str = "", action: str = "", page: int = 1) -> AuditList:
    """Return a page of the log; ``text`` is part of an actor, a subject or a deed."""
    found = AuditEntry.objects.all()
    if action:
        found = found.filter(action=action)
    if text:
        found = found.filter(
            Q(actor__icontains=text) | Q(subject__icontains=text) | Q(action__icontains=text)
        )
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    rows = found.order_by("-at", "-id")[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return AuditList(
        entries=tuple(
            AuditRow(
                id=one.id,
                at=one.at,
                actor=one.actor,
                action=one.action,
                subject=one.subject,
                detail=one.detail,
            )
            for one in rows
        ),
        total=total,
        page=at,
        pages=pages,
    )


def audit_actions() -> tuple[str, ...]:
    """Return every deed that was ever recorded."""
    return tuple(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())
