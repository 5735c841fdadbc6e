"""The operator's desk: who may sit at it, its rooms, and how it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bandstand.credit.queries.applications import referred_count
from bandstand.credit.queries.bureau import open_report_dispute_count
from bandstand.credit.queries.changes import waiting_wish_count
from bandstand.gate import queries as gate
from bandstand.kernel.errors import BadInputError, DomainError, NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.money import Money, format_money
from bandstand.offers import queries as offers
from bandstand.offers.rules import OfferState
from bandstand.parties import access, queries as parties
from bandstand.parties.queries.identity import statements_waiting_count
from bandstand.parties.rules import Actor
from bandstand.payments import queries as payments
from bandstand.plumbing import clock
from bandstand.plumbing.desk import frame
from bandstand.plumbing.desk.frame import Frame
from bandstand.promotions import queries as promotions
from bandstand.rights.queries.documents import open_document_count
from bandstand.rights.queries.lists import domains_in_review
from bandstand.takedowns.queries.due_cases import unsettled_count

View = Callable[..., HttpResponse]
ROOMS: Final = (
    ("Today", (("/console/", "Inbox"), ("/console/review/", "To review"))),
    (
        "Shelf",
        (
            ("/console/offers/", "Offers"),
            ("/console/notices/", "Notices"),
            ("/console/holds/", "Holds"),
            ("/console/quality/", "Facts"),
        ),
    ),
    (
        "Rights",
        (
            ("/console/sellers/", "Sellers"),
            ("/console/rights/", "Rights facts"),
            ("/console/lists/", "Published lists"),
            ("/console/units/", "Custody"),
        ),
    ),
    (
        "Sales",
        (
            ("/console/orders/", "Orders"),
            ("/console/letters/", "Letters"),
        ),
    ),
    (
        "Money",
        (
            ("/console/ledger/", "Ledger"),
            ("/console/applications/", "Applications"),
            ("/console/plans/", "Plans"),
            ("/console/promotions/", "Promotions"),
            ("/console/plans/policies/", "Plan policies"),
            ("/console/reconciliation/", "Reconciliation"),
            ("/console/disputes/", "Disputes"),
            ("/console/refunds/", "Refunds"),
            ("/console/payouts/", "Payouts"),
            ("/console/trade-in/", "Trade-in"),
            ("/console/commission/", "Commission"),
            ("/console/credit-reports/", "Credit reports"),
            ("/console/tax/", "Tax"),
            ("/console/tax/returns/", "Tax returns"),
        ),
    ),
    ("Log", (("/console/audit/", "Audit log"),)),
)
"""The rail: groups of rooms, each an address and a name; what waits there is counted apart."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of the operator's staff: who asks, when, and on which clock they read."""

    request: HttpRequest
    actor: Actor
    now: datetime
    zone: str

    def shown(self, template: str, page: object, *, status: int = 200) -> HttpResponse:
        """Return a console page."""
        return frame.shown(
            self.request, f"console/{template}", page=page, frame=console_frame(self), status=status
        )


def operators_only(view: View) -> View:
    """
    Open a view to the operator's staff alone, and tell refusals as pages.

    Whoever has not signed in is sent to do so; whoever is not staff gets 403.
    """

    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 -- whatever the address holds
        actor = access.actor_of(request.user)
        if not actor.is_signed_in:
            return frame.sign_in_first(request)
        if not actor.is_operator:
            return frame.forbidden(request, text="The console is for the operator's own staff.")
        desk = Desk(
            request=request, actor=actor, now=clock.now(), zone=parties.operator().time_zone
        )
        try:
            return view(desk, **arguments)
        except DomainError as refused:
            return frame.refusal_shown(request, refused, frame=console_frame(desk))

    return answer


def console_frame(desk: Desk) -> Frame:
    """Return the rail of the console, with what waits in each room."""
    waiting = _waiting(desk)
    groups = tuple(
        (label, tuple((url, name, waiting.get(url, 0)) for url, name in rooms))
        for label, rooms in ROOMS
    )
    return Frame(
        name="Console",
        rooms=frame.rail(groups, path=desk.request.path),
        person_label=desk.actor.name,
    )


def _waiting(desk: Desk) -> dict[str, int]:
    """Return how many things wait in each room, by its address."""
    in_review = offers.counts_by_state()[OfferState.IN_REVIEW.value]
    unsettled, _ = unsettled_count(now=desk.now)
    return {
        "/console/review/": _to_review(in_review),
        "/console/offers/": in_review,
        "/console/notices/": unsettled,
        "/console/holds/": gate.hold_count(active_only=True),
        "/console/applications/": referred_count(),
        "/console/plans/": waiting_wish_count(),
        "/console/promotions/": promotions.missed_count(now=desk.now),
        "/console/disputes/": payments.open_dispute_count(),
        "/console/refunds/": len(payments.failed_refunds()),
        "/console/credit-reports/": open_report_dispute_count(),
    }


def _to_review(offers_in_review: int) -> int:
    """Return how many things wait for a person's eye, of every kind."""
    others = (open_document_count(), len(domains_in_review()), statements_waiting_count())
    return offers_in_review + sum(others)


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
    """Return an amount as the console writes it."""
    return format_money(amount)


def major(amount: Money) -> str:
    """Return an amount as a spreadsheet takes it."""
    return str(amount.major)
