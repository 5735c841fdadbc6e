"""Two people at a hold: one proposes to lift or widen it, another confirms or refuses."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.forms import ReasonForm, hidden
from bandstand.console.hold_form import BASIS_WORDS, ConfirmForm, HoldForm, form_values
from bandstand.console.pages import hold_requests as pages, holds as hold_pages
from bandstand.gate import queries as gate, services
from bandstand.gate.queries import HoldRequestRow, HoldRow
from bandstand.gate.rules import Activity, Basis
from bandstand.gate.rules.requests import Answer, RequestKind
from bandstand.kernel.errors import DomainError, NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed, kept_fields, wants_to_edit
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact
from bandstand.takedowns import queries as takedowns, services as takedown_services

OPENING_TEXT = (
    "What it covers may be sold again at once, unless another hold or a missing right stands "
    "against it. Orders that were cancelled stay cancelled."
)


@operators_only
def propose_lift(desk: Desk, hold: str) -> HttpResponse:
    row, here = _hold(hold), f"/console/holds/{hold}/"
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    form = ReasonForm(desk.request.POST)
    if not form.is_valid():
        page = hold_pages.hold_page(row.id, desk=desk, form=form)
        return desk.shown("hold.html", page, status=400)
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _lift_question(desk, row, form=form))
    words = {"reason": form.cleaned_data["reason"], "actor": desk.actor.email, "now": desk.now}
    if row.notice_id is not None:
        takedown_services.propose_notice_end(notice_id=row.notice_id, **words)
    else:
        services.propose_lift(hold_id=row.id, **words)
    messages.success(desk.request, "Proposed. The hold stands until somebody else confirms.")
    return HttpResponseRedirect(here)


@operators_only
def answer(desk: Desk, *, hold: str, proposal: UUID, answer: str) -> HttpResponse:
    row, here = _hold(hold), f"/console/holds/{hold}/"
    asked = gate.request_row(proposal)
    if asked.hold_id != row.id or answer not in {"confirm", "refuse", "withdraw"}:
        raise NotFoundError("There is no such proposal at this hold. Read the hold again.")
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    given = Answer(answer)
    form = ReasonForm(desk.request.POST)
    if given is Answer.REFUSE and "reason" not in desk.request.POST:
        return desk.shown("hold_answer.html", _refusing(row, asked, form=ReasonForm()))
    if given is Answer.REFUSE and not form.is_valid():
        return desk.shown("hold_answer.html", _refusing(row, asked, form=form), status=400)
    if given is Answer.CONFIRM and not is_confirmed(desk.request):
        return desk.shown("confirm.html", _confirm_question(desk, row, asked=asked))
    reason = str(form.cleaned_data.get("reason", "")) if form.is_valid() else ""
    messages.success(desk.request, _give(asked, given, reason=reason, desk=desk))
    return HttpResponseRedirect(here)


@operators_only
def widen(desk: Desk, hold: str) -> HttpResponse:
    row = _hold(hold)
    if desk.request.method != "POST":
        form = HoldForm(initial=form_values(row), zone=desk.zone, is_widening=True)
        return desk.shown("hold_form.html", form)
    form = HoldForm(desk.request.POST, zone=desk.zone, is_widening=True)
    if not form.is_valid() or wants_to_edit(desk.request):
        return desk.shown("hold_form.html", form, status=400 if form.errors else 200)
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _widen_question(desk, row, form=form))
    try:
        services.propose_widening(
            hold_id=row.id,
            scope=form.scope,
            activities=frozenset(map(Activity, form.cleaned_data["activities"])),
            reason=form.cleaned_data["reason"].strip(),
            actor=desk.actor.email,
            now=desk.now,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return desk.shown("hold_form.html", form, status=status_of(refused)[0])
    messages.success(desk.request, "Proposed. It widens when somebody else confirms.")
    return HttpResponseRedirect(f"/console/holds/{hold}/")


@operators_only
def confirm_provisional(desk: Desk, hold: str) -> HttpResponse:
    row, here = _hold(hold), f"/console/holds/{hold}/"
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    form = ConfirmForm(desk.request.POST)
    if not form.is_valid():
        page = hold_pages.hold_page(row.id, desk=desk, form=ReasonForm(), confirm_form=form)
        return desk.shown("hold.html", page, status=400)
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _stay_question(row, form=form))
    placed = services.confirm_provisional(
        hold_id=row.id,
        basis=Basis(form.cleaned_data["basis"]),
        reason=form.cleaned_data["reason"].strip(),
        actor=desk.actor.email,
        now=desk.now,
    )
    messages.success(desk.request, "Confirmed. This hold stands until it is lifted.")
    return HttpResponseRedirect(f"/console/holds/{print_id(IdKind.HOLD, placed)}/")


def _hold(printed: str) -> HoldRow:
    return gate.hold_row(key_of(IdKind.HOLD, printed))


def _give(asked: HoldRequestRow, given: Answer, *, reason: str, desk: Desk) -> str:
    words: dict[str, Any] = {
        "request_id": asked.id,
        "reason": reason,
        "actor": desk.actor.email,
        "now": desk.now,
    }
    if given is Answer.REFUSE:
        services.refuse_request(**words)
        return "The proposal is refused. The hold stands as it stood."
    if given is Answer.WITHDRAW:
        services.withdraw_request(**words)
        return "Your proposal is withdrawn. The hold stands as it stood."
    if asked.kind is RequestKind.LIFT:
        services.confirm_lift(**words)
        return "The hold is lifted."
    services.confirm_widening(**words)
    return "The wider hold is placed. The narrower one stands as it stood."


def _lift_question(desk: Desk, row: HoldRow, *, form: ReasonForm) -> ConfirmPage:
    opening = takedowns.opening_preview(row.id, now=desk.now)
    return ConfirmPage(
        title="Propose to lift this hold?",
        text=f"Somebody else of the staff confirms it or refuses it within a week. {OPENING_TEXT}",
        facts=(
            Fact("Covers", row.scope_text),
            Fact("Your reason", form.cleaned_data["reason"]),
            *pages.opening_facts(opening),
        ),
        stats=pages.opening_stats(opening),
        action_url=f"/console/holds/{row.printed_id}/lift/",
        back_url=f"/console/holds/{row.printed_id}/",
        button="Yes, propose it",
        fields=hidden(form),
    )


def _confirm_question(desk: Desk, row: HoldRow, *, asked: HoldRequestRow) -> ConfirmPage:
    here = f"/console/holds/{row.printed_id}/"
    facts = (Fact("Covers", row.scope_text), *pages.request_facts(asked, zone=desk.zone))
    if asked.kind is RequestKind.LIFT:
        opening = takedowns.opening_preview(row.id, now=desk.now)
        title, text, button = "Lift this hold?", OPENING_TEXT, "Yes, lift it"
        stats = pages.opening_stats(opening)
        facts = (*facts, *pages.opening_facts(opening))
    else:
        assert asked.scope is not None  # noqa: S101 -- a widening has its scope
        title, button = "Widen this hold?", "Yes, place the wider hold"
        text = "Another hold is placed over this one at once, and its buyers are made whole."
        stats = hold_pages.preview_stats(asked.scope)
    return ConfirmPage(
        title=title,
        text=text,
        facts=facts,
        stats=stats,
        action_url=f"{here}requests/{asked.id}/confirm/",
        back_url=here,
        button=button,
        fields=(),
        is_bad=True,
    )


def _widen_question(desk: Desk, row: HoldRow, *, form: HoldForm) -> ConfirmPage:
    chosen = map(Activity, form.cleaned_data["activities"])
    here = f"/console/holds/{row.printed_id}/widen/"
    return ConfirmPage(
        title="Propose to widen this hold?",
        text=(
            "Somebody else of the staff confirms it or refuses it within a week. These figures "
            "are of all that the wider hold would touch now."
        ),
        facts=(
            Fact("Covers now", row.scope_text),
            Fact("Would cover", form.scope_words),
            Fact("Would stop", pages.stops(chosen)),
            Fact("Your reason", form.cleaned_data["reason"]),
        ),
        stats=hold_pages.preview_stats(form.scope),
        action_url=here,
        back_url=here,
        button="Yes, propose it",
        fields=kept_fields(desk.request),
        can_edit=True,
    )


def _stay_question(row: HoldRow, *, form: ConfirmForm) -> ConfirmPage:
    here = f"/console/holds/{row.printed_id}/"
    return ConfirmPage(
        title="Let this hold stand?",
        text=(
            "Another hold of the same scope is placed and stands until two people lift it. Buyers "
            "who have not got their phone are made whole."
        ),
        facts=(
            Fact("Covers", row.scope_text),
            Fact("On whose word", BASIS_WORDS[Basis(form.cleaned_data["basis"])]),
            Fact("Shoppers read", form.cleaned_data["reason"]),
        ),
        stats=hold_pages.preview_stats(row.scope),
        action_url=f"{here}stay/",
        back_url=here,
        button="Yes, let it stand",
        fields=hidden(form),
        is_bad=True,
    )


def _refusing(row: HoldRow, asked: HoldRequestRow, *, form: ReasonForm) -> dict[str, object]:
    here = f"/console/holds/{row.printed_id}/"
    return {
        "title": "Refuse this proposal",
        "facts": (Fact("Covers", row.scope_text), Fact("Proposed by", asked.proposed_by)),
        "form": form,
        "action_url": f"{here}requests/{asked.id}/refuse/",
        "back_url": here,
    }
