"""Holds: the list, one hold, and placing one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.forms import ReasonForm
from bandstand.console.hold_form import BASIS_WORDS, GROUND_WORDS, HoldForm
from bandstand.console.pages import holds as pages
from bandstand.gate import services
from bandstand.gate.rules import Activity, Basis
from bandstand.kernel.errors import DomainError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed, kept_fields, wants_to_edit
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import instant_text
from bandstand.takedowns.rules import AftermathExtent, aftermath_extent

EXTENT_WORDS = {
    AftermathExtent.NONE: "Nobody's orders are touched.",
    AftermathExtent.TELL: "Sellers are told why and open checkouts end; orders go on.",
    AftermathExtent.MAKE_WHOLE: (
        "Its aftermath begins by itself: sellers are told why, what has not left is cancelled and "
        "refunded, and whoever has the phone may keep or return it."
    ),
}
EXPORT_HEADS = (
    "hold", "state", "covers", "reason", "basis", "ground", "reference", "placed_by",
    "effective_at", "expires_at", "lifted_at", "lift_reason",
)  # fmt: skip


@operators_only
def holds(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer("holds", heads=EXPORT_HEADS, rows=pages.holds_export(desk))
    return desk.shown("listing.html", pages.holds_page(desk))


@operators_only
def hold(desk: Desk, hold: str) -> HttpResponse:
    hold_id = key_of(IdKind.HOLD, hold)
    return desk.shown("hold.html", pages.hold_page(hold_id, desk=desk, form=ReasonForm()))


@operators_only
def new_hold(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        initial = {
            name: desk.request.GET[name]
            for name in ("seller", "offer", "brand")
            if name in desk.request.GET
        }
        return desk.shown("hold_form.html", HoldForm(initial=initial or None, zone=desk.zone))
    form = HoldForm(desk.request.POST, zone=desk.zone)
    if not form.is_valid() or wants_to_edit(desk.request):
        return desk.shown("hold_form.html", form, status=400 if form.errors else 200)
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _place_question(desk, form))
    try:
        hold_id = _place(desk, form)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return desk.shown("hold_form.html", form, status=status_of(refused)[0])
    messages.success(desk.request, "The hold is placed.")
    return HttpResponseRedirect(f"/console/holds/{print_id(IdKind.HOLD, hold_id)}/")


def _place(desk: Desk, form: HoldForm) -> UUID:
    cleaned = form.cleaned_data
    return services.place_hold(
        scope=form.scope,
        activities=frozenset(map(Activity, cleaned["activities"])),
        basis=Basis(cleaned["basis"]),
        ground=Ground(cleaned["ground"]),
        reason=cleaned["reason"].strip(),
        legal_reference=cleaned["legal_reference"].strip(),
        effective_at=cleaned["effective_at"],
        expires_at=cleaned["expires_at"],
        is_provisional=cleaned["is_provisional"],
        notifier_email=cleaned["notifier_email"],
        actor=desk.actor.email,
        now=desk.now,
    )


def _place_question(desk: Desk, form: HoldForm) -> ConfirmPage:
    cleaned = form.cleaned_data
    stats = pages.preview_stats(form.scope)
    until = cleaned["expires_at"]
    touches_nothing = all(one.value in {"0", "none"} for one in stats)
    extent = aftermath_extent(
        frozenset(map(Activity, cleaned["activities"])), is_provisional=cleaned["is_provisional"]
    )
    return ConfirmPage(
        title="Place this hold?",
        text=(
            "From the moment it begins, what you chose is stopped for everything it covers. "
            f"{EXTENT_WORDS[extent]} These figures are of this moment."
        ),
        warning="It covers nothing that is on the shelf or sold today. Check the scope."
        if touches_nothing
        else "",
        facts=(
            Fact("Covers", form.scope_words),
            Fact("Stops", pages.activities_text(map(Activity, cleaned["activities"]))),
            Fact("On whose word", BASIS_WORDS[Basis(cleaned["basis"])]),
            Fact("Ground", GROUND_WORDS[Ground(cleaned["ground"])]),
            Fact("Shoppers read", cleaned["reason"]),
            Fact(
                "From",
                instant_text(cleaned["effective_at"], zone=desk.zone)
                if cleaned["effective_at"]
                else "at once",
            ),
            Fact("Until", instant_text(until, zone=desk.zone) if until else "until lifted"),
        ),
        stats=stats,
        action_url="/console/holds/new/",
        back_url="/console/holds/new/",
        button="Yes, place it now",
        fields=kept_fields(desk.request),
        is_bad=True,
        can_edit=True,
    )
