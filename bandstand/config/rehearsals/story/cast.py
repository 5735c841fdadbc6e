"""
The people and facts of February 2016.

Real: the four phones, their hardware and prices, T-Mobile US as it was that week, the importer's
Hong Kong letter, the missing FCC approval, the brand's word that it sold only accessories in the
US. Invented: the names of the buyers, the numbers of the phones, and that anybody could have
overridden anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from stdnum import luhn

from bandstand.catalogue import queries as catalogue, services as catalogue_services
from bandstand.credit import services as credit
from bandstand.credit.rules.eligibility import EligibilityPolicy
from bandstand.credit.services.eligibility_policies import set_eligibility_policy
from bandstand.money import Money
from bandstand.offers import services as offers
from bandstand.offers.rules import UnitArrival
from bandstand.parties import services as parties
from bandstand.parties.rules import Role
from bandstand.rights import services as rights
from bandstand.rights.rules import ChannelStatus, Condition, GrantLevel, GrantScope

MARKET: Final = "US"
NETWORK: Final = "310-260"
OPENS_AT: Final = datetime(2016, 2, 1, 14, 0, tzinfo=UTC)
LONG_AGO: Final = datetime(2015, 1, 1, tzinfo=UTC)
LETTER_ENDS: Final = datetime(2017, 1, 1, tzinfo=UTC)
POLICY: Final = "us-2016-02"
OPERATOR: Final = "ops@lark.example.org"
STATEMENT: Final = "the brand's own US site, which sells accessories only"
LETTER: Final = "Dealer letter of the importer's distributor, valid in Hong Kong only."
PLAN_MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the listing of 1 February 2016, at its price of that day."""

    key: str
    brand: str
    name: str
    price: Money
    stock: int


