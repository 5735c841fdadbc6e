"""
Claims, filed: what each source says stays as it said it, and disagreement stays in sight.

A source that says something new supersedes what it said before; the earlier claim is kept. Two
sources that disagree are both marked as in conflict until someone settles it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar, cast
from uuid import UUID

from django.db import models, transaction

from bandstand.catalogue import rules
from bandstand.catalogue.models import AnswerClaim, BandClaim, Variant
from bandstand.catalogue.rules import (
    CatalogueNotFoundError,
    ClaimState,
    MalformedRowError,
    Said,
    Trait,
)
from bandstand.catalogue.services.reports import Outcome
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Answer, Certainty
from bandstand.plumbing import audit

C = TypeVar("C", bound=BandClaim | AnswerClaim)
Key = tuple[UUID, str, str]


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What a line says of one topic (a technology, or a trait) of one variant."""

    variant_id: UUID
    topic: str
    words: tuple[str, ...]
    source: str
    certainty: Certainty
    raw: str = ""
    doubt: str = ""
    read_on: date | None = None
    entered_by: str = ""
    entered_at: datetime | None = None

    @property
    def key(self) -> Key:
        return (self.variant_id, self.topic, self.source)


@dataclass(kw_only=True)
class ClaimBook(Generic[C]):
    """The claims of one kind that a file may touch."""

    model: type[C]
    latest: dict[Key, C] = field(default_factory=dict)
    """The live claim of each source, or the last one that was superseded."""
    live: dict[tuple[UUID, str], dict[UUID, C]] = field(default_factory=dict)
    fresh: list[C] = field(default_factory=list)
    altered: dict[UUID, C] = field(default_factory=dict)
    touched: set[tuple[UUID, str]] = field(default_factory=set)
    _filed: dict[Key, Filing] = field(default_factory=dict)

    def remember(self, claims: Iterable[C]) -> None:
        """Take in what the database has, oldest first."""
        for one in claims:
            key = (one.variant_id, topic_of(one), one.source)
            is_live = one.state != ClaimState.SUPERSEDED
            if is_live or key not in self.latest or not self._is_live(self.latest[key]):
                self.latest[key] = one
            if is_live:
                self.live.setdefault(key[:2], {})[one.id] = one

    def file(self, filing: Filing) -> Outcome:
        """
        File what a line says.

        Raises: MalformedRowError if an earlier line of the file and source says otherwise.
        """
        earlier = self._filed.setdefault(filing.key, filing)
        if earlier.words != filing.words:
            raise MalformedRowError(
                f"An earlier line of the same source says {' '.join(earlier.words) or 'unknown'}"
                f" for {filing.topic}. Put all bands of one technology and source on one line."
            )
        if earlier is not filing:
            return Outcome.UNCHANGED
        last = self.latest.get(filing.key)
        if last is None:
            self._add(filing)
            return Outcome.ADDED
        if words_of(last) == frozenset(filing.words):
            return self._refresh(last, filing)
        if self._is_live(last):
            last.state = ClaimState.SUPERSEDED.value
            self._note(last)
            self.live[filing.key[:2]].pop(last.id)
        self._add(filing)
        return Outcome.CHANGED

    def settle(self) -> None:
        """Mark the live claims of every touched topic: in conflict if their sources disagree."""
        for topic in self.touched:
            claims = list(self.live.get(topic, {}).values())
            together = rules.agreement([said_of(one) for one in claims])
            for one in claims:
                disagrees = together.is_conflict and bool(words_of(one))
                state = ClaimState.CONFLICT if disagrees else ClaimState.CURRENT
                if one.state != state:
                    one.state = state.value
                    self._note(one)

    def write(self) -> None:
        """Write the claims: what was superseded first, so that a source has one live claim."""
        made = {one.id for one in self.fresh}
        altered = [one for one in self.altered.values() if one.id not in made]
        if altered:
            columns = ["state", "certainty", "raw", "read_on", "entered_by", "entered_at"]
            columns += ["doubt"] if self.model is BandClaim else []
            _rows_of(self.model).bulk_update(altered, columns)
        _rows_of(self.model).bulk_create(self.fresh)

    def conflicts(self) -> list[C]:
        """Return the live claims of touched topics that are in conflict."""
        return [
            one
            for topic in self.touched
            for one in self.live.get(topic, {}).values()
            if one.state == ClaimState.CONFLICT
        ]

    def agreed_answer(self, variant_id: UUID, trait: Trait) -> Answer:
        """Return what the live claims about a trait agree on; unknown if they do not."""
        claims = self.live.get((variant_id, trait.value), {}).values()
        return rules.answer_of(rules.agreement([said_of(one) for one in claims]))

    def _add(self, filing: Filing) -> None:
        one = claim_of(self.model, filing)
        self.fresh.append(one)
        self.latest[filing.key] = one
        self.live.setdefault(filing.key[:2], {})[one.id] = one
        self.touched.add(filing.key[:2])

    def _refresh(self, last: C, filing: Filing) -> Outcome:
        """Bring how sure and how written a live claim is up to date; a settled one stays."""
        if not self._is_live(last):
            return Outcome.UNCHANGED
        said: dict[str, object] = {
            "certainty": filing.certainty.value,
            "raw": filing.raw,
            "read_on": filing.read_on,
        }
        if self.model is BandClaim:
            said["doubt"] = filing.doubt
        if filing.entered_by:
            said |= {"entered_by": filing.entered_by, "entered_at": filing.entered_at}
        differing = {name: value for name, value in said.items() if getattr(last, name) != value}
        for name, value in differing.items():
            setattr(last, name, value)
        if not differing:
            return Outcome.UNCHANGED
        self._note(last)
        self.touched.add(filing.key[:2])
        return Outcome.CHANGED

    def _note(self, one: C) -> None:
        self.altered[one.id] = one

    @staticmethod
    def _is_live(one: C) -> bool:
        return one.state != ClaimState.SUPERSEDED


