"""Saving and removing the card that a plan is charged to, and the sandbox's page for it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.orders.services import card_mandates
from bandstand.payments import services as payments
from bandstand.payments.gateways import sandbox
from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.forms import BankForm
from bandstand.storefront.pages.bank import card_page_view
from bandstand.storefront.plan_forms import SetupCardForm
from bandstand.storefront.views_checkout import own_path
from bandstand.storefront.views_plans import find_plan

BAD_INPUT = 422


@require_POST
@never_cache
@tells_refusals
def save(request: HttpRequest, *, token: str, line: str) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    """Lead the buyer to the provider's page; the card saved there is charged for this plan."""
    found = find_plan(token, line)
    setup = card_mandates.begin_card_setup(
        plan_id=found.money.plan_id,
        order_id=found.page.order.id,
        return_url=f"{settings.BASE_URL}{found.url}",
        now=clock.now(),
    )
    return redirect(setup.action_url or found.url)


@require_POST
@never_cache
@tells_refusals
def remove(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    """Remove a saved card of the plan's buyer; what it was charged for is theirs to pay by hand."""
    found = find_plan(token, line)
    try:
        card_id = UUID(request.POST.get("card", ""))
    except ValueError as refused:
        raise NotFoundError("There is no such saved card.") from refused
    owners = card_mandates.card_owners(found.page.order.id)
    stopped = payments.remove_card(
        card_id=card_id, owners=owners, actor=found.page.order.email, now=clock.now()
    )
    words = " Pay your instalments by hand, or save another card." if stopped else ""
    messages.success(request, f"The card is removed and is not charged any more.{words}")
    return redirect(found.url)


@require_http_methods(["GET", "POST"])
@never_cache
@tells_refusals
def sandbox_page(request: HttpRequest, ref: str) -> HttpResponse:
    """Play the provider's page on which a card is saved: first the card, then the bank."""
    page = sandbox.setup_page(ref)
    if page is None:
        raise NotFoundError("The test gateway knows no such page.")
    if request.method == "POST" and page.is_open:
        is_left = _answer(request, page)
        return redirect(own_path(page.return_url) if is_left else request.path)
    return page_shown(request, "bank_card.html", page=card_page_view(page))


def _answer(request: HttpRequest, page: sandbox.SetupPage) -> bool:
    """Enter what the buyer chose or told the bank; return whether they are done here."""
    if page.asks_bank:
        told = BankForm(request.POST)
        if not told.is_valid():
            raise BadInputError("Say approve or refuse.")
        is_approved = told.cleaned_data["answer"] == "approve"
        sandbox.answer_setup(page.ref, is_approved=is_approved, now=clock.now())
        return True
    chosen = SetupCardForm(request.POST)
    if not chosen.is_valid():
        raise BadInputError("Choose a card.")
    return not sandbox.choose(page.ref, token=chosen.cleaned_data["card"], now=clock.now())
