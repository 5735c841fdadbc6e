"""
The status lists of a book's issuers: one a credential, signed by its issuer, never hosted here.

Asking for one is asking the case: it answers with the bit that stands at that instant, or does not
answer, as the case has it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bandstand.config.cases.signing import KeyPair, sign
from bandstand.kernel.errors import UnavailableError
from bandstand.rights.rules.credentials import StatusEntry, StatusPurpose, status_list_claims
from bandstand.rights.services.statuses import refresh_statuses

LIST_LIFE: Final = timedelta(days=7)
OK: Final = 200


class StatusHostSilentError(UnavailableError):
    """The issuer's host does not answer in this case."""

    code = "status_host_silent"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a fetch brings."""

    status: int
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One credential's list: who signs it, and where it is."""

    url: str
    issuer: str
    pair: KeyPair


@dataclass
class StatusHost:
    """The hosts of every list: the bits that are set, and whether anybody answers."""

    places: dict[str, Place] = field(default_factory=dict)
    set_bits: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    is_silent: bool = False

    def place_for(self, grant: str, *, issuer: str, pair: KeyPair) -> StatusEntry:
        """Give a credential its place on a list of its issuer."""
        host = f"status.{issuer.rpartition(':')[2]}.example"
        url = f"https://{host}/lists/{len(self.places) + 1}"
        self.places[grant] = Place(url, issuer, pair)
        return StatusEntry(url, 1, StatusPurpose.REVOCATION)

    def ask(self, *, now: datetime, credential_id: UUID | None = None) -> None:
        """Let the shop ask the lists that are due, as its hourly job does; or one credential's."""
        refresh_statuses(
            fetch=lambda url: self._answer(url, now=now), now=now, credential_id=credential_id
        )

    def _answer(self, url: str, *, now: datetime) -> Answered:
        grant, place = next((name, one) for name, one in self.places.items() if one.url == url)
        if self.is_silent or grant in self.silent:
            raise StatusHostSilentError(f"{url} does not answer.")
        claims = status_list_claims(
            url=url,
            issuer=place.issuer,
            purpose=StatusPurpose.REVOCATION,
            set_indexes=[1] if grant in self.set_bits else [],
            from_at=now,
            life=LIST_LIFE,
        )
        return Answered(OK, sign(claims, pair=place.pair).encode(), now)