@transaction.atomic
def settle_bands(*, claim_id: UUID, actor: str, reason: str, now: datetime) -> None:
    """
    Settle a conflict: this claim stands, the others about the same technology are superseded.

    Raises: CatalogueNotFoundError; MalformedRowError for a superseded claim or without a reason.
    Lock: the variant's row.
    """
    _settle(BandClaim, claim_id=claim_id, actor=actor, reason=reason, now=now)


@transaction.atomic
def settle_answer(*, claim_id: UUID, actor: str, reason: str, now: datetime) -> None:
    """
    Settle a conflict: this claim stands, the others about the same trait are superseded.

    Raises: CatalogueNotFoundError; MalformedRowError for a superseded claim or without a reason.
    Lock: the variant's row.
    """
    one = _settle(AnswerClaim, claim_id=claim_id, actor=actor, reason=reason, now=now)
    Variant.objects.filter(pk=one.variant_id).update(**{one.trait: one.answer})


def claim_of(model: type[C], filing: Filing) -> C:
    """Return a claim, not yet written, that says what was filed."""
    facts: dict[str, object] = {
        "variant_id": filing.variant_id,
        "source": filing.source,
        "certainty": filing.certainty.value,
        "raw": filing.raw,
        "read_on": filing.read_on,
        "entered_by": filing.entered_by,
        "entered_at": filing.entered_at,
        "state": ClaimState.CURRENT.value,
    }
    if model is BandClaim:
        facts |= {"rat": filing.topic, "bands": list(filing.words), "doubt": filing.doubt}
    else:
        facts |= {"trait": filing.topic, "answer": filing.words[0]}
    return model(**facts)


def topic_of(one: BandClaim | AnswerClaim) -> str:
    """Return what a claim is about: a technology or a trait."""
    return one.rat if isinstance(one, BandClaim) else one.trait


def words_of(one: BandClaim | AnswerClaim) -> frozenset[str]:
    """Return what a claim says; nothing for “unknown”."""
    if isinstance(one, BandClaim):
        return frozenset(one.bands)
    return frozenset() if one.answer == Answer.UNKNOWN else frozenset({one.answer})


def said_of(one: BandClaim | AnswerClaim) -> Said:
    """Return a claim as far as agreement goes."""
    return Said(key=one.source, words=words_of(one), certainty=Certainty(one.certainty))


def _rows_of(model: type[C]) -> "models.Manager[C]":
    manager = model._default_manager  # noqa: SLF001 -- Django's name for any model's manager
    return cast("models.Manager[C]", manager)


def _settle(model: type[C], *, claim_id: UUID, actor: str, reason: str, now: datetime) -> C:
    one = _rows_of(model).filter(pk=claim_id).first()
    if one is None:
        raise CatalogueNotFoundError(f"No claim has the key {claim_id}.")
    Variant.objects.select_for_update().get(pk=one.variant_id)
    if one.state == ClaimState.SUPERSEDED or not reason.strip():
        raise MalformedRowError("Choose a live claim and say why it stands.")
    column = "rat" if model is BandClaim else "trait"
    topic = {column: topic_of(one)}
    others = _rows_of(model).filter(variant_id=one.variant_id, **topic)
    others.exclude(pk=one.pk).update(state=ClaimState.SUPERSEDED.value)
    one.state = ClaimState.CURRENT.value
    one.save(update_fields=["state"])
    audit.record(
        actor=actor,
        action="claim.settle",
        subject=print_id(IdKind.VARIANT, one.variant_id),
        now=now,
        topic=topic_of(one),
        stands=one.source,
        reason=reason,
    )
    return one
