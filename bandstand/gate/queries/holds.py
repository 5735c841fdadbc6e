"""Which holds there are, and which of them stops an offer."""

from uuid import UUID

from bandstand.gate.models import Hold
from bandstand.gate.queries import rows
from bandstand.gate.queries.anchors import target_of
from bandstand.gate.queries.rows import HoldRow
from bandstand.gate.rules import Activity, HoldFact, covers
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights import queries as rights


def hold_row(hold_id: UUID) -> HoldRow:
    """
    Return one hold.

    Raises: NotFoundError.
    """
    row = rows.with_names(Hold.objects.filter(pk=hold_id)).first()
    if row is None:
        raise NotFoundError(f"There is no hold {print_id(IdKind.HOLD, hold_id)}.")
    return rows.row_of(row)


def holds_over(hold_id: UUID) -> tuple[UUID, ...]:
    """Return the holds, not lifted, that were placed over a hold: wider, or confirming it."""
    over = Hold.objects.filter(supersedes=hold_id, lifted_at=None).order_by("placed_at", "id")
    return tuple(over.values_list("id", flat=True))


def holds(*, active_only: bool = False, page: int = 1, page_size: int = 50) -> list[HoldRow]:
    """Return a page of holds, newest first; the active ones are neither lifted nor expired."""
    found = rows.standing() if active_only else Hold.objects.all()
    first = (max(page, 1) - 1) * page_size
    return [
        rows.row_of(row)
        for row in rows.with_names(found).order_by("-placed_at", "-id")[first : first + page_size]
    ]


def hold_count(*, active_only: bool = False) -> int:
    """Return how many holds there are."""
    return (rows.standing() if active_only else Hold.objects.all()).count()


def standing_holds(activity: Activity) -> tuple[HoldFact, ...]:
    """Return the holds against an activity that are in force or still to begin."""
    found = (
        rows.standing().filter(activities__contains=[activity.value]).order_by("effective_at", "id")
    )
    return tuple(rows.fact_of(row) for row in found)


def hold_for_offer(
    *,
    offer_id: UUID,
    variant_id: UUID,
    seller_id: UUID,
    market: str,
    condition: str,
    activity: Activity = Activity.ORDER_COMMIT,
) -> HoldRow | None:
    """Return the hold that stops an offer now, the earliest if there are several."""
    found = list(rows.with_names(rows.in_force(activity)).order_by("effective_at", "id"))
    if not found:
        return None
    target = target_of(
        rights.subject_of(variant_id),
        seller_id=seller_id,
        market=market,
        condition=condition,
        offer_id=offer_id,
    )
    return next((rows.row_of(row) for row in found if covers(rows.scope_of(row), target)), None)
