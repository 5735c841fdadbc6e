"""Holds as rows that others read, and the querysets they come from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import DateTimeField, Func, Q, QuerySet

from bandstand.gate.models import Hold
from bandstand.gate.rules import Activity, Basis, HoldFact, HoldScope
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground

NAMED: Final = ("brand", "market", "category", "model__brand", "variant__model__brand", "seller")


class DatabaseNow(Func):
    """The database's own clock, which the guard reads too."""

    function = "gate_now"
    template = "%(function)s()"
    output_field = DateTimeField()


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as staff and pages see it."""

    id: UUID
    scope: HoldScope
    activities: frozenset[Activity]
    basis: Basis
    ground: Ground
    reason: str
    legal_reference: str
    notice_id: UUID | None
    placed_by: str
    placed_at: datetime
    effective_at: datetime
    expires_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str
    lift_reason: str
    scope_text: str
    lift_confirmed_by: str = ""
    is_provisional: bool = False
    supersedes: UUID | None = None
    notifier_email: str = ""

    @property
    def printed_id(self) -> str:
        return print_id(IdKind.HOLD, self.id)

    def is_in_force(self, now: datetime) -> bool:
        return (
            self.lifted_at is None
            and self.effective_at <= now
            and (self.expires_at is None or now < self.expires_at)
        )


def standing() -> QuerySet[Hold]:
    """Return the holds that are neither lifted nor expired, begun or not."""
    return Hold.objects.filter(Q(expires_at=None) | Q(expires_at__gt=DatabaseNow()), lifted_at=None)


def in_force(activity: Activity) -> QuerySet[Hold]:
    """Return the holds against an activity that are in force by the database's clock."""
    return standing().filter(activities__contains=[activity.value], effective_at__lte=DatabaseNow())


def with_names(rows: QuerySet[Hold]) -> QuerySet[Hold]:
    """Fetch with each hold what its scope names."""
    return rows.select_related(*NAMED)


def scope_of(row: Hold) -> HoldScope:
    """Return a stored hold's scope."""
    scope = HoldScope(
        brand_id=row.brand_id,
        include_sub_brands=row.include_sub_brands,
        market=row.market_id,
        category_id=row.category_id,
        model_id=row.model_id,
        variant_id=row.variant_id,
        seller_id=row.seller_id,
        offer_id=row.offer_id,
        lot=row.lot,
        serials=None if row.serials is None else tuple(row.serials),
        condition=row.condition,
        stock_before=row.stock_before,
    )
    return scope if scope.named else HoldScope(is_everything=True)


def columns_of(scope: HoldScope) -> dict[str, Any]:
    """Return a scope as the columns of a hold."""
    return {
        "brand_id": scope.brand_id,
        "include_sub_brands": scope.include_sub_brands,
        "market_id": scope.market,
        "category_id": scope.category_id,
        "model_id": scope.model_id,
        "variant_id": scope.variant_id,
        "seller_id": scope.seller_id,
        "offer_id": scope.offer_id,
        "lot": scope.lot,
        "serials": None if scope.serials is None else list(scope.serials),
        "condition": scope.condition,
        "stock_before": scope.stock_before,
    }


def fact_of(row: Hold) -> HoldFact:
    """Return a stored hold as the judgement takes it."""
    return HoldFact(
        id=row.id,
        scope=scope_of(row),
        activities=frozenset(map(Activity, row.activities)),
        ground=Ground(row.ground),
        reason=row.reason,
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        is_provisional=row.is_provisional,
    )


def row_of(row: Hold) -> HoldRow:
    """Return a stored hold as staff and pages see it."""
    return HoldRow(
        id=row.id,
        scope=scope_of(row),
        activities=frozenset(map(Activity, row.activities)),
        basis=Basis(row.basis),
        ground=Ground(row.ground),
        reason=row.reason,
        legal_reference=row.legal_reference,
        notice_id=row.notice_id,
        placed_by=row.placed_by,
        placed_at=row.placed_at,
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lift_reason=row.lift_reason,
        scope_text=scope_text(row),
        lift_confirmed_by=row.lift_confirmed_by,
        is_provisional=row.is_provisional,
        supersedes=row.supersedes_id,
        notifier_email=row.notifier_email,
    )


def scope_text(row: Hold) -> str:
    """Tell a hold's scope in words, for people."""
    sub_brands = " with its sub-brands" if row.include_sub_brands else " without its sub-brands"
    parts = (
        row.brand and f"brand {row.brand.name}{sub_brands}",
        row.category and f"category {row.category.name}",
        row.model and f"model {row.model}",
        row.variant and f"variant {row.variant}",
        row.seller and f"seller {row.seller.trading_name}",
        row.offer_id and f"offer {print_id(IdKind.OFFER, row.offer_id)}",
        row.market and f"in {row.market.name}",
        row.condition and f"{row.condition} goods",
        row.lot and f"lot {row.lot}",
        row.serials and f"{len(row.serials)} serial numbers",
        row.stock_before and f"stock received before {row.stock_before:%d %B %Y}",
    )
    return ", ".join(part for part in parts if part) or "everything"
