"""What a network has on the air today, what will change, and which phones each change touches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from bandstand.catalogue.queries.networks import NetworkBandRow, NetworkRow, network_facts
from bandstand.catalogue.queries.variants import capabilities
from bandstand.kernel.words import Certainty
from bandstand.radio import Band, Capability, Fit, NetworkProfile, PolicyFact, ProfileBand, fit
from bandstand.radio.rats import NEWEST_FIRST, Rat
from bandstand.radio.verdict import ANSWER_RANK

ONE_DAY: Final = timedelta(days=1)
EARLIER_MAX: Final = 8


class ChangeKind(StrEnum):
    """What happens to bands on a day."""

    BEGINS = "begins"
    ENDS = "ends"
    ALTERS = "alters"
    """The band stays on the air in another role."""


@dataclass(frozen=True, kw_only=True)
class BandChange:
    """What happens to the bands of one technology on a day."""

    kind: ChangeKind
    rat: str
    bands: tuple[str, ...]
    is_last: bool
    """With this the whole technology is gone."""


@dataclass(frozen=True, kw_only=True)
class NetworkDay:
    """A day on which a network changes, and what that does to given phones."""

    on: date
    """The first day on which it is so: of an end, the first day without."""
    is_confirmed: bool
    """False for an end that is only announced, and may move."""
    changes: tuple[BandChange, ...]
    sources: tuple[str, ...]
    certainty: Certainty
    touched: int
    """How many of the phones have any of the bands."""
    worse: int
    better: int


@dataclass(frozen=True, kw_only=True)
class NetworkOutlook:
    """A network today and later. An MVNO shows what its host runs and it may use."""

    network: NetworkRow
    host: str
    on_air: tuple[NetworkBandRow, ...]
    days: tuple[NetworkDay, ...]
    earlier: tuple[NetworkDay, ...]
    """What changed until today, the latest first; not weighed for any phone."""


@dataclass(frozen=True, kw_only=True)
class _Ahead:
    """A profile with the phones and rules that a change is weighed for."""

    profile: NetworkProfile
    phones: tuple[Capability, ...]
    policies: tuple[PolicyFact, ...]
    today: date

    @property
    def rows(self) -> list[ProfileBand]:
        """The serving bands that the network's customers may use, at any date."""
        less = self.profile.less
        return [
            one for one in self.profile.rows if one.band.is_serving and not less.takes(one.band)
        ]


def outlooks(
    network_ids: Iterable[UUID], *, variant_ids: Iterable[UUID], on: date
) -> list[NetworkOutlook]:
    """
    Return what networks run today and how they will change, weighed for some phones.

    An end that is only announced is weighed as if it came on its day.
    """
    wanted = list(network_ids)
    facts = network_facts(wanted)
    phones = tuple(capabilities(variant_ids).values())
    found = []
    for network_id in wanted:
        row = facts.rows[network_id]
        for profile in facts.profiles(network_id, on=on):
            ahead = _Ahead(profile=profile, phones=phones, policies=facts.policies, today=on)
            found.append(
                NetworkOutlook(
                    network=row,
                    host=profile.host,
                    on_air=tuple(_band_row(one) for one in profile.living(on).rows.values()),
                    days=tuple(_days(ahead)),
                    earlier=tuple(_earlier(ahead)),
                )
            )
    return found


def _days(ahead: _Ahead) -> list[NetworkDay]:
    rows = ahead.rows
    announced = {
        one.announced_until_date for one in rows if one.announced_until_date and not one.until_date
    }
    days = [_confirmed(ahead, rows, on=day) for day in _dates(rows) if day > ahead.today]
    days += [_announced(ahead, rows, on=day) for day in announced if day > ahead.today]
    return sorted(days, key=lambda one: (one.on, not one.is_confirmed))


def _earlier(ahead: _Ahead) -> list[NetworkDay]:
    rows, nobody = ahead.rows, replace(ahead, phones=())
    past = sorted((day for day in _dates(rows) if day <= ahead.today), reverse=True)
    return [_confirmed(nobody, rows, on=day) for day in past[:EARLIER_MAX]]


