"""A network's bands against a variant's, as the band chart draws them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from bandstand.catalogue.queries.networks import NetworkFacts, network_facts
from bandstand.catalogue.queries.variants import VariantRow, capabilities, capability_of
from bandstand.catalogue.queries.verdicts import FitTexts, verdict, with_texts
from bandstand.catalogue.rules import band_order
from bandstand.kernel.words import Answer
from bandstand.radio import Band, Capability
from bandstand.radio.containment import partial_for
from bandstand.radio.policies import BandDisabled, names_any
from bandstand.radio.profile import ProfileBand
from bandstand.radio.rats import NEWEST_FIRST


class HasBand(StrEnum):
    """Whether a variant has a network's band."""

    YES = "yes"
    NO = "no"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ChartBandRow:
    """One band of a network on a day, and whether the variant has it."""

    rat: str
    band: str
    label: str
    role: str
    below_1ghz: bool
    has_it: HasBand


@dataclass(frozen=True, kw_only=True)
class ComparedPhone:
    """One phone beside others: its verdict, and the network's bands against its own."""

    variant: VariantRow
    fit: FitTexts
    bands: tuple[ChartBandRow, ...]
    esim: Answer
    psim: Answer


def chart_bands(*, variant_id: UUID, network_id: UUID, on: date) -> tuple[ChartBandRow, ...]:
    """
    Return a network's bands on a day against a variant's: newest technology first, then main bands.

    Raises: CatalogueNotFoundError for a variant or network that is not there.
    """
    facts = network_facts([network_id])
    return _chart(capability_of(variant_id), facts, network_id=network_id, on=on)


def compared(
    variants: Iterable[VariantRow], *, network_id: UUID, on: date
) -> tuple[ComparedPhone, ...]:
    """Return phones side by side on a network on a day; the facts are read once for all."""
    rows = list(variants)
    facts = network_facts([network_id])
    known = capabilities(one.id for one in rows)
    return tuple(
        ComparedPhone(
            variant=one,
            fit=with_texts(
                verdict(known[one.id], facts, network_id=network_id, on=on),
                facts,
                network_id=network_id,
            ),
            bands=_chart(known[one.id], facts, network_id=network_id, on=on),
            esim=known[one.id].esim,
            psim=known[one.id].psim,
        )
        for one in rows
    )


def _chart(
    capability: Capability, facts: NetworkFacts, *, network_id: UUID, on: date
) -> tuple[ChartBandRow, ...]:
    profiles = facts.profiles(network_id, on=on)
    rows: dict[Band, ProfileBand] = {}
    for profile in profiles:
        rows |= profile.living(on).rows
    off = {
        one
        for policy in facts.policies
        if isinstance(policy, BandDisabled)
        and names_any(policy.codes, capability)
        and any(policy.is_in_force(profile, on) for profile in profiles)
        for one in policy.bands
    }
    have = capability.bands_on(on) - off
    return tuple(
        _chart_row(row, capability, have=have) for row in sorted(rows.values(), key=_chart_order)
    )


def _chart_row(row: ProfileBand, capability: Capability, *, have: frozenset[Band]) -> ChartBandRow:
    one = row.band
    return ChartBandRow(
        rat=one.rat.value,
        band=one.name,
        label=one.plain_name,
        role=row.role.value,
        below_1ghz=one.is_low,
        has_it=_has_band(one, capability, have=have),
    )


def _has_band(one: Band, capability: Capability, *, have: frozenset[Band]) -> HasBand:
    if one in have:
        return HasBand.YES
    if one in capability.disputed_bands or one.rat in capability.unknown_rats:
        return HasBand.UNKNOWN
    if not capability.is_known:
        return HasBand.UNKNOWN
    return HasBand.PARTIAL if partial_for(one).keys() & have else HasBand.NO


def _chart_order(row: ProfileBand) -> tuple[int, int, int, str]:
    one = row.band
    rats = list(NEWEST_FIRST)
    lane = rats.index(one.rat) if one.rat in rats else len(rats)
    return (lane, row.role.rank, *band_order(one.name))
