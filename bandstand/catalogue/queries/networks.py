"""Reads of networks, in the shapes that ``radio`` decides on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bandstand.catalogue.models import (
    HostContract,
    Network,
    NetworkBand,
    NetworkPolicy,
    OperatorNetwork,
)
from bandstand.catalogue.rules import AmbiguousNameError, CatalogueNotFoundError, did_you_mean
from bandstand.kernel.errors import near_matches
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import NetworkDirectory, NetworkProfile, PolicyFact, ProfileBand, Role, band
from bandstand.radio.facts import FactSet, HostFact, facts_from_json


@dataclass(frozen=True, kw_only=True)
class NetworkRow:
    """A network: its key, its printed MCC-MNC (or name), and its name."""

    id: UUID
    code: str
    name: str
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class NetworkBandRow:
    """That a network runs a band in a role for a time, with the source."""

    rat: str
    band: str
    role: str
    from_date: date | None
    until_date: date | None
    announced_until_date: date | None
    source: str
    certainty: Certainty


@dataclass(frozen=True, kw_only=True)
class NetworkFacts:
    """Everything stored about some networks and their hosts, read at once."""

    directory: NetworkDirectory
    policies: tuple[PolicyFact, ...]
    rows: dict[UUID, NetworkRow]
    dates: frozenset[date]
    """Every day on which anything here begins, ends or is announced to end."""

    def profiles(self, network_id: UUID, *, on: date) -> tuple[NetworkProfile, ...]:
        """Return the profiles of a network on a day: one, or one for each host of an MVNO."""
        return self.directory.profiles(self.rows[network_id].code, on)


def operator_networks() -> list[NetworkRow]:
    """Return the networks that the operator's plans run on, the default first."""
    found = OperatorNetwork.objects.select_related("network").order_by("position")
    return [_row(one.network) for one in found]


def default_network() -> NetworkRow:
    """
    Return the network that the shop answers for unless asked.

    Raises: CatalogueNotFoundError if the operator named none.
    """
    found = operator_networks()
    if not found:
        raise CatalogueNotFoundError("The operator has not said which network its plans run on.")
    return found[0]


def network_by_code(code: str) -> NetworkRow:
    """
    Return a network by MCC-MNC, such as 310-260, or by its name.

    Raises: CatalogueNotFoundError naming near matches, AmbiguousNameError.
    """
    wanted = code.strip().casefold()
    known = [_row(one) for one in Network.objects.order_by("name")]
    found = [one for one in known if wanted in (one.code.casefold(), one.name.casefold())]
    if len(found) > 1:
        said = ", ".join(f"{one.name} ({one.code})" for one in found)
        raise AmbiguousNameError(f"“{code}” is the code of several networks: {said}.", given=code)
    if not found:
        near = _near_networks(code, known)
        raise CatalogueNotFoundError(
            f"No network “{code}”.{did_you_mean(near)}", given=code, near=near
        )
    return found[0]


def networks() -> list[NetworkRow]:
    """Return every network and MVNO, by name."""
    return [_row(one) for one in Network.objects.order_by("name")]


def network_bands(network_id: UUID) -> list[NetworkBandRow]:
    """Return what a network itself runs, ran and will run, by technology, band and start."""
    found = NetworkBand.objects.filter(network_id=network_id).order_by("rat", "band", "from_date")
    return [
        NetworkBandRow(
            rat=one.rat,
            band=one.band,
            role=one.role,
            from_date=one.from_date,
            until_date=one.until_date,
            announced_until_date=one.announced_until_date,
            source=one.source,
            certainty=Certainty(one.certainty),
        )
        for one in found
    ]


def profile_of(network_id: UUID, *, on: date | None = None) -> NetworkProfile:
    """
    Return what a network runs, by date. ``on`` chooses the contract of an MVNO with several hosts.

    Raises: CatalogueNotFoundError if nothing is known of it; AmbiguousNameError for an MVNO that
    has several hosts on that day: ask for a fit, which takes the worst of them.
    """
    facts = network_facts([network_id])
    found = facts.profiles(network_id, on=on or date.max)
    row = facts.rows[network_id]
    if not found:
        raise CatalogueNotFoundError(f"Nothing says what {row.name} runs.", given=row.code)
    if len(found) > 1:
        hosts = ", ".join(one.host for one in found)
        raise AmbiguousNameError(f"{row.name} runs on several hosts: {hosts}.", given=row.code)
    return found[0]


def policies_of(network_id: UUID) -> tuple[PolicyFact, ...]:
    """Return the rules of a network, of its hosts, and those that hold on every network."""
    return network_facts([network_id]).policies


