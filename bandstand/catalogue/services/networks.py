"""Networks, what they run, who hosts whom, and carriers' rules, from their tables."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from bandstand.catalogue import queries
from bandstand.catalogue.models import (
    HostContract,
    Network,
    NetworkBand,
    NetworkPolicy,
    OperatorNetwork,
)
from bandstand.catalogue.rules import COUNTRY_OF_MCC, MalformedRowError, did_you_mean
from bandstand.catalogue.services.fits import recompute_fits
from bandstand.catalogue.services.places import each_line
from bandstand.catalogue.services.reports import Outcome, Tally, strongest
from bandstand.catalogue.services.tables import Keyed, Line
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import DomainError, near_matches
from bandstand.kernel.words import Answer
from bandstand.radio import FactSet, NetworkProfile, networks_of_rows
from bandstand.radio.facts import HostFact, facts_from_json
from bandstand.radio.fields import read_certainty, read_date, read_period

NETWORK_COLUMNS: Final = [
    "mcc",
    "mnc",
    "operator",
    "host",
    "rat",
    "band",
    "role",
    "from_date",
    "to_date",
    "source",
    "certainty",
]
POLICY_COLUMNS: Final = ["network", "kind", "from_date", "to_date", "body", "source", "certainty"]
NOT_IN_BODY: Final = frozenset(
    [
        "kind",
        "network",
        "from",
        "from_date",
        "since",
        "to",
        "to_date",
        "until",
        "until_date",
        "source",
        "certainty",
        "read_on",
    ]
)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A line that ``radio`` could read: a network with one band, or a contract with a host."""

    line: Line
    facts: FactSet

    @property
    def profile(self) -> NetworkProfile | None:
        return next(iter(self.facts.networks), None)

    @property
    def contract(self) -> HostFact | None:
        return next(iter(self.facts.hosts), None)


class NetworkBook:
    """The networks, bands and contracts of the database, with what a file adds to them."""

    def __init__(self) -> None:
        everyone = list(Network.objects.all())
        self.networks = Keyed(model=Network, stored={one.code: one for one in everyone})
        self.bands = Keyed(
            model=NetworkBand,
            stored={
                (one.network_id, one.rat, one.band, one.role, one.from_date): one
                for one in NetworkBand.objects.all()
            },
        )
        self.contracts = Keyed(
            model=HostContract,
            stored={
                (one.network_id, one.host_id, one.from_date): one
                for one in HostContract.objects.all()
            },
        )
        self.by_name = {one.name.casefold(): one for one in everyone}

    def put_network(self, *, code: str, name: str, facts: dict[str, Any]) -> Outcome:
        """
        Note a network by its code; an operator without numbers goes by its name.

        Raises: MalformedRowError if another network has the code.
        """
        mcc, _, mnc = code.partition("-") if code != name else ("", "", "")
        known = self.networks.stored.get(code)
        if known is not None and known.name != name:
            raise MalformedRowError(
                f"{code} is {known.name}, not {name}. Write the name as it is, or rename it first."
            )
        identity = {"mcc": mcc, "mnc": "" if mnc == "0" else mnc, "name": name}
        outcome = self.networks.put(code, identity=identity, facts=facts)
        self.by_name.setdefault(name.casefold(), self.networks.stored[code])
        return outcome

    def named(self, name: str) -> Network:
        """
        Return a network by code or name.

        Raises: MalformedRowError naming near matches.
        """
        found = self.networks.stored.get(name) or self.by_name.get(name.casefold())
        if found is None:
            known = sorted({one.name for one in self.networks.stored.values()})
            raise MalformedRowError(
                f"host is “{name}”, which no table has.{did_you_mean(near_matches(name, known))}"
            )
        return found

    def put_band(self, profile: NetworkProfile) -> Outcome:
        """Note the one band of a line's profile."""
        row, network = profile.rows[0], self.networks.stored[profile.key]
        identity = {
            "network": network,
            "rat": row.band.rat.value,
            "band": row.band.name,
            "role": row.role.value,
            "from_date": row.from_date,
        }
        facts = {
            "until_date": row.until_date,
            "announced_until_date": row.announced_until_date,
            "source": row.source,
            "certainty": row.certainty.value,
        }
        key = (network.id, row.band.rat.value, row.band.name, row.role.value, row.from_date)
        return self.bands.put(key, identity=identity, facts=facts)

    def put_contract(
        self, *, guest: Network, host: Network, since: date | None, facts: dict[str, Any]
    ) -> Outcome:
        """Note that a network's customers ride on a host."""
        if guest.id == host.id:
            raise MalformedRowError(f"{guest.name} cannot be its own host.")
        if not guest.country and host.country:
            self.networks.alter(guest.code, facts={"country": host.country})
        identity = {"network": guest, "host": host, "from_date": since}
        return self.contracts.put((guest.id, host.id, since), identity=identity, facts=facts)

    def write(self) -> None:
        """Write what is new or differs, networks first."""
        self.networks.write()
        self.bands.write()
        self.contracts.write()


def load_networks(lines: list[Line], tally: Tally) -> None:
    """Write the networks, bands and contracts of a table."""
    book = NetworkBook()
    read = _read(lines, tally)
    refused = _put_networks(book, read, tally=tally)
    kept = {one.line.number: one for one in read if one.line.number not in refused}
    each_line(
        [one.line for one in kept.values()],
        tally,
        put=lambda line: _put(book, kept[line.number]),
    )
    book.write()


