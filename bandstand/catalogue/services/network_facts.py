"""Facts about networks, entered by hand: a band, a switch-off, a rule and its end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue.models import HostContract, Network, NetworkBand, NetworkPolicy
from bandstand.catalogue.rules import BandRole, CatalogueNotFoundError, MalformedRowError
from bandstand.catalogue.services.fits import recompute_fits
from bandstand.catalogue.services.networks import put_policy
from bandstand.catalogue.services.previews import FactPreview, previewed
from bandstand.catalogue.services.reports import Outcome
from bandstand.catalogue.services.tables import Keyed
from bandstand.kernel.words import Certainty
from bandstand.plumbing import audit, locks
from bandstand.radio import band
from bandstand.radio.rats import rat_named

ONE_DAY: Final = timedelta(days=1)
EARLIEST_CLOCK: Final = timedelta(hours=14)  # somewhere it is already tomorrow
EVERY_NETWORK: Final = "every network"
ONE_AT_A_TIME: Final = ("voice_allow_list", "certification_required", "sim_forms")
"""Kinds of which two at once would both have to admit a phone: the old one is ended first."""


@dataclass(frozen=True, kw_only=True)
class BandEntry:
    """That a network runs a band in a role, as one source says it. Days are days of service."""

    rat: str
    band: str
    role: BandRole
    from_date: date
    source: str
    certainty: Certainty
    read_on: date
    last_day: date | None = None
    announced_last_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class SwitchOff:
    """That a network ends a technology, or some bands of it, after a last day of service."""

    rat: str
    last_day: date
    is_confirmed: bool
    """An end that is only announced warns and ends nothing."""
    source: str
    certainty: Certainty
    read_on: date
    bands: tuple[str, ...] = ()
    """Empty: all that the network runs of the technology."""


@dataclass(frozen=True, kw_only=True)
class PolicyEntry:
    """A rule of a carrier or regulator, as one source says it; ``body`` as ``radio`` reads it."""

    kind: str
    source: str
    certainty: Certainty
    read_on: date
    body: Mapping[str, object] = field(default_factory=dict)
    network_id: UUID | None = None
    """None: it holds on every network."""
    from_date: date | None = None
    last_day: date | None = None


@transaction.atomic
def enter_band(*, network_id: UUID, entry: BandEntry, actor: str, now: datetime) -> None:
    """
    Put a band of a network on record and recompute the fits.

    Raises: MalformedRowError, UnknownBandError, UnknownRatError, CatalogueNotFoundError.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    network = _network(network_id)
    require_source(entry.source, entry.read_on, now=now)
    _require_own_bands(network)
    one = band(entry.rat, entry.band)
    ends = (entry.last_day, entry.announced_last_day)
    if any(day is not None and day < entry.from_date for day in ends):
        raise MalformedRowError("It would end before it begins. Give a later last day, or none.")
    _refuse_overlap(network, entry, rat=one.rat.value, name=one.name)
    row = NetworkBand.objects.create(
        network=network,
        rat=one.rat.value,
        band=one.name,
        role=entry.role.value,
        from_date=entry.from_date,
        until_date=_after(entry.last_day),
        announced_until_date=_after(entry.announced_last_day),
        source=entry.source.strip(),
        certainty=entry.certainty.value,
        read_on=entry.read_on,
        entered_by=actor,
        entered_at=now,
    )
    _record(network, "network.band", row=row, actor=actor, now=now)
    recompute_fits(now=now)


