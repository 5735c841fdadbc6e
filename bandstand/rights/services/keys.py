"""
Registering and revoking the keys that brands and parties sign with.

Only public keys are ever kept. A revocation is final; the database refuses to take one back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.catalogue.models import Brand
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.parties.models import Party
from bandstand.plumbing import audit
from bandstand.rights.models import SigningKey
from bandstand.rights.rules.credentials import PublicKey, public_key
from bandstand.rights.rules.credentials.compact import KID_MAX
from bandstand.rights.rules.credentials.strict_json import require_plain_text

REASON_MAX = 300


class KeyWordsError(BadInputError):
    """A key that cannot be registered or revoked as it is asked for."""

    code = "key_words"


class KeyTakenError(RefusedError):
    """The name or the bytes are already registered as something else."""

    code = "key_taken"


@transaction.atomic
def add_key(  # noqa: PLR0913 -- a key is registered with these parts
    *,
    jwk: Mapping[str, Any],
    source: str,
    actor: str,
    now: datetime,
    brand_id: UUID | None = None,
    party_id: UUID | None = None,
    kid: str = "",
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> UUID:
    """
    Register a public key for a brand or a party, pinned to its algorithm; idempotent.

    Raises: CredentialFaultError for a key that is private or of a kind that is not accepted,
        KeyWordsError, KeyTakenError, NotFoundError.
    """
    key = public_key(jwk, kid=require_plain_text(kid, what="The key's name"))
    _check_words(key, from_at=from_at or now, until_at=until_at)
    owner = _owner(brand_id, party_id)
    known = SigningKey.objects.filter(**owner).filter(Q(kid=key.kid) | Q(thumbprint=key.thumbprint))
    for one in known.select_for_update():
        return _same(one, key)
    row = SigningKey.objects.create(
        **owner,
        kid=key.kid,
        jwk=dict(key.jwk),
        thumbprint=key.thumbprint,
        algorithm=key.algorithm.value,
        from_at=from_at or now,
        until_at=until_at,
        source=source,
        added_at=now,
        added_by=actor,
    )
    _note("rights.key", row, actor=actor, now=now, algorithm=key.algorithm.value)
    return row.id


@transaction.atomic
def revoke_key(
    *, key_id: UUID, reason: str, actor: str, now: datetime, compromised: bool = False
) -> None:
    """
    Revoke a key for good: from now on nothing that it signed counts.

    ``compromised`` says that somebody else may have signed with it, so that nothing it signed ever
    counted. A revoked key can still be found to be compromised, and nothing else of it changes.

    Raises: NotFoundError, KeyWordsError if no reason is given.
    Lock: the key's row, then the anchors of every grant that it signed, exclusively.
    """
    if not reason.strip() or len(reason) > REASON_MAX:
        raise KeyWordsError(f"Say why the key is revoked, in at most {REASON_MAX} characters.")
    key = SigningKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFoundError(f"There is no signing key {key_id}.", key_id=str(key_id))
    if key.revoked_at is not None and (key.compromised or not compromised):
        return
    key.revoked_at = key.revoked_at or now
    key.compromised, key.revoke_reason = compromised, reason.strip()
    key.save(update_fields=["revoked_at", "compromised", "revoke_reason"])
    _note("rights.key_revoke", key, actor=actor, now=now, reason=reason, compromised=compromised)


def _check_words(key: PublicKey, *, from_at: datetime, until_at: datetime | None) -> None:
    if len(key.kid) > KID_MAX:
        raise KeyWordsError(f"The key's name (kid) is longer than {KID_MAX} characters.")
    if until_at is not None and until_at <= from_at:
        raise KeyWordsError(
            f"The key would end on {until_at:%Y-%m-%d}, before it begins on {from_at:%Y-%m-%d}."
        )


def _owner(brand_id: UUID | None, party_id: UUID | None) -> dict[str, UUID]:
    if (brand_id is None) == (party_id is None):
        raise KeyWordsError("A key has one owner: name the brand or the party, not both.")
    if brand_id is not None:
        if not Brand.objects.filter(pk=brand_id).exists():
            raise NotFoundError(f"There is no brand {brand_id}.", brand_id=str(brand_id))
        return {"brand_id": brand_id}
    assert party_id is not None  # noqa: S101 -- one of the two is given
    if not Party.objects.filter(pk=party_id).exists():
        raise NotFoundError(f"There is no party {party_id}.", party_id=str(party_id))
    return {"party_id": party_id}


def _same(row: SigningKey, key: PublicKey) -> UUID:
    if row.revoked_at is not None:
        raise KeyTakenError(f"The key “{row.kid}” was revoked. Make a new key, with a new name.")
    if (row.kid, row.thumbprint, row.algorithm) != (key.kid, key.thumbprint, key.algorithm.value):
        raise KeyTakenError(
            f"This key is already registered as “{row.kid}” for {row.algorithm}."
            if row.thumbprint == key.thumbprint
            else f"Another key is already called “{row.kid}”. Give this one another name (kid)."
        )
    return row.id


def _note(action: str, key: SigningKey, *, actor: str, now: datetime, **detail: str | bool) -> None:
    owner = f"brand:{key.brand_id}" if key.brand_id else f"party:{key.party_id}"
    audit.record(actor=actor, action=action, subject=owner, now=now, kid=key.kid, **detail)
