"""Who may send and see events: the holder of a key, for its own party; the operator's for all."""

from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.errors import RefusedError
from bandstand.parties.models import OperatorProfile
from bandstand.provenance.models import CaptureJob, EpcisKey
from bandstand.provenance.queries.jobs import CaptureJobRow, job_row
from bandstand.provenance.queries.search import event_text, visible_events
from bandstand.provenance.rules.faults import CaptureNotFoundError
from bandstand.provenance.rules.ids import canonical
from bandstand.provenance.rules.tokens import hash_of
from bandstand.provenance.rules.words import Scope

JOBS_SHOWN = 100


class KeyRefusedError(RefusedError):
    """No key, or one that is not known or was revoked."""

    code = "epcis_key_refused"


class ScopeMissingError(RefusedError):
    """A key that may not do this."""

    code = "epcis_scope_missing"


@dataclass(frozen=True, slots=True)
class EpcisCaller:
    """Whose machine asks; ``sees`` is None for the operator's own."""

    key_id: UUID
    party_id: UUID
    is_operator: bool
    scopes: frozenset[str]

    @property
    def sees(self) -> UUID | None:
        return None if self.is_operator else self.party_id

    @property
    def actor(self) -> str:
        return f"key:{self.key_id}"


def caller_of(token: str, *, scope: Scope) -> EpcisCaller:
    """
    Return whose key a token is.

    Raises: KeyRefusedError; ScopeMissingError if the key may not do this.
    """
    key = EpcisKey.objects.filter(token_sha256=hash_of(token), revoked_at=None).first()
    if key is None:
        raise KeyRefusedError("This key is not known, or was revoked.")
    if scope.value not in key.scopes:
        raise ScopeMissingError(f"This key has no scope {scope.value}.", scope=scope.value)
    return EpcisCaller(
        key_id=key.id,
        party_id=key.party_id,
        is_operator=OperatorProfile.objects.filter(party_id=key.party_id).exists(),
        scopes=frozenset(key.scopes),
    )


def capture_for(caller: EpcisCaller, job_id: UUID) -> CaptureJobRow:
    """
    Return a capture that a caller sent.

    Raises: CaptureNotFoundError if there is none that it may see.
    """
    jobs = CaptureJob.objects.defer("document").filter(pk=job_id)
    job = jobs.first() if caller.is_operator else jobs.filter(sender_id=caller.party_id).first()
    if job is None:
        raise CaptureNotFoundError(f"There is no capture {job_id}.", given=str(job_id))
    return job_row(job)


def captures_for(caller: EpcisCaller) -> list[CaptureJobRow]:
    """Return the latest captures that a caller sent."""
    jobs = CaptureJob.objects.defer("document").order_by("-created_at", "-id")
    if not caller.is_operator:
        jobs = jobs.filter(sender_id=caller.party_id)
    return [job_row(job) for job in jobs[:JOBS_SHOWN]]


def event_for(caller: EpcisCaller, event_id: str) -> str:
    """
    Return an event as it is written out; with its error declaration if it was declared wrong.

    Raises: CaptureNotFoundError if there is none that the caller may see.
    """
    found = visible_events(seen_by=caller.sees).filter(event_id=canonical(event_id))
    event = found.order_by("-is_declaration", "-recorded_at", "-id").first()
    if event is None:
        raise CaptureNotFoundError(f"There is no event {event_id}.", given=event_id)
    return event_text(event)
