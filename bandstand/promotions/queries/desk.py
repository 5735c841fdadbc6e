"""Promotions as the desk reads them: numbers, what they cost by month, what one would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.offers.rules import OfferState, UnitState
from bandstand.promotions.models import CreditProof, CreditRow, Promotion
from bandstand.promotions.queries.offers import facts_of, promotion_row
from bandstand.promotions.queries.words import PromotionRow
from bandstand.promotions.rules import LIABLE, CreditState, PromotionScope, PromotionState, applies

LIABLE_WORDS = [one.value for one in LIABLE]
SHOWN = 24
"""Offers a preview names; it counts all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionNumbers:
    """What became of a promotion's promises."""

    sales: int
    promised: Money
    given: Money
    left: Money
    owed: Money
    ended: Money
    missed: int
    """Credits that raised the alarm and are still not given."""


@dataclass(frozen=True, slots=True)
class MonthCost:
    """What a promotion gives in a month: what was given in it, and what is to come."""

    month: date
    given: Money
    to_come: Money


@dataclass(frozen=True, slots=True)
class PromotionStep:
    """A step in a promotion's life."""

    move: str
    to_state: str
    moved_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionPage:
    """One promotion with its numbers."""

    promotion: PromotionRow
    numbers: PromotionNumbers
    months: tuple[MonthCost, ...]
    steps: tuple[PromotionStep, ...]
    plans: tuple[tuple[UUID, str, Money, Money], ...]
    """Its newest plans: id, buyer, promised, given."""


@dataclass(frozen=True, slots=True)
class PromotionPreview:
    """Which offers a promotion would apply to, and what it costs at most."""

    offers: int
    titles: tuple[str, ...]
    units: int
    cost_each: Money
    cost_most: Money
    """If every phone in stock, or every place in it, is sold with it."""


def promotions_list(
    *, state: str = "", market: str = "", text: str = ""
) -> tuple[tuple[PromotionRow, PromotionNumbers], ...]:
    """Return promotions with their numbers, newest first, in two queries."""
    rows = Promotion.objects.select_related("funder").order_by("-made_at", "-id")
    if state:
        rows = rows.filter(state=state)
    if market:
        rows = rows.filter(market_id=market)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(words__icontains=text))
    return _with_numbers(rows)


def funded_by(party_id: UUID) -> tuple[tuple[PromotionRow, PromotionNumbers], ...]:
    """Return promotions a party pays for, or was asked to, newest first; drafts are not shown."""
    rows = Promotion.objects.filter(funder_id=party_id).exclude(state=PromotionState.DRAFT.value)
    return _with_numbers(rows.select_related("funder").order_by("-made_at", "-id"))


def promotion_page(promotion_id: UUID) -> PromotionPage:
    """
    Return one promotion with its numbers.

    Raises: NotFoundError.
    """
    row = Promotion.objects.select_related("funder").filter(pk=promotion_id).first()
    if row is None:
        raise NotFoundError("There is no such promotion.", given=str(promotion_id))
    ((promotion, numbers),) = _with_numbers(
        Promotion.objects.select_related("funder").filter(pk=promotion_id)
    )
    return PromotionPage(
        promotion=promotion,
        numbers=numbers,
        months=_months(row),
        steps=tuple(
            PromotionStep(one.move, one.to_state, one.moved_at, one.actor, one.reason)
            for one in row.moves.order_by("moved_at", "id")
        ),
        plans=_plans(row),
    )


def preview(
    *, market: str, scope: PromotionScope, amount: Money, uses_max: int | None
) -> PromotionPreview:
    """Return what a promotion would apply to among the offers listed now."""
    listed = (
        Offer.objects.filter(market_id=market, state=OfferState.LISTED.value)
        .select_related("variant__model__brand__parent", "seller")
        .annotate(left=Count("units", filter=Q(units__state=UnitState.IN_STOCK.value)))
        .order_by("variant__model__brand__name", "variant__model__name", "price_minor")
    )
    found = [row for row in listed if applies(scope, offer=facts_of(row), months=scope.months)]
    units = sum(row.left for row in found)
    most = units if uses_max is None else min(units, uses_max)
    return PromotionPreview(
        offers=len(found),
        titles=tuple(_title(row) for row in found[:SHOWN]),
        units=units,
        cost_each=amount,
        cost_most=Money(amount.minor * most, amount.currency),
    )


def last_proof() -> tuple[datetime, tuple[str, ...]] | None:
    """Return when the credits were last proved against the books, and what was found."""
    row = CreditProof.objects.order_by("-proved_at").first()
    return None if row is None else (row.proved_at, tuple(row.faults))


def _title(row: Offer) -> str:
    model = row.variant.model
    return f"{model.brand.name} {model.name}, {row.condition}, from {row.seller.trading_name}"


def _with_numbers(
    rows: QuerySet[Promotion],
) -> tuple[tuple[PromotionRow, PromotionNumbers], ...]:
    found = list(rows)
    numbers = _numbers([row.id for row in found])
    return tuple((promotion_row(row), _numbers_row(row, numbers.get(row.id, {}))) for row in found)


def _numbers(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    liable = Q(state__in=LIABLE_WORDS)
    rows = (
        CreditRow.objects.filter(promise__promotion_id__in=ids)
        .values("promise__promotion_id")
        .annotate(
            sales=Count("promise", distinct=True),
            promised=Sum("amount_minor"),
            given=Sum("given_minor", filter=~Q(state=CreditState.UNDONE.value)),
            left=Sum("amount_minor", filter=liable),
            owed=Sum("amount_minor", filter=Q(state=CreditState.OWED.value)),
            owed_given=Sum("given_minor", filter=Q(state=CreditState.OWED.value)),
            ended=Sum(
                "amount_minor",
                filter=Q(state__in=[CreditState.ENDED.value, CreditState.UNDONE.value]),
            ),
            missed=Count("id", filter=liable & Q(missed_at__isnull=False)),
        )
        .order_by()
    )
    return {row["promise__promotion_id"]: dict(row) for row in rows}


def _numbers_row(row: Promotion, sums: dict[str, Any]) -> PromotionNumbers:
    def money(name: str) -> Money:
        return Money(sums.get(name) or 0, row.currency)

    return PromotionNumbers(
        sales=sums.get("sales") or 0,
        promised=money("promised"),
        given=money("given"),
        left=money("left"),
        owed=money("owed") - money("owed_given"),
        ended=money("ended"),
        missed=sums.get("missed") or 0,
    )


def _months(row: Promotion) -> tuple[MonthCost, ...]:
    sums = (
        CreditRow.objects.filter(promise__promotion=row)
        .annotate(month=TruncMonth("due_on"))
        .values("month")
        .annotate(
            given=Sum("given_minor", filter=~Q(state=CreditState.UNDONE.value)),
            left=Sum("amount_minor", filter=Q(state__in=LIABLE_WORDS)),
        )
        .order_by("month")
    )
    return tuple(
        MonthCost(
            month=one["month"],
            given=Money(one["given"] or 0, row.currency),
            to_come=Money(one["left"] or 0, row.currency),
        )
        for one in sums
    )


def _plans(row: Promotion) -> tuple[tuple[UUID, str, Money, Money], ...]:
    undone = Q(rows__state=CreditState.UNDONE.value)
    newest = (
        row.promises.select_related("plan")
        .annotate(given=Sum("rows__given_minor", filter=~undone))
        .order_by("-promised_at", "-id")[:SHOWN]
    )
    return tuple(
        (
            one.plan_id,
            one.plan.buyer_email,
            Money(one.amount_minor, one.currency),
            Money(one.given or 0, one.currency),
        )
        for one in newest
    )
