"""The fits that an offer was listed with, and what has become of them since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.models import StoredFit
from bandstand.catalogue.queries import StoredFitRow
from bandstand.catalogue.queries.fits import stored_row
from bandstand.catalogue.queries.frozen import InputSide, are_inputs_whole
from bandstand.offers.models import Offer, OfferFit
from bandstand.offers.rules import FitChange, changes_of_fit
from bandstand.plumbing import clock
from bandstand.radio import Tier

CHANGED_MAX: Final = 200
CHANGED: Final = """
select f.id, s.id, (%(now)s::timestamptz at time zone m.time_zone)::date
  from offers_offerfit f
  join offers_offer o on o.id = f.offer_id and o.state = 'listed'
  join catalogue_market m on m.code = o.market_id
  join catalogue_operatornetwork n on n.network_id = f.network_id
  join catalogue_storedfit s on s.variant_id = o.variant_id and s.network_id = f.network_id
   and s.from_date <= (%(now)s::timestamptz at time zone m.time_zone)::date
   and (s.until_date is null
        or s.until_date > (%(now)s::timestamptz at time zone m.time_zone)::date)
 where (%(seller)s::uuid is null or o.seller_id = %(seller)s::uuid)
   and not exists (select from offers_offerfit later
                    where later.offer_id = f.offer_id and later.network_id = f.network_id
                      and later.frozen_at > f.frozen_at)
   and (s.body->'tier', s.body->'data', s.body->'calls', s.body->'emergency_calls', s.body->'sim')
       is distinct from
       (f.body->'tier', f.body->'data', f.body->'calls', f.body->'emergency_calls', f.body->'sim')
 order by f.frozen_at, f.id
 limit %(limit)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedFit:
    """The fit that an offer was listed with on a network, beside today's."""

    offer_id: UUID
    network_id: UUID
    network_code: str
    network_name: str
    as_of: date
    frozen_at: datetime
    tier: Tier
    label: str
    sentence: str
    body: dict[str, object]
    inputs_hash: str
    radio_version: str
    today: StoredFitRow | None
    """None if the network is none of the operator's any more, or nothing is known of it."""
    changes: tuple[FitChange, ...]
    """What today's fit answers otherwise; empty if it says the same."""

    @property
    def has_changed(self) -> bool:
        return bool(self.changes)

    @property
    def has_new_facts(self) -> bool:
        """Whether the facts behind it changed, even if the answers did not."""
        return self.today is not None and self.today.inputs_hash != self.inputs_hash


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenEvidence:
    """The kept inputs of a listed fit, and whether every hash agrees."""

    radio: object
    network: object
    is_whole: bool


def listed_fits(offer_id: UUID, *, now: datetime) -> tuple[ListedFit, ...]:
    """Return the fits that an offer was last listed with, the shop's default network first."""
    offer = Offer.objects.select_related("market").filter(pk=offer_id).first()
    if offer is None:
        return ()
    on = clock.day_in(offer.market.time_zone, at=now)
    order = {one.id: at for at, one in enumerate(catalogue.operator_networks())}
    rows = sorted(
        _newest().filter(offer_id=offer_id),
        key=lambda one: (order.get(one.network_id, len(order)), one.network.code),
    )
    return tuple(
        _row(
            one,
            today=catalogue.stored_fit(
                variant_id=offer.variant_id, network_id=one.network_id, on=on
            )
            if one.network_id in order
            else None,
        )
        for one in rows
    )


def changed_fits(*, now: datetime, seller_id: UUID | None = None) -> tuple[ListedFit, ...]:
    """
    Return the fits of listed offers that answer otherwise today than when they were listed.

    At most ``CHANGED_MAX`` of them, the longest listed first; one query finds them.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"now": now, "seller": seller_id, "limit": CHANGED_MAX})
        pairs = cursor.fetchall()
    frozen = OfferFit.objects.select_related("network").in_bulk([key for key, _, _ in pairs])
    today = StoredFit.objects.in_bulk([key for _, key, _ in pairs])
    return tuple(
        _row(frozen[frozen_id], today=stored_row(today[stored_id], on=on))
        for frozen_id, stored_id, on in pairs
    )


def frozen_evidence(listed: ListedFit) -> FrozenEvidence | None:
    """Return the inputs that a listed fit was found from; None if the row is not there."""
    one = (
        OfferFit.objects.filter(
            offer_id=listed.offer_id, network_id=listed.network_id, frozen_at=listed.frozen_at
        )
        .select_related("radio_input", "network_input")
        .first()
    )
    if one is None:
        return None
    return FrozenEvidence(
        radio=one.radio_input.body,
        network=one.network_input.body,
        is_whole=are_inputs_whole(
            tuple(one.identity),
            radio=InputSide(sha256=one.radio_input_id, body=one.radio_input.body),
            network_side=InputSide(sha256=one.network_input_id, body=one.network_input.body),
            hashed=one.inputs_hash,
        ),
    )


def frozen_words(listed: ListedFit) -> Mapping[str, object]:
    """Return a listed fit in the shape in which an order line keeps its own."""
    return {
        "network": {"code": listed.network_code, "name": listed.network_name},
        "on": listed.as_of.isoformat(),
        "label": listed.label,
        "sentence": listed.sentence,
        "inputs_hash": listed.inputs_hash,
        "verdict": listed.body,
    }


def _newest() -> QuerySet[OfferFit]:
    later = OfferFit.objects.filter(
        offer=OuterRef("offer"), network=OuterRef("network"), frozen_at__gt=OuterRef("frozen_at")
    )
    return OfferFit.objects.select_related("network").filter(~Exists(later))


def _row(one: OfferFit, *, today: StoredFitRow | None) -> ListedFit:
    return ListedFit(
        offer_id=one.offer_id,
        network_id=one.network_id,
        network_code=one.network.code,
        network_name=one.network.name,
        as_of=one.as_of,
        frozen_at=one.frozen_at,
        tier=Tier(one.tier),
        label=one.label,
        sentence=one.sentence,
        body=one.body,
        inputs_hash=one.inputs_hash,
        radio_version=one.radio_version,
        today=today,
        changes=() if today is None else changes_of_fit(was=one.body, now=today.body),
    )
