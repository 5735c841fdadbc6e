"""What sources say of variants, and the capability that their claims make together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from bandstand.catalogue import rules
from bandstand.catalogue.models import AnswerClaim, BandClaim, Variant
from bandstand.catalogue.rules import ClaimState, Said, Trait
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import BandClaim as RadioClaim, Capability, band
from bandstand.radio.rats import NEWEST_FIRST, PLAIN_NAME, Rat, rat_named

GONE: Final = ClaimState.SUPERSEDED.value


@dataclass(frozen=True, kw_only=True)
class BandClaimRow:
    """What one source says of a variant's bands on one technology."""

    id: UUID
    rat: str
    label: str
    """The technology as a shopper says it: 4G."""
    bands: tuple[str, ...]
    raw: str
    doubt: str
    source: str
    certainty: Certainty
    read_on: date | None
    state: ClaimState
    entered_by: str = ""
    """Who entered it by hand; empty if a table said it."""
    entered_at: datetime | None = None

    @property
    def is_conflict(self) -> bool:
        return self.state is ClaimState.CONFLICT

    @property
    def plain_bands(self) -> tuple[str, ...]:
        """The bands as a person writes them: GSM 900 without its letter."""
        return tuple(one.rstrip("PERT") for one in self.bands)


@dataclass(frozen=True, kw_only=True)
class AnswerClaimRow:
    """What one source says of a yes-or-no trait of a variant."""

    id: UUID
    trait: Trait
    label: str
    answer: Answer
    raw: str
    source: str
    certainty: Certainty
    read_on: date | None
    state: ClaimState
    entered_by: str = ""
    entered_at: datetime | None = None

    @property
    def is_conflict(self) -> bool:
        return self.state is ClaimState.CONFLICT


@dataclass(frozen=True, kw_only=True)
class VariantClaims:
    """Every live claim about one variant."""

    bands: tuple[BandClaimRow, ...]
    answers: tuple[AnswerClaimRow, ...]

    def capability(
        self, *, brand: str, name: str, code: str, region: str, source: str
    ) -> Capability:
        """
        Return the capability that the claims make together.

        Where sources disagree, the bands that all of them list are relied on with low certainty and
        the others are disputed; a trait that they disagree about is unknown.
        """
        by_rat: dict[str, list[BandClaimRow]] = {}
        for one in self.bands:
            by_rat.setdefault(one.rat, []).append(one)
        return Capability(
            brand=brand,
            name=name,
            code=code,
            region=region,
            source=source,
            claims=tuple(claim for rows in by_rat.values() for claim in _radio_claims(rows)),
            unknown_rats=frozenset(
                rat_named(rat) for rat, rows in by_rat.items() if not any(one.bands for one in rows)
            ),
            volte=self.answer(Trait.VOLTE),
            vonr=self.answer(Trait.VONR),
            esim=self.answer(Trait.ESIM),
            psim=self.answer(Trait.PSIM),
            sa=self.answer(Trait.NR_SA),
            nsa=self.answer(Trait.NR_NSA),
            conflicts=self._conflicts(),
        )

    def answer(self, trait: Trait) -> Answer:
        """Return what sources agree on about a trait; unknown if none speaks or they disagree."""
        return rules.answer_of(rules.agreement([_said(one) for one in self._about(trait)]))

    def _about(self, trait: Trait) -> list[AnswerClaimRow]:
        return [one for one in self.answers if one.trait is trait]

    def _conflicts(self) -> tuple[str, ...]:
        disputed = [
            rules.TRAIT_NAMES[trait]
            for trait in Trait
            if rules.agreement([_said(one) for one in self._about(trait)]).is_conflict
        ]
        return (*disputed, *(one.doubt for one in self.bands if one.doubt))


def claims_of(variants: Iterable[Variant]) -> dict[UUID, VariantClaims]:
    """Return the live claims about variants, in two queries; every variant has an entry."""
    wanted = [one.id for one in variants]
    bands: dict[UUID, list[BandClaimRow]] = {key: [] for key in wanted}
    answers: dict[UUID, list[AnswerClaimRow]] = {key: [] for key in wanted}
    for one in BandClaim.objects.filter(variant_id__in=wanted).exclude(state=GONE):
        bands[one.variant_id].append(_band_row(one))
    for said in AnswerClaim.objects.filter(variant_id__in=wanted).exclude(state=GONE):
        answers[said.variant_id].append(_answer_row(said))
    return {
        key: VariantClaims(
            bands=tuple(sorted(bands[key], key=_newest_first)),
            answers=tuple(sorted(answers[key], key=lambda one: (one.trait, one.source))),
        )
        for key in wanted
    }


def claim_history(variant_id: UUID) -> list[BandClaimRow]:
    """Return every claim ever filed about a variant's bands, superseded ones too, oldest first."""
    found = BandClaim.objects.filter(variant_id=variant_id).order_by("id")
    return [_band_row(one) for one in found]


def answer_history(variant_id: UUID) -> list[AnswerClaimRow]:
    """Return every claim ever filed about a variant's traits, superseded too, oldest first."""
    found = AnswerClaim.objects.filter(variant_id=variant_id).order_by("id")
    return [_answer_row(one) for one in found]


def said_of_bands(one: BandClaimRow) -> Said:
    """Return a band claim as far as agreement goes."""
    return Said(key=one.source, words=frozenset(one.bands), certainty=one.certainty)


def _radio_claims(rows: list[BandClaimRow]) -> list[RadioClaim]:
    together = rules.agreement([said_of_bands(one) for one in rows])
    surest = max(rows, key=lambda one: (bool(one.bands), one.certainty.rank))
    agreed = [
        RadioClaim(band=band(surest.rat, name), source=surest.source, certainty=together.certainty)
        for name in sorted(together.agreed)
    ]
    disputed = [
        RadioClaim(
            band=band(one.rat, name),
            source=one.source,
            certainty=Certainty.LOW,
            is_disputed=True,
        )
        for one in rows
        for name in one.bands
        if name in together.disputed
    ]
    return agreed + disputed


def _said(one: AnswerClaimRow) -> Said:
    words = frozenset() if one.answer is Answer.UNKNOWN else frozenset({one.answer.value})
    return Said(key=one.source, words=words, certainty=one.certainty)


def _band_row(one: BandClaim) -> BandClaimRow:
    return BandClaimRow(
        id=one.id,
        rat=one.rat,
        label=PLAIN_NAME[Rat(one.rat)],
        bands=tuple(one.bands),
        raw=one.raw,
        doubt=one.doubt,
        source=one.source,
        certainty=Certainty(one.certainty),
        read_on=one.read_on,
        state=ClaimState(one.state),
        entered_by=one.entered_by,
        entered_at=one.entered_at,
    )


def _answer_row(one: AnswerClaim) -> AnswerClaimRow:
    return AnswerClaimRow(
        id=one.id,
        trait=Trait(one.trait),
        label=rules.TRAIT_NAMES[Trait(one.trait)],
        answer=Answer(one.answer),
        raw=one.raw,
        source=one.source,
        certainty=Certainty(one.certainty),
        read_on=one.read_on,
        state=ClaimState(one.state),
        entered_by=one.entered_by,
        entered_at=one.entered_at,
    )


def _newest_first(one: BandClaimRow) -> tuple[int, str]:
    """Order claims as a page shows them: the newest technology first, then the source."""
    rats = list(NEWEST_FIRST)
    rat = Rat(one.rat)
    return (rats.index(rat) if rat in rats else len(rats), one.source)
