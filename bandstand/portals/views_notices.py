"""Notices at a brand's desk: filed, confirmed, and followed to their end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import BadInputError, DomainError, RefusedError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing.desk.confirming import (
    ConfirmPage,
    is_confirmed,
    kept_fields,
    wants_to_edit,
)
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact
from bandstand.portals.desk import Desk, brands_only, key_of
from bandstand.portals.notice_form import NoticeForm
from bandstand.portals.pages import notices as pages
from bandstand.takedowns import access, services


@brands_only
def notices(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.notices_page(desk))


@brands_only
def notice(desk: Desk, notice: str) -> HttpResponse:
    page = pages.notice_page(key_of(IdKind.NOTICE, notice), desk=desk)
    return desk.shown("portals/notice.html", page)


@brands_only
def withdraw(desk: Desk, notice: str) -> HttpResponse:
    notice_id, here = key_of(IdKind.NOTICE, notice), f"/portals/brand/notices/{notice}/"
    found = access.notice_for(desk.actor, notice_id)
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    form = pages.WithdrawForm(desk.request.POST)
    if not form.is_valid():
        page = pages.notice_page(notice_id, desk=desk, form=form)
        return desk.shown("portals/notice.html", page, status=400)
    services.propose_notice_end(
        notice_id=found.notice.id,
        reason=form.cleaned_data["reason"],
        actor=desk.actor.email,
        now=desk.now,
    )
    messages.success(desk.request, "Proposed. The stop stands until the operator's staff confirms.")
    return HttpResponseRedirect(here)


@brands_only
def new_notice(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        return desk.shown("portals/notice_form.html", NoticeForm(actor=desk.actor))
    form = NoticeForm(desk.request.POST, actor=desk.actor)
    if not form.is_valid() or wants_to_edit(desk.request):
        return desk.shown("portals/notice_form.html", form, status=400 if form.errors else 200)
    try:
        if not is_confirmed(desk.request):
            return desk.shown("console/confirm.html", _question(desk, form))
        notice_id = _file(desk, form)
    except (BadInputError, RefusedError) as refused:
        return _told(desk, form, refused=refused)
    messages.success(desk.request, "Your notice is in force. Nothing it covers can be bought.")
    return HttpResponseRedirect(f"/portals/brand/notices/{print_id(IdKind.NOTICE, notice_id)}/")


def _file(desk: Desk, form: NoticeForm) -> UUID:
    assert desk.actor.person_id is not None  # noqa: S101 -- brands_only let them in
    return services.file_notice(
        person_id=desk.actor.person_id,
        party_id=desk.party.id,
        brand_id=form.brand_id,
        scope=form.scope,
        explanation=form.cleaned_data["explanation"],
        right_reference=form.cleaned_data["right_reference"],
        good_faith=form.cleaned_data["good_faith"],
        now=desk.now,
    )


def _told(desk: Desk, form: NoticeForm, *, refused: DomainError) -> HttpResponse:
    field = str(refused.fields.get("field", ""))
    form.add_error(field if field in form.fields else None, refused.message)
    return desk.shown("portals/notice_form.html", form, status=status_of(refused)[0])


def _question(desk: Desk, form: NoticeForm) -> ConfirmPage:
    preview = services.preview(brand_id=form.brand_id, scope=form.scope, now=desk.now)
    return ConfirmPage(
        title="Stop this now?",
        text=(
            "From the moment you confirm, nothing below can be shown, ordered, charged or shipped. "
            "Orders that have not left are cancelled and refunded; every seller gets a statement "
            "of reasons with your explanation."
        ),
        warning="It would stop nothing today. Check the brand, the market and the model."
        if preview.touches_nothing
        else "",
        facts=(
            Fact("Stops", form.scope_words),
            Fact("Explanation", form.cleaned_data["explanation"]),
            Fact("Your right", form.cleaned_data["right_reference"] or "none named"),
        ),
        stats=pages.preview_stats(preview),
        action_url="/portals/brand/notices/new/",
        back_url="/portals/brand/notices/",
        button="Yes, stop it now",
        fields=kept_fields(desk.request),
        is_bad=True,
        can_edit=True,
    )