@transaction.atomic
def enter_switch_off(*, network_id: UUID, entry: SwitchOff, actor: str, now: datetime) -> int:
    """
    Put the end of a technology on record, recompute the fits, and return how many rows it ends.

    What every row said before stands in the audit log: dates of switch-offs move often.

    Raises: MalformedRowError if nothing of it is on the air then; UnknownBandError.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    network = _network(network_id)
    require_source(entry.source, entry.read_on, now=now)
    ending = _ending(network, entry)
    if not ending:
        raise MalformedRowError(
            f"{network.name} has no such band of {entry.rat} on the air after"
            f" {entry.last_day.isoformat()}. Look at what it runs below."
        )
    column = "until_date" if entry.is_confirmed else "announced_until_date"
    for row in ending:
        before = getattr(row, column)
        setattr(row, column, _after(entry.last_day))
        row.source = f"{row.source}; end: {entry.source.strip()}"
        row.certainty = Certainty.weakest(Certainty(row.certainty), entry.certainty).value
        row.read_on, row.entered_by, row.entered_at = entry.read_on, actor, now
        row.save(
            update_fields=[column, "source", "certainty", "read_on", "entered_by", "entered_at"]
        )
        was = before.isoformat() if before else "open"
        _record(network, "network.end", row=row, actor=actor, now=now, end_was=was)
    recompute_fits(now=now)
    return len(ending)


@transaction.atomic
def enter_policy(*, entry: PolicyEntry, actor: str, now: datetime) -> Outcome:
    """
    Put a rule on record and recompute the fits.

    Raises: RecordError, MalformedRowError naming what is wrong and how to mend it.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    require_source(entry.source, entry.read_on, now=now)
    outcome = put_policy_entry(entry, actor=actor, now=now)
    if outcome is Outcome.UNCHANGED:
        raise MalformedRowError("Exactly this rule is on record already.")
    recompute_fits(now=now)
    return outcome


@transaction.atomic
def end_policy(*, policy_id: UUID, last_day: date, reason: str, actor: str, now: datetime) -> None:
    """
    End a rule after a last day, with a reason, and recompute the fits.

    Raises: CatalogueNotFoundError; MalformedRowError without a reason or before the rule begins.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    rule = NetworkPolicy.objects.select_related("network").filter(pk=policy_id).first()
    if rule is None:
        raise CatalogueNotFoundError(f"No rule has the key {policy_id}.")
    if not reason.strip():
        raise MalformedRowError("Say why the rule ends, and where that was read.")
    if rule.from_date is not None and last_day < rule.from_date:
        raise MalformedRowError(f"The rule begins on {rule.from_date.isoformat()}; end it later.")
    was = rule.until_date.isoformat() if rule.until_date else "open"
    rule.until_date = _after(last_day)
    rule.save(update_fields=["until_date"])
    _record_policy(rule, "policy.end", actor=actor, now=now, end_was=was, reason=reason.strip())
    recompute_fits(now=now)


def put_policy_entry(entry: PolicyEntry, *, actor: str, now: datetime) -> Outcome:
    """
    Write a rule without recomputing any fit.

    Raises: RecordError, MalformedRowError, CatalogueNotFoundError.
    """
    network = None if entry.network_id is None else _network(entry.network_id)
    fact = _fact_of(entry, network)
    if entry.kind in ONE_AT_A_TIME:
        _refuse_second(entry, network)
    book = Keyed(
        model=NetworkPolicy,
        stored={one.sha256: one for one in NetworkPolicy.objects.filter(kind=entry.kind)},
    )
    networks = {network.code: network} if network else {}
    outcome = put_policy(book, fact, networks=networks)
    for one in book.fresh:
        one.entered_by, one.entered_at = actor, now
    book.write()
    for one in [*book.fresh, *book.altered.values()]:
        _record_policy(one, "policy.enter", actor=actor, now=now, source=one.source)
    return outcome


def require_source(source: str, read_on: date, *, now: datetime) -> None:
    """
    Refuse a fact without a source, or one that was read on a day that is yet to come anywhere.

    Raises: MalformedRowError.
    """
    if not source.strip():
        raise MalformedRowError("Name the source: an address or a document. A fact needs one.")
    if read_on > (now + EARLIEST_CLOCK).date():
        raise MalformedRowError(
            f"The source was read on {read_on.isoformat()}, which is yet to come."
        )


def preview_band(*, network_id: UUID, entry: BandEntry, actor: str, now: datetime) -> FactPreview:
    """Return what a band would change, today and on the days on which it begins and ends."""
    return previewed(
        lambda: enter_band(network_id=network_id, entry=entry, actor=actor, now=now),
        days=_days(entry.from_date, _after(entry.last_day), now=now),
    )


def preview_switch_off(
    *, network_id: UUID, entry: SwitchOff, actor: str, now: datetime
) -> FactPreview:
    """Return what a switch-off would change, today and on the first day without."""
    return previewed(
        lambda: enter_switch_off(network_id=network_id, entry=entry, actor=actor, now=now),
        days=_days(_after(entry.last_day), now=now),
    )


def preview_policy(*, entry: PolicyEntry, actor: str, now: datetime) -> FactPreview:
    """Return what a rule would change, today and on the days on which it begins and ends."""
    return previewed(
        lambda: enter_policy(entry=entry, actor=actor, now=now),
        days=_days(entry.from_date, _after(entry.last_day), now=now),
    )


def _days(*days: date | None, now: datetime) -> list[date]:
    today = now.date()
    return [today, *(day for day in days if day is not None and day > today)]


def _network(network_id: UUID) -> Network:
    found = Network.objects.filter(pk=network_id).first()
    if found is None:
        raise CatalogueNotFoundError(f"No network has the key {network_id}.")
    return found


def _require_own_bands(network: Network) -> None:
    """Refuse a band of an operator that has none of its own: it would cut it off its host's."""
    contract = HostContract.objects.select_related("host").filter(network=network).first()
    if contract is not None and not NetworkBand.objects.filter(network=network).exists():
        raise MalformedRowError(
            f"{network.name} runs on {contract.host.name} and has no band of its own."
            f" Enter it for {contract.host.name}."
        )


