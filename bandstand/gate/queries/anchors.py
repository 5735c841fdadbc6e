"""Where facts about a sale are anchored, what the anchors stand at, and what holds compare with."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from bandstand.gate.models import Epoch
from bandstand.gate.rules import Target
from bandstand.rights.rules import SubjectFact

DISPLAY: Final = "display"


def display_epoch() -> int:
    """Return a number that grows with every change that pages could show."""
    return Epoch.objects.filter(pk=DISPLAY).values_list("epoch", flat=True).first() or 0


def epochs_of(anchors: Iterable[str]) -> dict[str, int]:
    """Return what each anchor stands at; an anchor nobody has touched stands at 0."""
    wanted = sorted(set(anchors))
    found = dict(Epoch.objects.filter(pk__in=wanted).values_list("key", "epoch"))
    return {anchor: found.get(anchor, 0) for anchor in wanted}


def anchors_of(subject: SubjectFact, *, seller_id: UUID) -> tuple[str, ...]:
    """Return the anchors under which facts about a sale change, sorted as the guard sorts them."""
    brands = (f"brand:{brand}" for brand in subject.brand_path)
    return tuple(sorted({"*", f"seller:{seller_id}", f"variant:{subject.id}", *brands}))


def target_of(
    subject: SubjectFact,
    *,
    seller_id: UUID,
    market: str,
    condition: str,
    offer_id: UUID | None = None,
) -> Target:
    """Return what a hold would be compared with."""
    return Target(
        brand_path=subject.brand_path,
        category_path=subject.category_path,
        model_id=subject.model_id,
        variant_id=subject.id,
        seller_id=seller_id,
        market=market,
        condition=condition,
        offer_id=offer_id,
    )
