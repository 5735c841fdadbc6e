"""Checkout: who buys, the card, the wait, and the sandbox's bank."""

from urllib.parse import urlsplit

from babel import Locale
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bandstand.credit.queries.eligibility import asks_income
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.money import Money
from bandstand.orders import access, queries as orders, services
from bandstand.orders.addresses import address_fields
from bandstand.orders.queries import BasketPage, BasketTax, CheckoutRow
from bandstand.orders.rules import (
    CheckoutFormError,
    CheckoutState,
    LineRefusedError,
    PlansNotApprovedError,
    PriceChangedError,
)
from bandstand.parties.access import actor_of
from bandstand.payments import queries as payments
from bandstand.payments.gateways import sandbox
from bandstand.plumbing import clock
from bandstand.storefront import visits
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.forms import BankForm, CheckoutForm
from bandstand.storefront.pages.applications import PlanAnswer, answers_of, typed_before
from bandstand.storefront.pages.bank import bank_view
from bandstand.storefront.pages.checkout import checkout_form, checkout_view, waiting_view
from bandstand.storefront.shop import shop
from bandstand.storefront.views_basket import standing

BAD_INPUT = 422


@require_http_methods(["GET", "POST"])
@never_cache
@tells_refusals
def checkout(request: HttpRequest) -> HttpResponse:
    page = standing(request)
    elsewhere = _elsewhere(request, page)
    if page is None or elsewhere is not None:
        return elsewhere or redirect("storefront:basket")
    form = _form(request, page)
    if request.method == "POST" and form.is_valid():
        return _buy(request, page=page, form=form)
    status = BAD_INPUT if form.is_bound else HttpResponse.status_code
    tax = _tax(page, _address(request, page))
    view = checkout_view(page, form=form, locale=shop().locale, tax=tax)
    return page_shown(request, "checkout.html", page=view, status=status)


@require_safe
@never_cache
@tells_refusals
def waiting(request: HttpRequest, checkout: str) -> HttpResponse:
    row = _own_checkout(request, checkout)
    if row.order_id is not None:
        visits.forget_basket(request)
        return _onward(request, services.order_link(row.order_id))
    payment = payments.payment_by_purpose(orders.purpose_of(row.id))
    view = waiting_view(row, payment=payment)
    template = "parts/waiting.html" if getattr(request, "htmx", False) else "waiting.html"
    return page_shown(request, template, page=view)


@require_http_methods(["GET", "POST"])
@never_cache
@tells_refusals
def bank(request: HttpRequest, ref: str) -> HttpResponse:
    challenge = sandbox.challenge(ref)
    if challenge is None:
        raise NotFoundError("The test bank knows no such payment.")
    if request.method == "POST":
        form = BankForm(request.POST)
        if not form.is_valid():
            raise BadInputError("Say approve or refuse.")
        answer = sandbox.approve if form.cleaned_data["answer"] == "approve" else sandbox.refuse
        answer(ref, now=clock.now())
        return redirect(own_path(challenge.return_url))
    return page_shown(request, "bank.html", page=bank_view(challenge, locale=shop().locale))


def _elsewhere(request: HttpRequest, page: BasketPage | None) -> HttpResponse | None:
    """Return where to go when there is nothing to check out here; None when there is."""
    begun = visits.last_checkout(request)
    if page is None and request.method == "POST" and begun is not None:
        # Sent twice: the first one bought the basket, and its order is the answer.
        return redirect("storefront:waiting", checkout=print_id(IdKind.CHECKOUT, begun))
    if page is None or not page.lines:
        messages.info(request, "Your basket is empty; there is nothing to check out.")
        return redirect("storefront:basket")
    live = _paying(page)
    if live is not None:
        visits.keep_checkout(request, live.id)
        return redirect("storefront:waiting", checkout=live.public_id)
    return None if page.can_check_out else redirect("storefront:basket")


