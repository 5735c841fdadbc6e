"""Keys with which a party's machines send and ask for events."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.plumbing import audit
from bandstand.provenance.models import EpcisKey
from bandstand.provenance.rules.faults import CaptureNotFoundError
from bandstand.provenance.rules.tokens import hash_of
from bandstand.provenance.rules.words import Scope

START: Final = "bsk_"
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key; its token is shown this once and never kept."""

    id: UUID
    token: str


@transaction.atomic
def make_key(
    *, party_id: UUID, scopes: Sequence[str], name: str, actor: str, now: datetime
) -> MadeKey:
    """
    Make a key for a party.

    Raises: BadInputError for a scope that is none.
    """
    known = [scope.value for scope in Scope]
    wrong = next((scope for scope in scopes if scope not in known), None)
    if wrong is not None or not scopes:
        near = near_matches(wrong or "", known) or known
        raise BadInputError(f"“{wrong or ''}” is not a scope; use {' or '.join(near)}.")
    token = START + secrets.token_urlsafe(TOKEN_BYTES)
    key = EpcisKey.objects.create(
        party_id=party_id,
        name=name,
        token_sha256=hash_of(token),
        scopes=sorted(set(scopes)),
        created_at=now,
        created_by=actor,
    )
    audit.record(
        actor=actor,
        action="epcis.key.make",
        subject=str(key.id),
        now=now,
        party=str(party_id),
        scopes=key.scopes,
    )
    return MadeKey(key.id, token)


@transaction.atomic
def revoke_key(*, key_id: UUID, actor: str, now: datetime) -> bool:
    """
    Revoke a key at once; return whether this call did it.

    Raises: CaptureNotFoundError if there is none.
    """
    if not EpcisKey.objects.filter(pk=key_id).exists():
        raise CaptureNotFoundError(f"There is no key {key_id}.", given=str(key_id))
    done = EpcisKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now)
    if done:
        audit.record(actor=actor, action="epcis.key.revoke", subject=str(key_id), now=now)
    return bool(done)
