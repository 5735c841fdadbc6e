"""
What a network runs, by date.

A row's period is half-open: ``until_date`` is the first day without service, confirmed. A
switch-off that is only announced stands apart in ``announced_until_date``: announced dates move,
so it warns and never ends a band.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.bands import Band
from bandstand.radio.capability import is_within
from bandstand.radio.rats import CIRCUIT_SWITCHED, YARDSTICK_ORDER, Rat
from bandstand.radio.reasons import Evidence, Side


class Role(StrEnum):
    """How much of a network rests on a band."""

    PRIMARY = "primary"
    """The network is built on it; without it a phone misses coverage or speed."""
    SECONDARY = "secondary"
    """Added capacity in many places."""
    LIMITED = "limited"
    """A few markets, a trial, or what is left before a switch-off."""

    @property
    def rank(self) -> int:
        """Order roles: 0 carries the network."""
        return ROLE_ORDER.index(self)


ROLE_ORDER: Final = (Role.PRIMARY, Role.SECONDARY, Role.LIMITED)


@dataclass(frozen=True, kw_only=True)
class ProfileBand:
    """One band of a network in one role for one period."""

    band: Band
    role: Role
    from_date: date | None = None
    until_date: date | None = None
    announced_until_date: date | None = None
    source: str = ""
    certainty: Certainty = Certainty.MEDIUM

    @cached_property
    def evidence(self) -> Evidence:
        """What the network's sources say about the band."""
        statement = f"{self.band} {self.role}"
        if self.from_date:
            statement += f" from {self.from_date.isoformat()}"
        if self.until_date:
            statement += f" until {self.until_date.isoformat()}"
        elif self.announced_until_date:
            statement += f", end announced for {self.announced_until_date.isoformat()}"
        return Evidence(
            side=Side.NETWORK,
            statement=statement,
            source=self.source,
            certainty=self.certainty,
        )

    def is_living(self, on: date) -> bool:
        """Tell whether the band is on the air on a day."""
        return is_within(on, from_date=self.from_date, until_date=self.until_date)


@dataclass(frozen=True, kw_only=True)
class Subtraction:
    """What an operator without a network does not get from its host. It can only take away."""

    rats: frozenset[Rat] = frozenset()
    bands: frozenset[Band] = frozenset()
    volte: bool = False

    def takes(self, one: Band) -> bool:
        """Tell whether a band of the host is not part of the contract."""
        return one.rat in self.rats or one in self.bands

    def and_also(self, other: "Subtraction") -> "Subtraction":
        """Return what both take away together."""
        return Subtraction(
            rats=self.rats | other.rats,
            bands=self.bands | other.bands,
            volte=self.volte or other.volte,
        )


NOTHING: Final = Subtraction()


@dataclass(frozen=True, kw_only=True)
class Living:
    """A network between two of its dates: nothing here changes from one to the next."""

    rows: Mapping[Band, ProfileBand]
    """Serving bands on the air that this operator's customers may use, each in its best role."""
    withheld: Mapping[Band, ProfileBand]
    """Serving bands of the host that the contract leaves out."""
    yardstick: Rat | None
    """The technology that the tier is measured by; None when nothing is on the air."""
    primaries: frozenset[Band]
    """Primary serving bands of the yardstick, with those that this operator does not get."""
    sunset: Mapping[Rat, tuple[ProfileBand, ...]]
    """Technologies that ended and will not return, with the rows that last carried them."""
    planned_ends: Mapping[Rat, tuple[date, ProfileBand, bool]]
    """When each technology on the air will be gone, the row that says so, and if confirmed."""
    next_date: date | None

    @cached_property
    def bands(self) -> frozenset[Band]:
        """The serving bands on the air."""
        return frozenset(self.rows)

    @cached_property
    def bands_by_rat(self) -> Mapping[Rat, frozenset[Band]]:
        """The serving bands on the air by technology."""
        return {
            rat: frozenset(one for one in self.rows if one.rat is rat)
            for rat in {one.rat for one in self.rows}
        }


