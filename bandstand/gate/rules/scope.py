"""
The scope of a hold: a conjunction of what it names, and what it therefore covers.

The database evaluates the same conjunction in ``gate_matching_hold`` and the shelf in
``queries.covering_hold``; a property test keeps the three together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from bandstand.gate.rules.words import Activity
from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.kernel.words import Ground
from bandstand.rights.rules import Condition


class EmptyScopeError(BadInputError):
    """A hold that names nothing."""

    code = "hold_scope_empty"


class HoldScopeError(BadInputError):
    """A hold whose scope is wrong in itself."""

    code = "hold_scope_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldScope:
    """
    What a hold covers: everything that agrees with every part that is named.

    A hold on everything is asked for by name, never by leaving all parts out.
    """

    brand_id: UUID | None = None
    include_sub_brands: bool = True
    market: str | None = None
    category_id: UUID | None = None
    model_id: UUID | None = None
    variant_id: UUID | None = None
    seller_id: UUID | None = None
    offer_id: UUID | None = None
    lot: str | None = None
    serials: tuple[str, ...] | None = None
    condition: str | None = None
    stock_before: datetime | None = None
    is_everything: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Return the parts that narrow this scope."""
        parts = (part.name for part in fields(self))
        return tuple(
            part
            for part in parts
            if part not in {"include_sub_brands", "is_everything"}
            and getattr(self, part) is not None
        )

    @property
    def is_about_units(self) -> bool:
        """Say whether it takes one phone, not an offer, to know if this scope covers it."""
        return not (self.lot is None and self.serials is None and self.stock_before is None)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where the catalogue places a model: its brand and category with all their ancestors."""

    model_id: UUID
    brand_path: tuple[UUID, ...]
    category_path: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    What is asked about: an offer, or one unit of it.

    Shape: the paths begin with the thing's own brand or category and end with the topmost ancestor.
    """

    brand_path: tuple[UUID, ...]
    category_path: tuple[UUID, ...]
    model_id: UUID
    variant_id: UUID
    seller_id: UUID
    market: str
    condition: str
    offer_id: UUID | None = None
    is_unit: bool = False
    serials: tuple[str, ...] = ()
    lot: str = ""
    stocked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold that has not been lifted."""

    id: UUID
    scope: HoldScope
    activities: frozenset[Activity]
    ground: Ground
    reason: str
    effective_at: datetime
    expires_at: datetime | None = None
    is_provisional: bool = False


def covers(scope: HoldScope, target: Target) -> bool:
    """
    Say whether a scope covers a target.

    A scope that speaks of lots, serials or stock dates covers units, never an offer as a whole. A
    unit whose day of receipt is unknown counts as received before any day.
    """
    if scope.is_about_units and not (target.is_unit and _unit_agrees(scope, target)):
        return False
    return all(_agreements(scope, target))


def check_scope(scope: HoldScope) -> None:
    """
    Refuse a scope that names nothing, or names something with an empty or unknown word.

    Raises: EmptyScopeError, HoldScopeError.
    """
    if scope.is_everything and scope.named:
        raise HoldScopeError(
            f"A hold on everything names nothing else; this one names {', '.join(scope.named)}."
        )
    if not scope.is_everything and not scope.named:
        raise EmptyScopeError(
            "The hold names nothing. Name a brand, market, category, model, variant, seller, "
            "offer, lot, serials, condition or stock date, or ask for a hold on everything."
        )
    _check_words(scope)


def check_lineage(scope: HoldScope, lineage: Lineage) -> None:
    """
    Refuse a scope whose parts contradict the catalogue: such a hold would stop nothing.

    Raises: HoldScopeError.
    """
    wrong = [
        part
        for part, agrees in (
            ("model", scope.model_id in {None, lineage.model_id}),
            ("brand", scope.brand_id is None or scope.brand_id in lineage.brand_path),
            ("category", scope.category_id is None or scope.category_id in lineage.category_path),
        )
        if not agrees
    ]
    if wrong:
        raise HoldScopeError(
            f"The named device is not of the named {' and '.join(wrong)}, so the hold would stop "
            f"nothing. Leave the {' and '.join(wrong)} out, or name another device.",
            wrong=wrong,
        )


def _check_words(scope: HoldScope) -> None:
    if scope.lot is not None and not scope.lot.strip():
        raise HoldScopeError("The lot is empty. Give its number, or leave the lot out.")
    if scope.serials is not None and not all(serial.strip() for serial in scope.serials or ("",)):
        raise HoldScopeError("The list of serials is empty or has an empty line.")
    known = [one.value for one in Condition]
    if scope.condition is not None and scope.condition not in known:
        near = near_matches(scope.condition, known) or known
        raise HoldScopeError(
            f"“{scope.condition}” is not a condition of goods. Did you mean {' or '.join(near)}?",
            given=scope.condition,
            near=near,
        )


def _agreements(scope: HoldScope, target: Target) -> Iterator[bool]:
    yield (
        scope.brand_id is None
        or scope.brand_id == target.brand_path[0]
        or (scope.include_sub_brands and scope.brand_id in target.brand_path)
    )
    yield scope.category_id is None or scope.category_id in target.category_path
    yield scope.model_id in {None, target.model_id}
    yield scope.variant_id in {None, target.variant_id}
    yield scope.seller_id in {None, target.seller_id}
    yield scope.offer_id is None or scope.offer_id == target.offer_id
    yield scope.market in {None, target.market}
    yield scope.condition in {None, target.condition}


def _unit_agrees(scope: HoldScope, target: Target) -> bool:
    return (
        scope.lot in {None, target.lot}
        and (scope.serials is None or not set(scope.serials).isdisjoint(target.serials))
        and (
            scope.stock_before is None
            or target.stocked_at is None
            or target.stocked_at < scope.stock_before
        )
    )
