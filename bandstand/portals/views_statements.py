"""A brand says how it sells in a market."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import DomainError, RefusedError
from bandstand.offers.services.foreseeing import foresee
from bandstand.parties import queries as parties
from bandstand.plumbing.desk.confirming import is_confirmed, kept_fields, wants_to_edit
from bandstand.plumbing.desk.frame import status_of
from bandstand.portals.desk import Desk, brands_only
from bandstand.portals.pages import statements as pages
from bandstand.portals.pages.domains import own_brands
from bandstand.portals.statement_form import StatementForm
from bandstand.rights.services import publish_statement

FORM = "portals/statement_form.html"


@brands_only
def new_statement(desk: Desk) -> HttpResponse:
    _require_standing(desk)
    form = StatementForm(
        desk.request.POST or None,
        brand_ids=own_brands(desk),
        now=desk.now,
        initial={"from_date": desk.now.date(), "market": parties.operator().home_market},
    )
    if desk.request.method != "POST" or not form.is_valid() or wants_to_edit(desk.request):
        return desk.shown(FORM, form, status=400 if form.errors else 200)
    words = {**form.words, "actor": desk.actor.email, "now": desk.now}
    try:
        if not is_confirmed(desk.request):
            # The shelf is judged as of now, so a statement that begins later is tried as of now.
            tried = {**words, "from_at": desk.now, "until_at": None}
            foreseen = foresee(lambda: publish_statement(**tried), now=desk.now)
            asked = pages.question(foreseen, form=form, fields=kept_fields(desk.request))
            return desk.shown("console/confirm.html", asked)
        publish_statement(**words)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return desk.shown(FORM, form, status=status_of(refused)[0])
    messages.success(desk.request, "Published. Offers that rest on it are asked about again.")
    return HttpResponseRedirect(pages.RIGHTS)


def _require_standing(desk: Desk) -> None:
    """
    Refuse a brand whose right to its marks is not verified.

    Raises: RefusedError.
    """
    if not desk.party.is_verified or desk.party.is_suspended:
        raise RefusedError(
            "Your account is not verified yet, so a statement of yours cannot count. Ask the "
            "operator to verify it; until then you can file a notice about a single offer."
        )
