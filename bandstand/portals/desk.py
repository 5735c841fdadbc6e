"""The desks of brands and sellers: who may sit at which, and how they answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bandstand.kernel.errors import BadInputError, DomainError, NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.money import Money, format_money
from bandstand.parties import access, queries as parties
from bandstand.parties.queries import PartyRow
from bandstand.parties.rules import Actor, Role
from bandstand.plumbing import clock
from bandstand.plumbing.desk import frame
from bandstand.plumbing.desk.frame import Frame

View = Callable[..., HttpResponse]
ROOMS: Final = {
    Role.BRAND: (
        (
            "Brand",
            (
                ("/portals/brand/", "Overview", 0),
                ("/portals/brand/offers/", "On the shelf", 0),
                ("/portals/brand/notices/", "Notices", 0),
                ("/portals/brand/promotions/", "Promotions", 0),
            ),
        ),
        (
            "Your rights",
            (
                ("/portals/brand/sellers/", "Authorised sellers", 0),
                ("/portals/brand/rights/", "Statements and grants", 0),
                ("/portals/brand/domains/", "Domains", 0),
                ("/portals/brand/lists/", "Published lists", 0),
                ("/portals/brand/grants/", "Grants you signed", 0),
                ("/portals/brand/keys/", "Keys", 0),
            ),
        ),
    ),
    Role.SELLER: (
        (
            "Seller",
            (
                ("/portals/seller/", "Overview", 0),
                ("/portals/seller/offers/", "Offers", 0),
                ("/portals/seller/orders/", "Orders", 0),
                ("/portals/seller/money/", "Money", 0),
                ("/portals/seller/promotions/", "Promotions", 0),
                ("/portals/seller/statements/", "Statements of reasons", 0),
            ),
        ),
        (
            "Your proofs",
            (
                ("/portals/seller/identity/", "Identity", 0),
                ("/portals/seller/credentials/", "Credentials", 0),
                ("/portals/seller/documents/", "Documents", 0),
                ("/portals/seller/domains/", "Domains", 0),
            ),
        ),
    ),
}
WHOSE: Final = {Role.BRAND: "a brand's own people", Role.SELLER: "a seller's own people"}


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of somebody who acts for a brand or a seller."""

    request: HttpRequest
    actor: Actor
    role: Role
    party: PartyRow
    now: datetime
    zone: str

    def shown(self, template: str, page: object, *, status: int = 200) -> HttpResponse:
        """Return a portal page; lists and questions look like the console's."""
        return frame.shown(
            self.request, template, page=page, frame=portal_frame(self), status=status
        )


def brands_only(view: View) -> View:
    """Open a view to people who act for a brand, and tell refusals as pages."""
    return _only(Role.BRAND, view)


def sellers_only(view: View) -> View:
    """Open a view to people who act for a seller, and tell refusals as pages."""
    return _only(Role.SELLER, view)


def portal_frame(desk: Desk) -> Frame:
    """Return the rail of a desk; whoever acts in both roles finds the way to the other."""
    roles = [desk.role, *(role for role in ROOMS if role is not desk.role and desk.actor.has(role))]
    return Frame(
        name=desk.party.trading_name,
        rooms=tuple(
            group for role in roles for group in frame.rail(ROOMS[role], path=desk.request.path)
        ),
        person_label=f"{desk.actor.name}, {desk.party.trading_name}",
    )


def key_of(kind: IdKind, text: str) -> UUID:
    """
    Return the key that an address names.

    Raises: NotFoundError, because an address with a malformed id leads nowhere.
    """
    try:
        return parse_id(kind, text)
    except BadInputError as wrong:
        raise NotFoundError(f"{wrong.message} Check the address.") from wrong


def money(amount: Money) -> str:
    """Return an amount as the portals write it."""
    return format_money(amount)


def _only(role: Role, view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- whatever the address holds
        actor = access.actor_of(request.user)
        if not actor.is_signed_in:
            return frame.sign_in_first(request)
        party_id = actor.party_for(role)
        if party_id is None:
            return frame.forbidden(request, text=f"This desk is for {WHOSE[role]}.")
        desk = Desk(
            request=request,
            actor=actor,
            role=role,
            party=parties.party(party_id),
            now=clock.now(),
            zone=parties.operator().time_zone,
        )
        try:
            return view(desk, **arguments)
        except DomainError as refused:
            return frame.refusal_shown(request, refused, frame=portal_frame(desk))

    return answer
