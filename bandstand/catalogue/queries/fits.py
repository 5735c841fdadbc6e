"""Fits: computed for a day, and as stored for a filter, a sort and a frozen order line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bandstand.catalogue.models import StoredFit
from bandstand.catalogue.queries.networks import network_facts
from bandstand.catalogue.queries.variants import capabilities, capability_of, variant
from bandstand.catalogue.queries.verdicts import (
    identity_of,
    inputs_hash,
    network_hash,
    radio_hash,
    verdict,
    with_texts,
)
from bandstand.kernel.words import Answer
from bandstand.radio import Fit, Tier


@dataclass(frozen=True, kw_only=True)
class StoredFitRow:
    """
    A fit as a card, a page and an order line use it.

    ``body`` is ``Fit.as_json()`` of the day asked for; it stays the same from ``from_date`` until
    before ``until_date``.
    """

    tier: Tier
    tier_rank: int
    label: str
    sentence: str
    calls: Answer
    nr: Answer
    body: dict[str, object]
    inputs_hash: str
    from_date: date
    until_date: date | None
    computed_at: datetime | None
    """None if it was computed for this question, because nothing is stored for the day."""


def fit_on(*, variant_id: UUID, network_id: UUID, on: date) -> Fit:
    """
    Return the fit of a variant on a network on a day, computed from the facts as they stand.

    Raises: CatalogueNotFoundError for a variant or network that is not there.
    """
    facts = network_facts([network_id])
    return verdict(capability_of(variant_id), facts, network_id=network_id, on=on)


def fits_on(variant_ids: Iterable[UUID], *, network_id: UUID, on: date) -> dict[UUID, Fit]:
    """Return the fits of several variants on a network on a day; the facts are read once."""
    facts = network_facts([network_id])
    return {
        key: verdict(one, facts, network_id=network_id, on=on)
        for key, one in capabilities(variant_ids).items()
    }


def stored_fit(*, variant_id: UUID, network_id: UUID, on: date) -> StoredFitRow | None:
    """
    Return the stored fit of a variant on a network on a day; None for goods no network serves.

    A day that nothing is stored for is computed, so the answer is the same, only slower.
    """
    found = (
        StoredFit.objects.filter(variant_id=variant_id, network_id=network_id, from_date__lte=on)
        .order_by("-from_date")
        .first()
    )
    if found is not None and (found.until_date is None or on < found.until_date):
        return stored_row(found, on=on)
    if not variant(variant_id).has_fit:
        return None
    return _computed(variant_id=variant_id, network_id=network_id, on=on)


def stored_row(one: StoredFit, *, on: date) -> StoredFitRow:
    """Return the frozen row of a stored fit, as of a day in its interval."""
    return StoredFitRow(
        tier=Tier(one.tier),
        tier_rank=one.tier_rank,
        label=one.label,
        sentence=one.sentence,
        calls=Answer(one.calls),
        nr=Answer(one.nr),
        body={**one.body, "as_of": on.isoformat()},
        inputs_hash=one.inputs_hash,
        from_date=one.from_date,
        until_date=one.until_date,
        computed_at=one.computed_at,
    )


def _computed(*, variant_id: UUID, network_id: UUID, on: date) -> StoredFitRow:
    facts = network_facts([network_id])
    capability = capability_of(variant_id)
    one = with_texts(
        verdict(capability, facts, network_id=network_id, on=on), facts, network_id=network_id
    )
    return StoredFitRow(
        tier=one.verdict.tier,
        tier_rank=one.verdict.tier.rank,
        label=one.label,
        sentence=one.sentence,
        calls=one.verdict.calls,
        nr=one.nr,
        body=one.verdict.as_json(),
        inputs_hash=inputs_hash(
            identity_of(capability),
            radio=radio_hash(capability),
            network=network_hash(facts, network_id=network_id, on=on),
        ),
        from_date=on,
        until_date=one.verdict.changes_on,
        computed_at=None,
    )