PHONES: Final = (
    Phone("Xiaomi/2014811", "xiaomi", "Redmi 2", Money(119_00, "USD"), 16),
    Phone("Xiaomi/2013062", "xiaomi", "Mi 3", Money(135_00, "USD"), 60),
    Phone("Xiaomi/2014215", "xiaomi", "Mi 4", Money(219_00, "USD"), 60),
    Phone("Meizu/M571H", "meizu", "m2 note", Money(149_00, "USD"), 60),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """Who and what the story needs to name again."""

    importer: UUID
    brand_party: UUID
    brand_person: UUID
    brand_id: UUID
    network_id: UUID
    terms: UUID
    variants: Mapping[str, UUID]
    """By the key of the phone."""
    offers: Mapping[str, UUID]


def gather(*, now: datetime) -> Cast:
    """Set the scene: catalogue, parties, rights, terms, and the importer's four drafts."""
    catalogue_services.load_tables(now=now)
    catalogue_services.set_operator_networks(codes=[NETWORK], now=now)
    _operator()
    importer = _party("omni-electronics", "Omni Electronics HK", country="HK")
    brand_party = _party("xiaomi", "Xiaomi", country="CN")
    catalogue_services.set_brand_owner(brand_slug="xiaomi", party_id=brand_party)
    variants = {phone.key: catalogue.variant_by_code(phone.key).id for phone in PHONES}
    catalogue_services.recompute_fits(now=now, variant_ids=list(variants.values()))
    _rights(importer, now=now)
    return Cast(
        importer=importer,
        brand_party=brand_party,
        brand_person=_member("legal@xiaomi.example.org", brand_party, role=Role.BRAND),
        brand_id=catalogue.brand_by_slug("xiaomi").id,
        network_id=catalogue.default_network().id,
        terms=_terms(),
        variants=variants,
        offers={
            phone.key: _offer(phone, variants[phone.key], importer=importer, now=now)
            for phone in PHONES
        },
    )


def _operator() -> None:
    party = _party("lark", "Lark Mobile", country="US")
    _member(OPERATOR, party, role=Role.OPERATOR)
    parties.name_operator(
        party_id=party,
        shop_name="Lark Mobile",
        home_market=MARKET,
        time_zone="America/New_York",
        support_email="help@lark.example.org",
    )


def _party(slug: str, name: str, *, country: str) -> UUID:
    return parties.register_party(
        slug=slug,
        legal_name=f"{name} Ltd",
        trading_name=name,
        country=country,
        email=f"office@{slug}.example.org",
        address="as registered",
        verified_at=LONG_AGO,
    )


def _member(email: str, party_id: UUID, *, role: Role) -> UUID:
    person = parties.add_person(email=email, password="", full_name=email.partition("@")[0].title())
    parties.join(person_id=person, party_id=party_id, role=role)
    return person


def _rights(importer: UUID, *, now: datetime) -> None:
    """Record the marketplace's policy, the brand's word and the importer's letter, as they were."""
    phones = catalogue.category_by_slug("phone").id
    rights.set_policy(
        market=MARKET,
        category_id=phones,
        condition=Condition.NEW,
        needs_grant=True,
        min_level=GrantLevel.LIST,
        version=POLICY,
        source="Lark Mobile's published marketplace policy.",
        from_at=LONG_AGO,
        actor=OPERATOR,
        now=now,
    )
    rights.publish_statement(
        brand_id=catalogue.brand_by_slug("xiaomi").id,
        include_sub_brands=True,
        market=MARKET,
        category_id=phones,
        status=ChannelStatus.NO_AUTHORISED_CHANNEL,
        source=STATEMENT,
        from_at=LONG_AGO,
        actor=OPERATOR,
        now=now,
    )
    rights.issue_grant(
        issuer_brand_id=catalogue.brand_by_slug("xiaomi").id,
        grantee_id=importer,
        scope=GrantScope(
            brands=frozenset(catalogue.brand_by_slug(slug).id for slug in ("xiaomi", "redmi")),
            categories=frozenset({phones}),
            markets=frozenset({"HK"}),
            conditions=frozenset({Condition.NEW}),
        ),
        from_at=LONG_AGO,
        until_at=LETTER_ENDS,
        level=GrantLevel.DOCUMENT,
        evidence=LETTER,
        actor=OPERATOR,
        now=now,
    )


def _terms() -> UUID:
    policy = EligibilityPolicy(
        market=MARKET,
        currency="USD",
        from_at=LONG_AGO,
        source="Lark Mobile's credit policy of 2016, invented.",
        financed_max_minor=1_000_00,
        open_plans_max=4,
        late_days_max=5,
        charged_off_days=365,
        applications_max=500,  # its buyers share one address
        applications_days=1,
    )
    set_eligibility_policy(policy=policy, actor=OPERATOR, now=OPENS_AT)
    return credit.offer_terms(
        market=MARKET,
        months=PLAN_MONTHS,
        annual_rate_bps=0,
        down_payment_bps=1_000,
        price_minimum=Money(50_00, "USD"),
        from_at=OPENS_AT - timedelta(days=30),
    )


def _offer(phone: Phone, variant_id: UUID, *, importer: UUID, now: datetime) -> UUID:
    offer_id = offers.draft_offer(
        seller_id=importer,
        variant_id=variant_id,
        market=MARKET,
        condition=Condition.NEW,
        price=phone.price,
        storage_gb=16,
        colour="White",
        now=now,
    )
    first = PHONES.index(phone) * 1_000
    offers.receive_units(
        offer_id=offer_id,
        units=[
            UnitArrival(serial=f"HK16-{number:06}", imei=_imei(number), lot="HK-2016-01")
            for number in range(first, first + phone.stock)
        ],
        actor="importer",
        now=now,
    )
    return offer_id


def _imei(number: int) -> str:
    # A TAC that begins with 00 is a test one: no phone of that year or ours has this number.
    body = f"00160201{number:06}"
    return body + str(luhn.calc_check_digit(body))
