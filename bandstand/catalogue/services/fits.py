"""Stored fits, recomputed when facts change: one row for each interval in which no fact does."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries, rules
from bandstand.catalogue.queries.networks import NetworkFacts, network_facts
from bandstand.catalogue.queries.radios import EqualRadios, Member, equal_radios
from bandstand.catalogue.queries.verdicts import (
    FitTexts,
    dates_of,
    inputs_hash,
    network_hash,
    radio_hash,
    verdict,
    with_texts,
)
from bandstand.catalogue.services.fit_rows import FitRow, FitText, write_fits
from bandstand.kernel.words import Answer
from bandstand.plumbing import locks
from bandstand.plumbing.ids import new_id
from bandstand.radio import Capability
from bandstand.radio.policies import answers_of_lists, with_lists
from bandstand.radio.sentences import told_from


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
    says the same as before is left alone. Variants with equal radios share one verdict.

    Lock: one recomputation at a time.
    """
    locks.lock("catalogue.fits")
    networks = list(network_ids or [one.id for one in queries.operator_networks()])
    if not networks:
        return 0
    groups = equal_radios(variant_ids)
    facts = network_facts(networks)
    book = _FitBook(facts)
    for network_id in networks:
        for group in groups:
            book.put(group, network_id=network_id)
    return write_fits(texts=book.texts, rows=book.rows, networks=networks, now=now)


@dataclass(frozen=True, slots=True)
class _Interval:
    """From when until when a verdict stands; ``text`` is its place among the texts."""

    from_date: date
    until_date: date | None
    text: int
    network_hash: str


@dataclass(frozen=True, slots=True)
class _Alike:
    """What variants must have in common to share a verdict, beside the radio."""

    floor: date
    listed: tuple[tuple[Answer, bool], ...]
    """What every list of every rule says of it."""


class _FitBook:
    """The rows that should be stored, and the texts that they share."""

    def __init__(self, facts: NetworkFacts) -> None:
        self.facts = facts
        self.texts: list[FitText] = []
        self.rows: list[FitRow] = []
        self.network_hashes: dict[tuple[UUID, date], str] = {}
        self.listing = with_lists(facts.policies)
        self.told_dates = {told_from(day) for day in facts.dates}

    def put(self, group: EqualRadios, *, network_id: UUID) -> None:
        """Note the rows of variants with equal radios on a network."""
        radio = radio_hash(group.capability)
        for alike, members in self._alike(group).items():
            brand, name, code, region = members[0].identity
            capability = replace(group.capability, brand=brand, name=name, code=code, region=region)
            intervals = self._intervals(capability, network_id=network_id, floor=alike.floor)
            self.rows += [
                FitRow(
                    id=new_id(),
                    variant_id=member.id,
                    network_id=network_id,
                    from_date=one.from_date,
                    until_date=one.until_date,
                    text=one.text,
                    inputs_hash=inputs_hash(member.identity, radio=radio, network=one.network_hash),
                )
                for member in members
                for one in intervals
            ]

    def _alike(self, group: EqualRadios) -> dict[_Alike, list[Member]]:
        """Part a group by release, and by what the lists of rules say of each variant."""
        found: dict[_Alike, list[Member]] = {}
        for one in group.members:
            floor = max(rules.FITS_FROM, one.released_on or rules.FITS_FROM)
            found.setdefault(_Alike(floor, self._listed(group, one)), []).append(one)
        return found

    def _listed(self, group: EqualRadios, one: Member) -> tuple[tuple[Answer, bool], ...]:
        if not self.listing:
            return ()
        brand, name, code, region = one.identity
        named = replace(group.capability, brand=brand, name=name, code=code, region=region)
        return answers_of_lists(self.listing, named)

    def _intervals(
        self, capability: Capability, *, network_id: UUID, floor: date
    ) -> list[_Interval]:
        """
        Return the intervals in which nothing changes, neither a fact nor what is said of it.

        A sentence begins to tell of a planned end on a day on which no fact changes; where that
        makes no difference, the interval goes on.
        """
        found: list[_Interval] = []
        dates = self.facts.dates | dates_of(capability)
        for from_date, until_date in rules.intervals(dates | self.told_dates, floor=floor):
            text = self._text(capability, network_id=network_id, on=from_date)
            hashed = self._network_hash(network_id, on=from_date)
            if found and from_date not in dates and text == self.texts[-1]:
                found[-1] = replace(found[-1], until_date=until_date)
                continue
            self.texts.append(text)
            found.append(_Interval(from_date, until_date, len(self.texts) - 1, hashed))
        return found

    def _text(self, capability: Capability, *, network_id: UUID, on: date) -> FitText:
        found = verdict(capability, self.facts, network_id=network_id, on=on)
        return text_of(with_texts(found, self.facts, network_id=network_id))

    def _network_hash(self, network_id: UUID, *, on: date) -> str:
        key = (network_id, on)
        if key not in self.network_hashes:
            self.network_hashes[key] = network_hash(self.facts, network_id=network_id, on=on)
        return self.network_hashes[key]


def text_of(one: FitTexts) -> FitText:
    """Return a verdict as it is stored; the day it was found on is that of the row, not its own."""
    found = one.verdict
    body = {name: value for name, value in found.as_json().items() if name != "as_of"}
    return FitText(
        tier=found.tier.value,
        tier_rank=found.tier.rank,
        calls=found.calls.value,
        nr=one.nr.value,
        label=one.label,
        sentence=one.sentence,
        body=json.dumps(body, ensure_ascii=False),
    )