def _buy(request: HttpRequest, *, page: BasketPage, form: CheckoutForm) -> HttpResponse:
    """Prepare and pay; whatever is refused comes back with everything that was typed."""
    typed = form.cleaned_data
    notices: tuple[tuple[str, str], ...] = ()
    answers: tuple[PlanAnswer, ...] = ()
    services.ask_tax(page, address=form.address(typed), now=clock.now())
    try:
        row = services.prepare(
            basket_id=page.id,
            email=typed["email"],
            buyer_name=typed["buyer_name"],
            address=form.address(typed),
            expected_total=Money(typed["expected_total"], page.currency),
            has_agreed=bool(typed.get("agreed")),
            income=typed.get("income"),
            now=clock.now(),
        )
        visits.keep_checkout(request, row.id)
        visits.forget_typed(request)
        return _pay(row, card=typed["card"], keeps_card=bool(typed.get("keeps_card")))
    except CheckoutFormError as refused:
        form.tell(refused)
    except PlansNotApprovedError as refused:
        visits.keep_typed(request, typed_before(form))
        answers = answers_of(refused, page=page, locale=shop().locale, zone=shop().market.time_zone)
    except PriceChangedError as refused:
        form.restate_total(refused.new.minor)
        notices = (("The total changed", refused.message),)
    except LineRefusedError:
        messages.error(
            request, "Something in your basket can no longer be bought. Nothing was charged."
        )
        return redirect("storefront:basket")
    except (RefusedError, BadInputError) as refused:
        notices = (("Not bought yet", refused.message),)
    again = standing(request) or page
    tax = _tax(again, _address(request, again))
    view = checkout_view(
        again, form=form, locale=shop().locale, tax=tax, notices=notices, answers=answers
    )
    return page_shown(request, "checkout.html", page=view, status=BAD_INPUT)


def _pay(row: CheckoutRow, *, card: str, keeps_card: bool) -> HttpResponse:
    if row.state is not CheckoutState.PREPARED:
        return redirect("storefront:waiting", checkout=row.public_id)
    payment = services.pay(
        checkout_id=row.id,
        card_token=card,
        keeps_card=keeps_card,
        return_url=f"{settings.BASE_URL}/checkout/{row.public_id}/waiting/",
        now=clock.now(),
    )
    if payment.action_url:
        # The gateway's own word; a real bank is on another host.
        return redirect(payment.action_url)
    return redirect("storefront:waiting", checkout=row.public_id)


def _form(request: HttpRequest, page: BasketPage) -> CheckoutForm:
    here = shop()
    country = request.POST.get("country_code", "") if request.method == "POST" else ""
    countries = _countries(here.market.members, locale="en")
    known = _known(request, page)
    tax = _tax(page, known)
    country = country or known.get("country_code", "")
    return checkout_form(
        page,
        total=page.total if tax is None else page.total + tax.added,
        fields=address_fields(country if country in here.market.members else countries[0][0]),
        countries=countries,
        typed=request.POST if request.method == "POST" else None,
        known=known,
        asks_income=asks_income(here.market.code, now=clock.now()),
    )


def _address(request: HttpRequest, page: BasketPage) -> dict[str, str]:
    """Return the address as far as it is told: as typed, or as known from before."""
    if request.method != "POST":
        return _known(request, page)
    return {name: str(value) for name, value in request.POST.items()}


def _tax(page: BasketPage, address: dict[str, str]) -> BasketTax | None:
    """Return the tax beside the form; None while the address does not tell it, or nobody knows."""
    members = shop().market.members
    country = address.get("country_code") or (members[0] if len(members) == 1 else "")
    place = {**address, "country_code": country}
    try:
        services.ask_tax(page, address=place, now=clock.now())
        return orders.tax_shown(page, address=place, now=clock.now())
    except RefusedError:
        # Sending the form is refused with the reason; until then the page stays readable.
        return None


def _known(request: HttpRequest, page: BasketPage) -> dict[str, str]:
    """Return what the buyer already told: a moment ago, in this checkout, or by signing in."""
    before = visits.typed(request)
    if before:
        return before
    live = page.live_checkout_id
    if live is not None and visits.may_see_checkout(request, live):
        row = orders.checkout_row(live)
        return {"email": row.email, "buyer_name": row.buyer_name, **row.address}
    actor = actor_of(request.user)
    return {"email": actor.email, "buyer_name": actor.name if actor.is_signed_in else ""}


def _countries(members: tuple[str, ...], *, locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    return tuple((code, names.get(code, code)) for code in members)


def _paying(page: BasketPage) -> CheckoutRow | None:
    if page.live_checkout_id is None:
        return None
    live = orders.checkout_row(page.live_checkout_id)
    return live if live.state is CheckoutState.PAYING else None


def _own_checkout(request: HttpRequest, printed: str) -> CheckoutRow:
    """Return a checkout that this visit began. Raises: NotFoundError, alike for all others."""
    key = parse_id(IdKind.CHECKOUT, printed)
    if not visits.may_see_checkout(request, key):
        raise NotFoundError("This checkout is not yours, or it was begun in another browser.")
    return orders.checkout_row(access.checkout_for(actor_of(request.user), key))


def _onward(request: HttpRequest, path: str) -> HttpResponse:
    # htmx follows a plain redirect inside its swap; it must leave the page instead.
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": path})
    return redirect(path)


def own_path(url: str) -> str:
    """Return the path of an address, so that a page of the shop leads nowhere but to itself."""
    return urlsplit(url).path or "/"
