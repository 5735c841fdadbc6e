"""
Documents as proof: shown by a seller, read by two people, and the grant that comes of it.

The first reader's acceptance moves nothing but the document; the second's, in one transaction with
it, issues the grant. The database refuses a reader who uploaded it, belongs to the seller, or reads
twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from bandstand.catalogue.models import Brand, Category, DeviceModel
from bandstand.kernel.errors import NotFoundError
from bandstand.parties import queries as parties, vault
from bandstand.parties.models import Membership, Party, Person
from bandstand.parties.rules import Role
from bandstand.parties.rules.files import FileFact, examine
from bandstand.plumbing import audit, letters
from bandstand.plumbing.locks import lock
from bandstand.plumbing.models import Record
from bandstand.rights import document_letters
from bandstand.rights.document_letters import DocumentLetter
from bandstand.rights.models import Document, DocumentReview, Grant, IssuerContact
from bandstand.rights.queries import market_fact
from bandstand.rights.rules import Condition, GrantLevel, GrantScope
from bandstand.rights.rules.documents import (
    REMIND_BEFORE,
    Channel,
    DocumentClaim,
    DocumentMove,
    DocumentNotFoundError,
    DocumentRefusedError,
    DocumentState,
    DocumentWordsError,
    Reading,
    next_state,
    reminder_due,
    require_claim,
    require_contact,
    require_review,
)
from bandstand.rights.services.record import issue_grant

PORTAL: Final = "/portals/seller/documents/"


@transaction.atomic
def submit_document(
    *,
    seller_id: UUID,
    person_id: UUID,
    content: bytes,
    file_name: str,
    claim: DocumentClaim,
    now: datetime,
) -> UUID:
    """
    Take a document as proof of what its seller claims; it waits for two readers.

    The same bytes, while they wait, are the same document.

    Raises: FileRefusedError, DocumentWordsError, NotFoundError.
    Lock: the seller's document of these bytes.
    """
    require_claim(claim, today=now.date())
    _require_known(claim)
    file = examine(content, name=file_name)
    vault.keep(content)
    lock(f"document:{seller_id}:{file.sha256}")
    waiting = Document.objects.filter(
        seller=seller_id, sha256=file.sha256, state__in=["waiting", "half"]
    ).first()
    if waiting is not None:
        return waiting.id
    document = Document.objects.create(
        seller_id=seller_id,
        state=DocumentState.WAITING.value,
        uploaded_by_id=person_id,
        uploaded_at=now,
        **_file_columns(file),
        **_claim_columns(claim),
    )
    _note("submit", document, person_id=person_id, now=now)
    return document.id


@transaction.atomic
def record_contact(
    *,
    document_id: UUID,
    person_id: UUID,
    channel: Channel,
    value: str,
    source: str,
    answer: str,
    now: datetime,
) -> UUID:
    """
    Record whom a reader asked about a document, found elsewhere than in it, and the answer.

    Raises: DocumentNotFoundError, DocumentWordsError, DocumentRefusedError.
    Lock: the document's row.
    """
    document = _locked(document_id)
    next_state(DocumentState(document.state), DocumentMove.ACCEPT)  # it still waits for an answer
    require_contact(value=value, source=source, answer=answer, found=document.contacts_found)
    _require_reader(document, person_id=person_id)
    contact = IssuerContact.objects.create(
        document=document,
        channel=channel.value,
        value=value.strip(),
        source=source.strip(),
        answer=answer.strip(),
        asked_by_id=person_id,
        asked_at=now,
    )
    _note("contact", document, person_id=person_id, now=now, value=contact.value)
    return contact.id


@transaction.atomic
def review_document(
    *, document_id: UUID, person_id: UUID, reading: Reading, now: datetime
) -> DocumentState:
    """
    Record what a reader found; the second acceptance issues the grant, a refusal tells the seller.

    Raises: DocumentNotFoundError, DocumentWordsError, DocumentRefusedError.
    Lock: the document's row.
    """
    document = _locked(document_id)
    after = next_state(DocumentState(document.state), reading.move)
    contact = document.contacts.filter(pk__in=_given(reading.contact_id)).first()
    require_review(reading, has_contact=contact is not None)
    _require_reader(document, person_id=person_id)
    if document.reviews.filter(reviewer=person_id).exists():
        raise DocumentRefusedError("You have read this document; a second person must.")
    DocumentReview.objects.create(
        document=document,
        reviewer_id=person_id,
        verdict=reading.move.value,
        reason=reading.reason.strip(),
        cure=reading.cure.strip(),
        contact=contact,
        is_independent=reading.is_independent,
        reviewed_at=now,
    )
    _note(reading.move.value, document, person_id=person_id, now=now, reason=reading.reason)
    _move(document, to=after, now=now)
    if after is DocumentState.REFUSED:
        _tell_refused(document, reading=reading, now=now)
    return after


@transaction.atomic
def withdraw_document(*, document_id: UUID, person_id: UUID, now: datetime) -> None:
    """
    Take a document back before it is decided.

    Raises: DocumentNotFoundError, DocumentRefusedError.
    Lock: the document's row.
    """
    document = _locked(document_id)
    after = next_state(DocumentState(document.state), DocumentMove.WITHDRAW)
    _note("withdraw", document, person_id=person_id, now=now)
    _move(document, to=after, now=now)


def open_document_file(*, document_id: UUID, actor: str, now: datetime) -> bytes:
    """
    Return a document's bytes to somebody who may read it, and record that they did.

    Raises: DocumentNotFoundError, NotInVaultError, SealBrokenError.
    """
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFoundError("There is no such document.")
    audit.record(
        actor=actor, action="document.open", subject=_subject(document), now=now, of=document.sha256
    )
    return vault.fetch(document.sha256)


def remind_of_ends(*, now: datetime) -> int:
    """Write to each seller whose document's proof ends soon, once a reminder; return how many."""
    rows = Document.objects.filter(
        state=DocumentState.ACCEPTED.value,
        grant__revoked_at=None,
        grant__until_at__gt=now,
        grant__until_at__lte=now + max(REMIND_BEFORE),
    ).select_related("seller", "grant", "issuer_brand", "issuer_party")
    return sum(_remind(one, now=now) for one in rows)


