"""Reads of offers for the product page, the review queue and their sellers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import StoredFitRow
from bandstand.gate import queries as gate
from bandstand.gate.queries import covering_hold
from bandstand.gate.rules import Activity
from bandstand.offers.models import Offer, OfferMoveRecord
from bandstand.offers.queries.offer_words import OfferList, OfferMoveRow, OfferPage, OfferRow
from bandstand.offers.queries.plans import plan_choices, terms_in
from bandstand.offers.queries.rows import complete_offers, offer_row
from bandstand.offers.rules import OfferState, is_for_network
from bandstand.plumbing import clock

PAGE_SIZE = 50


def offer_page(
    *, offer_id: UUID, now: datetime, network_id: UUID | None = None
) -> OfferPage | None:
    """
    Return everything a product page says of an offer, or None if there is no such offer.

    An offer that is held, sold out or withdrawn is still told; ``hold`` and ``is_on_sale`` say so.
    Without a network, the fit is that on the shop's default.
    """
    offer = complete_offers().filter(pk=offer_id).first()
    if offer is None:
        return None
    row = offer_row(offer)
    on = clock.day_in(row.time_zone, at=now)
    return OfferPage(
        offer=row,
        plans=plan_choices(
            row.price,
            terms=terms_in(market=row.market, now=now),
            on=on,
            market=row.market,
            locale=row.locale,
        ),
        fit=fit_of(row, network_id=network_id or catalogue.default_network().id, now=now),
        hold=hold_on(offer_id),
    )


def hold_on(offer_id: UUID) -> gate.HoldRow | None:
    """Return the hold that stops orders of an offer now, if there is one."""
    return holds_on([offer_id]).get(offer_id)


def holds_on(offer_ids: Sequence[UUID]) -> dict[UUID, gate.HoldRow]:
    """
    Return the holds that stop orders of offers now, by offer.

    Offers that nothing stops cost one query together; each that is stopped costs its own.
    """
    held = Offer.objects.filter(pk__in=offer_ids).filter(covering_hold(Activity.ORDER_COMMIT))
    found = {
        offer.id: gate.hold_for_offer(
            offer_id=offer.id,
            variant_id=offer.variant_id,
            seller_id=offer.seller_id,
            market=offer.market_id,
            condition=offer.condition,
        )
        for offer in held
    }
    return {offer_id: hold for offer_id, hold in found.items() if hold is not None}


def offers_of_variant(*, variant_id: UUID, market: str) -> tuple[OfferRow, ...]:
    """Return every listed offer of a variant in a market, cheapest first, in stock or not."""
    found = complete_offers().filter(
        variant_id=variant_id, market_id=market, state=OfferState.LISTED.value
    )
    return tuple(offer_row(offer) for offer in found.order_by("price_minor", "id"))


def review_queue(
    *,
    text: str = "",
    state: str = OfferState.IN_REVIEW.value,
    seller_id: UUID | None = None,
    page: int = 1,
) -> OfferList:
    """Return offers in a state, oldest first: by default those that wait for a person's review."""
    found = complete_offers().filter(state=state).order_by("created_at", "id")
    if seller_id is not None:
        found = found.filter(seller_id=seller_id)
    return _page(_named(found, text), page=page)


def seller_offers(*, seller_id: UUID, text: str = "", state: str = "", page: int = 1) -> OfferList:
    """Return a seller's offers, newest first."""
    found = complete_offers().filter(seller_id=seller_id).order_by("-created_at", "-id")
    if state:
        found = found.filter(state=state)
    return _page(_named(found, text), page=page)


def offer_moves(offer_id: UUID) -> tuple[OfferMoveRow, ...]:
    """Return the steps of an offer's life, newest first."""
    found = OfferMoveRecord.objects.filter(offer_id=offer_id).order_by("-moved_at", "-id")
    return tuple(
        OfferMoveRow(
            move=one.move,
            from_state=one.from_state,
            to_state=one.to_state,
            moved_at=one.moved_at,
            actor=one.actor,
            reason=one.reason,
        )
        for one in found
    )


def counts_by_state(*, seller_id: UUID | None = None) -> dict[str, int]:
    """Return how many offers stand in each state; every state is named."""
    found = Offer.objects.all() if seller_id is None else Offer.objects.filter(seller_id=seller_id)
    counts = dict(found.order_by().values_list("state").annotate(offers=Count("id")))
    return {state.value: counts.get(state.value, 0) for state in OfferState}


def fit_of(row: OfferRow, *, network_id: UUID, now: datetime) -> StoredFitRow | None:
    """Return the fit of an offer's variant on a network today; None for what is meant for none."""
    if not row.is_radio:
        return None
    fit = catalogue.stored_fit(
        variant_id=row.variant_id,
        network_id=network_id,
        on=clock.day_in(row.time_zone, at=now),
    )
    tier = None if fit is None else fit.tier
    is_told = is_for_network(is_radio=row.is_radio, category=row.category_slug, tier=tier)
    return fit if is_told else None


def _named(found: QuerySet[Offer], text: str) -> QuerySet[Offer]:
    for word in text.split():
        found = found.filter(
            Q(variant__model__name__icontains=word)
            | Q(variant__model__brand__name__icontains=word)
            | Q(variant__code__icontains=word)
            | Q(seller__trading_name__icontains=word)
        )
    return found


def _page(found: QuerySet[Offer], *, page: int) -> OfferList:
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    rows = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return OfferList(
        offers=tuple(offer_row(offer) for offer in rows), total=total, page=page, pages=pages
    )
