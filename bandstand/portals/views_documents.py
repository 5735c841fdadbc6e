"""A seller shows documents as proof of a right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind
from bandstand.offers import access as offers
from bandstand.offers.queries import OfferRow
from bandstand.portals.desk import Desk, key_of, sellers_only
from bandstand.portals.document_form import DocumentForm
from bandstand.portals.pages import documents as pages
from bandstand.rights.services import documents as services

HERE = "/portals/seller/documents/"


@sellers_only
def documents(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.documents_page(desk))


@sellers_only
def document(desk: Desk, document: UUID) -> HttpResponse:
    return desk.shown("portals/document.html", pages.document_page(document, desk=desk))


@sellers_only
def new_document(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        form = DocumentForm(about=_about(desk))
        return desk.shown("portals/document_form.html", form)
    form = DocumentForm(desk.request.POST, desk.request.FILES)
    if not form.is_valid():
        return desk.shown("portals/document_form.html", form, status=400)
    try:
        document_id = _submit(desk, form)
    except BadInputError as wrong:
        field = str(wrong.fields.get("field", "file"))
        form.add_error(field if field in form.fields else None, wrong.message)
        return desk.shown("portals/document_form.html", form, status=400)
    messages.success(desk.request, "Sent. Two people read it and ask its issuer.")
    return HttpResponseRedirect(f"{HERE}{document_id}/")


@sellers_only
def withdraw_document(desk: Desk, document: UUID) -> HttpResponse:
    pages.document_page(document, desk=desk)  # only their own
    if desk.request.method == "POST":
        assert desk.actor.person_id is not None  # noqa: S101 -- sellers_only let them in
        services.withdraw_document(
            document_id=document, person_id=desk.actor.person_id, now=desk.now
        )
        messages.success(desk.request, "Withdrawn. Nobody reads it any further.")
    return HttpResponseRedirect(f"{HERE}{document}/")


def _about(desk: Desk) -> OfferRow | None:
    """Return the offer that the document is to help, if the address names one of the seller's."""
    named = desk.request.GET.get("offer", "")
    return offers.offer_for_seller(desk.actor, key_of(IdKind.OFFER, named)) if named else None


def _submit(desk: Desk, form: DocumentForm) -> UUID:
    assert desk.actor.person_id is not None  # noqa: S101 -- sellers_only let them in
    file = form.cleaned_data["file"]
    return services.submit_document(
        seller_id=desk.party.id,
        person_id=desk.actor.person_id,
        content=file.read(),
        file_name=file.name or "",
        claim=form.claim,
        now=desk.now,
    )
