"""A network's bands against a variant's, as the band chart draws them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from bandstand.catalogue.queries.networks import network_facts
from bandstand.catalogue.queries.variants import capability_of
from bandstand.catalogue.rules import band_order
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


def chart_bands(*, variant_id: UUID, network_id: UUID, on: date) -> tuple[ChartBandRow, ...]:
    """
    Return a network's bands on a day against a variant's: newest technology first, then main bands.

    Raises: CatalogueNotFoundError for a variant or network that is not there.
    """
    facts = network_facts([network_id])
    capability = capability_of(variant_id)
    rows: dict[Band, ProfileBand] = {}
    for profile in facts.profiles(network_id, on=on):
        rows |= profile.living(on).rows
    off = {
        one
        for policy in facts.policies
        if isinstance(policy, BandDisabled)
        and names_any(policy.codes, capability)
        and any(policy.is_in_force(profile, on) for profile in facts.profiles(network_id, on=on))
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
