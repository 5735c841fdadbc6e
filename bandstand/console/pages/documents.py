"""One document, side by side: what its seller claims, what is known, and the readers' words."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms

from bandstand.console.desk import Desk
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import instant_text
from bandstand.rights import access
from bandstand.rights.queries import statements_by
from bandstand.rights.queries.documents import DocumentRow, ReviewRow
from bandstand.rights.rules.documents import DocumentMove, DocumentState

STATES: Final = {
    DocumentState.WAITING: ("Waits for two readers", "info"),
    DocumentState.HALF: ("Waits for a second reader", "part"),
    DocumentState.ACCEPTED: ("Accepted", "good"),
    DocumentState.REFUSED: ("Refused", "bad"),
    DocumentState.WITHDRAWN: ("Withdrawn", ""),
}
FLAGS: Final = {
    "javascript": "It holds JavaScript.",
    "launch": "It can start a program.",
    "opens_by_itself": "It does something by itself when opened.",
    "attachment": "Other files are hidden in it.",
    "form": "It is a form.",
    "sends": "It can send what is typed, or call an address.",
    "rich_media": "It plays sound or film.",
    "not_all_read": "It opens to more than was read; judge it by eye.",
}


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """What one reader found, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class ContactShown:
    """Whom a reader asked and the answer."""

    title: str
    answer: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDesk:
    """Everything the page of one document says."""

    title: str
    word: str
    kind: str
    claimed: tuple[Fact, ...]
    known: tuple[Fact, ...]
    warnings: tuple[str, ...]
    text_found: str
    contacts_found: tuple[str, ...]
    contacts: tuple[ContactShown, ...]
    readings: tuple[ReadingShown, ...]
    file_url: str
    file_label: str
    ask_url: str
    read_url: str
    may_read: bool
    why_not: str
    seller_url: str
    contact_form: forms.Form
    form: forms.Form


def document_row_for(desk: Desk, document_id: UUID) -> DocumentRow:
    """
    Return a document for staff.

    Raises: DocumentNotFoundError.
    """
    return access.document_for(desk.actor, document_id)


def document_page(
    row: DocumentRow, *, desk: Desk, form: forms.Form, contact_form: forms.Form
) -> DocumentDesk:
    """Return the page of one document."""
    word, kind = STATES[row.state]
    why_not = _why_not(row, desk=desk)
    here = f"/console/review/documents/{row.id}/"
    return DocumentDesk(
        title=f"{row.kind.value.capitalize()} of {row.issuer}, from {row.seller_name}",
        word=word,
        kind=kind,
        claimed=_claimed(row, zone=desk.zone),
        known=_known(row),
        warnings=tuple(FLAGS.get(one, one) for one in row.flags),
        text_found=row.text_found,
        contacts_found=row.contacts_found,
        contacts=tuple(_contacts(row, zone=desk.zone)),
        readings=tuple(_reading(one, zone=desk.zone) for one in row.reviews),
        file_url=f"{here}file/",
        file_label=f"Keep the file ({row.media_type}, {row.byte_count:,} bytes)",
        ask_url=f"{here}ask/",
        read_url=f"{here}read/",
        may_read=not why_not,
        why_not=why_not,
        seller_url=f"/console/sellers/{row.seller_slug}/",
        contact_form=contact_form,
        form=form,
    )


def _why_not(row: DocumentRow, *, desk: Desk) -> str:
    if not row.is_open:
        return "It is decided."
    if row.uploaded_by_id == desk.actor.person_id or desk.actor.acts_for(row.seller_id):
        return "You uploaded it or act for its seller; two other people read it."
    if any(one.reviewer_id == desk.actor.person_id for one in row.reviews):
        return "You have read it; a second person reads it now."
    return ""


def _claimed(row: DocumentRow, *, zone: str) -> tuple[Fact, ...]:
    return (
        Fact("Seller", row.seller_name),
        Fact("Issued by", f"{row.issuer}, {'the brand' if row.issuer_is_brand else 'a party'}"),
        Fact("Dated", f"{row.letter_date:%d %b %Y}"),
        Fact("Brands", ", ".join(row.brands)),
        Fact("Kinds", ", ".join(row.categories)),
        Fact("Models", ", ".join(row.models) or "every model"),
        Fact("Markets", ", ".join(row.markets)),
        Fact("Condition", ", ".join(row.conditions)),
        Fact("Permits until", instant_text(row.until_at, zone="UTC")),
        Fact("Uploaded", f"{instant_text(row.uploaded_at, zone=zone)} by {row.uploaded_by}"),
    )


def _known(row: DocumentRow) -> tuple[Fact, ...]:
    said = [
        Fact(
            f"{one.brand_name} says, of {one.market}",
            f"{one.status.value.replace('_', ' ')} ({one.source})",
        )
        for one in statements_by(row.brand_ids)
        if one.market in row.markets
    ]
    return (
        Fact("File", row.file_name),
        Fact("SHA-256", row.sha256),
        *(said or [Fact("Statements of the brand", "none on file for these markets")]),
    )


def _contacts(row: DocumentRow, *, zone: str) -> list[ContactShown]:
    return [
        ContactShown(
            title=f"{one.channel.value.capitalize()}: {one.value}",
            answer=one.answer,
            note=(
                f"found at {one.source}, asked by {one.asked_by}, "
                f"{instant_text(one.asked_at, zone=zone)}"
            ),
        )
        for one in row.contacts
    ]


def _reading(one: ReviewRow, *, zone: str) -> ReadingShown:
    is_yes = one.verdict is DocumentMove.ACCEPT
    return ReadingShown(
        what=f"{one.reviewer} {'accepted' if is_yes else 'refused'} it",
        when_iso=one.reviewed_at.isoformat(),
        when_text=instant_text(one.reviewed_at, zone=zone),
        note=one.reason,
        state="done" if is_yes else "no",
    )