def _remind(document: Document, *, now: datetime) -> bool:
    assert document.grant is not None  # noqa: S101 -- the filter asks for one
    until_at = document.grant.until_at
    before = reminder_due(until_at, now=now)
    if before is None:
        return False
    letter = document_letters.ends_soon(
        **_names(document), until_at=until_at, days=(until_at - now).days
    )
    return _write(f"document:{document.id}:ends:{before.days}", document, letter=letter, now=now)


def _move(document: Document, *, to: DocumentState, now: datetime) -> None:
    fields = ["state"]
    document.state = to.value
    if to is DocumentState.ACCEPTED:
        document.grant_id = _issue(document, now=now)
        letter = document_letters.accepted(**_names(document), until_at=document.until_at)
        _write(f"document:{document.id}:accepted", document, letter=letter, now=now)
        fields.append("grant")
    if to is not DocumentState.HALF:
        document.decided_at = now
        fields.append("decided_at")
    document.save(update_fields=fields)


def _issue(document: Document, *, now: datetime) -> UUID:
    return issue_grant(
        grantee_id=document.seller_id,
        issuer_brand_id=document.issuer_brand_id,
        issuer_party_id=document.issuer_party_id,
        parent_id=document.parent_id,
        scope=GrantScope(
            brands=frozenset(document.brands),
            categories=frozenset(document.categories),
            markets=frozenset(document.markets),
            conditions=frozenset(Condition(one) for one in document.conditions),
            models=frozenset(document.models_only),
        ),
        from_at=document.from_at,
        until_at=document.until_at,
        level=GrantLevel.DOCUMENT,
        delegate_depth=document.delegate_depth,
        evidence=(
            f"{document.kind.capitalize()} of {document.letter_date:%Y-%m-%d}, read by two people, "
            f"sha-256 {document.sha256}"
        ),
        actor="two readers",
        now=now,
    )


