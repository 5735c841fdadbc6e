"""
What is on sale in a market now: listed, in stock, and under no hold.

The offers are counted, sorted and cut into pages by the database; only those of one page are ever
read. What the offers of a variant have in common is decided once for the variant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from bandstand.gate.queries import covering_hold
from bandstand.gate.rules import Activity
from bandstand.money import Money
from bandstand.offers.models import Offer, Unit
from bandstand.offers.queries.shelf_variants import ShelfVariant
from bandstand.offers.queries.units import stock_left
from bandstand.offers.rules import OfferState, UnitState

KEYS: Final = (
    "id",
    "variant_id",
    "seller__slug",
    "seller__trading_name",
    "condition",
    "price_minor",
    "published_at",
)
NAMES: Final = "id, variant_id, slug, trading_name, condition, price_minor, published_at"
COUNT_SQL: Final = """
select variant_id, slug, trading_name, condition,
       grouping(variant_id), grouping(slug), grouping(condition), count(*),
       count(*) filter (where seller_ok and condition_ok and price_ok),
       count(*) filter (where variant_ok and condition_ok and price_ok),
       count(*) filter (where variant_ok and seller_ok and price_ok)
  from (select keys.*, variant_id = any(%s::uuid[]) as variant_ok,
               (%s = '' or slug = %s) as seller_ok,
               (%s or condition = any(%s::text[])) as condition_ok,
               (%s or price_minor = any(%s::bigint[])) as price_ok
          from ({keys}) as keys({names})) as on_sale
 group by grouping sets ((variant_id), (slug, trading_name), (condition), ())"""
PAGE_SQL: Final = """
select keys.id
  from ({keys}) as keys({names})
  join unnest(%s::uuid[], %s::bigint[], %s::bigint[]) as v(variant_id, first_rank, title_rank)
    on v.variant_id = keys.variant_id
  left join unnest(%s::bigint[], %s::bigint[]) as month(price_minor, minor)
    on month.price_minor = keys.price_minor
 where (%s = '' or slug = %s) and (%s or condition = any(%s::text[]))
   and (%s or keys.price_minor = any(%s::bigint[]))
 order by {order}, v.title_rank, keys.id
 limit %s offset %s"""
NEAR_SQL: Final = """
select id from (
  select distinct on (v.title_rank) keys.id, v.title_rank, abs(price_minor - %s) as far
    from ({keys}) as keys({names})
    join unnest(%s::uuid[], %s::bigint[]) as v(variant_id, title_rank)
      on v.variant_id = keys.variant_id
   where keys.id <> %s
   order by v.title_rank, far, keys.id) as nearest
 order by far, title_rank, id limit %s"""
PRICES_SQL: Final = """
with recursive price(minor) as (
  (select price_minor from offers_offer where market_id = %(market)s and state = 'listed'
    order by price_minor limit 1)
  union all
  select (select price_minor from offers_offer where market_id = %(market)s and state = 'listed'
             and price_minor > price.minor order by price_minor limit 1)
    from price where price.minor is not null)
select minor from price where minor is not null"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfItem:
    """One offer on sale, before its plan is computed."""

    of: ShelfVariant
    offer_id: UUID
    seller_id: UUID
    seller_name: str
    seller_slug: str
    condition: str
    storage_gb: int | None
    colour: str
    colour_hex: str
    price: Money
    locale: str
    published_at: datetime
    stock_left: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferTests:
    """What a query asks of single offers; an empty test admits everything."""

    seller: str = ""
    conditions: tuple[str, ...] = ()
    prices: tuple[int, ...] | None = None
    """The prices that are admitted; None for every price."""

    @property
    def words(self) -> list[Any]:
        return [
            self.seller,
            self.seller,
            not self.conditions,
            list(self.conditions),
            self.prices is None,
            list(self.prices or ()),
        ]


@dataclass(kw_only=True, slots=True)
class OnSaleCounts:
    """How many offers on sale pass, by what they are; each heeds every test but its own."""

    total: int = 0
    by_variant: dict[UUID, int] = field(default_factory=dict)
    by_seller: dict[tuple[str, str], int] = field(default_factory=dict)
    by_condition: dict[str, int] = field(default_factory=dict)


