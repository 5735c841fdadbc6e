"""Orders: the list, one order, and what may be done about a line."""

from dataclasses import replace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.forms import CancelForm, ReleaseForm, hidden
from bandstand.console.pages import orders as pages
from bandstand.kernel.errors import DomainError, NotFoundError
from bandstand.kernel.public_ids import IdKind
from bandstand.orders import access, passport as seals, queries, services
from bandstand.orders.queries.desk_lists import order_of_line
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact


@operators_only
def orders(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer(
            "orders", heads=pages.EXPORT_HEADS, rows=pages.orders_export(desk)
        )
    return desk.shown("listing.html", pages.orders_page(desk))


@operators_only
def order(desk: Desk, order: str) -> HttpResponse:
    order_id = access.order_for(desk.actor, key_of(IdKind.ORDER, order))
    return desk.shown("order.html", pages.order_page(order_id, desk=desk))


@operators_only
def release(desk: Desk, *, order: str, line: str) -> HttpResponse:
    order_id, line_id = _named(desk, order=order, line=line)
    form = ReleaseForm(desk.request.POST or None)
    if desk.request.method != "POST" or not form.is_valid():
        return _asked(desk, order_id=order_id, line=line, form=form, title="Hand to the carrier")
    if not is_confirmed(desk.request):
        return desk.shown(
            "confirm.html", _release_question(desk, order=order, line=line, form=form)
        )
    try:
        is_new = services.release_line(
            line_id=line_id,
            carrier=form.cleaned_data["carrier"],
            tracking=form.cleaned_data["tracking"],
            actor=desk.actor.email,
            now=desk.now,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _asked(
            desk,
            order_id=order_id,
            line=line,
            form=form,
            title="Hand to the carrier",
            status=status_of(refused)[0],
        )
    said = "Handed to the carrier. The buyer has a letter." if is_new else "It had left already."
    messages.success(desk.request, said)
    return HttpResponseRedirect(f"/console/orders/{order}/")


@operators_only
def cancel(desk: Desk, *, order: str, line: str) -> HttpResponse:
    order_id, line_id = _named(desk, order=order, line=line)
    form = CancelForm(desk.request.POST or None)
    if desk.request.method != "POST" or not form.is_valid():
        return _asked(desk, order_id=order_id, line=line, form=form, title="Cancel this line")
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _cancel_question(desk, order=order, line=line, form=form))
    try:
        undone = services.cancel_line(
            line_id=line_id,
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _asked(
            desk,
            order_id=order_id,
            line=line,
            form=form,
            title="Cancel this line",
            status=status_of(refused)[0],
        )
    messages.success(
        desk.request,
        f"Cancelled. {undone.refund} is on its way back." if undone.refund else "Cancelled.",
    )
    return HttpResponseRedirect(f"/console/orders/{order}/")


@operators_only
def passport(desk: Desk, *, order: str, line: str) -> HttpResponse:
    _, line_id = _named(desk, order=order, line=line)
    body, sha256, jws = queries.passport_of(line_id)
    sealed = seals.passport_file(seals.SealedPassport(body=body, sha256=sha256, jws=jws))
    return HttpResponse(
        sealed,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="passport-{line}.json"'},
    )


def _named(desk: Desk, *, order: str, line: str) -> tuple[UUID, UUID]:
    order_id = access.order_for(desk.actor, key_of(IdKind.ORDER, order))
    line_id = access.line_for(desk.actor, key_of(IdKind.LINE, line))
    if order_of_line(line_id) != order_id:
        raise NotFoundError("That line is not part of this order.")
    return order_id, line_id


def _asked(
    desk: Desk, *, order_id: UUID, line: str, form: forms.Form, title: str, status: int = 0
) -> HttpResponse:
    page = pages.order_page(order_id, desk=desk)
    named = next(one.title for one in page.lines if one.public_id == line)
    asking = replace(
        page,
        form=form,
        form_title=f"{title}: {named}",
        form_url=desk.request.path,
        form_button="Look over it",
    )
    return desk.shown("order_form.html", asking, status=status or (400 if form.errors else 200))


def _release_question(desk: Desk, *, order: str, line: str, form: ReleaseForm) -> ConfirmPage:
    facts = _facts(desk, order=order, line=line)
    carrier, tracking = form.cleaned_data["carrier"], form.cleaned_data["tracking"]
    return ConfirmPage(
        title="Hand this phone to the carrier?",
        text=(
            "The gate is asked once more as you confirm. The buyer gets a letter with the carrier "
            "and the number. It cannot be undone: a phone that left comes back as a return."
        ),
        facts=(*facts, Fact("Carrier", carrier), Fact("Tracking", tracking or "none")),
        action_url=desk.request.path,
        back_url=f"/console/orders/{order}/",
        button="Yes, it has been handed over",
        fields=hidden(form),
    )


def _cancel_question(desk: Desk, *, order: str, line: str, form: CancelForm) -> ConfirmPage:
    return ConfirmPage(
        title="Cancel this line?",
        text=(
            "What was taken from the card goes back, what was set aside is let go, its plan ends, "
            "and the phone returns to stock. The buyer gets a letter with your reason."
        ),
        facts=(*_facts(desk, order=order, line=line), Fact("Reason", form.cleaned_data["reason"])),
        action_url=desk.request.path,
        back_url=f"/console/orders/{order}/",
        button="Yes, cancel it",
        fields=hidden(form),
        is_bad=True,
    )


def _facts(desk: Desk, *, order: str, line: str) -> tuple[Fact, ...]:
    page = pages.order_page(key_of(IdKind.ORDER, order), desk=desk)
    shown = next(one for one in page.lines if one.public_id == line)
    wanted = {"IMEI", "Serial", "Price"}
    return (
        Fact("Order", page.number),
        Fact("Phone", shown.title),
        *(fact for fact in shown.facts if fact.label in wanted),
    )
