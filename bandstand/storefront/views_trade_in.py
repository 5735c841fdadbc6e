"""Trade in a phone: find it, answer plain questions, and follow it until the money is there."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import UnknownTacError, VariantRow
from bandstand.catalogue.rules import CatalogueNotFoundError, MalformedImeiError
from bandstand.kernel.errors import BadInputError, DomainError, NotFoundError, RefusedError
from bandstand.orders import access as order_access, queries as orders
from bandstand.orders.queries import OrderPage
from bandstand.orders.rules import ENDED
from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.check_forms import ImeiForm, NameForm, is_card_like, is_imei_like
from bandstand.storefront.pages import trade_in as pages
from bandstand.storefront.pages.trade_in import StartPage
from bandstand.storefront.shop import shop
from bandstand.storefront.trade_in_forms import (
    AcceptForm,
    AccountForm,
    QuestionsForm,
    SentForm,
)
from bandstand.trade_in import access, queries, services
from bandstand.trade_in.imeis import digits_of, seal_imei, unseal_imei
from bandstand.trade_in.links import trade_in_link
from bandstand.trade_in.queries import TradeInPage
from bandstand.trade_in.rules import read_answers

BAD_INPUT = 422
SLUG_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class _Asking:
    """Where a trade-in begins: alone, or from an order."""

    request: HttpRequest
    token: str
    order: OrderPage | None

    @property
    def url(self) -> str:
        return f"/order/{self.token}/trade-in/" if self.token else "/trade-in/"

    def page(self, **fields: Any) -> StartPage:  # noqa: ANN401 -- the page's own fields
        """Return the page with what was found, and the forms to find another."""
        here, now = shop(), clock.now()
        known = StartPage(
            url=self.url,
            order_number=self.order.order.number if self.order else "",
            imei_form=ImeiForm(),
            name_form=NameForm(),
            already=pages.items(
                queries.trade_ins_of_order(self.order.order.id) if self.order else (),
                locale=here.locale,
            ),
            brands=pages.brands_taken(shop=here, now=now),
        )
        return replace(known, **fields)

    def shown(self, *, status: int = 200, **fields: Any) -> HttpResponse:  # noqa: ANN401 -- the page's own fields
        return page_shown(self.request, "trade_in.html", page=self.page(**fields), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("imei", "name")
@tells_refusals
def start(request: HttpRequest, order: str = "") -> HttpResponse:
    found = orders.order_page(order_access.order_by_link(order)) if order else None
    asking = _Asking(request, order, found)
    if request.method != "POST":
        slug = request.GET.get("v", "")[:SLUG_LENGTH_MAX]
        return _asked(asking, catalogue.variant_page(slug).variant) if slug else asking.shown()
    if "v" in request.POST:
        return _quoted(asking)
    if "imei" in request.POST or is_imei_like(request.POST.get("name", "")):
        return _by_imei(asking)
    return _by_name(asking)


@require_safe
@never_cache
@tells_refusals
def status(request: HttpRequest, token: str) -> HttpResponse:
    return _status(request, queries.trade_in_page(access.trade_in_by_link(token)))


@require_POST
@never_cache
@sensitive_post_parameters("imei")
@tells_refusals
def accept(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.trade_in_page(access.trade_in_by_link(token))
    form = AcceptForm(request.POST, knows_phone=bool(found.row.imei_masked))
    if not form.is_valid():
        return _status(request, found, accept=form, status=BAD_INPUT)
    try:
        page = orders.order_page(order_access.order_by_link(form.cleaned_data["order"]))
        standing = [one for one in page.lines if one.state not in ENDED] or list(page.lines)
        line = next((one for one in standing if one.plan), standing[0])
        services.accept(
            trade_in_id=found.row.id,
            line_id=line.id,
            imei=form.cleaned_data.get("imei", ""),
            now=clock.now(),
        )
    except MalformedImeiError as refused:
        form.add_error("imei", refused.message)
    except (BadInputError, NotFoundError, RefusedError) as refused:
        form.add_error("order", refused.message)
    if form.errors:
        return _status(request, found, accept=form, status=BAD_INPUT)
    messages.success(request, "It is agreed. Where to send it stands below, and in a letter.")
    return redirect(found.row.link)


@require_POST
@never_cache
@tells_refusals
def sent(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.trade_in_page(access.trade_in_by_link(token))
    form = SentForm(request.POST)
    if not form.is_valid():
        return _status(request, found, sent=form, status=BAD_INPUT)
    services.note_sent(
        trade_in_id=found.row.id,
        carrier=form.cleaned_data["carrier"],
        tracking=form.cleaned_data["tracking"],
        now=clock.now(),
    )
    messages.success(request, "Thank you. We write to you when it is here.")
    return redirect(found.row.link)


@require_POST
@never_cache
@tells_refusals
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Take the new value, or keep the phone: before it is sent, or by having it back."""
    found = access.trade_in_by_link(token)
    if request.POST.get("choice") == "take":
        services.take_value(trade_in_id=found, now=clock.now())
        messages.success(request, "The new value is yours.")
    elif request.POST.get("choice") == "keep":
        services.withdraw(trade_in_id=found, now=clock.now())
        messages.success(request, "The phone stays yours.")
    else:
        raise BadInputError("Choose: take the value, or keep the phone.")
    return redirect(queries.trade_in_row(found).link)