def network_facts(network_ids: Iterable[UUID]) -> NetworkFacts:
    """
    Return everything stored about networks and their hosts: four queries, and one a level of hosts.

    Raises: CatalogueNotFoundError for a key that names no network.
    """
    wanted = set(network_ids)
    contracts = _contracts_up(wanted)
    everyone = wanted | {one.host_id for one in contracts}
    stored = Network.objects.in_bulk(everyone)
    if missing := wanted - stored.keys():
        raise CatalogueNotFoundError(f"No network has the key {min(missing)}.")
    bands: dict[UUID, list[NetworkBand]] = {}
    for row in NetworkBand.objects.filter(network_id__in=everyone).order_by("id"):
        bands.setdefault(row.network_id, []).append(row)
    policies = [
        one
        for one in NetworkPolicy.objects.select_related("network").order_by("id")
        if one.network_id is None or one.network_id in everyone
    ]
    return NetworkFacts(
        directory=NetworkDirectory(_fact_set(stored, bands=bands, contracts=contracts)),
        policies=facts_from_json([_policy_json(one) for one in policies]).policies,
        rows={key: _row(one) for key, one in stored.items()},
        dates=_dates([*(row for rows in bands.values() for row in rows), *contracts, *policies]),
    )


def _contracts_up(network_ids: set[UUID]) -> list[HostContract]:
    """Return the contracts of networks, of their hosts, and so on up."""
    found: dict[UUID, HostContract] = {}
    frontier = set(network_ids)
    while frontier:
        level = HostContract.objects.filter(network_id__in=frontier).order_by("id")
        fresh = [one for one in level if one.id not in found]
        found |= {one.id: one for one in fresh}
        frontier = {one.host_id for one in fresh}
    return list(found.values())


def _fact_set(
    stored: dict[UUID, Network],
    *,
    bands: dict[UUID, list[NetworkBand]],
    contracts: list[HostContract],
) -> FactSet:
    """Tell networks with bands of their own, which may also ride on a host, from MVNOs."""
    host_of = {one.network_id: stored[one.host_id].code for one in contracts}
    return FactSet(
        networks=tuple(
            _profile(one, bands[key], host=host_of.get(key, ""))
            for key, one in stored.items()
            if key in bands
        ),
        hosts=tuple(_host_fact(one, stored) for one in contracts if one.network_id not in bands),
    )


def _profile(one: Network, rows: list[NetworkBand], *, host: str) -> NetworkProfile:
    return NetworkProfile(
        key=one.code,
        name=one.name,
        host=host,
        volte=Answer(one.volte),
        sa=Answer(one.nr_sa),
        nsa=Answer(one.nr_nsa),
        rows=tuple(
            ProfileBand(
                band=band(row.rat, row.band),
                role=Role(row.role),
                from_date=row.from_date,
                until_date=row.until_date,
                announced_until_date=row.announced_until_date,
                source=row.source,
                certainty=Certainty(row.certainty),
            )
            for row in rows
        ),
    )


def _host_fact(one: HostContract, stored: dict[UUID, Network]) -> HostFact:
    guest, host = stored[one.network_id], stored[one.host_id]
    body = {"kind": "mvno", "network": guest.code, "host": host.code, "name": guest.name}
    body |= _period_json(one)
    facts = facts_from_json([body | ({"without": one.without} if one.without else {})])
    return facts.hosts[0]


def _policy_json(one: NetworkPolicy) -> dict[str, object]:
    where = {"network": one.network.code} if one.network else {}
    said = {"kind": one.kind, "source": one.source, "certainty": one.certainty}
    return {**one.body, **said, **where, **_period_json(one)}


def _period_json(one: HostContract | NetworkPolicy) -> dict[str, str]:
    ends = {"from": one.from_date, "until": one.until_date}
    return {name: day.isoformat() for name, day in ends.items() if day is not None}


def _dates(rows: Iterable[NetworkBand | HostContract | NetworkPolicy]) -> frozenset[date]:
    found: set[date | None] = set()
    for row in rows:
        found |= {row.from_date, row.until_date, getattr(row, "announced_until_date", None)}
    return frozenset(day for day in found if day is not None)


def _near_networks(code: str, known: list[NetworkRow]) -> list[str]:
    """Return near names and codes; of codes, those of the same country first."""
    alike = near_matches(code, [*(one.code for one in known), *(one.name for one in known)])
    country = code.strip().partition("-")[0]
    same = sorted(one.code for one in known if country and one.code.startswith(f"{country}-"))
    return list(dict.fromkeys([*alike, *same]))[:4]


def _row(one: Network) -> NetworkRow:
    return NetworkRow(id=one.id, code=one.code, name=one.name, country=one.country)