def _refuse_overlap(network: Network, entry: BandEntry, *, rat: str, name: str) -> None:
    rows = NetworkBand.objects.filter(network=network, rat=rat, band=name, role=entry.role.value)
    until = _after(entry.last_day)
    for row in rows:
        begins_before_end = until is None or row.from_date is None or row.from_date < until
        ends_after_start = row.until_date is None or row.until_date > entry.from_date
        if begins_before_end and ends_after_start:
            raise MalformedRowError(
                f"{rat} {name} is on record as {entry.role.value}"
                f" from {row.from_date or 'ever'} until {row.until_date or 'today and on'}"
                f" ({row.source}). Two rows may not overlap: end that one first."
            )


def _ending(network: Network, entry: SwitchOff) -> list[NetworkBand]:
    named = {band(entry.rat, one).name for one in entry.bands}
    first_without = entry.last_day + ONE_DAY
    rows: Iterable[NetworkBand] = NetworkBand.objects.select_for_update().filter(
        network=network, rat=rat_named(entry.rat).value
    )
    return [
        row
        for row in rows
        if (not named or row.band in named)
        and (row.from_date is None or row.from_date < first_without)
        and (row.until_date is None or row.until_date > first_without)
    ]


def _refuse_second(entry: PolicyEntry, network: Network | None) -> None:
    for one in NetworkPolicy.objects.filter(kind=entry.kind, network=network):
        until = _after(entry.last_day)
        if (until is None or one.from_date is None or one.from_date < until) and (
            one.until_date is None or entry.from_date is None or one.until_date > entry.from_date
        ):
            raise MalformedRowError(
                "A rule of this kind is in force then, from"
                f" {one.from_date or 'ever'} ({one.source}). Two at once would both have to admit"
                " a phone: end that one first."
            )


def _fact_of(entry: PolicyEntry, network: Network | None) -> dict[str, object]:
    fact: dict[str, object] = {
        **entry.body,
        "kind": entry.kind,
        "source": entry.source.strip(),
        "certainty": entry.certainty.value,
        "read_on": entry.read_on.isoformat(),
    }
    if network is not None:
        fact["network"] = network.code
    if entry.from_date is not None:
        fact["from"] = entry.from_date.isoformat()
    if entry.last_day is not None:
        fact["to"] = entry.last_day.isoformat()
    return fact


def _after(last_day: date | None) -> date | None:
    return None if last_day is None else last_day + ONE_DAY


def _record(
    network: Network, action: str, *, row: NetworkBand, actor: str, now: datetime, **detail: str
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=network.code,
        now=now,
        band=f"{row.rat} {row.band} {row.role}",
        from_date=row.from_date.isoformat() if row.from_date else "",
        until_date=row.until_date.isoformat() if row.until_date else "",
        announced_until=row.announced_until_date.isoformat() if row.announced_until_date else "",
        source=row.source,
        **detail,
    )


def _record_policy(
    rule: NetworkPolicy, action: str, *, actor: str, now: datetime, **detail: str
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=rule.network.code if rule.network else EVERY_NETWORK,
        now=now,
        kind=rule.kind,
        body=rule.body,
        from_date=rule.from_date.isoformat() if rule.from_date else "",
        until_date=rule.until_date.isoformat() if rule.until_date else "",
        **detail,
    )
