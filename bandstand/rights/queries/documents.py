"""Reads of documents shown as proof: whole rows for staff and their seller, counts for desks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from bandstand.catalogue.models import Brand, Category, DeviceModel
from bandstand.rights.models import Document, DocumentReview, Grant, IssuerContact
from bandstand.rights.rules.documents import (
    OPEN,
    Channel,
    DocumentKind,
    DocumentMove,
    DocumentState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """Whom a reader asked, where they found the contact, and the answer."""

    id: UUID
    channel: Channel
    value: str
    source: str
    answer: str
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """What one reader found."""

    reviewer_id: UUID
    reviewer: str
    verdict: DocumentMove
    reason: str
    cure: str
    contact_id: UUID | None
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """One document with its claim, as names and not as keys."""

    id: UUID
    seller_id: UUID
    seller_name: str
    seller_slug: str
    kind: DocumentKind
    state: DocumentState
    sha256: str
    file_name: str
    media_type: str
    byte_count: int
    flags: tuple[str, ...]
    text_found: str
    contacts_found: tuple[str, ...]
    issuer: str
    issuer_is_brand: bool
    brand_ids: tuple[UUID, ...]
    brands: tuple[str, ...]
    categories: tuple[str, ...]
    markets: tuple[str, ...]
    models: tuple[str, ...]
    conditions: tuple[str, ...]
    delegate_depth: int
    letter_date: date
    from_at: datetime
    until_at: datetime
    uploaded_by_id: UUID
    uploaded_by: str
    uploaded_at: datetime
    decided_at: datetime | None
    grant_id: UUID | None
    contacts: tuple[ContactRow, ...]
    reviews: tuple[ReviewRow, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def documents_of(seller_id: UUID) -> list[DocumentRow]:
    """Return a seller's own documents, newest first."""
    return _shown(_rows().filter(seller=seller_id).order_by("-uploaded_at", "-id"))


def documents_waiting() -> list[DocumentRow]:
    """Return the documents that wait for a reader, oldest first."""
    return _shown(_rows().filter(state__in=[one.value for one in OPEN]).order_by("uploaded_at"))


def document_row(document_id: UUID) -> DocumentRow | None:
    """Return one document."""
    return next(iter(_shown(_rows().filter(pk=document_id))), None)


def open_document_count() -> int:
    """Return how many documents wait for a reader."""
    return Document.objects.filter(state__in=[one.value for one in OPEN]).count()


def _rows() -> QuerySet[Document]:
    return Document.objects.select_related(
        "seller", "issuer_brand", "issuer_party", "uploaded_by"
    ).prefetch_related("contacts__asked_by", "reviews__reviewer")


def _shown(rows: Iterable[Document]) -> list[DocumentRow]:
    found = list(rows)
    names = _names(found)
    return [_row(one, names) for one in found]


def _names(found: list[Document]) -> dict[UUID, str]:
    brands = {key for one in found for key in one.brands}
    categories = {key for one in found for key in one.categories}
    models = {key for one in found for key in one.models_only}
    return (
        dict(Brand.objects.filter(pk__in=brands).values_list("id", "name"))
        | dict(Category.objects.filter(pk__in=categories).values_list("id", "name"))
        | dict(DeviceModel.objects.filter(pk__in=models).values_list("id", "name"))
    )


def _row(one: Document, names: dict[UUID, str]) -> DocumentRow:
    issuer = one.issuer_brand or one.issuer_party
    return DocumentRow(
        id=one.id,
        seller_id=one.seller_id,
        seller_name=one.seller.trading_name,
        seller_slug=one.seller.slug,
        kind=DocumentKind(one.kind),
        state=DocumentState(one.state),
        sha256=one.sha256,
        file_name=one.file_name,
        media_type=one.media_type,
        byte_count=one.byte_count,
        flags=tuple(one.flags),
        text_found=one.text_found,
        contacts_found=tuple(one.contacts_found),
        issuer=str(issuer),
        issuer_is_brand=one.issuer_brand_id is not None,
        brand_ids=tuple(one.brands),
        brands=tuple(names[key] for key in one.brands),
        categories=tuple(names[key] for key in one.categories),
        markets=tuple(one.markets),
        models=tuple(names[key] for key in one.models_only),
        conditions=tuple(one.conditions),
        delegate_depth=one.delegate_depth,
        letter_date=one.letter_date,
        from_at=one.from_at,
        until_at=one.until_at,
        uploaded_by_id=one.uploaded_by_id,
        uploaded_by=one.uploaded_by.email,
        uploaded_at=one.uploaded_at,
        decided_at=one.decided_at,
        grant_id=one.grant_id,
        contacts=tuple(
            _contact(each) for each in sorted(one.contacts.all(), key=lambda row: row.id)
        ),
        reviews=tuple(_review(each) for each in sorted(one.reviews.all(), key=lambda row: row.id)),
    )


def _contact(one: IssuerContact) -> ContactRow:
    return ContactRow(
        id=one.id,
        channel=Channel(one.channel),
        value=one.value,
        source=one.source,
        answer=one.answer,
        asked_by=one.asked_by.email,
        asked_at=one.asked_at,
    )


def _review(one: DocumentReview) -> ReviewRow:
    return ReviewRow(
        reviewer_id=one.reviewer_id,
        reviewer=one.reviewer.email,
        verdict=DocumentMove(one.verdict),
        reason=one.reason,
        cure=one.cure,
        contact_id=one.contact_id,
        reviewed_at=one.reviewed_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerRow:
    """A party that may pass a right on, by a grant it holds itself."""

    grant_id: UUID
    party_id: UUID
    name: str
    brands: tuple[str, ...]


def issuers_that_may_pass_on(*, at: datetime) -> list[IssuerRow]:
    """Return the parties that hold a grant which may be passed on, with what it is over."""
    grants = list(
        Grant.objects.filter(
            delegate_depth__gt=0, revoked_at=None, from_at__lte=at, until_at__gt=at
        )
        .select_related("grantee")
        .order_by("grantee__trading_name", "id")
    )
    named = dict(
        Brand.objects.filter(pk__in={key for one in grants for key in one.brands}).values_list(
            "id", "name"
        )
    )
    return [
        IssuerRow(
            grant_id=one.id,
            party_id=one.grantee_id,
            name=one.grantee.trading_name,
            brands=tuple(named[key] for key in one.brands if key in named),
        )
        for one in grants
    ]
