"""A seller shows the label on goods that differ."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind
from bandstand.portals.desk import Desk, key_of, sellers_only
from bandstand.portals.label_form import LabelForm
from bandstand.portals.pages import labels as pages
from bandstand.rights.services.labels import show_label


@sellers_only
def label(desk: Desk, offer: str) -> HttpResponse:
    row = pages.own_offer(key_of(IdKind.OFFER, offer), desk=desk)
    if desk.request.method != "POST":
        form = pages.label_form_for(row, desk=desk)
        return desk.shown("portals/label_form.html", pages.label_page(row, form=form, desk=desk))
    form = LabelForm(desk.request.POST, desk.request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            show_label(
                seller_id=desk.party.id,
                variant_id=row.variant_id,
                market=row.market,
                content=file.read(),
                file_name=file.name or "",
                listing_text=form.cleaned_data["listing_text"],
                actor=desk.actor.email,
                now=desk.now,
            )
        except BadInputError as wrong:
            field = str(wrong.fields.get("field", "file"))
            form.add_error(field if field in form.fields else None, wrong.message)
        else:
            messages.success(desk.request, "The label is on record. Ask again to have it judged.")
            return HttpResponseRedirect(f"/portals/seller/offers/{row.public_id}/")
    page = pages.label_page(row, form=form, desk=desk)
    return desk.shown("portals/label_form.html", page, status=400)
