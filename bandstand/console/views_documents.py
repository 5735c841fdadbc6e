"""Reading documents: the file, the question to the issuer, the reader's word."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import documents as pages
from bandstand.console.review_forms import ContactForm, ReadingForm
from bandstand.kernel.errors import DomainError
from bandstand.parties.rules.files import MediaType
from bandstand.plumbing.desk.files import private_file
from bandstand.plumbing.desk.frame import status_of
from bandstand.rights.queries.documents import DocumentRow
from bandstand.rights.rules.documents import Channel, DocumentState
from bandstand.rights.services import documents as services

TOLD = {
    DocumentState.HALF: "Noted. A second person reads it now.",
    DocumentState.ACCEPTED: "Accepted by two people. The grant is recorded and the seller told.",
    DocumentState.REFUSED: "Refused. The seller reads why, and what would mend it.",
}


@operators_only
def document(desk: Desk, document: UUID) -> HttpResponse:
    return _shown(desk, pages.document_row_for(desk, document))


@operators_only
def document_file(desk: Desk, document: UUID) -> HttpResponse:
    row = pages.document_row_for(desk, document)
    content = services.open_document_file(
        document_id=document, actor=desk.actor.email, now=desk.now
    )
    ending = MediaType(row.media_type).extension
    return private_file(content, name=f"{row.kind}-{row.sha256[:8]}.{ending}")


@operators_only
def ask(desk: Desk, document: UUID) -> HttpResponse:
    row = pages.document_row_for(desk, document)
    if desk.request.method != "POST":
        return _back(document)
    form = ContactForm(desk.request.POST)
    if not form.is_valid():
        return _shown(desk, row, contact_form=form, status=400)
    assert desk.actor.person_id is not None  # noqa: S101 -- operators_only let them in
    try:
        services.record_contact(
            document_id=document,
            person_id=desk.actor.person_id,
            channel=Channel(form.cleaned_data["channel"]),
            value=form.cleaned_data["contact_value"],
            source=form.cleaned_data["contact_source"],
            answer=form.cleaned_data["contact_answer"],
            now=desk.now,
        )
    except DomainError as refused:
        field = str(refused.fields.get("field", ""))
        form.add_error(field if field in form.fields else None, refused.message)
        return _shown(desk, row, contact_form=form, status=status_of(refused)[0])
    messages.success(desk.request, "The answer is on file.")
    return _back(document)


@operators_only
def read(desk: Desk, document: UUID) -> HttpResponse:
    row = pages.document_row_for(desk, document)
    if desk.request.method != "POST":
        return _back(document)
    form = ReadingForm(desk.request.POST, document=row)
    if not form.is_valid():
        return _shown(desk, row, form=form, status=400)
    assert desk.actor.person_id is not None  # noqa: S101 -- operators_only let them in
    try:
        after = services.review_document(
            document_id=document,
            person_id=desk.actor.person_id,
            reading=form.reading,
            now=desk.now,
        )
    except DomainError as refused:
        field = str(refused.fields.get("field", ""))
        form.add_error(field if field in form.fields else None, refused.message)
        return _shown(desk, row, form=form, status=status_of(refused)[0])
    messages.success(desk.request, TOLD[after])
    return _back(document)


def _shown(
    desk: Desk,
    row: DocumentRow,
    *,
    form: ReadingForm | None = None,
    contact_form: ContactForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = pages.document_page(
        row,
        desk=desk,
        form=form or ReadingForm(document=row),
        contact_form=contact_form or ContactForm(),
    )
    return desk.shown("document.html", page, status=status)


def _back(document: UUID) -> HttpResponse:
    return HttpResponseRedirect(f"/console/review/documents/{document}/")