def _dates(rows: list[ProfileBand]) -> set[date]:
    return {day for one in rows for day in (one.from_date, one.until_date) if day}


def _confirmed(ahead: _Ahead, rows: list[ProfileBand], *, on: date) -> NetworkDay:
    begin = {one.band: one for one in rows if one.from_date == on}
    end = {one.band: one for one in rows if one.until_date == on}
    kinds = {
        ChangeKind.ENDS: end.keys() - begin.keys(),
        ChangeKind.BEGINS: begin.keys() - end.keys(),
        ChangeKind.ALTERS: begin.keys() & end.keys(),
    }
    left = {one.band.rat for one in rows if one.is_living(on)}
    changes = [
        change
        for kind, bands in kinds.items()
        for change in _changes(kind, bands, gone={one.rat for one in bands} - left)
    ]
    return _day(
        ahead,
        changes=changes,
        rows=[*end.values(), *begin.values()],
        on=on,
        fits=[
            (
                fit(one, ahead.profile, policies=ahead.policies, on=on - ONE_DAY),
                fit(one, ahead.profile, policies=ahead.policies, on=on),
            )
            for one in ahead.phones
        ],
    )


def _announced(ahead: _Ahead, rows: list[ProfileBand], *, on: date) -> NetworkDay:
    ending = [one for one in rows if one.announced_until_date == on and one.until_date is None]
    without = replace(
        ahead.profile,
        rows=tuple(
            replace(one, until_date=on) if one in ending else one for one in ahead.profile.rows
        ),
    )
    bands = {one.band for one in ending}
    left = {one.band.rat for one in rows if one.is_living(on) and one not in ending}
    fits = [
        (
            fit(one, ahead.profile, policies=ahead.policies, on=on),
            fit(one, without, policies=ahead.policies, on=on),
        )
        for one in ahead.phones
    ]
    gone = {one.rat for one in bands} - left
    changes = _changes(ChangeKind.ENDS, bands, gone=gone)
    day = _day(ahead, changes=changes, rows=ending, on=on, fits=fits)
    return replace(day, is_confirmed=False)


def _day(
    ahead: _Ahead,
    *,
    changes: list[BandChange],
    rows: list[ProfileBand],
    on: date,
    fits: list[tuple[Fit, Fit]],
) -> NetworkDay:
    bands = {one.band for one in rows}
    return NetworkDay(
        on=on,
        is_confirmed=True,
        changes=tuple(changes),
        sources=tuple(dict.fromkeys(one.source for one in rows if one.source)),
        certainty=Certainty.weakest(*(one.certainty for one in rows)),
        touched=sum(bool(one.bands & bands) for one in ahead.phones),
        worse=sum(_worth(after) < _worth(before) for before, after in fits),
        better=sum(_worth(after) > _worth(before) for before, after in fits),
    )


def _changes(kind: ChangeKind, bands: Iterable[Band], *, gone: set[Rat]) -> list[BandChange]:
    by_rat: dict[Rat, list[Band]] = {}
    for one in bands:
        by_rat.setdefault(one.rat, []).append(one)
    return [
        BandChange(
            kind=kind,
            rat=rat.value,
            bands=tuple(one.name for one in sorted(group, key=_by_number)),
            is_last=rat in gone,
        )
        for rat, group in sorted(by_rat.items(), key=lambda item: _lane(item[0]))
    ]


def _worth(one: Fit) -> tuple[int, int, int]:
    """Order verdicts: the tier, then calls, then how new the data is."""
    return (one.tier.rank, ANSWER_RANK[one.calls], -_lane(one.data))


def _lane(rat: str) -> int:
    known = [one.value for one in NEWEST_FIRST]
    return known.index(rat) if rat in known else len(known)


def _by_number(one: Band) -> tuple[int, str]:
    return (int("".join(filter(str.isdigit, one.name)) or 0), one.name)


def _band_row(one: ProfileBand) -> NetworkBandRow:
    return NetworkBandRow(
        rat=one.band.rat.value,
        band=one.band.name,
        role=one.role.value,
        from_date=one.from_date,
        until_date=one.until_date,
        announced_until_date=one.announced_until_date,
        source=one.source,
        certainty=one.certainty,
    )
