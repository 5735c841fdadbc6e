"""The fit that an offer is listed with: kept with its inputs, and kept again when they change."""

from datetime import datetime, timedelta

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.frozen import FitToFreeze, fits_to_freeze
from bandstand.catalogue.services.freezing import keep_inputs
from bandstand.offers.models import Offer, OfferFit
from bandstand.plumbing import clock


def freeze_fits(offer: Offer, *, now: datetime) -> int:
    """
    Keep today's fit of an offer on each of the operator's networks and return how many were new.

    A fit with the same inputs and answers as the one that was kept last is not kept again. A thing
    that no network serves has none.

    Lock: the caller holds the offer's row.
    """
    if not catalogue.variant(offer.variant_id).has_fit:
        return 0
    on = clock.day_in(offer.market.time_zone, at=now)
    kept = {
        one.network_id: one for one in OfferFit.objects.filter(offer=offer).order_by("frozen_at")
    }
    fresh = [
        one
        for one in fits_to_freeze(offer.variant_id, on=on)
        if _says_more(one, kept.get(one.network.id))
    ]
    keep_inputs([side for one in fresh for side in (one.radio, one.network_side)], now=now)
    last = max((one.frozen_at for one in kept.values()), default=None)
    at = now if last is None else max(now, last + timedelta(microseconds=1))
    OfferFit.objects.bulk_create(_row(one, offer=offer, at=at) for one in fresh)
    return len(fresh)


def _says_more(one: FitToFreeze, kept: OfferFit | None) -> bool:
    if kept is None:
        return True
    said = {name: value for name, value in one.body.items() if name != "as_of"}
    before = {name: value for name, value in kept.body.items() if name != "as_of"}
    return (one.inputs_hash, one.radio_version, said) != (
        kept.inputs_hash,
        kept.radio_version,
        before,
    )


def _row(one: FitToFreeze, *, offer: Offer, at: datetime) -> OfferFit:
    return OfferFit(
        offer=offer,
        network_id=one.network.id,
        as_of=one.as_of,
        frozen_at=at,
        tier=one.tier,
        label=one.label,
        sentence=one.sentence,
        body=one.body,
        identity=list(one.identity),
        radio_input_id=one.radio.sha256,
        network_input_id=one.network_side.sha256,
        inputs_hash=one.inputs_hash,
        radio_version=one.radio_version,
    )