@dataclass(frozen=True, kw_only=True)
class NetworkProfile:
    """A network and everything it ran, runs and will run. ``host`` is set for an MVNO."""

    key: str
    name: str = ""
    rows: tuple[ProfileBand, ...] = ()
    host: str = ""
    """The key of the network that this one inherits, and whose policies apply as well."""
    from_date: date | None = None
    until_date: date | None = None
    volte: Answer = Answer.UNKNOWN
    """NO if this network gives no VoLTE at all; unknown leaves the answer to the phone."""
    sa: Answer = Answer.UNKNOWN
    nsa: Answer = Answer.UNKNOWN
    other_keys: frozenset[str] = frozenset()
    """More keys whose policies apply here: those of the host."""
    less: Subtraction = NOTHING
    """What an MVNO does not get. The host's bands still measure it, so it never beats its host."""

    @property
    def title(self) -> str:
        """Name the network for people."""
        return self.name or self.key

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys whose policies apply here: its own and its host's."""
        return (self.other_keys | {self.key, self.host, self.name}) - {""}

    @cached_property
    def has_circuit_switched_record(self) -> bool:
        """
        Tell whether the record speaks of 2G or 3G at any date.

        A record without them is taken as silent about calls outside VoLTE, not as proof of none.
        """
        return any(row.band.rat in CIRCUIT_SWITCHED for row in self.rows)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Every date on which something of this network begins, ends or is announced to end."""
        found = {self.from_date, self.until_date}
        for row in self.rows:
            found |= {row.from_date, row.until_date, row.announced_until_date}
        return tuple(sorted(one for one in found if one is not None))

    def is_valid(self, on: date) -> bool:
        """Tell whether the network (or the contract with its host) exists on a day."""
        return is_within(on, from_date=self.from_date, until_date=self.until_date)

    def living(self, on: date) -> Living:
        """Return what is on the air on a day; computed once for each interval between dates."""
        interval = bisect_right(self.dates, on)
        found = self._intervals.get(interval)
        if found is None:
            found = self._intervals[interval] = _living(self, on)
        return found

    @cached_property
    def _intervals(self) -> dict[int, Living]:
        return {}


def inherit(
    host: NetworkProfile,
    *,
    key: str,
    name: str = "",
    without: Subtraction | None = None,
    from_date: date | None = None,
    until_date: date | None = None,
) -> NetworkProfile:
    """Return the profile of an operator without a network: its host's, less what it lacks."""
    less = host.less.and_also(without or NOTHING)
    return replace(
        host,
        key=key,
        name=name,
        host=host.key,
        other_keys=host.keys,
        from_date=_latest(host.from_date, from_date),
        until_date=_earliest(host.until_date, until_date),
        volte=Answer.NO if less.volte else host.volte,
        less=less,
    )


def _living(profile: NetworkProfile, on: date) -> Living:
    on_air = _on_air(profile, on)
    yardstick = _yardstick(on_air)
    at = bisect_right(profile.dates, on)
    return Living(
        rows={one: row for one, row in on_air.items() if not profile.less.takes(one)},
        withheld={one: row for one, row in on_air.items() if profile.less.takes(one)},
        yardstick=yardstick,
        primaries=frozenset(
            one for one, row in on_air.items() if one.rat is yardstick and row.role is Role.PRIMARY
        ),
        sunset=_sunset(profile, on),
        planned_ends=_planned_ends(profile, on, rats={one.rat for one in on_air}),
        next_date=profile.dates[at] if at < len(profile.dates) else None,
    )


def _on_air(profile: NetworkProfile, on: date) -> dict[Band, ProfileBand]:
    rows: dict[Band, ProfileBand] = {}
    for row in profile.rows:
        if row.band.is_serving and row.is_living(on):
            best = rows.get(row.band)
            if best is None or _order(row) < _order(best):
                rows[row.band] = row
    return rows


def _order(row: ProfileBand) -> tuple[int, int, str, str]:
    """Order rows: the best role, then the most certain, then the source."""
    return (row.role.rank, -row.certainty.rank, row.source, row.band.name)


def _yardstick(rows: Mapping[Band, ProfileBand]) -> Rat | None:
    """Return the newest technology that the network lives on: the one its primary bands carry."""
    with_primary = {one.rat for one, row in rows.items() if row.role is Role.PRIMARY}
    with_any = {one.rat for one in rows}
    for rats in (with_primary, with_any):
        for rat in YARDSTICK_ORDER:
            if rat in rats:
                return rat
    return None


def _sunset(profile: NetworkProfile, on: date) -> dict[Rat, tuple[ProfileBand, ...]]:
    ended: dict[Rat, list[ProfileBand]] = {}
    going_on: set[Rat] = set()
    for row in profile.rows:
        if _is_over(row, on):
            ended.setdefault(row.band.rat, []).append(row)
        else:
            going_on.add(row.band.rat)
    return {rat: tuple(rows) for rat, rows in ended.items() if rat not in going_on}


def _planned_ends(
    profile: NetworkProfile, on: date, *, rats: set[Rat]
) -> dict[Rat, tuple[date, ProfileBand, bool]]:
    """Return the end of each technology's last row; none while any row goes on for good."""
    found: dict[Rat, tuple[date, ProfileBand, bool]] = {}
    for rat in rats:
        left = [row for row in profile.rows if row.band.rat is rat and not _is_over(row, on)]
        ends = [(row.until_date or row.announced_until_date, row) for row in left]
        days = [(day, row) for day, row in ends if day is not None]
        if len(days) == len(ends):
            day, row = max(days, key=lambda end: (end[0], bool(end[1].until_date), _order(end[1])))
            found[rat] = (day, row, row.until_date is not None)
    return found


def _is_over(row: ProfileBand, on: date) -> bool:
    return row.until_date is not None and row.until_date <= on


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
