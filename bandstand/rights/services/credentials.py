"""
Presenting credentials: each is judged, kept byte for byte, and recorded as a grant.

A credential whose claims name this seller and whose proof fails is recorded too, with its fault:
it never counts, and decisions say what is wrong with it. One that names another seller is not this
seller's, however genuine; only an audit entry remains of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.catalogue.models import Brand
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.plumbing import audit, jobs
from bandstand.plumbing.locks import lock
from bandstand.rights.models import Credential, CredentialStatus, Grant
from bandstand.rights.queries import credentials as reads, keys
from bandstand.rights.queries.scopes import scope_of
from bandstand.rights.rules import GrantLevel, GrantScope
from bandstand.rights.rules.credentials import (
    Claims,
    CredentialFaultError,
    Envelope,
    Examination,
    Fault,
    FaultCode,
    StatusPurpose,
    examine,
    open_envelope,
)

FAULTY_MAX: Final = 100
"""How many credentials that prove nothing one party may leave here."""
CHECK_TASK: Final = "bandstand.rights.tasks.check_statuses"
NOT_YOURS: Final = Fault(
    FaultCode.NOT_YOURS,
    "The credential names another seller, so it is not yours to present.",
    "Ask the issuer for one that names you.",
)


class CredentialWordsError(BadInputError):
    """A credential that names something the shop does not know."""

    code = "credential_words"


class TooManyFaultyError(RefusedError):
    """One party has presented too much that proves nothing."""

    code = "too_many_faulty_credentials"


@dataclass(frozen=True, kw_only=True, slots=True)
class Presented:
    """What became of a credential. Without a grant it was not kept."""

    credential_id: UUID | None
    grant_id: UUID | None
    fault: Fault | None
    is_new: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issued, by our keys: one of the two."""

    brand_id: UUID | None
    party_id: UUID | None


@transaction.atomic
def present_credential(*, compact: str, presented_by: UUID, actor: str, now: datetime) -> Presented:
    """
    Judge a credential that its seller or its issuer presents, and record it as a grant; idempotent.

    One that was faulty for want of a key may be presented again when the key is registered.

    Raises: CredentialFaultError if it cannot be read or its issuer is nobody known here,
        CredentialWordsError, TooManyFaultyError.
    Lock: the credential's hash, then the anchors of its brands and its seller, exclusively.
    """
    envelope = open_envelope(compact)
    lock(f"credential:{envelope.signed_sha256}")
    known = _known(envelope)
    found = examine(
        compact,
        keys=keys.key_facts(envelope.header.kid),
        at=now,
        seen_at=known.presented_at if known else now,
    )
    issuer = _issuer(found)
    grantee_id = keys.party_called(found.claims.subject.id)
    if grantee_id is None or not _may_present(presented_by, grantee_id=grantee_id, issuer=issuer):
        return _not_theirs(found, presented_by=presented_by, actor=actor, now=now)
    if known is not None and (known.key_id is not None or found.key is None):
        return _again(known)
    if found.key is None and _faulty_of(presented_by) >= FAULTY_MAX:
        raise TooManyFaultyError(f"{FAULTY_MAX} credentials that prove nothing are enough.")
    scope, notes = scope_of(found.claims.subject)
    _check_hosted(found)
    if known is not None and known.compact == envelope.compact:
        credential = _mended(known, found, now=now)
    else:
        grant = _record_grant(found.claims, grantee_id=grantee_id, issuer=issuer, scope=scope)
        credential = _record(found, grant=grant, presented_by=presented_by, now=now)
    _confirm_or_ask(credential, now=now)
    _note(credential, found, actor=actor, now=now)
    return Presented(
        credential_id=credential.id,
        grant_id=credential.grant_id,
        fault=found.proof or found.period,
        is_new=known is None,
        notes=notes,
    )


def judge_credential(*, compact: str, now: datetime) -> Examination:
    """
    Say what would become of a credential, and record nothing.

    Raises: CredentialFaultError if it cannot be read.
    """
    envelope = open_envelope(compact)
    return examine(compact, keys=keys.key_facts(envelope.header.kid), at=now, seen_at=now)


def _known(envelope: Envelope) -> Credential | None:
    """Return the proved credential of the same signed text, else the very same bytes, else None."""
    same = Credential.objects.filter(signed_sha256=envelope.signed_sha256)
    proved = same.filter(key__isnull=False).first()
    return proved or same.filter(sha256=envelope.sha256).first() or same.order_by("id").first()


def _issuer(found: Examination) -> Issuer:
    if found.key is not None:
        kind, _, owner = found.key.owner.partition(":")
        return Issuer(UUID(owner), None) if kind == "brand" else Issuer(None, UUID(owner))
    brand_id = keys.brand_called(found.claims.issuer)
    party_id = None if brand_id else keys.party_called(found.claims.issuer)
    if brand_id is None and party_id is None:
        raise CredentialFaultError(
            Fault(
                FaultCode.ISSUER_NOT_BRAND,
                f"{found.claims.issuer} is no brand and no party that is known here.",
                "The issuer's domain must be verified here, or the issuer named by its URN.",
            )
        )
    return Issuer(brand_id, party_id)


def _may_present(presented_by: UUID, *, grantee_id: UUID, issuer: Issuer) -> bool:
    if presented_by in {grantee_id, issuer.party_id}:
        return True
    owned = Q(owner=presented_by) | Q(owner=None, parent__owner=presented_by)
    return issuer.brand_id is not None and Brand.objects.filter(owned, pk=issuer.brand_id).exists()


