"""Pages of what may not be sold: one phone that was stopped, and everything that is."""

from dataclasses import dataclass
from datetime import datetime

from bandstand.gate import queries as gate
from bandstand.gate.queries import HoldRow
from bandstand.gate.rules import Activity
from bandstand.offers.queries import OfferRow
from bandstand.storefront.pages.cards import CardView
from bandstand.storefront.pages.product import alternatives_to
from bandstand.storefront.pages.words import instant_text
from bandstand.storefront.shop import Shop


@dataclass(frozen=True, slots=True)
class StopView:
    """What ``components/stopped.html`` takes."""

    title: str
    since_iso: str
    since_text: str
    reason: str
    ground: str
    buyers_text: str
    buyers_url: str


@dataclass(frozen=True, slots=True)
class StoppedView:
    """What the page of a stopped phone says."""

    stop: StopView
    alternatives: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class StopRow:
    """One hold in force."""

    printed_id: str
    scope: str
    reason: str
    since_iso: str
    since_text: str
    ground: str
    basis: str
    reference: str


@dataclass(frozen=True, slots=True)
class StopList:
    """What the page of all stops says."""

    rows: tuple[StopRow, ...]


BUYERS = "Everyone who ordered it here is told by e-mail what happens to their order and money."


def stopped_view(
    offer: OfferRow, *, hold: HoldRow | None, shop: Shop, now: datetime
) -> StoppedView:
    """Return the page of an offer that a hold stops, or that its seller or the shop took away."""
    zone = shop.market.time_zone
    since = hold.effective_at if hold is not None else None
    return StoppedView(
        stop=StopView(
            title=f"{offer.title} is no longer sold here",
            since_iso=since.isoformat() if since else "",
            since_text=instant_text(since, zone=zone) if since else "",
            reason=hold.reason if hold else f"{offer.seller_name} no longer offers it here.",
            ground=hold.ground.value if hold else "",
            buyers_text=BUYERS if hold else "",
            buyers_url="/how-we-decide/#stop" if hold else "",
        ),
        alternatives=alternatives_to(offer.id, shop=shop, now=now),
    )


def stop_list(shop: Shop, *, now: datetime) -> StopList:
    """Return every hold in force that stops orders, newest first."""
    rows = gate.holds(active_only=True, page_size=200)
    return StopList(
        rows=tuple(
            _stop_row(one, zone=shop.market.time_zone)
            for one in rows
            if Activity.ORDER_COMMIT in one.activities and one.is_in_force(now)
        )
    )


def _stop_row(hold: HoldRow, *, zone: str) -> StopRow:
    return StopRow(
        printed_id=hold.printed_id,
        scope=hold.scope_text[:1].upper() + hold.scope_text[1:],
        reason=hold.reason,
        since_iso=hold.effective_at.isoformat(),
        since_text=instant_text(hold.effective_at, zone=zone),
        ground="the law" if hold.ground.value == "law" else "the marketplace’s terms",
        basis=hold.basis.value.replace("_", " "),
        reference=hold.legal_reference,
    )
