"""Will it work: check one's own phone, compare phones, and the network today and later."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import UnknownTacError
from bandstand.catalogue.rules import CatalogueNotFoundError, MalformedImeiError
from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.check_forms import ImeiForm, NameForm, is_card_like, is_imei_like
from bandstand.storefront.pages.checking import (
    CheckPage,
    by_imei,
    check_url,
    checked,
    choices,
)
from bandstand.storefront.pages.comparing import COMPARED_MAX, Wanted, compare_page
from bandstand.storefront.pages.network import network_page
from bandstand.storefront.shop import shop

BAD_INPUT = 422
SLUG_LENGTH_MAX = 200
NAME_LENGTH_MAX = 80


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("imei", "name")
@tells_refusals
def check(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _looked_up(request)
    is_imei = "imei" in request.POST or is_imei_like(request.POST.get("name", ""))
    return _checked_imei(request) if is_imei else _checked_name(request)


@require_safe
@tells_refusals
def compare(request: HttpRequest) -> HttpResponse:
    here, now = shop(), clock.now()
    slugs = [one[:SLUG_LENGTH_MAX] for one in request.GET.getlist("v") if one]
    wanted = Wanted(
        slugs=tuple(dict.fromkeys(slugs))[: COMPARED_MAX + 1],
        added=request.GET.get("add", "").strip()[:NAME_LENGTH_MAX],
        is_differences=request.GET.get("differences", "") == "1",
    )
    if not wanted.added:
        return page_shown(request, "compare.html", page=compare_page(wanted, shop=here, now=now))
    try:
        found = catalogue.phones_named(wanted.added)
    except CatalogueNotFoundError as refused:
        page = compare_page(wanted, refused=refused, shop=here, now=now)
        return page_shown(request, "compare.html", page=page, status=BAD_INPUT)
    if len(found) == 1:
        return redirect(wanted.with_phone(found[0].slug))
    page = compare_page(wanted, found=found, shop=here, now=now)
    return page_shown(request, "compare.html", page=page)


@require_safe
@tells_refusals
def network(request: HttpRequest) -> HttpResponse:
    return page_shown(request, "network.html", page=network_page(shop(), now=clock.now()))


def _looked_up(request: HttpRequest) -> HttpResponse:
    """Show the page of a version or a name; an IMEI is read from no address."""
    here, now = shop(), clock.now()
    slug, name = request.GET.get("v", ""), request.GET.get("name", "").strip()
    page = CheckPage(here.network.name, imei_form=ImeiForm(), name_form=NameForm())
    if slug:
        found = checked(slug[:SLUG_LENGTH_MAX], shop=here, now=now)
        page = CheckPage(here.network.name, imei_form=ImeiForm(), name_form=NameForm(), found=found)
    elif name and not is_card_like(name) and not is_imei_like(name):
        form = NameForm({"name": name[:NAME_LENGTH_MAX]})
        rows = catalogue.phones_named(name[:NAME_LENGTH_MAX])
        said = choices(rows, shop=here, now=now)
        page = CheckPage(here.network.name, imei_form=ImeiForm(), name_form=form, choices=said)
    return page_shown(request, "check.html", page=page)


def _checked_imei(request: HttpRequest) -> HttpResponse:
    here, now = shop(), clock.now()
    given = request.POST.get("imei") or request.POST.get("name", "")
    form = ImeiForm({"imei": given})
    found, is_unknown = None, False
    if form.is_valid():
        try:
            phone = catalogue.variant_of_imei(form.cleaned_data["imei"])
            found = by_imei(phone, shop=here, now=now)
        except (MalformedImeiError, UnknownTacError) as refused:
            is_unknown = isinstance(refused, UnknownTacError)
            form.add_error("imei", refused.message)
    status = HttpResponse.status_code if found is not None else BAD_INPUT
    # What was found is shown with empty fields: the IMEI is in no page that stays open.
    shown = ImeiForm() if found is not None else form
    page = CheckPage(
        here.network.name,
        imei_form=shown,
        name_form=NameForm(),
        found=found,
        is_unknown_imei=is_unknown,
    )
    return page_shown(request, "check.html", page=page, status=status)


def _checked_name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            found = catalogue.phones_named(form.cleaned_data["name"])
        except CatalogueNotFoundError as refused:
            form.add_error("name", refused.message)
        else:
            if len(found) == 1:
                return redirect(check_url(found[0].slug))
            return page_shown(
                request,
                "check.html",
                page=CheckPage(
                    shop().network.name,
                    imei_form=ImeiForm(),
                    name_form=form,
                    choices=choices(found, shop=shop(), now=clock.now()),
                ),
            )
    page = CheckPage(shop().network.name, imei_form=ImeiForm(), name_form=form)
    return page_shown(request, "check.html", page=page, status=BAD_INPUT)
