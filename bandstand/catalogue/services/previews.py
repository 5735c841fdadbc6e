"""What a fact would change: the write itself, rolled back, so that it cannot differ from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.catalogue.models import AnswerClaim, BandClaim, OperatorNetwork, StoredFit
from bandstand.catalogue.rules import TRAIT_NAMES, ClaimState, Trait, title_of
from bandstand.radio.rats import PLAIN_NAME, Rat
from bandstand.radio.verdict import TIER_RANK, Tier

Key = tuple[UUID, UUID]


@dataclass(frozen=True, kw_only=True)
class FitShift:
    """A fit that would come out otherwise on a day."""

    on: date
    variant: str
    network: str
    was_tier: Tier
    was: str
    tier: Tier
    now: str

    @property
    def is_worse(self) -> bool:
        return TIER_RANK[self.tier] < TIER_RANK[self.was_tier]

    @property
    def is_better(self) -> bool:
        return TIER_RANK[self.tier] > TIER_RANK[self.was_tier]


@dataclass(frozen=True, kw_only=True)
class FactPreview:
    """What would change on the operator's networks, and what sources would disagree about."""

    shifts: tuple[FitShift, ...]
    conflicts: tuple[str, ...]
    """Topics, such as 4G, that would newly be in conflict."""
    days: tuple[date, ...]

    @property
    def worse(self) -> int:
        return sum(one.is_worse for one in self.shifts)

    @property
    def better(self) -> int:
        return sum(one.is_better for one in self.shifts)


@dataclass(frozen=True, slots=True)
class _Said:
    tier: str
    label: str
    sentence: str


def previewed(
    write: Callable[[], object], *, days: Iterable[date], variant_id: UUID | None = None
) -> FactPreview:
    """
    Do a write with its recomputation, see which fits come out otherwise on days, and undo it.

    Raises: whatever the write raises.
    """
    wanted = tuple(sorted(set(days)))
    with transaction.atomic():
        before = {day: _said_on(day) for day in wanted}
        disputed = _disputed(variant_id)
        write()
        shifts = [shift for day in wanted for shift in _shifts(before[day], _said_on(day), on=day)]
        preview = FactPreview(
            shifts=tuple(shifts),
            conflicts=tuple(sorted(_disputed(variant_id) - disputed)),
            days=wanted,
        )
        transaction.set_rollback(True)
    return preview


def _said_on(day: date) -> dict[Key, _Said]:
    rows = StoredFit.objects.filter(
        Q(until_date=None) | Q(until_date__gt=day),
        from_date__lte=day,
        network_id__in=OperatorNetwork.objects.values("network_id"),
    )
    return {
        (variant, network): _Said(*said)
        for variant, network, *said in rows.values_list(
            "variant_id", "network_id", "tier", "label", "sentence"
        )
    }


def _shifts(before: dict[Key, _Said], after: dict[Key, _Said], *, on: date) -> list[FitShift]:
    differing = [key for key, said in after.items() if key in before and before[key] != said]
    names = _names(differing)
    found = [
        FitShift(
            on=on,
            variant=names[key][0],
            network=names[key][1],
            was_tier=Tier(before[key].tier),
            was=_words(before[key], after[key]),
            tier=Tier(after[key].tier),
            now=_words(after[key], before[key]),
        )
        for key in differing
    ]
    return sorted(found, key=lambda one: (one.tier.rank - one.was_tier.rank, one.variant))


def _words(one: _Said, other: _Said) -> str:
    """Return the label, or the whole sentence where the label says no difference."""
    return one.label if one.label != other.label else one.sentence


def _names(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    rows = StoredFit.objects.filter(
        variant_id__in={variant for variant, _ in keys},
        network_id__in={network for _, network in keys},
    ).select_related("variant__model__brand", "network")
    found: dict[Key, tuple[str, str]] = {}
    for one in rows.distinct("variant_id", "network_id").order_by("variant_id", "network_id"):
        model = one.variant.model
        title = title_of(brand=model.brand.name, model=model.name)
        called = f"{title} ({one.variant.code})" if one.variant.code else title
        found[one.variant_id, one.network_id] = (called, one.network.name)
    return found


def _disputed(variant_id: UUID | None) -> set[str]:
    if variant_id is None:
        return set()
    live = {"variant_id": variant_id, "state": ClaimState.CONFLICT.value}
    bands = BandClaim.objects.filter(**live).values_list("rat", flat=True)
    answers = AnswerClaim.objects.filter(**live).values_list("trait", flat=True)
    return {PLAIN_NAME[Rat(one)] for one in bands} | {TRAIT_NAMES[Trait(one)] for one in answers}
