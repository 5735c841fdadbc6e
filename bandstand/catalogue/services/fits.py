"""Stored fits, recomputed when facts change: one row for each interval in which no fact does."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries, rules
from bandstand.catalogue.models import StoredFit, Variant
from bandstand.catalogue.queries.networks import NetworkFacts, network_facts
from bandstand.catalogue.queries.verdicts import (
    capability_hash,
    dates_of,
    inputs_hash,
    network_hash,
    verdict,
    with_texts,
)
from bandstand.plumbing import locks
from bandstand.radio import Capability

COLUMNS: Final = [
    "until_date",
    "tier",
    "tier_rank",
    "calls",
    "nr",
    "label",
    "sentence",
    "body",
    "inputs_hash",
    "computed_at",
]
COMPARED: Final = ("until_date", "tier", "label", "sentence", "body", "inputs_hash")


@transaction.atomic
def recompute_fits(
    *,
    now: datetime,
    variant_ids: Iterable[UUID] | None = None,
    network_ids: Iterable[UUID] | None = None,
) -> int:
    """
    Recompute the stored fits of variants on networks; return how many rows were written or removed.

    Without names: every variant that a network could serve, on the operator's networks. A row that
    says the same as before is left alone.

    Lock: one recomputation at a time.
    """
    locks.lock("catalogue.fits")
    networks = list(network_ids or [one.id for one in queries.operator_networks()])
    if not networks:
        return 0
    capabilities = queries.capabilities(variant_ids)
    released = dict(
        Variant.objects.filter(pk__in=capabilities).values_list("pk", "model__released_on")
    )
    facts = network_facts(networks)
    wanted = {
        (row.variant_id, row.network_id, row.from_date): row
        for network_id in networks
        for row in _rows(capabilities, facts, network_id=network_id, released=released, now=now)
    }
    stored = StoredFit.objects.filter(network_id__in=networks, variant_id__in=list(capabilities))
    return _replace(list(stored), wanted)


def _rows(
    capabilities: dict[UUID, Capability],
    facts: NetworkFacts,
    *,
    network_id: UUID,
    released: dict[UUID, date | None],
    now: datetime,
) -> Iterator[StoredFit]:
    network_hashes: dict[date, str] = {}
    for variant_id, capability in capabilities.items():
        floor = max(rules.FITS_FROM, released[variant_id] or rules.FITS_FROM)
        side = capability_hash(capability)
        for from_date, until_date in rules.intervals(
            facts.dates | dates_of(capability), floor=floor
        ):
            if from_date not in network_hashes:
                network_hashes[from_date] = network_hash(facts, network_id=network_id, on=from_date)
            yield _row(
                (variant_id, capability),
                facts,
                network_id=network_id,
                span=(from_date, until_date),
                hashed=inputs_hash(side, network_hashes[from_date]),
                now=now,
            )


def _row(
    variant: tuple[UUID, Capability],
    facts: NetworkFacts,
    *,
    network_id: UUID,
    span: tuple[date, date | None],
    hashed: str,
    now: datetime,
) -> StoredFit:
    variant_id, capability = variant
    one = with_texts(
        verdict(capability, facts, network_id=network_id, on=span[0]), facts, network_id=network_id
    )
    return StoredFit(
        variant_id=variant_id,
        network_id=network_id,
        from_date=span[0],
        until_date=span[1],
        tier=one.verdict.tier.value,
        tier_rank=one.verdict.tier.rank,
        calls=one.verdict.calls.value,
        nr=one.nr.value,
        label=one.label,
        sentence=one.sentence,
        body=one.verdict.as_json(),
        inputs_hash=hashed,
        computed_at=now,
    )


def _replace(stored: list[StoredFit], wanted: dict[tuple[UUID, UUID, date], StoredFit]) -> int:
    """Write the rows that differ from what is stored; remove those of intervals that are gone."""
    gone: list[UUID] = []
    altered: list[StoredFit] = []
    for old in stored:
        new = wanted.pop((old.variant_id, old.network_id, old.from_date), None)
        if new is None:
            gone.append(old.id)
        elif any(getattr(old, name) != getattr(new, name) for name in COMPARED):
            new.id = old.id
            altered.append(new)
    StoredFit.objects.filter(pk__in=gone).delete()
    StoredFit.objects.bulk_update(altered, COLUMNS, batch_size=500)
    StoredFit.objects.bulk_create(wanted.values(), batch_size=1000)
    return len(gone) + len(altered) + len(wanted)
