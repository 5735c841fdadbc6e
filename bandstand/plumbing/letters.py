"""Letters: each is a row before it is an e-mail, and its key makes a repeat the same letter."""

from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from bandstand.plumbing import jobs
from bandstand.plumbing.models import Letter


@transaction.atomic
def write_letter(
    *, key: str, kind: str, to_address: str, subject: str, body: str, about: str, now: datetime
) -> bool:
    """Queue a letter unless one with this key was ever written; return whether it is new."""
    letter, is_new = Letter.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "to_address": to_address,
            "subject": subject,
            "body": body,
            "about": about,
            "queued_at": now,
        },
    )
    if is_new:
        jobs.defer("bandstand.plumbing.tasks.send_letter", letter_id=str(letter.id))
    return is_new


def send_letter(letter_id: UUID, *, now: datetime) -> bool:
    """
    Send a letter that was not sent; return whether this call sent it.

    The mail server is called outside any transaction, so a crash between sending and marking can
    send a letter twice; it is never lost.
    """
    letter = Letter.objects.filter(pk=letter_id, sent_at=None).first()
    if letter is None:
        return False
    Letter.objects.filter(pk=letter_id).update(attempts=F("attempts") + 1)
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[letter.to_address],
        headers={"X-Bandstand-Letter": str(letter.id)},
    )
    message.send()
    Letter.objects.filter(pk=letter_id).update(sent_at=now)
    return True


def send_waiting(*, now: datetime, limit: int = 500) -> int:
    """Send every letter that waits, oldest first; return how many were sent."""
    waiting = Letter.objects.filter(sent_at=None).order_by("queued_at").values_list("id", flat=True)
    return sum(send_letter(letter_id, now=now) for letter_id in list(waiting[:limit]))


def letters_about(subject: str) -> list[Letter]:
    """Return the letters written about a printed id, newest first."""
    return list(Letter.objects.filter(about=subject).order_by("-queued_at"))