def _tell_refused(document: Document, *, reading: Reading, now: datetime) -> None:
    letter = document_letters.refused(**_names(document), reason=reading.reason, cure=reading.cure)
    _write(f"document:{document.id}:refused", document, letter=letter, now=now)


def _write(key: str, document: Document, *, letter: DocumentLetter, now: datetime) -> bool:
    if not document.seller.email:
        return False
    return letters.write_letter(
        key=key,
        kind="document",
        to_address=document.seller.email,
        subject=letter.subject,
        body=letter.body,
        about=_subject(document),
        now=now,
    )


def _names(document: Document) -> dict[str, str]:
    return {
        "shop": parties.operator().shop_name,
        "seller": document.seller.trading_name,
        "issuer": str(document.issuer_brand or document.issuer_party),
        "url": f"{settings.BASE_URL}{PORTAL}",
    }


def _locked(document_id: UUID) -> Document:
    found = (
        Document.objects.select_for_update(of=("self",))
        .select_related("seller", "issuer_brand", "issuer_party")
        .filter(pk=document_id)
        .first()
    )
    if found is None:
        raise DocumentNotFoundError("There is no such document.")
    return found


def _require_reader(document: Document, *, person_id: UUID) -> None:
    held = Membership.objects.filter(person=person_id)
    is_own = person_id == document.uploaded_by_id or held.filter(party=document.seller).exists()
    if is_own or not held.filter(role=Role.OPERATOR.value).exists():
        raise DocumentRefusedError(
            "Two people of the operator's read a document, who neither uploaded it nor act for "
            "its seller."
        )


def _require_known(claim: DocumentClaim) -> None:
    for market in claim.scope.markets:
        market_fact(market)
    _require(Brand, [*claim.scope.brands, *_given(claim.issuer_brand_id)], field="brands")
    _require(Category, claim.scope.categories, field="categories")
    _require(DeviceModel, claim.scope.models, field="models")
    _require(Party, _given(claim.issuer_party_id), field="issuer")
    if claim.parent_id is not None and not Grant.objects.filter(pk=claim.parent_id).exists():
        raise NotFoundError("There is no such grant to hang below.")


def _require(model: type[Record], keys: Iterable[UUID], *, field: str) -> None:
    asked = set(keys)
    rows = model._default_manager.filter(pk__in=asked)  # noqa: SLF001 -- documented name
    if rows.count() != len(asked):
        raise DocumentWordsError(
            "One of these is not known here. Choose from the list.", field=field
        )


def _given(key: UUID | None) -> list[UUID]:
    return [] if key is None else [key]


def _file_columns(file: FileFact) -> dict[str, object]:
    return {
        "sha256": file.sha256,
        "file_name": file.name,
        "media_type": file.media_type.value,
        "byte_count": file.byte_count,
        "flags": list(file.flags),
        "text_found": file.text,
        "contacts_found": list(file.contacts),
    }


def _claim_columns(claim: DocumentClaim) -> dict[str, object]:
    return {
        "kind": claim.kind.value,
        "issuer_brand_id": claim.issuer_brand_id,
        "issuer_party_id": claim.issuer_party_id,
        "parent_id": claim.parent_id,
        "brands": sorted(claim.scope.brands),
        "categories": sorted(claim.scope.categories),
        "markets": sorted(claim.scope.markets),
        "models_only": sorted(claim.scope.models),
        "conditions": sorted(one.value for one in claim.scope.conditions),
        "delegate_depth": claim.delegate_depth,
        "letter_date": claim.letter_date,
        "from_at": claim.from_at,
        "until_at": claim.until_at,
    }


def _subject(document: Document) -> str:
    return f"document:{document.id}"


def _note(
    action: str, document: Document, *, person_id: UUID, now: datetime, **detail: str
) -> None:
    audit.record(
        actor=Person.objects.get(pk=person_id).email,
        action=f"document.{action}",
        subject=_subject(document),
        now=now,
        sha256=document.sha256,
        **detail,
    )
