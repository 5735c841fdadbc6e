"""Look-ups over records in memory: variants by code or name, networks by MCC-MNC or name."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bandstand.kernel.words import Answer
from bandstand.radio.capability import Capability, fold_code, split_codes
from bandstand.radio.facts import FactSet, HostFact
from bandstand.radio.profile import NetworkProfile, inherit


class VariantDirectory:
    """Variants by “Brand/Code” and “Brand/Name”."""

    def __init__(self, capabilities: Iterable[Capability]) -> None:
        self._by_code: dict[str, Capability] = {}
        self._by_name: dict[str, list[Capability]] = {}
        for one in capabilities:
            for code in split_codes(one.code or one.name):
                self._by_code.setdefault(fold_code(f"{one.brand}/{code}"), one)
            self._by_name.setdefault(fold_code(f"{one.brand}/{one.name}"), []).append(one)

    def by_code(self, key: str) -> Capability | None:
        """Return the variant of a brand and model code; its name counts while it has no code."""
        return self._by_code.get(fold_code(key))

    def by_name(self, key: str) -> tuple[Capability, ...]:
        """Return every known variant of a brand and name."""
        return tuple(self._by_name.get(fold_code(key), ()))


class NetworkDirectory:
    """Networks by key and date, with MVNOs resolved to what their hosts run."""

    def __init__(self, facts: FactSet) -> None:
        self._networks: dict[str, NetworkProfile] = {}
        self._key_of_name: dict[str, str] = {}
        self._hosts = facts.hosts
        for profile in facts.networks:
            self._add(profile)

    def with_facts(self, facts: FactSet) -> "NetworkDirectory":
        """Return a directory to which facts are added; nothing that is stored is replaced."""
        if not facts.networks and not facts.hosts:
            return self
        networks = (*self._networks.values(), *facts.networks)
        return NetworkDirectory(FactSet(networks=networks, hosts=(*self._hosts, *facts.hosts)))

    def profiles(self, key: str, on: date) -> tuple[NetworkProfile, ...]:
        """
        Return the network of a key: one profile, one per host for an MVNO, none if unknown.

        A host whose contract does not cover the day is left out.
        """
        return self._profiles(key, on, seen=frozenset())

    def _profiles(self, key: str, on: date, *, seen: frozenset[str]) -> tuple[NetworkProfile, ...]:
        contracts = [one for one in self._hosts if one.key == key and key not in seen]
        if contracts:
            found = (self._resolved(one, on, seen=seen | {key}) for one in contracts)
            return tuple(profile for group in found for profile in group if profile.is_valid(on))
        stored = self._stored(key)
        if stored is None:
            return ()
        host = self._stored(stored.host) if stored.host else None
        return (_with_host(stored, host) if host is not None else stored,)

    def _resolved(
        self, contract: HostFact, on: date, *, seen: frozenset[str]
    ) -> tuple[NetworkProfile, ...]:
        return tuple(
            inherit(
                host,
                key=contract.key,
                name=contract.name,
                without=contract.without,
                from_date=contract.from_date,
                until_date=contract.until_date,
            )
            for host in self._profiles(contract.host, on, seen=seen)
        )

    def _stored(self, key: str) -> NetworkProfile | None:
        return self._networks.get(self._key_of_name.get(key, key))

    def _add(self, profile: NetworkProfile) -> None:
        before = self._networks.get(profile.key)
        self._networks[profile.key] = profile if before is None else _merged(before, profile)
        if profile.name:
            self._key_of_name.setdefault(profile.name, profile.key)


def _merged(stored: NetworkProfile, added: NetworkProfile) -> NetworkProfile:
    return replace(
        stored,
        name=stored.name or added.name,
        rows=tuple(dict.fromkeys((*stored.rows, *added.rows))),
        host=stored.host or added.host,
        volte=_said(added.volte, stored.volte),
        sa=_said(added.sa, stored.sa),
        nsa=_said(added.nsa, stored.nsa),
    )


def _with_host(profile: NetworkProfile, host: NetworkProfile) -> NetworkProfile:
    """Return a network with bands of its own beside those of the host that it runs on."""
    return replace(
        profile,
        rows=tuple(dict.fromkeys((*profile.rows, *host.rows))),
        other_keys=profile.other_keys | host.keys,
    )


def _said(newer: Answer, older: Answer) -> Answer:
    return older if newer is Answer.UNKNOWN else newer
