"""What a provider has yet to be told, and what it refused."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.tax.models import ProviderTelling
from bandstand.tax.rules import Telling, TellingState


@dataclass(frozen=True, slots=True)
class TellingRow:
    """One thing to tell a provider."""

    quote_id: UUID
    telling: Telling
    state: TellingState
    tries: int
    words: str
    written_at: datetime


def tellings() -> tuple[TellingRow, ...]:
    """Return what was not told yet, the oldest first."""
    found = ProviderTelling.objects.exclude(state=TellingState.TOLD.value).order_by("written_at")
    return tuple(
        TellingRow(
            quote_id=one.quote_id,
            telling=Telling(one.telling),
            state=TellingState(one.state),
            tries=one.tries,
            words=one.words,
            written_at=one.written_at,
        )
        for one in found
    )
