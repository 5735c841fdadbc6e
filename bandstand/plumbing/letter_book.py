"""Reads of the letters that were written, for those who must see what people were told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.models import Letter

PAGE_SIZE: Final = 50
ORDERS: Final = {
    "queued": ("queued_at", "id"),
    "-queued": ("-queued_at", "-id"),
    "to": ("to_address", "-queued_at"),
    "-to": ("-to_address", "-queued_at"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRow:
    """One letter as it was written."""

    id: UUID
    kind: str
    to_address: str
    subject: str
    body: str
    about: str
    queued_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str

    @property
    def is_stuck(self) -> bool:
        """Say whether it was tried and did not go out."""
        return self.sent_at is None and self.attempts > 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterList:
    """A page of letters."""

    letters: tuple[LetterRow, ...]
    total: int
    page: int
    pages: int


def letters_list(
    *, text: str = "", kind: str = "", state: str = "", sort: str = "-queued", page: int = 1
) -> LetterList:
    """Return a page of letters; ``state`` is sent, waiting or stuck, empty for all."""
    found = Letter.objects.filter(_state_term(state))
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(
            Q(to_address__icontains=text) | Q(subject__icontains=text) | Q(about__icontains=text)
        )
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    rows = found.order_by(*ORDERS[sort])[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return LetterList(letters=tuple(_row(one) for one in rows), total=total, page=at, pages=pages)


def letter_row(letter_id: UUID) -> LetterRow:
    """
    Return one letter.

    Raises: NotFoundError.
    """
    letter = Letter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise NotFoundError("There is no such letter.", letter_id=str(letter_id))
    return _row(letter)


def letters_to_read(*subjects: str) -> tuple[LetterRow, ...]:
    """Return the letters about printed ids, newest first."""
    return tuple(
        _row(one) for one in Letter.objects.filter(about__in=subjects).order_by("-queued_at")
    )


def letter_kinds() -> tuple[str, ...]:
    """Return every kind of letter that was ever written."""
    return tuple(Letter.objects.order_by("kind").values_list("kind", flat=True).distinct())


def letter_count(state: str) -> int:
    """Return how many letters are sent, waiting or stuck."""
    return Letter.objects.filter(_state_term(state)).count()


def _state_term(state: str) -> Q:
    return {
        "sent": Q(sent_at__isnull=False),
        "waiting": Q(sent_at=None),
        "stuck": Q(sent_at=None, attempts__gt=0),
    }.get(state, Q())


def _row(letter: Letter) -> LetterRow:
    return LetterRow(
        id=letter.id,
        kind=letter.kind,
        to_address=letter.to_address,
        subject=letter.subject,
        body=letter.body,
        about=letter.about,
        queued_at=letter.queued_at,
        sent_at=letter.sent_at,
        attempts=letter.attempts,
        last_error=letter.last_error,
    )
