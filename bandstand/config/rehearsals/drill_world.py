"""The shop of the hold drill: a hot brand with a sub-brand, others, sellers, offers, units."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from bandstand.catalogue.models import Brand, Category, DeviceModel, Market, Variant
from bandstand.gate.rules import Target
from bandstand.offers.models import Offer
from bandstand.parties.models import Membership, Party, Person
from bandstand.parties.rules import Role
from bandstand.plumbing.ids import new_id
from bandstand.rights import services as rights
from bandstand.rights.rules import (
    ApprovalScheme,
    ApprovalState,
    Condition,
    GrantLevel,
    GrantScope,
)

MARKETS: Final = (("US", "USD"), ("GB", "GBP"))
CATEGORIES: Final = ("phone", "wearable")
COLD_BRANDS: Final = ("Birch", "Cedar")
SELLERS: Final = ("northgate", "southgate", "eastgate")
ACTOR: Final = "system:drill"
PROPOSER: Final = "ada@lark.example.org"
CONFIRMER: Final = "noor@lark.example.org"

UNITS_SQL: Final = """
insert into offers_unit(id, offer_id, serial, lot, stocked_at, state)
select gen_random_uuid(), o.id, 'DRILL-' || n, 'drill', now(), 'reserved'
  from generate_series(1, %s) n cross join offers_offer o"""
BASKETS_SQL: Final = """
insert into orders_basket(id, market_id, made_at, closed_at)
select u.id, o.market_id, now(), now()
  from offers_unit u join offers_offer o on o.id = u.offer_id"""
CHECKOUTS_SQL: Final = """
insert into orders_checkout(id, basket_id, state, email, buyer_name, address, market_id, currency,
       total_minor, due_today_minor, prepared_at, expires_at, failure)
select b.id, b.id, 'finalized', 'mira@example.org', 'Mira', '{}', b.market_id, 'USD',
       29900, 29900, now(), now(), '' from orders_basket b"""


@dataclass(frozen=True, slots=True)
class DrillOffer:
    """An offer that buyers buy, with the scope a hold is compared with."""

    offer: Offer
    target: Target


@dataclass(frozen=True, slots=True)
class DrillWorld:
    """What was built, by the ids that holds and buyers need."""

    hot: Brand
    mini: Brand
    phone: Category
    sellers: tuple[Party, ...]
    offers: dict[UUID, DrillOffer]

    @property
    def hot_offers(self) -> list[DrillOffer]:
        return [one for one in self.offers.values() if self.hot.id in one.target.brand_path]


@transaction.atomic
def build_world(*, units: int, now: datetime) -> DrillWorld:
    """Build the shop with so many units in all, each waiting in a checkout of its own."""
    _seat_staff(now=now)
    markets = [_market(code, currency=currency) for code, currency in MARKETS]
    categories = [_category(slug) for slug in CATEGORIES]
    hot = Brand.objects.create(slug="aster", name="Aster")
    mini = Brand.objects.create(slug="aster-mini", name="Aster Mini", parent=hot)
    cold = [Brand.objects.create(slug=name.lower(), name=name) for name in COLD_BRANDS]
    variants = [_variant(brand, kind) for brand in (hot, mini, *cold) for kind in categories]
    sellers = tuple(_seller(slug, now=now) for slug in SELLERS)
    for variant in variants:
        _permit(variant, sellers=sellers, markets=markets, now=now)
    offers = [
        _offer(variant, seller=seller, market=market, now=now)
        for variant in variants
        for seller in sellers
        for market in markets
    ]
    with connection.cursor() as cursor:
        cursor.execute(UNITS_SQL, [units // len(offers) + 1])
        cursor.execute(BASKETS_SQL)
        cursor.execute(CHECKOUTS_SQL)
    return DrillWorld(hot, mini, categories[0], sellers, {one.id: _placed(one) for one in offers})


def _seat_staff(*, now: datetime) -> None:
    # Two people: one proposes to lift a hold, the other confirms.
    lark = _seller("lark", now=now)
    for email in (PROPOSER, CONFIRMER):
        person = Person.objects.create_user(email)
        Membership.objects.create(person=person, party=lark, role=Role.OPERATOR.value)


def _market(code: str, *, currency: str) -> Market:
    market, _ = Market.objects.get_or_create(
        code=code,
        defaults={"name": code, "currency": currency, "members": [code], "time_zone": "UTC"},
    )
    return market


def _category(slug: str) -> Category:
    category, _ = Category.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    return category


def _variant(brand: Brand, kind: Category) -> Variant:
    slug = f"{brand.slug}-{kind.slug}"
    model = DeviceModel.objects.create(brand=brand, category=kind, name=kind.name, slug=slug)
    return Variant.objects.create(model=model, code=slug.upper(), slug=slug)


def _seller(slug: str, *, now: datetime) -> Party:
    return Party.objects.create(
        slug=slug,
        legal_name=f"{slug.title()} Ltd",
        trading_name=slug.title(),
        country="US",
        verified_at=now - timedelta(days=1),
    )


def _permit(
    variant: Variant, *, sellers: tuple[Party, ...], markets: list[Market], now: datetime
) -> None:
    brand, kind = variant.model.brand, variant.model.category
    for seller in sellers:
        rights.issue_grant(
            grantee_id=seller.id,
            issuer_brand_id=brand.id,
            scope=GrantScope(
                brands=frozenset({brand.id}),
                categories=frozenset({kind.id}),
                markets=frozenset(market.code for market in markets),
                conditions=frozenset({Condition.NEW}),
            ),
            from_at=now - timedelta(days=1),
            until_at=now + timedelta(days=30),
            level=GrantLevel.LIST,
            actor=ACTOR,
            now=now,
        )
    for market in markets:
        rights.record_approval(
            variant_id=variant.id,
            market=market.code,
            scheme=ApprovalScheme.OTHER,
            reference=f"{variant.code}-{market.code}",
            state=ApprovalState.GRANTED,
            actor=ACTOR,
            now=now,
        )


def _offer(variant: Variant, *, seller: Party, market: Market, now: datetime) -> Offer:
    return Offer.objects.create(
        seller=seller,
        variant=variant,
        market=market,
        condition=Condition.NEW.value,
        price_minor=29_900,
        currency=market.currency,
        state="listed",
        published_at=now,
        last_decision_id=new_id(),
        created_at=now,
    )


def _placed(offer: Offer) -> DrillOffer:
    model = offer.variant.model
    above = [model.brand.parent_id] if model.brand.parent_id else []
    return DrillOffer(
        offer,
        Target(
            brand_path=(model.brand_id, *above),
            category_path=(model.category_id,),
            model_id=model.id,
            variant_id=offer.variant_id,
            seller_id=offer.seller_id,
            market=offer.market_id,
            condition=offer.condition,
            offer_id=offer.id,
        ),
    )