def _not_theirs(found: Examination, *, presented_by: UUID, actor: str, now: datetime) -> Presented:
    audit.record(
        actor=actor,
        action="rights.credential_not_theirs",
        subject=print_id(IdKind.PARTY, presented_by),
        now=now,
        claims_id=found.claims.id,
        names=found.claims.subject.id,
        sha256=found.envelope.sha256,
    )
    return Presented(credential_id=None, grant_id=None, fault=NOT_YOURS)


def _again(known: Credential) -> Presented:
    fault = None
    if known.fault:
        fault = Fault(FaultCode(known.fault), known.fault_text, known.fault_cure)
    return Presented(credential_id=known.id, grant_id=known.grant_id, fault=fault)


def _faulty_of(party_id: UUID) -> int:
    return Credential.objects.filter(presented_by=party_id, key=None).count()


def _check_hosted(found: Examination) -> None:
    """Refuse a place on a hosted list that is not the issuer's, or that another has."""
    for one in found.claims.statuses:
        if not reads.is_hosted(one.url) or found.key is None:
            continue
        kind, _, owner = found.key.owner.partition(":")
        slug = Brand.objects.filter(pk=owner).values_list("slug", flat=True).first()
        if kind != "brand" or slug is None or one.url != reads.hosted_url(slug):
            raise CredentialWordsError(f"{one.url} is not the issuer's status list.")
        taken = CredentialStatus.objects.filter(
            url=one.url, index=one.index, credential__key__isnull=False
        )
        if taken.exists():
            raise CredentialWordsError(
                f"Place {one.index} of {one.url} belongs to another credential. Issue this one "
                "again, with a new place."
            )
        if one.purpose is not StatusPurpose.REVOCATION:
            raise CredentialWordsError(f"{one.url} is a list of revocations only.")


def _record_grant(claims: Claims, *, grantee_id: UUID, issuer: Issuer, scope: GrantScope) -> Grant:
    return Grant.objects.create(
        issuer_brand_id=issuer.brand_id,
        issuer_party_id=issuer.party_id,
        parent_id=_parent(claims) if issuer.party_id else None,
        grantee_id=grantee_id,
        brands=sorted(scope.brands),
        categories=sorted(scope.categories),
        markets=sorted(scope.markets),
        models_only=sorted(scope.models),
        conditions=sorted(one.value for one in scope.conditions),
        from_at=claims.valid_from,
        until_at=claims.valid_until,
        sell_off_until=claims.subject.sell_off_until,
        delegate_depth=claims.subject.delegation_depth,
        level=GrantLevel.CREDENTIAL.value,
        evidence=f"credential {claims.id}",
    )


def _parent(claims: Claims) -> UUID:
    named = claims.subject.parent
    found: UUID | None = None
    if named.startswith("sha256:"):
        above = Credential.objects.filter(sha256=named.removeprefix("sha256:"))
        found = above.values_list("grant_id", flat=True).first()
    elif named:
        above_grant = Grant.objects.filter(pk=parse_id(IdKind.GRANT, named))
        found = above_grant.values_list("id", flat=True).first()
    if found is None:
        raise CredentialWordsError(
            "The credential hangs below another that is not known here"
            + (f" ({named})" if named else ": parentCredential names none")
            + ". Present the one above first."
        )
    return found


def _record(found: Examination, *, grant: Grant, presented_by: UUID, now: datetime) -> Credential:
    row = Credential.objects.create(
        grant=grant,
        compact=found.envelope.compact,
        sha256=found.envelope.sha256,
        signed_sha256=found.envelope.signed_sha256,
        claims_id=found.claims.id,
        issuer=found.claims.issuer,
        kid=found.envelope.header.kid,
        presented_by_id=presented_by,
        presented_at=now,
        checked_at=now,
        **_judgement(found),
    )
    CredentialStatus.objects.bulk_create(
        CredentialStatus(credential=row, url=one.url, index=one.index, purpose=one.purpose.value)
        for one in found.claims.statuses
    )
    return row


def _mended(known: Credential, found: Examination, *, now: datetime) -> Credential:
    judged = _judgement(found)
    for name, value in judged.items():
        setattr(known, name, value)
    known.checked_at = now
    known.save(update_fields=[*judged, "checked_at"])
    return known


def _judgement(found: Examination) -> dict[str, object]:
    fault = found.proof
    # A revoked key is judged anew by every decision, so it is not written down as the proof's
    # own fault.
    if found.key is not None and fault is not None and fault.code is FaultCode.KEY_REVOKED:
        fault = None if _key_is_revoked(found) else fault
    return {
        "key_id": UUID(found.key.id) if found.key else None,
        "fault": fault.code.value if fault else "",
        "fault_text": fault.text if fault else "",
        "fault_cure": fault.cure if fault else "",
    }


def _key_is_revoked(found: Examination) -> bool:
    return found.key is not None and found.key.revoked_at is not None


def _confirm_or_ask(credential: Credential, *, now: datetime) -> None:
    """Set the status of a credential whose list is kept here; have others' lists asked soon."""
    urls = list(credential.statuses.values_list("url", flat=True))
    if not urls or credential.key_id is None:
        return
    if all(reads.is_hosted(url) for url in urls):
        Grant.objects.filter(credential=credential).update(status_checked_at=now)
        return
    jobs.defer(CHECK_TASK, once=f"rights.check:{credential.id}", credential_id=str(credential.id))


def _note(credential: Credential, found: Examination, *, actor: str, now: datetime) -> None:
    assert credential.grant_id is not None  # noqa: S101 -- recorded with one
    audit.record(
        actor=actor,
        action="rights.credential",
        subject=print_id(IdKind.GRANT, credential.grant_id),
        now=now,
        claims_id=found.claims.id,
        sha256=credential.sha256,
        fault=credential.fault,
    )
