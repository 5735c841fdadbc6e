"""Orders as their buyers see them, the passport to keep, and the account."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bandstand.credit import queries as credit
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.orders import access, links, passport, queries as orders
from bandstand.orders.queries import OrderFilters, OrderPage
from bandstand.parties.access import actor_of
from bandstand.parties.rules import Actor, Role
from bandstand.payments import queries as payments
from bandstand.plumbing import clock
from bandstand.promotions import queries as promotions
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.pages.orders import LineProof, OrderItem, order_items, order_view
from bandstand.storefront.shop import shop

ROLE_LINKS = (
    (Role.OPERATOR, "/console/", "The console", "Decide, watch, stop and make whole."),
    (
        Role.SELLER,
        "/portals/seller/",
        "The seller’s portal",
        "Your offers, and what each still needs.",
    ),
    (
        Role.BRAND,
        "/portals/brand/",
        "The brand’s portal",
        "Say who may sell, and stop what may not be sold.",
    ),
)


@dataclass(frozen=True, slots=True)
class RoleLink:
    """A room that this person may enter."""

    url: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What the account page says."""

    name: str
    email: str
    rooms: tuple[RoleLink, ...]
    orders: tuple[OrderItem, ...]
    total: int


@require_safe
@never_cache
@tells_refusals
def order(request: HttpRequest, token: str) -> HttpResponse:
    found = orders.order_page(access.order_by_link(token))
    payment_id = found.order.payment_id
    view = order_view(
        found,
        refunds=payments.refunds_of(payment_id) if payment_id else (),
        proofs=_proofs(found),
        promised=promotions.credits_of_lines([one.id for one in found.lines], now=clock.now()),
        shop=shop(),
    )
    return page_shown(request, "order.html", page=view)


@require_safe
@never_cache
@tells_refusals
def line_passport(request: HttpRequest, *, token: str, line: str) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    found = orders.order_page(access.order_by_link(token))
    key = parse_id(IdKind.LINE, line)
    if key not in {one.id for one in found.lines}:
        raise NotFoundError("This order has no such line.")
    body, sha256, jws = orders.passport_of(key)
    sealed = passport.SealedPassport(body=body, sha256=sha256, jws=jws)
    response = HttpResponse(passport.passport_file(sealed), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.order.number}-{line}.json"'
    return response


@require_safe
@never_cache
@tells_refusals
def line_agreement(request: HttpRequest, *, token: str, line: str, form: str) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    """Return the credit agreement of a line as it was accepted: its page, or the page as a PDF."""
    found = orders.order_page(access.order_by_link(token))
    key = parse_id(IdKind.LINE, line)
    agreement = credit.agreement_of_line(key)
    if key not in {one.id for one in found.lines} or agreement is None:
        raise NotFoundError("This order has no such agreement.")
    if form == "html":
        return HttpResponse(agreement.html)
    if form != "pdf" or agreement.pdf is None:
        raise NotFoundError("The PDF is not drawn yet. Read the page, or come back in a minute.")
    response = HttpResponse(agreement.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.order.number}-agreement.pdf"'
    return response


@require_safe
@never_cache
@tells_refusals
def account(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request.user)
    if not actor.is_signed_in:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
    found = orders.orders_list(filters=OrderFilters(person_id=actor.person_id))
    page = AccountPage(
        name=actor.name,
        email=actor.email,
        rooms=_rooms(actor),
        orders=order_items(
            found.orders,
            shop=shop(),
            links={one.id: links.order_link(one.id) for one in found.orders},
        ),
        total=found.total,
    )
    return page_shown(request, "account.html", page=page)


def _rooms(actor: Actor) -> tuple[RoleLink, ...]:
    return tuple(
        RoleLink(url, label, text) for role, url, label, text in ROLE_LINKS if actor.has(role)
    )


def _proofs(found: OrderPage) -> dict[UUID, LineProof]:
    return {one.id: LineProof(json.loads(orders.passport_of(one.id)[0])) for one in found.lines}