def load_policies(lines: list[tuple[int, dict[str, object]]], tally: Tally) -> None:
    """Write carriers' and regulators' rules, one JSON fact a line, as ``radio`` reads them."""
    policies = Keyed(
        model=NetworkPolicy, stored={one.sha256: one for one in NetworkPolicy.objects.all()}
    )
    networks = {one.code: one for one in Network.objects.all()}
    for number, fact in lines:
        try:
            tally.count(put_policy(policies, fact, networks=networks))
        except DomainError as error:
            tally.refuse(number, error.message)
    policies.write()


def load_policy_table(lines: list[Line], tally: Tally) -> None:
    """Write the rules of a table; what is particular to a kind stands in ``body``, as JSON."""
    facts = []
    for line in lines:
        try:
            facts.append((line.number, _fact_of(line)))
        except DomainError as error:
            tally.refuse(line.number, error.message)
    load_policies(facts, tally)


def _fact_of(line: Line) -> dict[str, object]:
    """
    Return a line of the table of rules as a fact.

    Raises: MalformedRowError for a body that is no JSON object, or a line without a source.
    """
    row = {name: value for name, value in line.row.items() if value and name != "body"}
    if "source" not in row:
        raise MalformedRowError("source is empty. Say where the rule was read; a rule needs one.")
    try:
        body = json.loads(line.row["body"] or "{}")
    except json.JSONDecodeError as error:
        raise MalformedRowError(f"body is not JSON: {error.msg} at {error.colno}.") from None
    if not isinstance(body, dict):
        raise MalformedRowError("body is one JSON object in braces, or empty.")
    return {**body, **row}


@transaction.atomic
def set_operator_networks(*, codes: list[str], now: datetime) -> None:
    """
    Say which networks the operator's plans run on, the default first, and compute their fits.

    Raises: CatalogueNotFoundError naming near matches; MalformedRowError for none or a double.
    """
    if not codes or len(set(codes)) != len(codes):
        raise MalformedRowError("Name one network or more, each once, the default first.")
    found = [queries.network_by_code(code) for code in codes]
    OperatorNetwork.objects.all().delete()
    OperatorNetwork.objects.bulk_create(
        OperatorNetwork(network_id=one.id, position=at) for at, one in enumerate(found, start=1)
    )
    recompute_fits(now=now)


def _read(lines: list[Line], tally: Tally) -> list[_Read]:
    read: list[_Read] = []
    for line in lines:
        try:
            read.append(_Read(line=line, facts=networks_of_rows([line.row])))
        except DomainError as error:
            tally.refuse(line.number, error.message)
    return read


def _put_networks(book: NetworkBook, read: list[_Read], *, tally: Tally) -> set[int]:
    """Note every network before any contract names it as a host; return the lines refused."""
    sa_only = {one.profile.key for one in read if one.profile and one.profile.sa is Answer.YES}
    refused: set[int] = set()
    for one in read:
        profile, contract = one.profile, one.contract
        code = profile.key if profile else contract.key if contract else ""
        facts: dict[str, Any] = {"country": COUNTRY_OF_MCC.get(code[:3], "")} if profile else {}
        if code in sa_only:
            facts |= {"nr_sa": Answer.YES.value, "nr_nsa": Answer.NO.value}
        try:
            book.put_network(code=code, name=one.line.row["operator"] or code, facts=facts)
        except DomainError as error:
            tally.refuse(one.line.number, error.message)
            refused.add(one.line.number)
    return refused


def _put(book: NetworkBook, one: _Read) -> Outcome:
    row = one.line.row
    sourced = {"source": row["source"], "certainty": read_certainty(row).value}
    if one.contract is not None:
        return book.put_contract(
            guest=book.networks.stored[one.contract.key],
            host=book.named(one.contract.host),
            since=one.contract.from_date,
            facts={"until_date": one.contract.until_date, "without": [], **sourced},
        )
    assert one.profile is not None  # noqa: S101 -- a line is a band or a contract
    outcome = book.put_band(one.profile)
    if not one.profile.host:
        return outcome
    beside = book.put_contract(
        guest=book.networks.stored[one.profile.key],
        host=book.named(one.profile.host),
        since=None,
        facts={"until_date": None, "without": [], **sourced},
    )
    return strongest(outcome, beside)


def put_policy(
    policies: Keyed[NetworkPolicy], fact: dict[str, object], *, networks: dict[str, Network]
) -> Outcome:
    """
    Note one rule of a carrier or regulator.

    Raises: RecordError; MalformedRowError for a network that no table has, naming near matches.
    """
    if not facts_from_json([fact]).policies:
        raise MalformedRowError("Networks and hosts belong in a networks table, not among rules.")
    code = str(fact.get("network") or "")
    if code and code not in networks:
        near = near_matches(code, sorted(networks))
        raise MalformedRowError(f"network is “{code}”, which no table has.{did_you_mean(near)}")
    from_date, until_date = read_period(fact)
    body = {name: value for name, value in fact.items() if name not in NOT_IN_BODY}
    starts = from_date.isoformat() if from_date else None
    key = sha256_hex({"network": code, "kind": fact["kind"], "body": body, "from": starts})
    identity = {
        "network": networks.get(code),
        "kind": str(fact["kind"]),
        "body": body,
        "from_date": from_date,
        "sha256": key,
    }
    facts = {
        "until_date": until_date,
        "source": str(fact.get("source") or ""),
        "certainty": read_certainty(fact).value,
        "read_on": read_date("read_on", fact.get("read_on")),
    }
    return policies.put(key, identity=identity, facts=facts)
