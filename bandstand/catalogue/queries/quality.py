"""How good the data is: what is unknown, in conflict or only inferred, by brand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from bandstand.catalogue.models import AnswerClaim, BandClaim, LoadRun, Variant
from bandstand.catalogue.queries.claims import claims_of
from bandstand.catalogue.queries.variants import VariantRow, row_of
from bandstand.catalogue.rules import CELLULAR, ClaimState
from bandstand.kernel.words import Answer, Certainty


@dataclass(frozen=True, kw_only=True)
class BrandQuality:
    """How many variants of a brand there are, and for how many something is missing or in doubt."""

    brand: str
    variants: int
    low_certainty: int
    unknown_volte: int
    without_bands: int
    conflicts: int


@dataclass(frozen=True, kw_only=True)
class ConflictRow:
    """A variant about which sources disagree, with the topics and what each source says."""

    variant: VariantRow
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LoadRunRow:
    """One run of a load or import."""

    id: UUID
    started_at: datetime
    added: int
    changed: int
    unchanged: int
    refused: tuple[dict[str, object], ...]


def quality_by_brand() -> list[BrandQuality]:
    """Return the quality of what is known of each brand's phones, by name."""
    of_variant = OuterRef("pk")
    listed = BandClaim.objects.filter(variant=of_variant).exclude(bands=[])
    variants = Variant.objects.filter(model__category__slug__in=CELLULAR).annotate(
        is_listed=Exists(listed.exclude(state=ClaimState.SUPERSEDED.value)),
        is_disputed=_disputed(),
    )
    counted = variants.values("model__brand__name").annotate(
        variants=Count("pk"),
        low=Count("pk", filter=Q(certainty=Certainty.LOW.value)),
        unknown=Count("pk", filter=Q(volte=Answer.UNKNOWN.value)),
        bare=Count("pk", filter=Q(is_listed=False)),
        disputed=Count("pk", filter=Q(is_disputed=True)),
    )
    return [
        BrandQuality(
            brand=row["model__brand__name"],
            variants=row["variants"],
            low_certainty=row["low"],
            unknown_volte=row["unknown"],
            without_bands=row["bare"],
            conflicts=row["disputed"],
        )
        for row in counted.order_by("model__brand__name")
    ]


def conflicts() -> list[ConflictRow]:
    """Return the variants about which sources disagree, in four queries."""
    found = list(
        Variant.objects.select_related("model__brand", "model__category")
        .filter(_disputed())
        .order_by("model__brand__name", "model__name", "code")
    )
    claims = claims_of(found)
    return [
        ConflictRow(
            variant=row_of(one),
            topics=tuple(
                sorted(
                    {said.label for said in claims[one.id].bands if said.is_conflict}
                    | {told.label for told in claims[one.id].answers if told.is_conflict}
                )
            ),
        )
        for one in found
    ]


def load_runs(*, limit: int = 20) -> list[LoadRunRow]:
    """Return the latest loads and imports, newest first."""
    return [
        LoadRunRow(
            id=one.id,
            started_at=one.started_at,
            added=one.added,
            changed=one.changed,
            unchanged=one.unchanged,
            refused=tuple(one.refused),
        )
        for one in LoadRun.objects.order_by("-started_at", "-id")[:limit]
    ]


def _disputed() -> Q:
    in_conflict = {"variant": OuterRef("pk"), "state": ClaimState.CONFLICT.value}
    return Q(Exists(BandClaim.objects.filter(**in_conflict))) | Q(
        Exists(AnswerClaim.objects.filter(**in_conflict))
    )