def offers_on_sale(*, market: str) -> QuerySet[Offer]:
    """
    Return the offers a shopper may buy in a market now.

    Listed, a unit free, and no hold in force that stops orders: the same facts by which the gate's
    guard refuses a commit, so a hold takes effect on every page without touching an offer.
    """
    free = Unit.objects.filter(offer=OuterRef("pk"), state=UnitState.IN_STOCK.value)
    return Offer.objects.filter(
        ~covering_hold(Activity.ORDER_COMMIT),
        Exists(free),
        market_id=market,
        state=OfferState.LISTED.value,
    )


def count_on_sale(
    on_sale: QuerySet[Offer], *, variants: Iterable[UUID], tests: OfferTests
) -> OnSaleCounts:
    """Count the offers on sale in one pass; ``variants`` are those that pass every test on them."""
    counts = OnSaleCounts()
    words = [list(variants), *tests.words]
    for variant_id, slug, name, condition, *marks in _rows(
        COUNT_SQL, on_sale=on_sale, before=words, after=[]
    ):
        no_variant, no_seller, no_condition, every, *passing = marks
        if not no_variant:
            counts.by_variant[variant_id] = passing[0]
        elif not no_seller:
            counts.by_seller[slug, name] = passing[1]
        elif not no_condition:
            counts.by_condition[condition] = passing[2]
        else:
            counts.total = every
    return counts


def page_on_sale(
    on_sale: QuerySet[Offer],
    *,
    variants: Mapping[UUID, tuple[int, int]],
    tests: OfferTests,
    months: Mapping[int, int],
    order: str,
    limit: int,
    offset: int,
) -> list[UUID]:
    """
    Return the offers of one page, in order.

    Shape: ``variants`` are those that pass, each with its rank for ``order`` and that of its title.
    """
    words: list[Any] = [
        list(variants),
        [first for first, _ in variants.values()],
        [title for _, title in variants.values()],
        list(months),
        list(months.values()),
        *tests.words,
        limit,
        offset,
    ]
    sql = PAGE_SQL.replace("{order}", order)
    return [key for (key,) in _rows(sql, on_sale=on_sale, before=[], after=words)]


def nearest_on_sale(
    on_sale: QuerySet[Offer],
    *,
    variants: Mapping[UUID, int],
    price_minor: int,
    but_not: UUID,
    limit: int,
) -> list[UUID]:
    """Return the offers nearest in price, one for each title; ``variants`` have their rank."""
    words: list[Any] = [list(variants), list(variants.values()), but_not, limit]
    found = _rows(NEAR_SQL, on_sale=on_sale, before=[price_minor], after=words)
    return [key for (key,) in found]


def prices_in(market: str) -> list[int]:
    """Return every price that something is listed for in a market, lowest first."""
    with connection.cursor() as cursor:
        cursor.execute(PRICES_SQL, {"market": market})
        return [minor for (minor,) in cursor.fetchall()]


def items_of(
    offer_ids: Sequence[UUID], *, variants: Mapping[UUID, ShelfVariant]
) -> list[ShelfItem]:
    """Return offers as items, in the order given, in one query."""
    found = (
        Offer.objects.filter(pk__in=offer_ids)
        .select_related("seller", "market")
        .annotate(stock_left=stock_left())
    )
    by_id = {offer.id: offer for offer in found}
    return [
        _item(by_id[key], of=variants[by_id[key].variant_id]) for key in offer_ids if key in by_id
    ]


def _item(offer: Any, *, of: ShelfVariant) -> ShelfItem:  # noqa: ANN401 -- an offer with its stock
    return ShelfItem(
        of=of,
        offer_id=offer.id,
        seller_id=offer.seller_id,
        seller_name=offer.seller.trading_name,
        seller_slug=offer.seller.slug,
        condition=offer.condition,
        storage_gb=offer.storage_gb,
        colour=offer.colour,
        colour_hex=offer.colour_hex,
        price=Money(offer.price_minor, offer.currency),
        locale=offer.market.locale,
        published_at=offer.published_at,
        stock_left=offer.stock_left,
    )


def _rows(
    statement: str,
    *,
    on_sale: QuerySet[Offer],
    before: list[Any],
    after: list[Any],
) -> list[tuple[Any, ...]]:
    """Run a statement around the keys of what is on sale, its words before and after theirs."""
    try:
        keys, given = on_sale.order_by().values_list(*KEYS).query.sql_with_params()
    except EmptyResultSet:  # nothing can be on sale, and nothing is asked
        return []
    wrapped = statement.replace("{names}", NAMES).replace("{keys}", keys)
    with connection.cursor() as cursor:
        cursor.execute(wrapped, [*before, *given, *after])
        return list(cursor.fetchall())