@require_POST
@never_cache
@sensitive_post_parameters("routing", "number")
@tells_refusals
def account(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.trade_in_page(access.trade_in_by_link(token))
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _status(request, found, account=form, status=BAD_INPUT)
    services.ask_payout(
        trade_in_id=found.row.id, account=form.cleaned_data["account"], now=clock.now()
    )
    messages.success(request, "Thank you. Two of our staff look at it, then the bank pays.")
    return redirect(found.row.link)


def _by_imei(asking: _Asking) -> HttpResponse:
    form = ImeiForm({"imei": asking.request.POST.get("imei") or asking.request.POST.get("name")})
    if not form.is_valid():
        return asking.shown(imei_form=form, status=BAD_INPUT)
    try:
        phone = catalogue.variant_of_imei(form.cleaned_data["imei"])
    except (MalformedImeiError, UnknownTacError) as refused:
        form.add_error("imei", refused.message)
        return asking.shown(imei_form=form, status=BAD_INPUT)
    sealed = seal_imei(digits_of(form.cleaned_data["imei"]))
    return _asked(asking, phone.variant, sealed=sealed)


def _by_name(asking: _Asking) -> HttpResponse:
    form = NameForm(asking.request.POST)
    if not form.is_valid() or is_card_like(form.cleaned_data["name"]):
        return asking.shown(name_form=form, status=BAD_INPUT)
    try:
        found = catalogue.phones_named(form.cleaned_data["name"])
    except CatalogueNotFoundError as refused:
        form.add_error("name", refused.message)
        return asking.shown(name_form=form, status=BAD_INPUT)
    if len(found) == 1:
        return HttpResponseRedirect(f"{asking.url}?{urlencode({'v': found[0].slug})}")
    return asking.shown(name_form=form, choices=pages.version_choices(found, url=asking.url))


def _asked(
    asking: _Asking,
    phone: VariantRow,
    *,
    sealed: str = "",
    form: QuestionsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show what a phone brings in each state, and the questions."""
    here, now = shop(), clock.now()
    try:
        listed = queries.require_taken(phone, market=here.market.code, at=now)
    except NotFoundError as refused:
        return asking.shown(refused=refused.message, status=404)
    return asking.shown(
        questions=form or QuestionsForm(initial={"v": phone.slug, "sealed": sealed}),
        title=phone.title,
        detail=", ".join(filter(None, (phone.code, phone.region))),
        values=pages.value_lines(listed, locale=here.locale),
        status=status,
    )


def _quoted(asking: _Asking) -> HttpResponse:
    form = QuestionsForm(asking.request.POST)
    phone = catalogue.variant_page(asking.request.POST["v"][:SLUG_LENGTH_MAX]).variant
    if not form.is_valid():
        return _asked(asking, phone, form=form, status=BAD_INPUT)
    try:
        reference = services.quote(
            variant_id=phone.id,
            market=shop().market.code,
            answers=read_answers(form.cleaned_data),
            imei=unseal_imei(form.cleaned_data["sealed"]),
            now=clock.now(),
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _asked(asking, phone, form=form, status=BAD_INPUT)
    carried = f"?{urlencode({'order': asking.token})}" if asking.token else ""
    return HttpResponseRedirect(f"{trade_in_link(reference)}{carried}")


def _status(
    request: HttpRequest,
    found: TradeInPage,
    *,
    accept: AcceptForm | None = None,
    sent: SentForm | None = None,
    account: AccountForm | None = None,
    status: int = 200,
) -> HttpResponse:
    knows = bool(found.row.imei_masked)
    first = {"order": request.GET.get("order", "")[:300]}
    view = pages.status_page(
        found,
        shop=shop(),
        now=clock.now(),
        forms=(
            accept or AcceptForm(knows_phone=knows, initial=first),
            sent or SentForm(),
            account or AccountForm(),
        ),
    )
    return page_shown(request, "trade_in_status.html", page=view, status=status)
